"""What a switch changes, as a plan from the present state to the wanted one. Pure.

A state says what holds for each part, as a text that can be compared; "" is nothing. A plan keeps what was before, so
that taking it back leads to exactly that, and so that what somebody else has changed meanwhile is noticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """What a switch can change, in the order in which it does: whoever reads the new page can already call."""

    FLOW = "flow"
    NUMBER = "number"
    MAIL = "mail"
    ARTICLE = "article"
    CONTACT = "contact"
    FEEDBACK = "feedback"
    TARGETS = "targets"


@dataclass(frozen=True, slots=True)
class SwitchPart:
    """One thing that holds: `name` is the code of the flow, the number, the article with its language ..."""

    kind: PartKind
    name: str


State = Mapping[SwitchPart, str]


@dataclass(frozen=True, slots=True)
class PlannedChange:
    part: SwitchPart
    before: str
    after: str

    def as_data(self) -> dict[str, str]:
        return {"kind": self.part.kind.value, "name": self.part.name, "before": self.before, "after": self.after}


Plan = tuple[PlannedChange, ...]


def plan(present: State, wanted: State) -> Plan:
    """The changes that lead from `present` to `wanted`, in the order of the kinds; what holds already is left out."""
    order = list(PartKind)
    changed = [part for part, value in wanted.items() if present.get(part, "") != value]
    changed.sort(key=lambda part: (order.index(part.kind), part.name))
    return tuple(PlannedChange(part, present.get(part, ""), wanted[part]) for part in changed)


def taking_back(changes: Sequence[PlannedChange]) -> Plan:
    """The plan that leads back to what was before, the last change first."""
    return tuple(PlannedChange(each.part, each.after, each.before) for each in reversed(changes))


def moved(changes: Iterable[PlannedChange], present: State) -> tuple[PlannedChange, ...]:
    """The changes whose part is not any more as the plan found it: somebody else has changed it since."""
    return tuple(each for each in changes if present.get(each.part, "") != each.before)


def applied(present: State, changes: Iterable[PlannedChange]) -> dict[SwitchPart, str]:
    """The state after the changes."""
    return {**present, **{each.part: each.after for each in changes}}


def as_data(changes: Iterable[PlannedChange]) -> list[dict[str, str]]:
    return [each.as_data() for each in changes]


def from_data(stored: Iterable[Mapping[str, str]]) -> Plan:
    """The plan that `as_data` stored."""
    return tuple(
        PlannedChange(SwitchPart(PartKind(each["kind"]), each["name"]), each["before"], each["after"])
        for each in stored
    )
