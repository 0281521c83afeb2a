"""Shares duty turns fairly between those who take part in a rota. Pure.

Each member owes a part of the burden by its weight. The next turn goes to whoever has done least for its weight. So
after any number of turns two members differ, for their weight, by no more than the heaviest turn over the smaller one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

#: an hour of a weekend, and of a public holiday, weighs as so many hours of a weekday
WEEKEND_FACTOR, HOLIDAY_FACTOR = 1.5, 2.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which somebody is on duty. `burden` is in hours of a weekday; `member` is who has it already."""

    starts: datetime
    ends: datetime
    burden: float
    member: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a member has, and would have if the whole burden were shared by weight; in hours of a weekday."""

    member: str
    turns: int
    burden: float
    owed: float

    @property
    def difference(self) -> float:
        """Hours above (or, negative, below) the member's share."""
        return self.burden - self.owed


def share(turns: Sequence[Slot], weights: Mapping[str, float], before: Mapping[str, float]) -> list[Slot]:
    """The turns in order of time, those without a member given to one.

    `weights` are above 0; a member that is not among them gets nothing new. `before` is the burden of earlier turns.
    Without members nothing is given away.
    """
    done = {member: before.get(member, 0.0) for member in weights}
    last = ""
    shared = []
    for turn in sorted(turns, key=lambda each: each.starts):
        member = turn.member or _next(done, weights, last)
        if member in done:
            done[member] += turn.burden
        last = member
        shared.append(Slot(turn.starts, turn.ends, turn.burden, member))
    return shared


def _next(done: Mapping[str, float], weights: Mapping[str, float], last: str) -> str:
    """Who has done least for its weight; of equals not the one who had the turn before, then by name."""
    return min(done, key=lambda each: (done[each] / weights[each], each == last, each), default="")


def balances(turns: Iterable[Slot], weights: Mapping[str, float]) -> list[Balance]:
    """How far each member is from its share of these turns, by name."""
    counted: dict[str, tuple[int, float]] = dict.fromkeys(weights, (0, 0.0))
    for turn in turns:
        if turn.member in counted:
            number, burden = counted[turn.member]
            counted[turn.member] = number + 1, burden + turn.burden
    whole, shares = sum(burden for _, burden in counted.values()), sum(weights.values())
    return [
        Balance(member, number, burden, whole * weights[member] / shares)
        for member, (number, burden) in sorted(counted.items())
    ]
