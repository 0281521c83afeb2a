"""Who serves a centre's queues today, and what they do now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from indgang.catalogue.models import ContactCentre
from indgang.core.text import sort_key
from indgang.entry.models import AgentState, Queue, QueueMembership
from indgang.prepared.query import Query

_PRESENCE = "person__presence"
#: what is read of each membership
_READ = (
    "person_id", "queue_id", "active", "person__username", "person__name", f"{_PRESENCE}__state",
    f"{_PRESENCE}__since", f"{_PRESENCE}__reason__name",
)  # fmt: skip


_QUEUES = Query(lambda centre: Queue.objects.filter(centre=centre).order_by("name"), centre=int)
_SERVING = Query(
    lambda centre, day: (
        QueueMembership.objects.serving_on(day).filter(queue__centre=centre).order_by().values_list(*_READ)
    ),
    centre=int,
    day=date,
)


@dataclass(frozen=True, slots=True)
class AgentNow:
    """One agent of the centre: what they do and since when, and the queues they serve (`True`: switched on today)."""

    pk: int
    username: str
    name: str
    state: AgentState
    since: datetime | None
    reason: str
    queues: tuple[tuple[Queue, bool], ...]


def agents_of(centre: ContactCentre, *, day: date) -> list[AgentNow]:
    """Everybody who serves a queue of the centre that day, those who are signed in first, then by name. Two queries.

    Plain rows, not models: a hundred walls ask for the agents of their centre more than once a second.
    """
    queues = _QUEUES.models(centre=centre.pk)
    by_person: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in _SERVING.rows(centre=centre.pk, day=day):
        by_person[row[0]].append(dict(zip(_READ, row, strict=True)))
    agents = [_agent(person, queues) for person in by_person.values()]
    return sorted(agents, key=lambda each: (each.state == AgentState.SIGNED_OUT, sort_key(each.name)))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of a centre who is signed in: what they do and since when."""

    name: str
    state: AgentState
    since: datetime
    reason: str


_PRESENT = Query(
    lambda centre, day: (
        QueueMembership.objects.serving_on(day)
        .filter(queue__centre=centre)
        .exclude(person__presence=None)
        .exclude(**{f"{_PRESENCE}__state": AgentState.SIGNED_OUT})
        .order_by()
        .values_list(
            "person", "person__name", f"{_PRESENCE}__state", f"{_PRESENCE}__since", f"{_PRESENCE}__reason__name"
        )
        .distinct()
    ),
    centre=int,
    day=date,
)


def signed_in(centre: int, *, day: date) -> dict[int, Colleague]:
    """Those who serve a queue of the centre (id) that day and are signed in, by person (id) in the order of names."""
    rows = sorted(_PRESENT.rows(centre=centre, day=day), key=lambda row: sort_key(row[1]))
    return {pk: Colleague(name, AgentState(state), since, reason or "") for pk, name, state, since, reason in rows}


def states_of(agents: Iterable[AgentNow]) -> dict[AgentState, int]:
    """How many agents are in each state, every state named."""
    counts = Counter(each.state for each in agents)
    return {state: counts[state] for state in AgentState}


def _agent(rows: Sequence[Mapping[str, Any]], queues: Sequence[Queue]) -> AgentNow:
    """One person of their memberships (`_READ`)."""
    row, serves = rows[0], {each["queue_id"]: bool(each["active"]) for each in rows}
    return AgentNow(
        pk=row["person_id"],
        username=row["person__username"],
        name=row["person__name"],
        state=AgentState(row[f"{_PRESENCE}__state"] or AgentState.SIGNED_OUT),
        since=row[f"{_PRESENCE}__since"],
        reason=row[f"{_PRESENCE}__reason__name"] or "",
        queues=tuple((queue, serves[queue.pk]) for queue in queues if queue.pk in serves),
    )
