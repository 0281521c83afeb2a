"""What goes on around a desk: who waits in its queues, what everybody who calls is told, and what colleagues do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.enquiries.waiting import Waiting, waiting_of
from indgang.entry.models import AgentState, Disturbance, Queue
from indgang.entry.team.on_duty import AgentNow, agents_of

#: who can help comes first
_ORDER = (
    AgentState.READY, AgentState.WORKING, AgentState.WRAP_UP, AgentState.TALKING, AgentState.RINGING, AgentState.PAUSED,
    AgentState.AWAY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class QueueNow:
    queue: Queue
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Team:
    """Those of one centre who are signed in, without the person who asks."""

    centre: ContactCentre
    agents: list[AgentNow]
    free: int


class Surroundings:
    """Read when a template asks. `queues` are the person's own, `centres` those whose callers they get."""

    def __init__(self, queues: Sequence[Queue], centres: Sequence[ContactCentre], *, person: int, at: datetime) -> None:
        self.queues, self.centres, self.person, self.at = queues, centres, person, at

    @cached_property
    def waiting(self) -> list[QueueNow]:
        """The queues with who waits in them; those where somebody waits come first, the longest wait foremost."""
        found = waiting_of(queue.pk for queue in self.queues) if self.queues else {}
        rows = [QueueNow(queue, found.get(queue.pk, Waiting())) for queue in self.queues]
        return sorted(rows, key=lambda row: -row.waiting.seconds(self.at))

    @property
    def waiting_calls(self) -> int:
        return sum(row.waiting.calls for row in self.waiting)

    @cached_property
    def messages(self) -> list[Disturbance]:
        """What callers of these centres, or of all, are told now."""
        mine = Q(centre__isnull=True) | Q(centre__in=self.centres)
        return list(Disturbance.objects.on_at(self.at).filter(mine))

    @cached_property
    def teams(self) -> list[Team]:
        return [self._team(centre) for centre in self.centres]

    def _team(self, centre: ContactCentre) -> Team:
        everybody = agents_of(centre, day=day_of(self.at))
        present = [each for each in everybody if each.state in _ORDER and each.pk != self.person]
        present.sort(key=lambda each: _ORDER.index(each.state))
        return Team(centre, present, sum(each.state == AgentState.READY for each in present))
