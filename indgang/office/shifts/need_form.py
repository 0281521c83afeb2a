"""The form by which a plan takes its need from the forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.core import clock
from indgang.entry.models import Queue
from indgang.office.shifts.need_words import addition_words
from indgang.planning import shift_need
from indgang.ui.choices import offer
from indgang.workforce.models import ShiftActivity, ShiftPlan, Workplace


class ForecastNeedForm(forms.Form):
    """The queues that need people, what and where those people do, and the time that is lost."""

    prefix = "forecast"
    queues = forms.ModelMultipleChoiceField(
        Queue.objects.none(), label=_("Køer"), to_field_name="code", widget=forms.CheckboxSelectMultiple
    )
    activity = forms.ModelChoiceField(
        ShiftActivity.objects.none(), label=_("Opgave"), empty_label=_("Vælg"), to_field_name="code"
    )
    workplace = forms.ModelChoiceField(
        Workplace.objects.none(), label=_("Arbejdssted"), empty_label=_("Vælg"), to_field_name="code"
    )

    add = forms.MultipleChoiceField(
        label=_("Læg til"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Så der også er nok, når tiden går tabt. Tallene er jeres antagelser."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: ShiftPlan) -> None:
        super().__init__(data)
        queues = Queue.objects.valid_on(plan.first).filter(centre=plan.centre_id, work__in=shift_need.WORKS)
        offer(self, "queues", queues.select_related("centre").order_by("name"))
        offer(self, "activity", ShiftActivity.objects.valid_on(plan.first).order_by("name"))
        offer(self, "workplace", Workplace.objects.valid_on(plan.first).order_by("name"))
        found = shift_need.additions(plan.centre, shift_need.first_day(plan, clock.now()))
        offer(self, "add", [(each.code, addition_words(each)) for each in found])
        if not found:
            del self.fields["add"]
