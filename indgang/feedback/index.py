"""The index of a group of answers: how many, their mean, and how far chance alone can have moved it. Pure.

Everything is on the index of 0 to 100 (`scales.index`). The interval holds the mean of all who could have answered in
about 95 of 100 cases. It is wider than the textbook's: two answers are imagined beside the real ones, one at each end,
so that five equal answers are not taken for certainty (as for shares in Agresti and Coull, 1998).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from indgang.feedback import scales
from indgang.measures.definitions import FEWEST, Figure, hidden_groups, is_too_few

_LOWEST, _HIGHEST = 0.0, 100.0
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many answers, the sum of their indexes and of the squares; they add up over groups and periods."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Ratings) -> Ratings:
        return Ratings(self.count + other.count, self.total + other.total, self.squares + other.squares)

    @classmethod
    def of_values(cls, scale: str, count: int, total: int, squares: int) -> Ratings:
        """From the number, the sum and the sum of squares of values on a scale."""
        found = scales.ends(scale)
        step = 100.0 / (found.highest - found.lowest)
        low = found.lowest
        return cls(count, step * (total - low * count), step * step * (squares - 2 * low * total + low * low * count))

    @classmethod
    def of(cls, indexes: Iterable[float]) -> Ratings:
        known = list(indexes)
        return cls(len(known), sum(known), sum(each * each for each in known))


@dataclass(frozen=True, slots=True)
class Index:
    """The mean of `count` answers with its interval; None without answers."""

    count: int
    mean: float | None
    low: float | None
    high: float | None

    @property
    def figure(self) -> Figure:
        return Figure(self.mean, self.count)

    @property
    def is_hidden(self) -> bool:
        """Whether neither the mean nor the number is shown for a part of the whole."""
        return is_too_few(self.count)


def index(ratings: Ratings) -> Index:
    """The mean and its interval, within 0 to 100."""
    if not ratings.count:
        return Index(0, None, None, None)
    mean = min(max(ratings.total / ratings.count, _LOWEST), _HIGHEST)
    middle, error = _imagined(ratings)
    width = _quantile(_CONFIDENCE) * error
    low, high = max(middle - width, _LOWEST), min(middle + width, _HIGHEST)
    return Index(ratings.count, mean, min(low, mean), max(high, mean))


@dataclass(frozen=True, slots=True)
class IndexChange:
    """From one group to another: the difference of the means, and whether it is more than chance."""

    by: float
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        return self.low > 0 or self.high < 0


def change(before: Ratings, now: Ratings, *, comparisons: int = 1) -> IndexChange | None:
    """The difference of two separate groups; None when one of them is too small to be shown.

    With more `comparisons` on one page each has to be clearer, so that chance makes one of them a difference no more
    often than in 5 of 100 pages (Bonferroni).
    """
    if min(before.count, now.count) < FEWEST:
        return None
    by = now.total / now.count - before.total / before.count
    middles, errors = zip(*(_imagined(each) for each in (before, now)), strict=True)
    width = _quantile(1 - (1 - _CONFIDENCE) / max(comparisons, 1)) * sqrt(sum(error**2 for error in errors))
    middle = middles[1] - middles[0]
    return IndexChange(by, middle - width, middle + width)


def shown(groups: Mapping[str, Ratings], *, is_part: bool = True) -> dict[str, Index | None]:
    """The index of each group; None for those that are hidden, because they or what is left beside them is small."""
    indexes = {name: index(ratings) for name, ratings in groups.items()}
    hidden = hidden_groups({name: each.figure for name, each in indexes.items()}, is_part=is_part)
    return {name: None if name in hidden else each for name, each in indexes.items()}


def _imagined(ratings: Ratings) -> tuple[float, float]:
    """The mean and its standard error, with an answer more at each end."""
    count = ratings.count + 2
    mean = (ratings.total + _LOWEST + _HIGHEST) / count
    squares = ratings.squares + _LOWEST**2 + _HIGHEST**2
    variance = max(squares - count * mean * mean, 0.0) / (count - 1)
    return mean, sqrt(variance / count)


def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
