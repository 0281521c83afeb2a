"""Free and busy times from Microsoft 365: whom to ask for them, and what becomes of the answer.

People switch it on for themselves, and administrators for a unit. Somebody's own choice holds over the unit's, and so
does a calendar that they have connected themselves.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from indgang.accounts.access import holders
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.audit import trail
from indgang.catalogue.models import Unit
from indgang.core.clock import day_of
from indgang.workforce import own_day
from indgang.workforce.calendars import graph, schedules
from indgang.workforce.calendars.feeds import EVERY, horizon
from indgang.workforce.calendars.graph import Application, GraphError, GraphFault
from indgang.workforce.calendars.schedules import ScheduleFault
from indgang.workforce.day_line import DayPart
from indgang.workforce.models import CalendarFeed, FreeBusy, FreeBusySource, FreeBusyUnit

#: somebody whom the tenant does not know is asked for again after this time
UNKNOWN_EVERY = timedelta(days=1)
#: people asked for in one turn, and the seconds after which no further call is made in it
ONE_TURN, TURN_SECONDS = 400, 40.0
#: who of a unit is asked for: those whom the contact centre asks
_ASKED = (Permission.TAKE_HANDOVERS, Permission.TAKE_CALLS)


@transaction.atomic
def choose(person: Person, *, is_on: bool, by: Person, at: datetime) -> None:
    """Switch it on or off for one person, whatever their unit has. It replaces a calendar that they have connected."""
    row, made = FreeBusy.objects.get_or_create(person=person, defaults={"own_choice": is_on})
    if not made and row.own_choice == is_on:
        return
    FreeBusy.objects.filter(pk=row.pk).update(own_choice=is_on, asked_at=None, answered_at=None, fault="")
    if is_on:
        CalendarFeed.objects.filter(person=person).delete()
    own_day.forget_calendars([person.pk], at=at)
    trail.record(by=by, at=at, action="free_busy.switch", target=person, after={"active": is_on})


@transaction.atomic
def switch_unit(unit: Unit, *, is_on: bool, by: Person, at: datetime) -> None:
    """Switch it on or off for the people of a unit and of those below it, except those who have chosen themselves."""
    if is_on:
        changed = FreeBusyUnit.objects.get_or_create(unit=unit, defaults={"since": at})[1]
    else:
        changed = bool(FreeBusyUnit.objects.filter(unit=unit).delete()[0])
    if changed:
        trail.record(by=by, at=at, action="free_busy.switch", target=unit, after={"active": is_on})
    if not is_on:
        _align(at)


def is_on_for(person: Person, at: datetime) -> bool:
    return person.pk in asked_people(at)


def asked_people(at: datetime) -> set[int]:
    """The people for whom it is on: active, with an e-mail address, and without a calendar of their own."""
    able = Person.objects.filter(is_active=True, calendar_feed=None).exclude(email="")
    chosen = Q(free_busy__own_choice=True)
    of_units = Q(pk__in=_of_units(at)) & (Q(free_busy=None) | Q(free_busy__own_choice=None))
    return set(able.filter(chosen | of_units).values_list("pk", flat=True))


def _of_units(at: datetime) -> set[int]:
    roots = tuple(FreeBusyUnit.objects.values_list("unit__path", flat=True))
    if not roots:
        return set()
    held = [holders(permission, day_of(at)) for permission in _ASKED]
    return {person for each in held for person, paths in each.items() if any(path.startswith(roots) for path in paths)}


def source() -> FreeBusySource:
    """How Microsoft 365 answered last."""
    return FreeBusySource.objects.filter(pk=1).first() or FreeBusySource(pk=1)


def read_due(at: datetime) -> int:
    """Ask for the people who have not been asked for some minutes; for how many. One worker asks for a person."""
    _align(at)
    of = graph.application()
    if of is None or _is_to_wait(at):
        return 0
    rows = _claim(at)
    asked = _ask_in_turn(of, rows, at) if rows else 0
    for row in rows[asked:]:  # the turn ended before them
        FreeBusy.objects.filter(pk=row.pk).update(asked_at=row.asked_at)
    return asked


def _is_to_wait(at: datetime) -> bool:
    return FreeBusySource.objects.filter(pk=1, wait_until__gt=at).exists()


@transaction.atomic
def _align(at: datetime) -> None:
    """Make a row for everybody who is asked for, and forget what was read about others."""
    asked = asked_people(at) if graph.application() else set()
    there = dict(FreeBusy.objects.values_list("person", "answered_at"))
    FreeBusy.objects.bulk_create([FreeBusy(person_id=pk) for pk in asked - there.keys()], ignore_conflicts=True)
    over = {pk for pk, answered_at in there.items() if pk not in asked and answered_at is not None}
    if over:
        FreeBusy.objects.filter(person__in=over).update(asked_at=None, answered_at=None, fault="")
        with_feed = set(CalendarFeed.objects.filter(person__in=over).values_list("person", flat=True))
        own_day.forget_calendars(over - with_feed, at=at)


@transaction.atomic
def _claim(at: datetime) -> list[FreeBusy]:
    """The rows that are due, each as it was before this turn; first who was read before, for a call is made in the name
    of its first person."""
    rows = list(_due(at).select_for_update(of=("self",), skip_locked=True)[:ONE_TURN])
    FreeBusy.objects.filter(pk__in=[row.pk for row in rows]).update(asked_at=at)
    return sorted(rows, key=lambda row: row.answered_at is None)


def _due(at: datetime) -> QuerySet[FreeBusy]:
    unknown = Q(fault=ScheduleFault.UNKNOWN_PERSON)
    due = Q(asked_at=None) | Q(~unknown, asked_at__lte=at - EVERY) | Q(unknown, asked_at__lte=at - UNKNOWN_EVERY)
    rows = FreeBusy.objects.filter(due, person__in=asked_people(at)).select_related("person")
    return rows.order_by(F("asked_at").asc(nulls_first=True))


def _ask_in_turn(of: Application, rows: list[FreeBusy], at: datetime) -> int:
    """Ask in batches, one after the other, until Microsoft 365 fails or the turn has lasted; how many were asked."""
    began, asked = time.monotonic(), 0
    while asked < len(rows) and time.monotonic() - began < TURN_SECONDS:
        batch = rows[asked : asked + graph.MOST_SCHEDULES]
        asked += len(batch)
        try:
            found = dict(_found(of, batch, at))
        except GraphError as error:
            _note_failure(batch, error, at)
            return asked
        for row in batch:
            _keep(row, found[row.person.email.lower()], at)
        FreeBusySource.objects.update_or_create(
            pk=1, defaults={"asked_at": at, "answered_at": at, "fault": "", "wait_until": None}
        )
    return asked


def _found(of: Application, batch: list[FreeBusy], at: datetime) -> Iterator[tuple[str, list[DayPart] | ScheduleFault]]:
    """What the answer says of each address. A call fails when its first person has no mailbox: it is made again for the
    others."""
    start = _half_hour_before(at)
    addresses = list(dict.fromkeys(row.person.email.lower() for row in batch))
    while addresses:
        try:
            answer = graph.ask(of, addresses, start, horizon(at))
            yield from schedules.read(answer, addresses, start, horizon(at)).items()
            return
        except graph.UnknownMailbox:
            yield addresses.pop(0), ScheduleFault.UNKNOWN_PERSON
        except schedules.UnreadableAnswer:
            raise GraphError(GraphFault.UNREADABLE) from None


def _half_hour_before(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)


@transaction.atomic
def _keep(row: FreeBusy, read: list[DayPart] | ScheduleFault, at: datetime) -> None:
    """Store what was read. After a fault the times that were read last stay, and the row says what is wrong."""
    current = FreeBusy.objects.select_for_update().filter(pk=row.pk, asked_at=at)
    if isinstance(read, ScheduleFault):
        current.update(fault=read)
    elif current.update(fault="", answered_at=at):
        own_day.take_over(row.person_id, read, at=at)


@transaction.atomic
def _note_failure(batch: list[FreeBusy], error: GraphError, at: datetime) -> None:
    FreeBusy.objects.filter(pk__in=[row.pk for row in batch], asked_at=at).update(fault=error.fault)
    wait_until = at + timedelta(seconds=error.wait) if error.wait else None
    FreeBusySource.objects.update_or_create(
        pk=1, defaults={"asked_at": at, "fault": error.fault, "wait_until": wait_until}
    )
