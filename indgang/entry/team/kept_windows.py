"""Whether the promised windows were kept: reads the facts of a day, and stores the sums when it is over.

A stored day is not changed afterwards, even if somebody corrects a fact later. `of_day` gives the same sums as long as
the facts are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from indgang.audit.models import Change
from indgang.catalogue.models import Service
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.ranges import TimeRange
from indgang.entry.event_kinds import Kind
from indgang.entry.models import PauseReason, PresenceEvent
from indgang.entry.team.second_level import at_desk
from indgang.events.event import Event
from indgang.events.models import StoredEvent
from indgang.prepared.query import Query
from indgang.routing.availability import proof
from indgang.routing.availability.proof import (
    AtDeskTime,
    Attempt,
    CountedAttempt,
    PromisedDay,
    Shortfall,
    WindowDay,
)
from indgang.routing.availability.windows import Absence, AbsenceReason, AtDesk, Availability
from indgang.workforce import availability
from indgang.workforce.models import ProvenAttempt, ProvenDay

#: how long the share of today may be shown before it is computed again
FRESH = timedelta(minutes=1)
#: days that are made up for when nothing ran; notes of people's own days are kept longer
MOST_DAYS = 31
#: how long before a day somebody's last change of state is looked for: nobody stays signed in longer
_SIGNED_IN = timedelta(days=2)
_HINDERED = (AtDesk.BUSY, AtDesk.PAUSED)
#: an attempt about a subject for which nobody could be asked; and one whose end is not known
NOBODY, UNKNOWN = "nobody", "no_answer"
_STATES = Query(
    lambda people, start, end: (
        PresenceEvent.objects.filter(person__in=people, at__gte=start, at__lt=end)
        .order_by("person", "at", "id")
        .values_list("person", "at", "state", "reason")
    ),
    people=list[int],
    start=datetime,
    end=datetime,
)
_CLOSURES = Query(
    lambda people: (
        Change.objects.filter(target_type="accounts.person", target_id__in=people, after__has_key="is_active")
        .order_by("target_id", "at", "id")
        .values_list("target_id", "at", "after")
    ),
    people=list[str],
)
_CLOSED_PAUSES = Query(lambda: PauseReason.objects.filter(reachable=False).order_by().values_list("code"))
_shares: dict[str, tuple[datetime, float | None]] = {}


# --- Today -------------------------------------------------------------------------------------


def shares(services: Iterable[str], at: datetime) -> dict[str, float | None]:
    """The part of today's promised time so far in which somebody could be asked, for each service (codes); None when
    nothing was promised yet. It is computed at most once a minute."""
    wanted = list(dict.fromkeys(services))
    old = [code for code in wanted if not _is_fresh(code, at)]
    if old:
        facts = _facts(day_of(at), old)
        days = {each.window: each for each in proof.of_day(_day(day_of(at), facts, until=at))}
        for code in old:
            of_code = {window.id for window in facts.windows_of.get(code, ())}
            _shares[code] = at, proof.share(days[number] for number in of_code & days.keys())
    return {code: _shares[code][1] for code in wanted}


def forget_shares() -> None:
    """Drop the shares of today: in tests."""
    _shares.clear()


def _is_fresh(code: str, at: datetime) -> bool:
    known = _shares.get(code)
    return known is not None and timedelta(0) <= at - known[0] < FRESH


# --- Days that are over ------------------------------------------------------------------------


def prove_due(at: datetime) -> None:
    """Store the days that are over and have not been stored, at most a month of them."""
    last = day_of(at) - timedelta(days=1)
    newest = ProvenDay.objects.order_by("-day").values_list("day", flat=True).first()
    first = max(last - timedelta(days=MOST_DAYS - 1), newest + timedelta(days=1) if newest else date.min)
    for ahead in range((last - first).days + 1):
        prove(first + timedelta(days=ahead), at=at)


@transaction.atomic
def prove(on: date, *, at: datetime) -> None:
    """Store the sums of a day that is over. Rows that are there stay as they are."""
    if on >= day_of(at):
        raise ValueError(f"{on} is not over")
    there = set(ProvenDay.objects.filter(day=on).values_list("window", flat=True))
    found = [each for each in of_day(on) if each.window not in there]
    rows = ProvenDay.objects.bulk_create(row_of(each, at) for each in found)
    services = dict(Service.objects.values_list("code", "pk"))
    ProvenAttempt.objects.bulk_create(
        attempt_of(row, counted, services) for row, each in zip(rows, found, strict=True) for counted in each.asked
    )


def of_day(on: date, *, services: Iterable[str] | None = None) -> list[WindowDay]:
    """The sums of a day from its facts, for all services or those with these codes."""
    facts = _facts(on, services)
    return proof.of_day(_day(on, facts, attempts=list(_attempts(on))))


def row_of(each: WindowDay, at: datetime) -> ProvenDay:
    """The row that stores the sums; it is not saved."""
    gaps = {gap.value: each.gaps.get(gap, 0) for gap in Shortfall}
    return ProvenDay(
        window_id=each.window, day=each.day, promised=each.promised, reachable=each.reachable, inside=each.inside,
        outside=each.outside, answered=each.answered, reasons=dict(each.reasons), people=each.people, proven_at=at,
        **gaps,
    )  # fmt: skip


def attempt_of(row: ProvenDay, counted: CountedAttempt, services: Mapping[str, int]) -> ProvenAttempt:
    """The row that stores an attempt; it is not saved. `services` are ids by code."""
    attempt = counted.attempt
    return ProvenAttempt(
        proven_day=row, at=attempt.at, service_id=services.get(attempt.subject), is_inside=counted.is_inside,
        reason=attempt.reason,
    )  # fmt: skip


# --- Facts -------------------------------------------------------------------------------------


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), COPENHAGEN).astimezone(UTC)


def _facts(on: date, services: Iterable[str] | None) -> Availability:
    """The facts of the whole day. An account that was closed later was open then."""
    found = availability.facts(_midnight(on), services=services)
    closures = _closures(_people(found))
    others = (each for each in found.absences if each.reason is not AbsenceReason.GONE or each.person not in closures)
    closed = (Absence(person, each, AbsenceReason.GONE) for person, times in closures.items() for each in times)
    return replace(found, absences=(*others, *closed))


def _people(facts: Availability) -> set[int]:
    named = {person for window in facts.windows for person in window.people}
    return named | {each.substitute for each in facts.substitutions}


def _closures(people: Iterable[int]) -> dict[int, list[TimeRange]]:
    """When the accounts of these people were closed, by the audit trail; those that never were are left out."""
    found: dict[int, list[TimeRange]] = {}
    for person, at, after in _CLOSURES.rows(people=[str(each) for each in people]):
        is_open = after["is_active"]
        times = found.setdefault(int(person), [])
        if is_open and times and times[-1].end is None:
            times[-1] = TimeRange(times[-1].start, at)
        elif not is_open and not (times and times[-1].end is None):
            times.append(TimeRange(at, None))
    return found


def _day(
    on: date, facts: Availability, *, until: datetime | None = None, attempts: list[Attempt] | None = None
) -> PromisedDay:
    people = _people(facts)
    end = until or _midnight(on + timedelta(days=1))
    return PromisedDay(on, facts, list(_desks(people, _midnight(on), end)), attempts or [], until)


def _desks(people: Iterable[int], start: datetime, end: datetime) -> Iterator[AtDeskTime]:
    """The times in which people were in a conversation, or in a pause in which nobody may ask them."""
    closed = {code for (code,) in _CLOSED_PAUSES.rows()}
    rows = _STATES.rows(people=list(people), start=start - _SIGNED_IN, end=end)
    for (person, since, state, reason), following in zip(rows, [*rows, None][1:], strict=True):
        until = following[1] if following is not None and following[0] == person else end
        begins = max(since, start)
        hindered = at_desk(state, reason not in closed)
        if hindered in _HINDERED and begins < until:
            yield AtDeskTime(person, hindered, TimeRange(begins, until))


# --- Attempts ----------------------------------------------------------------------------------


_ENDS = (Kind.CONSULT_ANSWERED, Kind.CONSULT_REFUSED, Kind.CONSULT_ENDED, Kind.ANSWERED, Kind.TRANSFER_FAILED)


def _attempts(on: date) -> Iterator[Attempt]:
    """Who of the second level was asked on a day, about a subject or by name."""
    known = (Kind.SUBJECT_TRIED, Kind.SUBJECT_UNREACHED, Kind.CONSULTING, Kind.TRANSFERRED)
    rows = StoredEvent.objects.filter(
        kind__in=list(known), at__gte=_midnight(on), at__lt=_midnight(on + timedelta(days=1))
    ).order_by("at", "position")
    stored = list(rows)
    ends = _ends_of([row for row in stored if _asked_by_name(row.event)])
    for row in stored:
        yield from _about_subject(row.event)
        person = _asked_by_name(row.event)
        if person is not None:
            windows = tuple(row.event.data.get("windows", ()))
            yield Attempt(row.at, "", person, windows, _reason(row.number, ends.get(row.stream, [])))


def _about_subject(event: Event[Any]) -> Iterator[Attempt]:
    data = event.data
    if event.kind == Kind.SUBJECT_TRIED:
        reason = "" if data["result"] == "answered" else str(data["result"])
        yield Attempt(event.at, data["subject"], event.person, (data["window"],), reason)
    elif event.kind == Kind.SUBJECT_UNREACHED and not data["tried"]:
        yield Attempt(event.at, data["subject"], None, (), NOBODY)


def _asked_by_name(event: Event[Any]) -> int | None:
    """The colleague whom a consult or a blind transfer chose by name."""
    if event.kind == Kind.CONSULTING or (event.kind == Kind.TRANSFERRED and not event.data.get("warm")):
        kind, _colon, number = str(event.data.get("address", "")).partition(":")
        return int(number) if kind == "person" and number.isdigit() else None
    return None


def _ends_of(asked: Iterable[StoredEvent]) -> Mapping[Any, list[StoredEvent]]:
    """How consults and transfers ended, by stream and in order."""
    streams = {row.stream for row in asked}
    found: dict[Any, list[StoredEvent]] = {stream: [] for stream in streams}
    for row in StoredEvent.objects.filter(stream__in=streams, kind__in=list(_ENDS)).order_by("stream", "number"):
        found[row.stream].append(row)
    return found


def _reason(number: int, ends: Iterable[StoredEvent]) -> str:
    """Why the attempt that was the event of this number was not answered; empty when it was."""
    for row in ends:
        if row.number <= number:
            continue
        if row.kind in (str(Kind.CONSULT_ANSWERED), str(Kind.ANSWERED)):
            return ""
        if row.kind == str(Kind.CONSULT_REFUSED):
            return "refused"
        return str(row.event.data.get("why") or UNKNOWN)
    return UNKNOWN
