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


@dataclass(frozen=True, slots=True)
class DutyMember:
    """Somebody who takes part from `since` until `until` (None: until further notice), with a share by `weight`."""

    name: str
    weight: float
    since: datetime
    until: datetime | None = None

    def is_there(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


def share(slots: Sequence[Slot], members: Sequence[DutyMember], before: Mapping[str, float]) -> list[Slot]:
    """The turns in order of time, those without a member given to one who takes part when the turn begins.

    Weights are above 0. `before` is the burden of earlier turns by name; whoever is not in it begins level with the one
    who has done least when they join, so that a newcomer need not catch up. A turn with nobody there stays free.
    """
    done = dict(before)
    last = ""
    shared = []
    for slot in sorted(slots, key=lambda each: each.starts):
        there = {each.name: each.weight for each in members if each.is_there(slot.starts)}
        _begin_level(done, there)
        last = slot.member or _next(done, there, last)
        if last:
            done[last] = done.get(last, 0.0) + slot.burden
        shared.append(Slot(slot.starts, slot.ends, slot.burden, last))
    return shared


def _begin_level(done: dict[str, float], there: Mapping[str, float]) -> None:
    least = min((done[name] / weight for name, weight in there.items() if name in done), default=0.0)
    for name, weight in there.items():
        done.setdefault(name, least * weight)


def _next(done: Mapping[str, float], there: Mapping[str, float], last: str) -> str:
    """Who has done least for its weight; of equals not the one who had the turn before, then by name."""
    return min(there, key=lambda each: (done[each] / there[each], each == last, each), default="")


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
