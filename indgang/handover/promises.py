"""Promises to contacts: made with a hand-over, moved by agreement, and settled when the work ends.

A promise is one row with one owner, the unit of its hand-over. Functions here belong in the transaction of the action
that calls them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre, Service
from indgang.core.clock import COPENHAGEN
from indgang.core.ranges import TimeRange
from indgang.core.refusals import RefusedChange
from indgang.handover import call_windows, counted_hours, stream, verdicts, windows
from indgang.handover.counted_hours import OFFICE_HOURS
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.models import Handover, Promise
from indgang.handover.verdicts import PromiseFacts, Verdict

#: how long a promised call may take to come, and how far ahead anything is promised
LONGEST_SLOT, FURTHEST = timedelta(hours=4), timedelta(days=60)


@dataclass(frozen=True, slots=True)
class PromisedTime:
    """An answer by `due`, or, with `starts`, a call between the two. UTC."""

    due: datetime
    starts: datetime | None = None


def refuse(time: PromisedTime, *, centre: ContactCentre | None, service: Service | None, at: datetime) -> None:
    """Raise RefusedChange for a time that cannot be kept: past, closed, or a call when nobody can be asked.

    `centre` is the one whose hours count (`counted_hours.centre_for`); without one, office hours do.
    """
    if time.due <= at:
        raise RefusedChange({"due": _("Vælg et tidspunkt, der ikke er passeret.")})
    if time.due > at + FURTHEST:
        raise RefusedChange({"due": _("Vælg et tidspunkt inden for 60 dage.")})
    _refuse_closed(time, centre)
    if time.starts is not None:
        _refuse_call(time.starts, time, service, at)


def _refuse_closed(time: PromisedTime, centre: ContactCentre | None) -> None:
    schedule = hours.schedule_of(centre.schedule) if centre else OFFICE_HOURS
    closed = counted_hours.when_closed(schedule, due=time.due, starts=time.starts)
    if closed is not None:
        moment, opening = closed
        local = moment.astimezone(COPENHAGEN)
        words = {"day": f"{local.day}.{local.month}.", "why": opening.closed_words}
        raise RefusedChange({"due": _("Det kan vi ikke love den %(day)s: %(why)s.") % words})


def _refuse_call(starts: datetime, time: PromisedTime, service: Service | None, at: datetime) -> None:
    if not starts < time.due <= starts + LONGEST_SLOT:
        raise RefusedChange({"due": _("Vælg et tidsrum på højst fire timer. Det skal slutte, efter at det begynder.")})
    if starts < at - timedelta(minutes=1):
        raise RefusedChange({"starts": _("Vælg et tidspunkt, der ikke er passeret.")})
    if service is not None:
        _refuse_unanswered(service, TimeRange(starts, time.due), at)


def _refuse_unanswered(service: Service, slot: TimeRange, at: datetime) -> None:
    """Raise RefusedChange when nobody of a window for calls is there during the slot. A service without any agreement
    that day does not limit its calls, and one that is answered in chats alone has none."""
    times = call_windows.of(service, slot.start or at)
    if times is not None and times.only_chats:
        raise RefusedChange({"due": only_chats()})
    if times is not None and not times.carry(slot, at):
        raise RefusedChange({"due": _("Enheden har ingen træffetid da. Vælg en tid, hvor nogen kan ringe.")})


def only_chats() -> str:
    """Why no call can be promised about a subject whose agreed hours are for chats."""
    return _("Enheden svarer kun på chat om det, så ingen kan love at ringe. Vælg besked eller opgave.")


def make(handover: Handover, time: PromisedTime, *, by: Person, at: datetime, instead: bool = False) -> Promise:
    """Write the promise, which the unit of the hand-over owes."""
    made = Promise.objects.create(
        handover=handover, unit=handover.unit, service=handover.service, made_at=at, made_by=by,
        starts_at=time.starts, due_at=time.due, in_window=_is_in_window(handover, time),
    )  # fmt: skip
    data = {"due": time.due.isoformat(), "starts": time.starts.isoformat() if time.starts else None}
    stream.append(handover, HandoverKind.PROMISED, by=by, at=at, **data, instead=instead or None)
    return made


def _is_in_window(handover: Handover, time: PromisedTime) -> bool:
    """Whether promised windows limit the call, so that it counts on one of them."""
    service = windows.service_of(handover.unit, handover.service)
    return service is not None and time.starts is not None and call_windows.of(service, time.starts) is not None


def open_of(handover: Handover) -> Promise | None:
    """The promise that still has to be kept, locked."""
    rows = Promise.objects.select_for_update().filter(handover=handover, state=Promise.State.OPEN)
    return rows.first()


def facts_of(promise: Promise) -> PromiseFacts:
    return PromiseFacts(promise.due_at, promise.starts_at, promise.first_attempt_at)


def settle(handover: Handover, promise: Promise, verdict: Verdict, *, by: Person | None, at: datetime) -> None:
    """End the promise."""
    promise.state, promise.settled_at = Promise.State(verdict), at
    promise.save(update_fields=["state", "settled_at"])
    stream.append(handover, HandoverKind.SETTLED, by=by, at=at, state=str(verdict), attempts=promise.attempts)


def note_call(promise: Promise, *, at: datetime) -> None:
    """Count an attempt to reach the contact."""
    promise.attempts += 1
    if promise.first_attempt_at is None and facts_of(promise).counts(at):
        promise.first_attempt_at = at
    promise.save(update_fields=["attempts", "first_attempt_at"])


def follow(handover: Handover) -> None:
    """Let the open promise belong to the unit that has the hand-over now."""
    Promise.objects.filter(handover=handover, state=Promise.State.OPEN).update(
        unit=handover.unit, service=handover.service
    )


def at_end(handover: Handover, *, is_answered: bool, by: Person | None, at: datetime) -> None:
    """Settle what is open, because the work ends."""
    promise = open_of(handover)
    if promise is not None:
        facts = facts_of(promise)
        verdict = verdicts.answered(facts, at) if is_answered else verdicts.given_up(facts)
        settle(handover, promise, verdict, by=by, at=at)
