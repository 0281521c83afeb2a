"""Forms of groups, their members, and substitutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.office.availability.access import people_in, people_to_ask
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised
from indgang.workforce.models import Group

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NewGroupForm(forms.Form):
    name = forms.CharField(label=_("Faggruppens navn"), max_length=100)


class GroupForm(Revised, NewGroupForm):
    def __init__(self, data: Mapping[str, Any] | None = None, *, group: Group) -> None:
        super().__init__(data, initial={"name": group.name})


class PeriodForm(forms.Form):
    """Somebody, from a day until another."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Medarbejder"), empty_label=_("Vælg"))
    valid_from = DayField(label=_("Fra og med"), widget=_DAY)
    valid_to = DayField(label=_("Til (dagen ikke medregnet)"), widget=_DAY, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("valid_from"), data.get("valid_to")
        if starts and ends and ends <= starts:
            self.add_error("valid_to", _("Slutdagen skal ligge efter den første dag."))
        return data


class GroupMemberForm(PeriodForm):
    def __init__(self, data: Mapping[str, Any] | None = None, *, group: Group) -> None:
        super().__init__(data, auto_id="member_%s")
        offer(self, "person", people_to_ask(group.unit))
        self.fields["valid_from"].initial = clock.today()


class SubstituteForm(PeriodForm):
    substitute = forms.ModelChoiceField(Person.objects.none(), label=_("Stedfortræder"), empty_label=_("Vælg"))
    field_order = ["person", "substitute", "valid_from", "valid_to"]

    def __init__(self, data: Mapping[str, Any] | None = None, *, unit: Unit) -> None:
        super().__init__(data)
        offer(self, "person", people_in(unit))
        offer(self, "substitute", people_to_ask(unit))
        self.fields["valid_from"].initial = clock.today()
