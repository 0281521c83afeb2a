"""Forms of the page with a person's own shifts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.workforce.models import LeaveRequest, PlannedShift, TimeWish
from indgang.workforce.shift_words import LEAVE_KINDS, WISH_KINDS, when

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LeaveForm(forms.Form):
    leave_kind = forms.ChoiceField(label=_("Slags"), choices=list(LEAVE_KINDS.items()))
    first = DayField(label=_("Første dag"), widget=_DAY)
    last = DayField(label=_("Sidste dag"), widget=_DAY)
    remark = forms.CharField(label=_("Bemærkning"), max_length=500, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["first"].initial = self.fields["last"].initial = clock.today() + timedelta(days=28)

    @property
    def kind(self) -> LeaveRequest.Kind:
        return LeaveRequest.Kind(self.cleaned_data["leave_kind"])


class WishForm(forms.Form):
    wish_kind = forms.ChoiceField(label=_("Ønske"), choices=list(WISH_KINDS.items()))
    wish_weekday = forms.TypedChoiceField(
        label=_("Hver"), coerce=int, required=False, empty_value=None,
        choices=[("", _("Kun én dag")), *((str(number), name) for number, name in WEEKDAYS.items())],
    )  # fmt: skip
    wish_day = DayField(label=_("Eller dagen"), widget=_DAY, required=False)
    wish_weight = forms.TypedChoiceField(
        label=_("Hvor vigtigt er det?"), coerce=int,
        choices=[("1", _("Gerne")), ("2", _("Vigtigt")), ("3", _("Meget vigtigt"))],
    )  # fmt: skip

    @property
    def kind(self) -> TimeWish.Kind:
        return TimeWish.Kind(self.cleaned_data["wish_kind"])


class OfferShiftForm(forms.Form):
    to = forms.ModelChoiceField(
        Person.objects.none(), label=_("Til"), required=False, empty_label=_("Alle i centret"), to_field_name="username"
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, colleagues: QuerySet[Person]) -> None:
        super().__init__(data)
        offer(self, "to", colleagues)


class TakeShiftForm(forms.Form):
    in_return = forms.ChoiceField(label=_("Giver til gengæld"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, own: list[PlannedShift]) -> None:
        super().__init__(data)
        offer(self, "in_return", [("", _("Ingen vagt")), *((str(each.pk), when(each)) for each in own)])
