"""A team leader's changes of the day: queues, levels and states of agents, and monitoring."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.entry import commands
from indgang.entry.models import AgentState, Queue, QueueMembership
from indgang.entry.setup.changes import record_change
from indgang.entry.team import loans
from indgang.telephony.contract import MonitorMode
from indgang.workforce import competence
from indgang.workforce.models import Skill

#: states a leader may put an agent in
SETTABLE = (AgentState.READY, AgentState.PAUSED, AgentState.SIGNED_OUT)


@transaction.atomic
def serve(
    person: Person, centre: ContactCentre, queues: Collection[Queue], *, day: date, by: Person, at: datetime
) -> None:
    """Let `person` serve exactly `queues` of this centre until it is changed again; queues of other centres stay.

    A queue taken away keeps its membership switched off, so that it can be switched on again; one not served that day
    is added from `day` on, until a membership that is planned for later begins. Raises RefusedChange while the person
    is lent from or to this centre.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    wanted = {queue.pk for queue in queues if queue.centre_id == centre.pk}
    rows = list(QueueMembership.objects.select_for_update().valid_on(day).filter(person=person, queue__centre=centre))
    before = {row.queue_id for row in rows if row.active}
    if before == wanted:
        return
    loans.refuse_while_lent(person, centre)
    for row in rows:
        row.active = row.queue_id in wanted
    QueueMembership.objects.bulk_update(rows, ["active"])
    new = wanted - {row.queue_id for row in rows}
    planned = QueueMembership.objects.filter(person=person, queue__in=new, valid_from__gt=day)
    begins: dict[int, date] = dict(
        planned.values("queue").annotate(first=Min("valid_from")).values_list("queue", "first")
    )
    QueueMembership.objects.bulk_create(
        QueueMembership(person=person, queue_id=pk, active=True, valid_from=day, valid_to=begins.get(pk))
        for pk in sorted(new)
    )
    codes = dict(Queue.objects.filter(pk__in=before | wanted).values_list("pk", "code"))
    record_change(
        "agent.queues",
        person,
        by=by,
        at=at,
        before={"centre": centre.code, "queues": sorted(codes[pk] for pk in before)},
        after={"centre": centre.code, "queues": sorted(codes[pk] for pk in wanted)},
        parts=(f"centre-{centre.code}/agents", f"person-{person.pk}/state"),
    )


@transaction.atomic
def set_level(
    person: Person,
    skill: Skill,
    level: int,
    *,
    centre: ContactCentre,
    day: date,
    today_only: bool,
    by: Person,
    at: datetime,
) -> None:
    """Let `person` count as this good at `skill`, today alone or from now on; 0 is not at all."""
    until = day + timedelta(days=1) if today_only else None
    competence.set_level(person, skill, level, day=day, until=until, by=by, at=at)
    record_change(
        "agent.level", person, by=by, at=at, after={skill.code: level}, parts=(f"centre-{centre.code}/agents",)
    )


def set_state(person: Person, state: AgentState, *, reason: str = "", by: Person, at: datetime) -> None:
    """Put an agent in a state. The switchboard does it; raises `commands.Refused` when it will not or is away."""
    if state not in SETTABLE:
        raise ValueError(f"a leader cannot set {state}")
    commands.give_and_wait("set_state", by=by, at=at, person=person.pk, state=str(state), reason=reason)
    _note("agent.state", person, by=by, at=at, after={"state": str(state), "reason": reason})


def supervise(person: Person, mode: str, *, by: Person, at: datetime) -> None:
    """Listen to, whisper in or join the call of `person`. The trail is written first: it tells of the attempt, too."""
    if mode not in tuple(MonitorMode):
        raise ValueError(f"no way to supervise: {mode}")
    _note("call.supervise", person, by=by, at=at, after={"mode": mode})
    commands.give_and_wait("monitor", by=by, at=at, person=person.pk, mode=mode)


def end_supervision(*, by: Person, at: datetime) -> None:
    commands.give_and_wait("monitor_end", by=by, at=at)


def take_back(enquiry: UUID, *, by: Person, at: datetime) -> None:
    """Let a caller who waits for one person alone go back to the queue. Raises `commands.Refused`."""
    commands.give_and_wait("take_back", by=by, at=at, enquiry=str(enquiry))


def _note(action: str, person: Person, *, by: Person, at: datetime, after: dict[str, Any]) -> None:
    with transaction.atomic():
        trail.record(by=by, at=at, action=action, target=person, after=after)
