"""Forms of shift planning."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from indgang.core import clock
from indgang.staffing.shifts.problem import ShiftPrices
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised
from indgang.workforce.models import ShiftActivity, ShiftPlan, Skill, WorkContract, Workplace
from indgang.workforce.shift_words import ACTIVITY_KINDS
from indgang.workforce.shifts import running
from indgang.workforce.shifts.coverage import CoverageRow

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

#: breaks are no activity
_CHOSEN_KINDS = [(each.value, label) for each, label in ACTIVITY_KINDS.items() if each != "break"]
PRICES = {
    "paid": _("Et betalt kvarter"),
    "understaffed": _("Et kvarter, hvor der mangler én"),
    "wish": _("Et ønske, der ikke er opfyldt"),
    "change": _("En dag, der er lavet om for en medarbejder"),
    "late": _("En sen vagt eller weekendvagt ud over en lige fordeling"),
    "off_phone": _("Et kvarter for lidt væk fra telefonen"),
}


class NewPlanForm(forms.Form):
    first = DayField(label=_("Fra og med"), widget=_DAY)
    last = DayField(label=_("Til og med"), widget=_DAY, help_text=_("Højst 42 dage."))

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        monday = clock.today() + timedelta(days=7 - clock.today().weekday())
        self.fields["first"].initial, self.fields["last"].initial = monday, monday + timedelta(days=27)


class CoverageForm(forms.Form):
    """Which workplace and activity of a plan the plots show."""

    workplace = forms.ChoiceField(label=_("Arbejdssted"), required=False)
    activity = forms.ChoiceField(label=_("Opgave"), required=False)

    def __init__(self, rows: Collection[CoverageRow], *, workplace: str, activity: str) -> None:
        super().__init__(initial={"workplace": workplace, "activity": activity})
        places = {each.workplace.code: each.workplace.name for each in rows}
        activities = {each.activity.code: each.activity.name for each in rows}
        for name, choices in (("workplace", places), ("activity", activities)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("Alle")), *sorted(choices.items(), key=lambda each: each[1])]


class PlanNeedForm(forms.Form):
    activity = forms.ModelChoiceField(
        ShiftActivity.objects.none(), label=_("Opgave"), empty_label=_("Vælg"), to_field_name="code"
    )
    workplace = forms.ModelChoiceField(
        Workplace.objects.none(), label=_("Arbejdssted"), empty_label=_("Vælg"), to_field_name="code"
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Ugedage"), coerce=int, choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    opens = forms.TimeField(label=_("Fra kl."), widget=_TIME)
    closes = forms.TimeField(label=_("Til kl."), widget=_TIME, help_text=_("00.00 er dagens slutning."))
    people = forms.FloatField(label=_("Antal på arbejde"), min_value=0, max_value=500)
    on_holidays = forms.BooleanField(label=_("Også på helligdage"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: ShiftPlan) -> None:
        super().__init__(data)
        offer(self, "activity", ShiftActivity.objects.valid_on(plan.first).order_by("name"))
        offer(self, "workplace", Workplace.objects.valid_on(plan.first).order_by("name"))


class PricesForm(Revised, forms.Form):
    """The prices of soft rules; those of the plan are shown."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: ShiftPlan) -> None:
        usual = ShiftPrices()
        super().__init__(
            data, initial={each.name: plan.prices.get(each.name, getattr(usual, each.name)) for each in fields(usual)}
        )
        for name, label in PRICES.items():
            self.fields[name] = forms.FloatField(label=label, min_value=0, max_value=10_000)


class RunForm(forms.Form):
    seconds = forms.IntegerField(
        label=_("Stop efter (sekunder)"), min_value=5, max_value=running.LONGEST,
        help_text=_("Længere tid giver en bedre plan. Du kan stoppe før og beholde den bedste indtil da."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: ShiftPlan) -> None:
        super().__init__(data, initial={"seconds": running.usual(plan)})


class ContractForm(forms.Form):
    """A new contract from a day on. It begins with what holds now."""

    valid_from = DayField(label=_("Gælder fra"), widget=_DAY)
    weekly_hours = forms.DecimalField(
        label=_("Timer om ugen"), min_value=1, max_value=48, max_digits=4, decimal_places=2
    )
    days_a_week = forms.IntegerField(label=_("Højst antal dage om ugen"), min_value=1, max_value=6)
    shortest = forms.IntegerField(
        label=_("Korteste vagt (minutter)"), min_value=60, max_value=780, step_size=15,
    )  # fmt: skip
    longest = forms.IntegerField(label=_("Længste vagt (minutter)"), min_value=60, max_value=780, step_size=15)
    earliest = forms.TimeField(label=_("Møder tidligst kl."), widget=_TIME)
    latest = forms.TimeField(label=_("Har fri senest kl."), widget=_TIME)
    weekends_off = forms.IntegerField(label=_("Fri weekender ud af fire"), min_value=0, max_value=4)
    off_phone_share = forms.DecimalField(
        label=_("Andel af tiden væk fra telefonen"), min_value=0, max_value=Decimal("0.9"), max_digits=3,
        decimal_places=2, help_text=_("For eksempel 0,30 i komplicerede områder."),
    )  # fmt: skip
    workplaces = forms.ModelMultipleChoiceField(
        Workplace.objects.none(), label=_("Arbejdssteder"), required=False, to_field_name="code",
        widget=forms.CheckboxSelectMultiple, help_text=_("Uden kryds kan medarbejderen være alle steder."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, present: WorkContract | None) -> None:
        shown = present or WorkContract()
        names = [name for name in self.base_fields if name not in ("valid_from", "workplaces")]
        initial = {name: getattr(shown, name) for name in names} | {"valid_from": clock.today()}
        if present is not None:
            initial["workplaces"] = [each.workplace.code for each in present.workplaces.select_related("workplace")]
        super().__init__(data, initial=initial)
        offer(self, "workplaces", Workplace.objects.valid_on(clock.today()).order_by("name"))


class WorkplaceForm(forms.Form):
    name = forms.CharField(label=_("Navn"), max_length=200)


class ActivityForm(forms.Form):
    title = forms.CharField(label=_("Navn"), max_length=200)
    kind = forms.ChoiceField(label=_("Slags"), choices=_CHOSEN_KINDS)
    skill = forms.ModelChoiceField(
        Skill.objects.none(), label=_("Kræver kompetencen"), required=False, empty_label=_("Ingen"),
        to_field_name="code",
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        offer(self, "skill", Skill.objects.valid_on(clock.today()).order_by("name"))


class RequestAnswerForm(forms.Form):
    """Yes or no to a request, with a sentence."""

    answer = forms.CharField(label=_("Svar"), max_length=500, required=False)
    decision = forms.ChoiceField(choices=[("approve", "approve"), ("refuse", "refuse")])
