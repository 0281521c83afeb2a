"""Whether those who were asked, and those who answered, resemble all whom a rule was about. Pure.

A trait (service, hour, wait, level) has categories. The share of each among those who answered is held against its
share among all; so is the share among those asked. A difference is called one when drawing as many at random would
seldom make it (Bonferroni over all categories of a page). What the answers say of themselves cannot be checked:
contentment is known of nobody who did not answer. So the mean is also given as it would be if each category had
answered like all (`as_all`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from statistics import NormalDist

from indgang.feedback.index import Ratings

_CONFIDENCE = 0.95
#: with fewer expected, the share of a category says nothing
_FEWEST_EXPECTED = 5.0


@dataclass(slots=True)
class Sample:
    """Counts by trait and category: all, those asked, those who answered, and their ratings of satisfaction."""

    everybody: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    asked: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    answered: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    ratings: dict[str, dict[str, Ratings]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Ratings)))

    def add(self, traits: Mapping[str, str], *, number: int = 1, asked: int, answered: int) -> None:
        """So many with these traits, of whom so many were asked and answered."""
        for trait, category in traits.items():
            self.everybody[trait][category] += number
            self.asked[trait][category] += asked
            self.answered[trait][category] += answered

    def rate(self, traits: Mapping[str, str], ratings: Ratings) -> None:
        """What some of those with these traits answered."""
        for trait, category in traits.items():
            self.ratings[trait][category] = self.ratings[trait][category] + ratings


@dataclass(frozen=True, slots=True)
class Unlike:
    """A category whose share (per cent) among `some` differs from that among all."""

    trait: str
    category: str
    share_of_all: float
    share_of_some: float

    @property
    def by(self) -> float:
        """Percentage points more (or fewer)."""
        return self.share_of_some - self.share_of_all


def unlike(everybody: Mapping[str, Counter[str]], some: Mapping[str, Counter[str]]) -> list[Unlike]:
    """The differences that are ones, the largest first. `some` are among everybody."""
    categories = sum(len(counted) for counted in everybody.values())
    found = [
        Unlike(trait, category, 100 * counted[category] / counted.total(), 100 * of[category] / of.total())
        for trait, counted in everybody.items()
        for of in [some.get(trait, Counter())]
        for category in counted
        if of.total() and _differs(counted, of, category, categories)
    ]
    return sorted(found, key=lambda each: -abs(each.by))


def _differs(everybody: Counter[str], some: Counter[str], category: str, comparisons: int) -> bool:
    """Whether drawing as many at random, without putting back, would seldom give such a share."""
    all_of_them, drawn = everybody.total(), some.total()
    share = everybody[category] / all_of_them
    if drawn * min(share, 1 - share) < _FEWEST_EXPECTED or drawn == all_of_them:
        return False
    left = (all_of_them - drawn) / (all_of_them - 1)
    error = sqrt(share * (1 - share) / drawn * left)
    limit = NormalDist().inv_cdf(1 - (1 - _CONFIDENCE) / 2 / max(comparisons, 1))
    return abs(some[category] / drawn - share) > limit * error


@dataclass(frozen=True, slots=True)
class AsAll:
    """The mean index of the answers, and what it would be if each category of `trait` had answered like all."""

    trait: str
    mean: float
    weighted: float

    @property
    def by(self) -> float:
        return self.weighted - self.mean


def as_all(sample: Sample) -> AsAll | None:
    """By the trait that moves the mean most; None without answers. Categories nobody answered in are left out."""
    found = [each for trait in sample.ratings if (each := _weighted(sample, trait)) is not None]
    return max(found, key=lambda each: abs(each.by), default=None)


def _weighted(sample: Sample, trait: str) -> AsAll | None:
    ratings = {category: of for category, of in sample.ratings[trait].items() if of.count}
    count = sum(of.count for of in ratings.values())
    whole = sum(sample.everybody[trait][category] for category in ratings)
    if not count or not whole:
        return None
    mean = sum(of.total for of in ratings.values()) / count
    weighted = sum(sample.everybody[trait][category] * of.total / of.count for category, of in ratings.items()) / whole
    return AsAll(trait, mean, weighted)
