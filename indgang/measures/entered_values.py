"""What people typed for the figures that they count (`entered_kinds`), as sums that figures are computed from.

A value counts in every span of days that holds its period, or the part of it that had gone when it was typed. It
counts on the last day of these, in its centre, and in no queue, service or channel. An imported value (`connect`)
counts where nobody typed one for any of its days: in its centre or for the whole municipality, and one of the whole
municipality where nobody did so anywhere. So nothing is counted twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from indgang.core.clock import day_of
from indgang.measures.entered_kinds import KINDS
from indgang.measures.grouping import GroupBy
from indgang.measures.models import EnteredFigure, EnteredValue
from indgang.measures.period import Period
from indgang.measures.sums import EnteredSum, EnteredSums

#: groups and choices that values have no code for
_WITHOUT_CODE = (GroupBy.QUEUE, GroupBy.SERVICE, GroupBy.PURPOSE, GroupBy.CHANNEL)
#: the level that they count at, as time on duty does
_LEVEL = "1"


@dataclass(frozen=True, slots=True)
class StandingValue:
    """A value that counts: `centre` is a code, "" for the whole municipality, and `counts_on` the day that it counts
    on. `is_imported`: nobody typed it."""

    figure: str
    centre: str
    first_day: date
    last_day: date
    counts_on: date
    number: float
    out_of: float
    is_imported: bool = False


#: the imported values of a figure between two days, by the series that was chosen for it
ImportedValues = Callable[[str, str, date, date], Sequence[StandingValue]]

_imported: list[ImportedValues] = []


def connect(source: ImportedValues) -> None:
    """Count what `source(figure, series, first, last)` gives where nobody typed a value. Connecting it twice counts
    once."""
    if source not in _imported:
        _imported.append(source)


def standing(first: date, last: date, figures: Iterable[str] | None = None) -> list[StandingValue]:
    """The values whose periods begin between two days and that count until the last of them, by period. Two queries,
    and one or two for each figure that has an imported series; none where no figure is one that people count."""
    codes = KINDS.keys() if figures is None else KINDS.keys() & set(figures)
    if not codes:
        return []
    typed = _typed(first, last, codes)
    found = [each for each in typed if each.first_day >= first and each.counts_on <= last]
    places: defaultdict[tuple[str, date], set[str]] = defaultdict(set)
    for each in typed:
        places[each.figure, each.first_day].add(each.centre)
    series_of = EnteredFigure.objects.filter(figure__in=codes).exclude(series="").values_list("figure", "series")
    for figure, series in series_of:
        rows = (each for source in _imported for each in source(figure, series, first, last))
        found += [each for each in rows if not _is_typed(each, places)]
    return sorted(found, key=lambda each: (each.first_day, each.figure, each.centre))


def _is_typed(value: StandingValue, places: Mapping[tuple[str, date], set[str]]) -> bool:
    """Whether somebody typed a value for any of the days of an imported one, by the centres of each typed period."""
    period = KINDS[value.figure].period
    day = period.first_of(value.first_day)
    while day <= value.last_day:
        typed = places.get((value.figure, day), set())
        if typed & {value.centre, ""} or (typed and not value.centre):
            return True
        day = period.last_of(day) + timedelta(days=1)
    return False


def _typed(first: date, last: date, figures: Iterable[str]) -> list[StandingValue]:
    """The newest row of each figure, centre and period that has one of these days; none where it was taken back."""
    rows = EnteredValue.objects.filter(figure__in=figures, first_day__lte=last, last_day__gte=first).order_by("pk")
    names = ("figure", "centre__code", "first_day", "last_day", "entered_at", "counted", "out_of")
    newest = {(row[0], row[1] or "", row[2]): row for row in rows.values_list(*names)}
    return [
        StandingValue(figure, centre, begins, ends, min(ends, day_of(at)), float(number), float(out_of or 0))
        for (figure, centre, begins), (_f, _c, _b, ends, at, number, out_of) in newest.items()
        if number is not None
    ]


def by_group(
    period: Period, by: GroupBy, chosen: Mapping[str, Sequence[str]], figures: Iterable[str] | None = None
) -> dict[str, EnteredSums]:
    """The sums of these figures (all of them for None) by group, as `rollups.reading.totals` groups and chooses; none
    by the hour."""
    others = [chosen.get(each.value, [""]) for each in _WITHOUT_CODE]
    if by is GroupBy.HOUR or not all("" in codes for codes in others) or _LEVEL not in chosen.get("level", [_LEVEL]):
        return {}
    found: defaultdict[str, EnteredSums] = defaultdict(EnteredSums)
    first, last = day_of(period.start), day_of(period.end) - timedelta(days=1)
    centres = chosen.get("centre")
    for each in standing(first, last, figures) if Period.day(first).start == period.start else ():
        if centres is None or each.centre in centres:
            own = EnteredSum.of(each.number, each.out_of, each.counts_on)
            found[_group(each, by)] += EnteredSums({(each.figure, each.centre): own})
    return dict(found)


def _group(value: StandingValue, by: GroupBy) -> str:
    times = {GroupBy.DAY: f"{value.counts_on:%Y-%m-%d}", GroupBy.MONTH: f"{value.counts_on:%Y-%m}"}
    return times.get(by) or {GroupBy.CENTRE: value.centre, GroupBy.LEVEL: _LEVEL}.get(by, "")
