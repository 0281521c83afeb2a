"""What a figure was in a measured period, and how sure that is. Pure.

The interval is a 95 % confidence interval by the jackknife that leaves out one calendar week at a time (with weights
for weeks of different size: Busing, Meijer and van der Leeden 1999), with Student's t for the number of weeks. Days of
one week resemble each other, and so do the calls of a day, so an interval that takes each contact as independent would
be too narrow. That of a share is never narrower than Wilson's for independent contacts: weeks that are all alike by
chance prove nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import sqrt

from indgang.measures.definitions import Adding, Definition, Figure
from indgang.measures.totals import Totals

#: fewer than these are no baseline
FEWEST_CONTACTS = 30
FEWEST_WEEKS = 4
#: an interval that reaches further than this share of the value on either side makes the baseline uncertain
SURE_WITHIN = 0.1
#: Student's t at 97.5 % for 1, 2, 3 … degrees of freedom; the last one holds for more
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086,
)  # fmt: skip
_Z = 1.96


@dataclass(frozen=True, slots=True)
class MeasuredFigure:
    """A figure with its interval: None for "no data". `base` contacts in `weeks` calendar weeks are behind it.

    A count is the number per day.
    """

    value: float | None
    low: float | None
    high: float | None
    base: int
    weeks: int

    @property
    def is_enough(self) -> bool:
        """Whether a target may rest on it."""
        return self.value is not None and self.base >= FEWEST_CONTACTS and self.weeks >= FEWEST_WEEKS

    @property
    def is_uncertain(self) -> bool:
        """Whether the interval is too wide to tell a small improvement from chance."""
        if self.value is None or self.low is None or self.high is None:
            return True
        return max(self.high - self.value, self.value - self.low) > SURE_WITHIN * abs(self.value)


def figure_of(totals: Totals, definition: Definition, days: int) -> Figure:
    """The figure of a period of so many days; a count per day, so that periods of other lengths compare with it."""
    figure = definition.of(totals)
    if definition.adds is not Adding.COUNTS or figure.value is None:
        return figure
    return Figure(figure.value / days if days else None, figure.base)


@dataclass(frozen=True, slots=True)
class MeasuredWeek:
    """A calendar week: how many days of it count, their totals, and those of all other weeks together."""

    days: int
    totals: Totals
    others: Totals


@dataclass(frozen=True, slots=True)
class MeasuredWeeks:
    """The days of a period by calendar week, added up once for all figures."""

    days: int
    totals: Totals
    weeks: Sequence[MeasuredWeek]


def by_week(days: Mapping[date, Totals]) -> MeasuredWeeks:
    """Days without anything counted belong to their weeks, with empty totals."""
    found: defaultdict[tuple[int, int], list[Totals]] = defaultdict(list)
    for day, totals in days.items():
        found[day.isocalendar()[:2]].append(totals)
    sums = [sum(found[week], Totals()) for week in sorted(found)]
    lengths = [len(found[week]) for week in sorted(found)]
    before = list(accumulate(sums, initial=Totals()))
    after = list(accumulate(reversed(sums), initial=Totals()))[::-1]
    others = [earlier + later for earlier, later in zip(before, after[1:], strict=False)]
    return MeasuredWeeks(len(days), before[-1], list(map(MeasuredWeek, lengths, sums, others)))


def measured(period: MeasuredWeeks, definition: Definition) -> MeasuredFigure:
    """The figure of all these weeks together."""
    whole = figure_of(period.totals, definition, period.days)
    if whole.value is None or not whole.base:
        return MeasuredFigure(None, None, None, 0, 0)
    with_contacts = [week for week in period.weeks if definition.of(week.totals).base]
    # a count is per day, so quiet weeks are part of how it varies; a share or a time has nothing in them to vary
    weeks = period.weeks if definition.adds is Adding.COUNTS else with_contacts
    interval = _interval(weeks, whole, definition)
    low, high = interval or (None, None)
    return MeasuredFigure(whole.value, low, high, whole.base, len(with_contacts))


def _interval(weeks: Sequence[MeasuredWeek], whole: Figure, definition: Definition) -> tuple[float, float] | None:
    assert whole.value is not None
    if len(weeks) < 2:
        return None
    error = _standard_error(weeks, whole.value, definition) * _T[min(len(weeks) - 1, len(_T)) - 1]
    low, high = max(whole.value - error, 0.0), whole.value + error
    if definition.unit != "percent":
        return low, high
    lowest, highest = wilson(whole.value / 100, whole.base)
    return min(low, 100 * lowest, whole.value), min(max(high, 100 * highest, whole.value), 100.0)


def _standard_error(weeks: Sequence[MeasuredWeek], whole: float, definition: Definition) -> float:
    sizes = [_size(week, definition) for week in weeks]
    size, days = sum(sizes), sum(week.days for week in weeks)
    pseudo, weights = [], []
    for week, of_week in zip(weeks, sizes, strict=True):
        without = figure_of(week.others, definition, days - week.days).value
        weight = size / of_week
        pseudo.append(weight * whole - (weight - 1) * (whole if without is None else without))
        weights.append(weight)
    centre = sum(each / weight for each, weight in zip(pseudo, weights, strict=True))
    variance = sum((each - centre) ** 2 / (weight - 1) for each, weight in zip(pseudo, weights, strict=True))
    return sqrt(variance / len(weeks))


def _size(week: MeasuredWeek, definition: Definition) -> int:
    """What the week weighs: its days for a count, its contacts otherwise."""
    return week.days if definition.adds is Adding.COUNTS else definition.of(week.totals).base


def wilson(share: float, count: int, z: float = _Z) -> tuple[float, float]:
    """Wilson's interval of a share of so many independent contacts, `z` standard deviations to each side."""
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)
