"""A list's filter by month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from indgang.core.ranges import DateRange
from indgang.ui.choices import offer


class MonthFilter(forms.Form):
    """One of the last months or, with `AHEAD`, of the next; this month without one."""

    BACK: ClassVar[int] = 13
    AHEAD: ClassVar[int] = 0

    month = forms.ChoiceField(label=_("Måned"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        self._this = today.replace(day=1)
        filled = {name: value for name, value in (data or {}).items() if value}
        super().__init__({"month": f"{self._this:%Y-%m}"} | filled)
        months = [moved(self._this, by) for by in range(self.AHEAD, -self.BACK, -1)]
        offer(self, "month", [(f"{each:%Y-%m}", date_format(each, "F Y")) for each in months])

    @property
    def days(self) -> DateRange:
        """The days of the month."""
        chosen = self.cleaned_data.get("month") if self.is_valid() else ""
        first = date.fromisoformat(f"{chosen}-01") if chosen else self._this
        return DateRange(first, (first + timedelta(days=31)).replace(day=1))


def moved(first: date, by: int) -> date:
    """The first day of the month that many months later."""
    months = first.year * 12 + first.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)
