"""Forecasts in words, tables and plots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isnan
from typing import Any

import holidays
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.entry.models import Queue
from indgang.planning import forecast_intervals, forecasts
from indgang.planning.forecast_intervals import Band, ForecastIntervals
from indgang.planning.models import CallEvent, StoredForecast
from indgang.plots.numbers import ValueUnit, written
from indgang.plots.plot import PlotMoment, PlotRange, Series, TimePlot
from indgang.staffing.forecast.accuracy import HORIZONS, Accuracy
from indgang.staffing.forecast.forecaster import ForecastRemarkKind
from indgang.staffing.forecast.handling import HandlingTimes

#: counted days that are shown before the forecast
DAYS_BEFORE = 28
_HALF_HOUR = 30


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """A day of the table."""

    day: date
    calls: str
    narrow: str
    wide: str
    mean: str
    remark: str


@dataclass(frozen=True, slots=True)
class ForecastInterval:
    """Half an hour of a day."""

    begins: str
    calls: str
    narrow: str
    wide: str
    seconds: str
    """How long a call takes; empty where none was handled yet."""
    seconds_narrow: str


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """One horizon, or one forecast, as it came out."""

    horizon: str
    days: int
    error: str
    mean_error: str
    narrow: str
    wide: str


def plot(stored: StoredForecast, counted: Mapping[date, float], days: int) -> TimePlot:
    """The counted days before it, and the expected days with their two ranges."""
    before = [stored.first - timedelta(days=number) for number in range(DAYS_BEFORE, 0, -1)]
    ahead = [stored.first + timedelta(days=number) for number in range(days)]
    nothing: tuple[float | None, ...] = (None,) * len(before)
    is_open = [stored.calls[number] > 0 for number in range(days)]

    def side(values: Sequence[float]) -> tuple[float | None, ...]:
        return nothing + tuple(float(values[number]) if is_open[number] else None for number in range(days))

    return TimePlot(
        title=_("Opkald pr. dag"),
        about=_(
            "Talte opkald de seneste uger, og de opkald, som prognosen venter, med de intervaller, de ligger inden for"
        ),
        unit=ValueUnit.COUNT, when=_("Dag"),
        moments=tuple(PlotMoment(day, date_format(day, "j. b")) for day in (*before, *ahead)),
        series=(
            Series(_("Talt"), (*(counted.get(day) for day in before), *(None for _day in ahead))),
            Series(_("Prognose"), side([round(each, 1) for each in stored.calls])),
        ),
        ranges=(
            PlotRange(_("95 ud af 100 dage"), side(stored.low_95), side(stored.high_95)),
            PlotRange(_("80 ud af 100 dage"), side(stored.low_80), side(stored.high_80)),
        ),
    )  # fmt: skip


def days(stored: StoredForecast, queue: Queue, count: int) -> list[ForecastDay]:
    """The open days of the table."""
    events = list(CallEvent.objects.of(queue))
    return [
        ForecastDay(
            stored.first + timedelta(days=number), _number(stored.calls[number]),
            _between(stored.low_80[number], stored.high_80[number]),
            _between(stored.low_95[number], stored.high_95[number]), _mean(stored.mean[number]),
            _special(stored.first + timedelta(days=number), events),
        )
        for number in range(count)
        if stored.calls[number] > 0
    ]  # fmt: skip


def _special(day: date, events: Sequence[CallEvent]) -> str:
    named = [each.name for each in events if each.first <= day <= each.last]
    off = holidays.country_holidays("DK", years=day.year, language="da").get(day)
    return ", ".join([*([off] if off else []), *named])


def intervals(stored: StoredForecast, day: date, handled: HandlingTimes | None) -> list[ForecastInterval]:
    """The half-hours of a day in which calls are expected. `handled` are the handling times on its first day."""
    row = (day - stored.first).days
    if stored.intervals is None or not 0 <= row < len(stored.calls):
        return []
    found = forecast_intervals.of_days(stored, slice(row, row + 1), _HALF_HOUR, handled)
    return [_interval(found, number) for number in range(found.calls.shape[1]) if found.calls[0, number] > 0]


def _interval(found: ForecastIntervals, number: int) -> ForecastInterval:
    def between(band: Band | None) -> str:
        return "" if band is None else _between(band[0][0, number], band[1][0, number])

    minute = number * _HALF_HOUR
    return ForecastInterval(
        f"{minute // 60:02}.{minute % 60:02}", number_format(round(float(found.calls[0, number]), 1), 1),
        between(found.narrow), between(found.wide), "" if found.seconds is None else _number(found.seconds[0, number]),
        between(found.seconds_narrow),
    )  # fmt: skip


def accuracy(found: Sequence[Accuracy]) -> list[AccuracyRow]:
    return [_accuracy(horizon_words(place), each) for place, each in enumerate(found)]


def each_accuracy(found: Sequence[tuple[StoredForecast, Accuracy]]) -> list[AccuracyRow]:
    """Each forecast by the day on which it was made."""
    return [_accuracy(date_format(made.made_on, "j. F Y"), each) for made, each in found]


def _accuracy(name: str, each: Accuracy) -> AccuracyRow:
    return AccuracyRow(
        name, each.days, _percent(each.error), _percent(each.mean_error), _share(each.in_narrow, each.days),
        _share(each.in_wide, each.days),
    )  # fmt: skip


def measured(stored: StoredForecast) -> list[AccuracyRow]:
    """What the forecast itself would have said in the past."""
    return [
        AccuracyRow(horizon_words(place), each["days"], _percent(each["error"]), _percent(each["mean_error"]), "", "")
        for place, each in enumerate(stored.about.get("measured", ()))
    ]


def horizon_words(place: int) -> str:
    first, last = HORIZONS[place]
    if first == last:
        return _("Næste dag")
    return _("%(first)s–%(last)s dage frem") % {"first": first, "last": last}


def remarks(stored: StoredForecast) -> Iterator[str]:
    """What a planner should know of it, in sentences."""
    for each in stored.about.get("remarks", ()):
        yield _REMARKS[ForecastRemarkKind(each["kind"])](each)


def _stood_in(remark: Mapping[str, Any]) -> str:
    return _("Tal fra et andet sted tæller stadig %(percent)s %%: %(source)s") % {
        "percent": _number(remark["number"]), "source": remark["says"],
    }  # fmt: skip


_REMARKS: Mapping[ForecastRemarkKind, Any] = {
    ForecastRemarkKind.OUTSIDE: lambda each: ngettext(
        "%(number)s opkald kom uden for åbningstiden og er ikke med.",
        "%(number)s opkald kom uden for åbningstiden og er ikke med.", int(each["number"]),
    ) % {"number": _number(each["number"])},
    ForecastRemarkKind.MISSING: lambda each: ngettext(
        "%(number)s åben dag er ikke talt. Den tæller ikke som en dag uden opkald.",
        "%(number)s åbne dage er ikke talt. De tæller ikke som dage uden opkald.", int(each["number"]),
    ) % {"number": _number(each["number"])},
    ForecastRemarkKind.FEW: lambda each: _(
        "Køen får kun %(number)s opkald om ugen. Hvor mange der kommer en bestemt dag, er mest tilfældigt."
    ) % {"number": number_format(each["number"], 1)},
    ForecastRemarkKind.NO_SEASON: lambda each: ngettext(
        "Kun %(number)s dag er talt. Prognosen kender ikke årets gang, før et helt år er talt.",
        "Kun %(number)s dage er talt. Prognosen kender ikke årets gang, før et helt år er talt.", int(each["number"]),
    ) % {"number": _number(each["number"])},
    ForecastRemarkKind.STOOD_IN: _stood_in,
}  # fmt: skip


def _number(value: float) -> str:
    return written(float(round(value)), ValueUnit.COUNT)


def _mean(calls: float) -> str:
    """A dash where no eight weeks were counted."""
    return "–" if isnan(calls) else _number(calls)


def _between(low: float, high: float) -> str:
    return f"{_number(float(low))}–{_number(float(high))}"


def _percent(share: float | None) -> str:
    return "–" if share is None else _("%(number)s %%") % {"number": number_format(round(100 * share, 1), 1)}


def _share(part: int, whole: int) -> str:
    return _percent(part / whole if whole else None)


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A queue in the list."""

    queue: Queue
    is_there: bool
    next_week: str
    error: str
    mean_error: str


def overview_row(queue: Queue, stored: StoredForecast | None, found: Sequence[Accuracy]) -> OverviewRow:
    """What is expected of the next seven days, and how far forecasts were off up to four weeks ahead."""
    if stored is None:
        return OverviewRow(queue, False, "–", "–", "–")
    month = sum(found[: forecasts.FOUR_WEEKS], Accuracy())
    return OverviewRow(queue, True, _number(sum(stored.calls[:7])), _percent(month.error), _percent(month.mean_error))


@dataclass(frozen=True, slots=True)
class OutlierRow:
    """A day that was left out of the history."""

    day: date
    counted: str
    expected: str


def outliers(stored: StoredForecast) -> list[OutlierRow]:
    return [
        OutlierRow(date.fromisoformat(each["day"]), _number(each["counted"]), _number(each["expected"]))
        for each in stored.about.get("outliers", ())
    ]


def handling(found: HandlingTimes | None) -> str:
    """How long a call takes, in a sentence; empty when none was measured."""
    if found is None:
        return ""
    said = _(
        "En samtale med efterbehandling tager %(seconds)s sekunder i gennemsnit (%(calls)s opkald på et halvt år)."
    )
    return said % {"seconds": _number(found.mean), "calls": _number(found.calls)}
