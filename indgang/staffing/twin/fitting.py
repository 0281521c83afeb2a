"""The people of a centre that explain what was measured, found by playing it. Pure.

Formulas find how many seats explain a mean wait, when seats follow the calls and each queue has people of its own. A
centre is often staffed in another way, which the other figures show: for each way that may be, the number of seats is
halved in until the mean wait is the one that was seen. The first way in which every figure agrees is taken; else the
nearest that was played.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from indgang.staffing.twin.calibration import FitLine
from indgang.staffing.twin.result import Estimated

#: seats beside those of the formulas
FEWEST, MOST = 0.25, 4.0
#: halvings of the logarithm between them: seats are known to 2 percent
_HALVINGS = 7
#: a figure of which no error is known, or less than these shares of it, is taken for so uncertain
_UNKNOWN, _LEAST = 0.05, 0.02
WAIT = "mean_wait"


@dataclass(frozen=True, slots=True)
class WayOfStaffing:
    """The share `even` of the seats is there all day, whatever calls come; the others follow the calls. The share
    `shared` of each queue's people serves all queues."""

    even: float = 0.0
    shared: float = 0.0


#: first what the formulas assume, and what lies between all others
WAYS = tuple(
    WayOfStaffing(even, shared)
    for even, shared in ((0, 0), (0.5, 0.5), (1, 0), (0, 1), (1, 1), (0.5, 0), (0, 0.5), (1, 0.5), (0.5, 1))
)


@dataclass(frozen=True, slots=True)
class PlayedWay:
    """A way with so many times the seats of the formulas, and each observed figure beside the played one."""

    way: WayOfStaffing
    seats: float
    lines: tuple[FitLine, ...]

    @property
    def misfit(self) -> float:
        """How many times its uncertainty each figure is off, as the root of the mean square."""
        off = [_off(each) for each in self.lines]
        return sqrt(sum(each**2 for each in off) / len(off)) if off else 0.0

    @property
    def agrees(self) -> bool:
        return all(each.agrees is not False for each in self.lines)


@dataclass(frozen=True, slots=True)
class StaffingFit:
    """The best that was played, and the formulas' own seats for comparison."""

    best: PlayedWay
    unfitted: PlayedWay
    plays: int


Play = Callable[[WayOfStaffing, float], Mapping[str, Estimated]]


def closest(
    observed: Mapping[str, Estimated], play: Play, *, most_plays: int, ways: Sequence[WayOfStaffing] = WAYS
) -> StaffingFit:
    """Search with at most so many plays. `observed` has the figures that count, among them the mean wait (`WAIT`);
    `play` gives the same for a way and a number of seats beside the formulas'."""
    search = _Search(observed, play, most_plays)
    unfitted = search.at(ways[0], 1.0)
    best = unfitted
    for way in ways:
        for seats in search.halved_in(way):
            best = min(best, search.at(way, seats), key=lambda each: each.misfit)
        if best.agrees or search.is_over:
            break
    return StaffingFit(best, unfitted, len(search.played))


class _Search:
    """What was played, each once."""

    def __init__(self, observed: Mapping[str, Estimated], play: Play, most: int) -> None:
        self.observed, self.play, self.most = observed, play, max(most, 1)
        self.played: dict[tuple[WayOfStaffing, float], PlayedWay] = {}

    @property
    def is_over(self) -> bool:
        return len(self.played) >= self.most

    def at(self, way: WayOfStaffing, seats: float) -> PlayedWay:
        if (way, seats) not in self.played:
            found = self.play(way, seats)
            lines = tuple(FitLine(name, seen, found[name]) for name, seen in self.observed.items())
            self.played[way, seats] = PlayedWay(way, seats, lines)
        return self.played[way, seats]

    def halved_in(self, way: WayOfStaffing) -> list[float]:
        """The seats that were played: halved in on those with the mean wait that was seen."""
        low, high, tried = FEWEST, MOST, []
        for _ in range(_HALVINGS):
            middle = sqrt(low * high)
            if self.is_over and (way, middle) not in self.played:
                break
            tried.append(middle)
            waits = next((each for each in self.at(way, middle).lines if each.name == WAIT), None)
            if waits is None or waits.simulated.mean is None or waits.observed.mean is None:
                break
            low, high = (middle, high) if waits.simulated.mean > waits.observed.mean else (low, middle)
        return tried


def _off(line: FitLine) -> float:
    seen, played = line.observed, line.simulated
    if seen.mean is None or played.mean is None:
        return 0.0
    unknown = _UNKNOWN * abs(seen.mean) if seen.half_width is None else seen.half_width
    return abs(seen.mean - played.mean) / max(unknown, _LEAST * abs(seen.mean), 1e-9)
