"""The days that figures are shown for, as they stand in the address of a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core import clock
from indgang.measures.period import Period
from indgang.ui.parameters import DayField

#: the days until others are chosen, and the most
_USUAL_DAYS, _MOST_DAYS = 90, 1_100
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DayRange(forms.Form):
    """From one day to another; the last ninety when nothing is chosen. `usual` is what else holds until chosen."""

    first = DayField(label=gettext_lazy("Fra"), widget=_DAY, required=False)
    last = DayField(label=gettext_lazy("Til og med"), widget=_DAY, required=False)

    def __init__(self, data: Mapping[str, Any], **usual: str) -> None:
        today = clock.today()
        days = {"first": (today - timedelta(days=_USUAL_DAYS - 1)).isoformat(), "last": today.isoformat()}
        super().__init__(days | usual | {name: value for name, value in data.items() if value})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("Den sidste dag må ikke ligge før den første."))
        elif first and last and (last - first).days >= _MOST_DAYS:
            self.add_error("last", _("Vælg højst %(days)s dage.") % {"days": _MOST_DAYS})
        return data

    @property
    def period(self) -> Period:
        return Period.days(self.cleaned_data["first"], self.cleaned_data["last"])
