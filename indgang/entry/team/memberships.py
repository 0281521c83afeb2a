"""Who serves which queue, from when until when. A day that has passed keeps what held on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import end_days, planned_days
from indgang.catalogue.models import not_ended
from indgang.core.refusals import RefusedChange
from indgang.entry import commands
from indgang.entry.models import Presence, Queue, QueueMembership
from indgang.entry.setup.changes import record_change
from indgang.entry.setup.queues import StoredRelaxation
from indgang.live import stale

#: rows in a statement
_BATCH = 1000


@transaction.atomic
def begin(
    people: Collection[Person], queues: Collection[Queue], *, day: date, until: date | None, by: Person, at: datetime
) -> int:
    """Let each of these people serve each of these queues from `day` until (not including) `until`; None: until further
    notice.

    Returns how many memberships were made. Raises RefusedChange, by field, for a day that has passed, for an end that
    is not after it, for a closed account, for a queue that has ended by then, and when somebody serves one of the
    queues already on one of the days.
    """
    _refuse_days(day, until, at)
    locked = list(Person.objects.select_for_update().filter(pk__in=[each.pk for each in people]).order_by("pk"))
    _refuse_closed(locked, queues, day)
    _refuse_twice(locked, queues, day, until)
    QueueMembership.objects.bulk_create(
        QueueMembership(person=person, queue=queue, valid_from=day, valid_to=until)
        for person in locked
        for queue in queues
    )
    for person in locked:
        _record("queuemembership.begin", person, queues, by, at, after={"valid_from": day, "valid_to": until})
    return len(locked) * len(queues)


@transaction.atomic
def begin_many(wanted: Mapping[Person, Collection[Queue]], *, day: date, by: Person, at: datetime, why: str) -> None:
    """Let each person serve their queues from `day` until further notice, in a few statements for thousands of people.
    Whoever serves one of them on that day or later already is left as they are.

    Raises RefusedChange, by field, for a day that has passed, and for an account or a queue that is closed for good by
    then.
    """
    _refuse_days(day, None, at)
    locked = list(Person.objects.select_for_update().filter(pk__in=[each.pk for each in wanted]).order_by("pk"))
    queues = {queue.pk: queue for each in wanted.values() for queue in each}
    _refuse_closed(locked, queues.values(), day)
    coming = QueueMembership.objects.filter(not_ended(day), person__in=locked)
    there = set(coming.values_list("person", "queue"))
    new = {person: [each for each in wanted[person] if (person.pk, each.pk) not in there] for person in locked}
    begun = {person: each for person, each in new.items() if each}
    rows = [QueueMembership(person=person, queue=queue, valid_from=day) for person in begun for queue in begun[person]]
    QueueMembership.objects.bulk_create(rows, batch_size=_BATCH)
    after: dict[str, object] = {"valid_from": day, "valid_to": None}
    said: list[trail.Difference] = [
        ("queuemembership.begin", person, {}, _named(each) | after) for person, each in begun.items()
    ]
    trail.record_all(said, by=by, at=at, why=why)
    if begun:
        _tell(begun, by=by, at=at)


def _tell(begun: Mapping[Person, Collection[Queue]], *, by: Person, at: datetime) -> None:
    """Have pages and the switchboard read the new memberships: the pages of people who are or were on duty, as nobody
    else has one."""
    centres = {queue.centre.code for each in begun.values() for queue in each}
    seen = Presence.objects.filter(person__in=[person.pk for person in begun]).values_list("person", flat=True)
    stale.mark(*(f"centre-{code}/agents" for code in sorted(centres)), *(f"person-{pk}/state" for pk in seen))
    commands.give("reload", by=by, at=at)


@transaction.atomic
def end(membership: QueueMembership, *, on: date, by: Person, at: datetime) -> None:
    """Let it end on a day, which is not included. One that has not begun by then is taken away, and nothing happens to
    one that somebody else has just taken away.

    Raises RefusedChange for a day that has passed, and for a day after the one on which it ends anyway.
    """
    row = _locked(membership)
    if row is None:
        return
    end_days.refuse(row, on, at)
    before = {"valid_from": row.valid_from, "valid_to": row.valid_to}
    after = {"valid_to": on} if end_days.apply(row, on) else {}
    _record("queuemembership.end", membership.person, [row.queue], by, at, before=before, after=after)


@transaction.atomic
def switch_on(membership: QueueMembership, *, by: Person, at: datetime) -> None:
    """Undo what a team leader has switched off for the day; nothing happens to one that is on, or gone."""
    row = _locked(membership)
    if row is None or row.active:
        return
    row.active = True
    row.save(update_fields=["active"])
    _record(
        "queuemembership.activate", membership.person, [row.queue], by, at,
        before={"active": False}, after={"active": True},
    )  # fmt: skip


def _locked(membership: QueueMembership) -> QueueMembership | None:
    """The row as it is now, until the end of the transaction; None when somebody else has just taken it away."""
    rows = QueueMembership.objects.select_for_update(of=("self",)).select_related("queue__centre")
    found: QueueMembership | None = rows.filter(pk=membership.pk).first()
    return found


def asked_after(steps: Sequence[StoredRelaxation], levels: Mapping[str, int]) -> int | None:
    """After how many seconds of waiting somebody with these levels is asked; None: never.

    >>> first = StoredRelaxation(after=0, skills={"grav": 2}, also_queues=[])
    >>> asked_after([first, StoredRelaxation(after=60, skills={}, also_queues=[])], {})
    60
    """
    for step in steps:
        if all(levels.get(skill, 0) >= level for skill, level in step["skills"].items()):
            return step["after"]
    return None


def _refuse_days(day: date, until: date | None, at: datetime) -> None:
    planned_days.refuse_day(day, at, field="day")
    if until is not None and until <= day:
        raise RefusedChange({"until": _("Slutdagen skal ligge efter den første dag.")})


def _refuse_closed(people: Collection[Person], queues: Collection[Queue], day: date) -> None:
    for person in people:
        if not person.is_active:
            raise RefusedChange({"people": _("Brugeren %(name)s er lukket. Åbn den først.") % {"name": person.name}})
    for queue in queues:
        if queue.valid_to is not None and queue.valid_to <= day:
            words = {"queue": queue.name, "day": f"{queue.valid_to:%d.%m.%Y}"}
            raise RefusedChange({"queues": _("Køen “%(queue)s” ophører %(day)s.") % words})


def _refuse_twice(people: Collection[Person], queues: Collection[Queue], day: date, until: date | None) -> None:
    """The database refuses it too; whoever asks for it waits at the lock on the person."""
    on_these_days = not_ended(day)
    if until is not None:
        on_these_days &= Q(valid_from__lt=until)
    rows = QueueMembership.objects.filter(on_these_days, person__in=people, queue__in=queues)
    there = [
        _("%(name)s betjener allerede “%(queue)s” %(days)s.")
        % {"name": row.person.name, "queue": row.queue.name, "days": _days(row)}
        for row in rows.select_related("person", "queue").order_by("person__name", "queue__name")
    ]
    if there:
        raise RefusedChange({"": " ".join(there)})


def _days(row: QueueMembership) -> str:
    words = {"first": f"{row.valid_from:%d.%m.%Y}", "end": f"{row.valid_to:%d.%m.%Y}" if row.valid_to else ""}
    return (_("fra %(first)s til %(end)s") if row.valid_to else _("fra %(first)s")) % words


def _named(queues: Collection[Queue]) -> dict[str, object]:
    return {"queues": sorted(queue.code for queue in queues)}


def _record(
    action: str, person: Person, queues: Collection[Queue], by: Person, at: datetime, *, after: Mapping[str, object],
    before: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    named = _named(queues)
    centres = sorted({queue.centre.code for queue in queues})
    record_change(
        action, person, by=by, at=at, before=named | dict(before) if before else None,
        after=named | dict(after) if after else None,
        parts=(*(f"centre-{code}/agents" for code in centres), f"person-{person.pk}/state"),
    )  # fmt: skip
