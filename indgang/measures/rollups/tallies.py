"""Facts added up by key. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from indgang.measures.rollups.facts import Counted, CountedFact, CountedTogether

K = TypeVar("K", bound=tuple[Any, ...])


@dataclass(slots=True)
class FactTally:
    """Sums of the facts of one key: how many, how many of them `part` and `short`, and their times."""

    whole: int = 0
    part: int = 0
    short: int = 0
    milliseconds: int = 0
    target_points: int = 0
    histogram: dict[int, int] = field(default_factory=dict)

    def count(self, fact: CountedFact, sign: int = 1) -> None:
        """Add one fact, or take it away again."""
        self.whole += sign
        self.part += sign * fact.part
        self.short += sign * fact.short
        self.milliseconds += sign * fact.milliseconds
        self.target_points += sign * fact.target_points
        if fact.bucket is not None:
            self._put(fact.bucket, sign)

    def add(self, other: FactTally | CountedTogether, sign: int = 1) -> None:
        self.whole += sign * other.whole
        self.part += sign * other.part
        self.short += sign * other.short
        self.milliseconds += sign * other.milliseconds
        self.target_points += sign * other.target_points
        held = self.histogram
        if not held and sign == 1:
            held.update(other.histogram)
            return
        for bucket, count in other.histogram.items():
            if now := held.get(bucket, 0) + sign * count:
                held[bucket] = now
            else:
                held.pop(bucket, None)

    def _put(self, bucket: int, count: int) -> None:
        """Change a bucket; one without anything in it is left out, so that equal tallies are equal."""
        now = self.histogram.get(bucket, 0) + count
        if now:
            self.histogram[bucket] = now
        else:
            self.histogram.pop(bucket, None)

    def __bool__(self) -> bool:
        """Whether anything is counted."""
        return bool(self.whole or self.part or self.short or self.milliseconds or self.target_points or self.histogram)


class Tallies(dict[K, FactTally]):
    """The tallies of many keys."""

    def count(self, facts: Iterable[Counted], sign: int = 1) -> None:
        """Add facts, or take them away, at their own keys."""
        for fact in facts:
            tally = self.at(cast(K, fact.key))
            if type(fact) is CountedFact:
                tally.count(fact, sign)
            else:
                tally.add(cast(CountedTogether, fact), sign)

    def at(self, key: K) -> FactTally:
        """The tally of a key, which begins with nothing."""
        tally = self.get(key)
        if tally is None:
            tally = self[key] = FactTally()
        return tally

    def changes(self) -> Iterator[tuple[K, FactTally]]:
        """The keys at which anything is counted or changed."""
        return ((key, tally) for key, tally in self.items() if tally)
