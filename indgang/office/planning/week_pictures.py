"""Heat maps of a week: half-hours down, days across."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from indgang.entry.models import Queue
from indgang.planning import week
from indgang.planning.models import StoredForecast
from indgang.planning.week import AnsweredWeek
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import HeatPlot
from indgang.staffing.erlang import Numbers

#: a Monday
_ON_SOME_WEEK = date(2024, 1, 1)
#: fewer calls in a half-hour say nothing of the share in time
_FEWEST = 5


def need(queue: Queue, stored: StoredForecast) -> HeatPlot | None:
    """How many people the first seven days of a forecast need; None when nobody can tell, or nobody is needed."""
    found = week.needed(queue, stored.first)
    if found is None or not found.any():
        return None
    days = [stored.first + timedelta(days=number) for number in range(week.DAYS)]
    return of_days(
        days, found, _("Behov i ugen"),
        _("Hvor mange der skal være på arbejde i hver halve time, for at køen når sit mål"), is_open=found > 0,
    )  # fmt: skip


def in_time(found: AnsweredWeek) -> HeatPlot | None:
    """The share answered in time on each weekday; half-hours with a few calls are left out."""
    enough = found.calls >= _FEWEST
    if not enough.any():
        return None
    share = np.divide(100 * found.in_time, found.calls, out=np.zeros_like(found.calls), where=enough)
    return _heat(
        [date_format(_ON_SOME_WEEK + timedelta(days=number), "D") for number in range(week.DAYS)], share, enough,
        _("Besvaret i tide i ugen"),
        _("Andelen af opkald, der blev besvaret inden for køens mål, i procent, de seneste %(weeks)s uger")
        % {"weeks": week.WEEKS},
        unit=ValueUnit.PERCENT,
    )  # fmt: skip


def of_days(
    days: list[date], values: Numbers, title: str, about: str, *, is_open: NDArray[np.bool_], is_signed: bool = False
) -> HeatPlot:
    """People by day and half-hour."""
    names = [f"{date_format(each, 'D')} {each.day}." for each in days]
    return _heat(names, values, is_open, title, about, is_signed=is_signed)


def _heat(
    names: list[str], values: Numbers, is_shown: NDArray[np.bool_], title: str, about: str, *,
    unit: ValueUnit = ValueUnit.COUNT, is_signed: bool = False,
) -> HeatPlot:  # fmt: skip
    """Without the half-hours before the first and after the last that is shown, and without days that show nothing."""
    slots = np.flatnonzero(is_shown.any(axis=0))
    days = np.flatnonzero(is_shown.any(axis=1))
    shown = range(int(slots[0]), int(slots[-1]) + 1)
    return HeatPlot(
        title=title, about=about, unit=unit, when=_("Fra kl."),
        column_names=tuple(names[day] for day in days),
        row_names=tuple(f"{slot // 2:02}.{slot % 2 * 30:02}" for slot in shown),
        values=tuple(
            tuple(round(float(values[day, slot]), 2) if is_shown[day, slot] else None for day in days)
            for slot in shown
        ),
        is_signed=is_signed,
    )  # fmt: skip
