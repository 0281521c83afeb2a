"""What a day's figure could be expected to be, by the weeks before it; and which part moved most. Pure.

The level of each week, the trend through the weeks and the habit of each weekday are taken out by medians, so that one
odd day among those before changes little. What is left varies by chance; three times its spread is the band. A small
change that lasts stays inside the band, and shows as many days in a row on one side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from math import sqrt
from statistics import median

from indgang.measures.baselines import wilson
from indgang.measures.definitions import Direction, Figure

#: days before that are looked at
DAYS = 70
#: fewer days with data, or fewer of the same weekday, say too little
FEWEST_DAYS, FEWEST_WEEKDAYS = 20, 4
#: from the median of distances to a standard deviation
_SPREAD = 1.4826
_SIGMAS = 3.0
#: so many days in a row on one side of the expectation are no chance, also inside the band
IN_A_ROW = 8
#: by how much of the way to the edge of the band they have to lie off on average
LEAST_SHIFT = 0.5
_NOTHING = Figure(None, 0)


@dataclass(frozen=True, slots=True)
class ExpectedDay:
    """The value that a day should have, and the band that chance explains."""

    value: float
    low: float
    high: float

    def left_by(self, value: float, direction: Direction) -> bool:
        """Whether the value is worse than the band; where neither way is better, whether it is outside."""
        is_low, is_high = value < self.low, value > self.high
        if direction is Direction.NEITHER:
            return is_low or is_high
        return is_low if direction is Direction.HIGHER else is_high


def expected(before: Mapping[date, float], day: date) -> ExpectedDay | None:
    """What the days before a day lead to expect of it; None when they are too few."""
    known = {each: value for each, value in before.items() if day - timedelta(days=DAYS) <= each < day}
    same = [each for each in known if each.weekday() == day.weekday()]
    if len(known) < FEWEST_DAYS or len(same) < FEWEST_WEEKDAYS:
        return None
    line = _line(known)
    rest = {each: value - line(each) for each, value in known.items()}
    habits = {
        weekday: median(value for each, value in rest.items() if each.weekday() == weekday)
        for weekday in {each.weekday() for each in rest}
    }
    spread = _SPREAD * median(abs(value - habits[each.weekday()]) for each, value in rest.items())
    middle = line(day) + habits[day.weekday()]
    return ExpectedDay(middle, middle - _SIGMAS * spread, middle + _SIGMAS * spread)


def runs(before: Mapping[date, float], day: date, direction: Direction) -> bool:
    """Whether the last `IN_A_ROW` known days, this one included, all lie on the worse side of what the days before them
    lead to expect (where neither way is better, all on one side), and by `LEAST_SHIFT` on average.

    The side alone is one in 256 by chance if the expectation were exact; it is estimated, so it is about one in a
    hundred of the days looked at, and the days overlap. With the shift it is about one in a thousand.
    """
    last = sorted(each for each in before if day - timedelta(days=DAYS) <= each <= day)[-IN_A_ROW:]
    if len(last) < IN_A_ROW or last[-1] != day:
        return False
    earlier = {each: value for each, value in before.items() if each < last[0]}
    bands = [expected(earlier, each) for each in last]
    known = [(before[each] - band.value, band) for each, band in zip(last, bands, strict=True) if band is not None]
    sides = {_side(rest) for rest, _band in known}
    shift, reach = (abs(sum(rest for rest, _band in known)), sum(band.high - band.value for _rest, band in known))
    worse = {Direction.HIGHER: ({-1},), Direction.LOWER: ({1},), Direction.NEITHER: ({-1}, {1})}
    return len(known) == IN_A_ROW and sides in worse[direction] and shift >= LEAST_SHIFT * reach


def _side(rest: float) -> int:
    return (rest > 0) - (rest < 0)


def as_long(values: Mapping[date, float], hours: Mapping[date, float], day: date) -> dict[date, float]:
    """Counts of other days as if they had been open as long as this one."""
    return {each: value * hours[day] / hours[each] for each, value in values.items()}


def _line(known: Mapping[date, float]) -> Callable[[date], float]:
    """The line through the days: its slope is the median of the slopes between days of the same weekday, so that
    habits of weekdays do not tilt it."""
    slopes = [
        (known[b] - known[a]) / (b - a).days
        for a, b in combinations(sorted(known), 2) if a.weekday() == b.weekday()
    ]  # fmt: skip
    slope = median(slopes) if slopes else 0.0
    anchor = max(known)
    level = median(value - slope * (each - anchor).days for each, value in known.items())
    return lambda day: level + slope * (day - anchor).days


def with_chance(band: ExpectedDay, unit: str, base: int) -> ExpectedDay:
    """The band, never narrower than chance makes it on a day with so many contacts: days that are all alike (a small
    centre, mostly 100 %) prove nothing. Shares by Wilson's interval, counts by their square root, and times as if their
    spread were their mean."""
    low, high = _chance(band.value, unit, base)
    return ExpectedDay(band.value, min(band.low, low), max(band.high, high))


def _chance(value: float, unit: str, base: int) -> tuple[float, float]:
    positive = max(value, 0.0)
    if unit == "percent":
        low, high = wilson(min(positive, 100.0) / 100, base, _SIGMAS)
        return 100 * low, 100 * high
    reach = _SIGMAS * (sqrt(positive) if unit == "count" else positive / sqrt(base))
    return value - reach, value + reach


def moved_most(now: Mapping[str, Figure], usual: Mapping[str, Figure], *, is_count: bool, rises: bool) -> str | None:
    """The part (a queue, a service ...) that moved the whole most in the direction in which it moved; also one that got
    nothing."""
    moves = dict(_differences(now, usual) if is_count else _moves(now, usual))
    signed = {part: move if rises else -move for part, move in moves.items()}
    best = max(signed, key=lambda part: (signed[part], part), default=None)
    return best if best is not None and signed[best] > 0 else None


def _differences(now: Mapping[str, Figure], usual: Mapping[str, Figure]) -> Iterator[tuple[str, float]]:
    for part in now.keys() | usual.keys():
        yield part, (now.get(part, _NOTHING).value or 0.0) - (usual.get(part, _NOTHING).value or 0.0)


def _moves(now: Mapping[str, Figure], usual: Mapping[str, Figure]) -> Iterator[tuple[str, float]]:
    """What each part did to a share or a mean: its own change by its weight, and the change of its weight by its
    distance from the whole. Together they are the change of the whole."""
    size_now, size_usual = (sum(each.base for each in side.values()) for side in (now, usual))
    if not size_now or not size_usual:
        return
    whole = sum((each.value or 0.0) * each.base for each in usual.values()) / size_usual
    for part in now.keys() | usual.keys():
        this, was = now.get(part, _NOTHING), usual.get(part, _NOTHING)
        before = whole if was.value is None else was.value
        after = before if this.value is None else this.value
        weight = this.base / size_now
        yield part, (after - before) * weight + (before - whole) * (weight - was.base / size_usual)
