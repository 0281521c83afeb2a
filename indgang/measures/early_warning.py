"""What a day's figure could be expected to be, by the weeks before it; and which part moved most. Pure.

The level of each week, the trend through the weeks and the habit of each weekday are taken out by medians, so that one
odd day among those before changes little. What is left varies by chance; three times its spread is the band.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from statistics import median

from indgang.measures.definitions import Direction, Figure

#: days before that are looked at
DAYS = 70
#: fewer days with data, or fewer of the same weekday, say too little
FEWEST_DAYS, FEWEST_WEEKDAYS = 20, 4
#: from the median of distances to a standard deviation
_SPREAD = 1.4826
_SIGMAS = 3.0


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


def moved_most(now: Mapping[str, Figure], usual: Mapping[str, Figure], *, is_count: bool, rises: bool) -> str | None:
    """The part (a queue, a service ...) that moved the whole most in the direction in which it moved.

    A part moves a share or a mean by its own change, weighted by its base; a count by its difference.
    """
    whole = sum(each.base for each in now.values()) or 1
    moves: dict[str, float] = {}
    for part, figure in now.items():
        was = usual.get(part, Figure(None, 0))
        if is_count:
            moves[part] = (figure.value or 0.0) - (was.value or 0.0)
        elif figure.value is not None and was.value is not None:
            moves[part] = (figure.value - was.value) * figure.base / whole
    signed = {part: move if rises else -move for part, move in moves.items()}
    best = max(signed, key=lambda part: (signed[part], part), default=None)
    return best if best is not None and signed[best] > 0 else None
