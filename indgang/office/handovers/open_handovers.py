"""Open hand-overs in the office: the next due first, with the figures that both sides see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from indgang.catalogue.models import Unit
from indgang.handover import closed_days, deadlines, ownership, time_words
from indgang.handover.deadlines import Due
from indgang.handover.models import Handover, HandoverQuerySet


@dataclass(frozen=True, slots=True)
class OpenHandover:
    """A hand-over with its deadline at a moment."""

    handover: Handover
    due: Due
    at: datetime
    has_nobody: bool = False
    has_no_window: bool = False

    @property
    def is_overdue(self) -> bool:
        return self.due.is_overdue(self.at)

    @property
    def falls_closed(self) -> bool:
        return self.due.falls_closed(self.at)

    @property
    def left(self) -> str:
        """The opening time until it is due, or since then, in words."""
        return time_words.left(self.due.open_seconds_left(self.at))

    @property
    def holder(self) -> str:
        """Who has it: a person, a group, or the list of the unit; the centre when it came back."""
        row = self.handover
        if row.state == Handover.State.RETURNED:
            return _("Kontaktcentret: %(name)s") % {"name": row.sent_by.name if row.sent_by else "–"}
        if row.person is not None:
            return row.person.name
        return row.group.name if row.group else _("Enhedens liste")


def rows(
    seen: HandoverQuerySet, at: datetime, *, unit: Unit | None, state: str, number: int | None
) -> list[OpenHandover]:
    """Those that are asked for, the next due first."""
    found = seen.unsettled()
    if unit is not None:
        found = found.filter(unit__path__startswith=unit.path)
    if number is not None:
        found = found.filter(number=number)
    if state in Handover.State.values:
        found = found.filter(state=state)
    if state == "list":
        found = found.filter(~Q(state=Handover.State.RETURNED), person=None)
    listed = _with_deadlines(found, at)
    return [row for row in listed if row.is_overdue] if state == "overdue" else listed


def _with_deadlines(found: HandoverQuerySet, at: datetime) -> list[OpenHandover]:
    handovers = list(found)
    due, alone = deadlines.of(handovers), ownership.without_anybody(handovers, at=at)
    unmet = closed_days.without_window(handovers, at=at)
    listed = [OpenHandover(row, due[row.pk], at, row.pk in alone, row.number in unmet) for row in handovers]
    return sorted(listed, key=lambda row: (row.due.at, row.handover.number))


def figures(listed: Sequence[OpenHandover]) -> dict[str, Any]:
    """How many there are, are overdue, wait for somebody to take them, lie where nobody can act, and have come back."""
    states = [row.handover.state for row in listed]
    return {
        "open": len(listed),
        "overdue": sum(row.is_overdue for row in listed),
        "waiting": states.count(Handover.State.WAITING),
        "nobody": sum(row.has_nobody for row in listed),
        "returned": states.count(Handover.State.RETURNED),
    }


def of_one(handover: Handover, at: datetime) -> OpenHandover:
    return OpenHandover(handover, deadlines.of_one(handover), at)
