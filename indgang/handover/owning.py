"""Who can act on a hand-over, and where it goes when nobody of those it lies with can. Pure: facts in, placement out.

A hand-over belongs to its unit, so the last place is always the list of a unit. Whether that unit has anybody is said
by `OwnerFacts.has_nobody`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

#: an absence that lasts this much longer is no meeting: what is due before its end goes to somebody else
LONG = timedelta(hours=4)


class WhyPlaced(StrEnum):
    """Why a hand-over was placed anew."""

    UNIT_ENDED = "unit_ended"
    PERSON_LEFT = "person_left"
    PERSON_AWAY = "person_away"
    #: the person is away, and the substitute has it now
    SUBSTITUTE = "substitute"
    GROUP_EMPTY = "group_empty"
    #: it came back to a centre, or to a sender's unit, in which nobody is left
    CENTRE_EMPTY = "centre_empty"


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit of the tree, and whether it exists today."""

    path: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """Who can do what at a moment. People, groups and units are named by their keys."""

    units: Mapping[int, UnitFacts]
    #: the paths of units for which somebody takes hand-overs, by person
    takers: Mapping[int, frozenset[str]]
    #: those who take calls or lead, with the paths of the units for which they do
    centre_people: Mapping[int, frozenset[str]]
    #: the active members of each group that exists today
    members: Mapping[int, frozenset[int]]
    #: those of `centre_people` who lead
    leaders: Mapping[int, frozenset[str]] = field(default_factory=dict)
    #: until when people are away who are away now; None: until further notice
    away_until: Mapping[int, datetime | None] = field(default_factory=dict)
    substitutes: Mapping[int, int] = field(default_factory=dict)

    def can_act(self, person: int, held: Lying) -> bool:
        """Whether the person may have it: they take the hand-overs of its unit, work with callers, are led to by
        promised windows, or are a member of its group."""
        return (
            person in self.centre_people
            or self._covers(self.takers.get(person, frozenset()), held.unit)
            or person in held.in_windows
            or person in self.members.get(held.group or 0, ())
        )

    def can_keep(self, person: int, held: Lying) -> bool:
        """Whether it may stay with the person. What they have accepted does, while they take hand-overs anywhere."""
        return self.can_act(person, held) or (held.is_accepted and person in self.takers)

    def is_away(self, person: int, at: datetime, due: datetime) -> bool:
        """Whether the person is away for long, and not back before it is due."""
        if person not in self.away_until:
            return False
        until = self.away_until[person]
        return until is None or (until - at >= LONG and until > due)

    def has_nobody(self, held: Lying) -> bool:
        """Whether nobody can act on it where it lies."""
        if held.is_back:
            return not self._has_senders(held)
        if held.person is not None and self.can_keep(held.person, held):
            return False
        is_taken = any(self._covers(paths, held.unit) for paths in self.takers.values())
        return not is_taken and not held.in_windows and not self.members.get(held.group or 0)

    def _has_senders(self, held: Lying) -> bool:
        """Who may act on what came back (`recipients.may_act`): of what came to no centre, takers and leaders."""
        groups = (self.takers, self.leaders) if held.is_direct else (self.centre_people,)
        return any(self._covers(paths, unit) for people in groups for paths in people.values() for unit in held.senders)

    def _covers(self, paths: frozenset[str], unit: int) -> bool:
        return any(self.units[unit].path.startswith(path) for path in paths)

    def above(self, unit: int) -> int | None:
        """The nearest unit above that exists today."""
        by_path = {facts.path: pk for pk, facts in self.units.items() if facts.is_there}
        return next((by_path[path] for path in _paths_above(self.units[unit].path) if path in by_path), None)

    def stand_in(self, person: int, held: Lying, at: datetime, due: datetime) -> int | None:
        """The first substitute in line who is there and may have it; None also for a ring of people who are away."""
        seen = {person}
        following = self.substitutes.get(person)
        while following is not None and following not in seen:
            if self.can_act(following, held) and not self.is_away(following, at, due):
                return following
            seen.add(following)
            following = self.substitutes.get(following)
        return None


@dataclass(frozen=True, slots=True)
class Lying:
    """Where a hand-over lies. `in_windows`: the active people whom promised windows lead to (`windows.people_of`).
    `is_back`: with those who sent it, the `senders`: the owner and the operator of the centre or, if it `is_direct` and
    came to no centre, the unit of the sender. `is_away_then`: the person is away the whole time of a promised call that
    no window carries any more."""

    unit: int
    group: int | None
    person: int | None
    in_windows: frozenset[int] = frozenset()
    is_accepted: bool = False
    is_back: bool = False
    senders: Sequence[int] = ()
    is_direct: bool = False
    is_away_then: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """Where it goes instead, and why."""

    unit: int
    group: int | None
    person: int | None
    why: WhyPlaced


def replacement(held: Lying, facts: OwnerFacts, at: datetime, due: datetime) -> Placement | None:
    """Where it goes; None when it can stay."""
    if held.is_back:
        return None if not facts.has_nobody(held) else _to_list(held, facts, WhyPlaced.CENTRE_EMPTY)
    if not facts.units[held.unit].is_there and facts.above(held.unit) is not None:
        return _to_list(held, facts, WhyPlaced.UNIT_ENDED)
    group = held.group if facts.members.get(held.group or 0) else None
    if held.person is not None:
        found = _of_person(held, held.person, group, facts, at, due)
        if found is not None:
            return found
    if group != held.group:
        return Placement(held.unit, None, held.person, WhyPlaced.GROUP_EMPTY)
    return None


def _of_person(
    held: Lying, person: int, group: int | None, facts: OwnerFacts, at: datetime, due: datetime
) -> Placement | None:
    if not facts.can_keep(person, held):
        return Placement(held.unit, group, None, WhyPlaced.PERSON_LEFT)
    if not facts.is_away(person, at, due):
        return Placement(held.unit, group, None, WhyPlaced.PERSON_AWAY) if held.is_away_then else None
    stand_in = facts.stand_in(person, held, at, due)
    if stand_in is not None:
        return Placement(held.unit, group, stand_in, WhyPlaced.SUBSTITUTE)
    return Placement(held.unit, group, None, WhyPlaced.PERSON_AWAY)


def _to_list(held: Lying, facts: OwnerFacts, why: WhyPlaced) -> Placement:
    """The list of the unit, or of the nearest one above that exists."""
    unit = held.unit if facts.units[held.unit].is_there else facts.above(held.unit)
    return Placement(held.unit if unit is None else unit, None, None, why)


def _paths_above(path: str) -> Iterator[str]:
    codes = path.rstrip("/").split("/")
    for number in range(len(codes) - 1, 0, -1):
        yield "".join(f"{code}/" for code in codes[:number])
