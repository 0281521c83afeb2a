"""The days that figures are shown for, and the days before that they are compared with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from indgang.measures.period import Period

_DAY = timedelta(days=1)


class NamedDays(TextChoices):
    """Days that follow the calendar, so that a bookmark shows the days of the day on which it is opened."""

    TODAY = "today", _("I dag")
    YESTERDAY = "yesterday", _("I går")
    WEEK = "week", _("Denne uge")
    LAST_WEEK = "last_week", _("Sidste uge")
    MONTH = "month", _("Denne måned")
    LAST_MONTH = "last_month", _("Sidste måned")
    QUARTER = "quarter", _("Dette kvartal")
    LAST_QUARTER = "last_quarter", _("Sidste kvartal")
    OWN = "own", _("Egne datoer")


@dataclass(frozen=True, slots=True)
class FigureDays:
    """From the first day to the last, both included; `before_first` and `before_last` are what they are compared with.

    A week, month or quarter that is not over ends today, and is compared with as many days of the one before.
    """

    first: date
    last: date
    before_first: date
    before_last: date

    @property
    def period(self) -> Period:
        return Period.days(self.first, self.last)

    @property
    def before(self) -> Period:
        return Period.days(self.before_first, self.before_last)

    @property
    def number(self) -> int:
        return (self.last - self.first).days + 1


def own(first: date, last: date) -> FigureDays:
    """Any days, compared with as many right before them."""
    length = last - first + _DAY
    return FigureDays(first, last, first - length, last - length)


def named(which: NamedDays, today: date) -> FigureDays:
    """The days that a name stands for on a day. Raises ValueError for `OWN`, which stands for none."""
    if which is NamedDays.TODAY:
        return own(today, today)
    if which is NamedDays.YESTERDAY:
        return own(today - _DAY, today - _DAY)
    first = _first(which, today)
    if which in (NamedDays.WEEK, NamedDays.MONTH, NamedDays.QUARTER):
        before = _first(which, first - _DAY)
        return FigureDays(first, today, before, min(before + (today - first), first - _DAY))
    last = _first(_UNFINISHED[which], today) - _DAY
    return FigureDays(first, last, _first(_UNFINISHED[which], first - _DAY), first - _DAY)


_UNFINISHED = {
    NamedDays.LAST_WEEK: NamedDays.WEEK, NamedDays.LAST_MONTH: NamedDays.MONTH,
    NamedDays.LAST_QUARTER: NamedDays.QUARTER,
}  # fmt: skip


def _first(which: NamedDays, day: date) -> date:
    """The first day of the week, month or quarter that `day` lies in; of a last one: of the one before."""
    if which in _UNFINISHED:
        return _first(_UNFINISHED[which], _first(_UNFINISHED[which], day) - _DAY)
    if which is NamedDays.WEEK:
        return day - timedelta(days=day.weekday())
    if which is NamedDays.MONTH:
        return day.replace(day=1)
    if which is NamedDays.QUARTER:
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    raise ValueError(f"{which} names no days")
