"""What people typed for the figures that they count (`entered_kinds`), as sums that figures are computed from.

A value counts in every span of days that holds its period, or the part of it that had gone when it was typed. It
counts on the last day of these, in its centre, and in no queue, service or channel. Where nobody typed a value, an
imported one counts (`connect`).
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
    """The values whose periods begin between two days and that count until the last of them, by period. One query, and
    one for each figure that has an imported series."""
    codes = set(KINDS) if figures is None else set(figures)
    typed = [each for each in _typed(first, last) if each.figure in codes]
    taken = {(each.figure, each.centre, each.first_day) for each in typed}
    found = [each for each in typed if each.counts_on <= last]
    for figure, series in EnteredFigure.objects.exclude(series="").values_list("figure", "series"):
        if figure in codes:
            rows = (each for source in _imported for each in source(figure, series, first, last))
            found += [each for each in rows if (figure, each.centre, each.first_day) not in taken]
    return sorted(found, key=lambda each: (each.first_day, each.figure, each.centre))


def _typed(first: date, last: date) -> list[StandingValue]:
    """The newest row of each figure, centre and period; none where it was taken back."""
    rows = EnteredValue.objects.filter(first_day__gte=first, first_day__lte=last).order_by("pk")
    names = ("figure", "centre__code", "first_day", "last_day", "entered_at", "counted", "out_of")
    newest = {(row[0], row[1] or "", row[2]): row for row in rows.values_list(*names)}
    return [
        StandingValue(figure, centre, begins, ends, min(ends, day_of(at)), float(number), float(out_of or 0))
        for (figure, centre, begins), (_f, _c, _b, ends, at, number, out_of) in newest.items()
        if number is not None
    ]


def by_group(period: Period, by: GroupBy, chosen: Mapping[str, Sequence[str]]) -> dict[str, EnteredSums]:
    """The sums by group, as `rollups.reading.totals` groups and chooses; none by the hour."""
    others = [chosen.get(each.value, [""]) for each in _WITHOUT_CODE]
    if by is GroupBy.HOUR or not all("" in codes for codes in others) or _LEVEL not in chosen.get("level", [_LEVEL]):
        return {}
    found: defaultdict[str, EnteredSums] = defaultdict(EnteredSums)
    first, last = day_of(period.start), day_of(period.end) - timedelta(days=1)
    centres = chosen.get("centre")
    for each in standing(first, last) if Period.day(first).start == period.start else ():
        if centres is None or each.centre in centres:
            own = EnteredSum.of(each.number, each.out_of, each.counts_on)
            found[_group(each, by)] += EnteredSums({(each.figure, each.centre): own})
    return dict(found)


def _group(value: StandingValue, by: GroupBy) -> str:
    times = {GroupBy.DAY: f"{value.counts_on:%Y-%m-%d}", GroupBy.MONTH: f"{value.counts_on:%Y-%m}"}
    return times.get(by) or {GroupBy.CENTRE: value.centre, GroupBy.LEVEL: _LEVEL}.get(by, "")
