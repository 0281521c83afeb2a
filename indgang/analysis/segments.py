"""In which segment a service is: the complexity index of four indicators, and the volume of cases. Pure.

Sources: R-297 to R-301. What a segment proposes as feedback is in `feedback.studies.assignment`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from indgang.catalogue.offering import LARGE_FROM
from indgang.feedback.studies.assignment import Proposal, proposed
from indgang.feedback.studies.reference import SegmentedService

#: an index of at least this is high complexity (001:5674)
HIGH_FROM = 9
#: the lowest and highest value of each indicator that the documents show; their scales are not defined
SCALES = ((1, 3), (1, 5), (1, 3), (1, 3))


class NoSegment(ValueError):
    """Indicators or cases that no service can have."""


@dataclass(frozen=True, slots=True)
class Indicators:
    """What makes a service complex."""

    enquiries_per_case: int
    interfaces: int
    target_group_breadth: int
    variation: int

    def __post_init__(self) -> None:
        for value, (low, high) in zip(self.values, SCALES, strict=True):
            if not low <= value <= high:
                raise NoSegment(f"{value} is not between {low} and {high}")

    @property
    def values(self) -> tuple[int, int, int, int]:
        return self.enquiries_per_case, self.interfaces, self.target_group_breadth, self.variation

    @property
    def index(self) -> int:
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Segment:
    """`complexity` is high or low, `volume` large or small."""

    complexity: str
    volume: str

    @property
    def proposal(self) -> Proposal:
        """The feedback packages that the segment proposes."""
        return proposed(self.complexity, self.volume)


def segment(indicators: Indicators, cases_a_year: int) -> Segment:
    """Raises NoSegment for a negative number of cases."""
    if cases_a_year < 0:
        raise NoSegment(f"{cases_a_year} cases a year")
    return Segment(
        "high" if indicators.index >= HIGH_FROM else "low", "large" if cases_a_year >= LARGE_FROM else "small"
    )


@dataclass(frozen=True, slots=True)
class ServiceOnMap:
    """A service with its place on the map of complexity and volume. `is_as_printed`: the documents have the same index
    and segment."""

    name: str
    cases: int
    indicators: Indicators
    segment: Segment
    is_as_printed: bool
    source: str


def on_map(services: Iterable[SegmentedService]) -> list[ServiceOnMap]:
    """The services of the documents, by the rules."""
    found = []
    for each in services:
        indicators = Indicators(*each.indicators)
        there = segment(indicators, each.cases)
        same = (indicators.index, there.complexity, there.volume) == (each.score, each.complexity, each.volume)
        found.append(ServiceOnMap(each.name, each.cases, indicators, there, same, each.source))
    return found


def sizes(services: Iterable[ServiceOnMap]) -> Counter[tuple[str, str]]:
    """How many services each segment has, by complexity and volume."""
    return Counter((each.segment.complexity, each.segment.volume) for each in services)
