"""Forms of what people do at set times: meetings and training, and fixed shifts of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.workforce.models import ShiftActivity, ShiftPlan, Workplace
from indgang.workforce.shifts import appointments

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_WEEKDAYS = [(str(number), name) for number, name in WEEKDAYS.items()]


class AppointmentForm(forms.Form):
    """A meeting, training or another fixed task."""

    title = forms.CharField(label=_("Hvad"), max_length=120, help_text=_("For eksempel Teammøde."))
    activity = forms.ModelChoiceField(
        ShiftActivity.objects.none(), label=_("Opgave"), empty_label=_("Vælg"), to_field_name="code"
    )
    people = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("Hvem"), to_field_name="username", widget=forms.CheckboxSelectMultiple
    )
    mentor = forms.ModelChoiceField(
        Person.objects.none(), label=_("Mentor"), required=False, empty_label=_("Ingen"), to_field_name="username",
        help_text=_("Kun ved oplæring. Mentoren får tiden sat af sammen med dem, der er valgt."),
    )  # fmt: skip
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Ugedage"), coerce=int, choices=_WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    every_weeks = forms.TypedChoiceField(label=_("Hvor tit"), coerce=int)
    opens = forms.TimeField(label=_("Fra kl."), widget=_TIME, initial=time(9))
    closes = forms.TimeField(label=_("Til kl."), widget=_TIME, initial=time(10))
    valid_from = DayField(label=_("Fra og med"), widget=_DAY)
    last = DayField(label=_("Til og med"), widget=_DAY, required=False, help_text=_("Tom: indtil videre."))

    def __init__(self, data: Mapping[str, Any] | None = None, *, people: QuerySet[Person]) -> None:
        super().__init__(data)
        self.fields["valid_from"].initial = clock.today()
        offer(self, "activity", ShiftActivity.objects.valid_on(clock.today()).order_by("name"))
        offer(self, "people", people)
        offer(self, "mentor", people)
        offer(self, "every_weeks", rhythms())

    def values(self) -> dict[str, Any]:
        """The arguments of `appointments.add`."""
        said: dict[str, Any] = dict(self.cleaned_data)
        last: date | None = said.pop("last")
        return said | {"people": list(said["people"]), "valid_to": None if last is None else last + timedelta(days=1)}


class FixedShiftForm(forms.Form):
    """This person works between two times on these days of a draft."""

    prefix = "fixed"
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Medarbejder"), empty_label=_("Vælg"), to_field_name="username"
    )
    activity = forms.ModelChoiceField(
        ShiftActivity.objects.none(), label=_("Opgave"), empty_label=_("Vælg"), to_field_name="code"
    )
    workplace = forms.ModelChoiceField(
        Workplace.objects.none(), label=_("Arbejdssted"), empty_label=_("Vælg"), to_field_name="code"
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Ugedage"), coerce=int, choices=_WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    opens = forms.TimeField(label=_("Møder kl."), widget=_TIME)
    closes = forms.TimeField(label=_("Har fri kl."), widget=_TIME, help_text=_("00.00 er dagens slutning."))
    first = DayField(label=_("Fra og med"), widget=_DAY)
    last = DayField(label=_("Til og med"), widget=_DAY)

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: ShiftPlan, people: QuerySet[Person]) -> None:
        super().__init__(data, initial={"first": plan.first, "last": plan.last})
        offer(self, "person", people)
        offer(self, "activity", ShiftActivity.objects.valid_on(plan.first).order_by("name"))
        offer(self, "workplace", Workplace.objects.valid_on(plan.first).order_by("name"))


class HeldShiftForm(forms.Form):
    """The shift of a person and day that the next run is to keep."""

    prefix = "held"
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Medarbejder"), empty_label=_("Vælg"), to_field_name="username"
    )
    day = DayField(label=_("Dag"), widget=_DAY)

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: ShiftPlan, people: QuerySet[Person]) -> None:
        super().__init__(data, initial={"day": plan.first})
        offer(self, "person", people)


def rhythms() -> list[tuple[str, str]]:
    found = [("1", str(_("Hver uge"))), ("2", str(_("Hver anden uge")))]
    often = _("Hver %(number)s. uge")
    return [*found, *((str(each), str(often) % {"number": each}) for each in range(3, appointments.MOST_WEEKS + 1))]
