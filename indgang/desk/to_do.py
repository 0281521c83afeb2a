"""The lists of a desk: unregistered enquiries, today's registrations, and numbers to ring.

A line holds the texts of the page, so that an unchanged line is not rendered again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from indgang.accounts.models import Person
from indgang.core.clock import COPENHAGEN, day_of
from indgang.correspondence.models import SmsMessage
from indgang.desk.access import ServedQueue, queues_on
from indgang.desk.templatetags.desk import can_be_rung, phone, when
from indgang.enquiries import promised, return_calls
from indgang.enquiries.models import LIVE_STATES, Channel, Draft, Enquiry, Outcome, Question, ReturnCall, State
from indgang.entry.journal import InHandStage
from indgang.entry.models import InHand
from indgang.handover.models import Handover
from indgang.messaging.sms import gateways
from indgang.prepared.query import Query

MOST_UNFINISHED = 20
MOST_SMS = 20
#: for how long an SMS that did not arrive is worth a decision
_SMS_SHOWN = timedelta(days=7)
MOST_TO_RING = 8
MOST_PROMISED = 50
MOST_REGISTERED = 8
#: the most lines of a complete list: enough for a day's work
ALL_REGISTERED = 200


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An enquiry without its registration. `who` is the number or the channel."""

    pk: UUID
    at: str
    who: str
    queue: str
    drafted: bool


@dataclass(frozen=True, slots=True)
class RegisteredQuestion:
    """A question that was registered today."""

    pk: int
    enquiry: UUID
    at: datetime
    service: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Promised:
    """An enquiry whose contact waits for a callback: for a chosen time, or since a time."""

    pk: UUID
    number: str
    due: str
    place: str
    queue: str


@dataclass(frozen=True, slots=True)
class NumberToRing:
    """One number to ring. `pk` stands for all return calls to it; `messages` are the ids of its voice messages."""

    pk: int
    number: str
    can_be_rung: bool
    kind: str
    queue: str
    at: str
    times: int
    attempts: int
    about: str
    answered_at: str
    answered_by: str
    messages: tuple[int, ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class TroubledSms:
    """An SMS of this person that did not arrive, or perhaps did not."""

    pk: UUID
    at: str
    number: str
    state: str


class ToDo:
    """Each list is read when a template first asks. `whole` gives all lines."""

    def __init__(self, person: Person, queues: Sequence[ServedQueue], *, at: datetime, whole: bool) -> None:
        self._person, self._queues, self._at, self.whole = person, queues, at, whole

    # --- registration --------------------------------------------------------------------------

    @cached_property
    def unfinished(self) -> list[Unfinished]:
        """Enquiries that this person has to register or has begun to register, newest first, without those in hand."""
        drafted = {row[0]: row for row in _DRAFTED.rows(person=self._person.pk)}
        owed = {row[0]: row for row in _OWED.rows(person=self._person.pk)}
        newest = sorted((owed | drafted).values(), key=lambda row: row[1], reverse=True)[:MOST_UNFINISHED]
        return [
            Unfinished(pk, when(at), phone(number) if channel == Channel.PHONE else str(Channel(channel).label),
                       queue or "", pk in drafted)
            for pk, at, channel, number, queue in newest
        ]  # fmt: skip

    @cached_property
    def _registered(self) -> list[tuple[Any, ...]]:
        query = _ALL_REGISTERED if self.whole else _REGISTERED
        return query.rows(person=self._person.pk, since=_midnight(self._at))

    @cached_property
    def registered(self) -> list[RegisteredQuestion]:
        """The questions that this person registered today, newest first: the last few, or all."""
        shown = self._registered if self.whole else self._registered[:MOST_REGISTERED]
        return [
            RegisteredQuestion(pk, enquiry, at, service, str(Outcome(outcome).label))
            for pk, enquiry, at, service, outcome in shown
        ]

    @property
    def registered_more(self) -> bool:
        return len(self._registered) > len(self.registered)

    # --- hand-overs ----------------------------------------------------------------------------

    @cached_property
    def handovers(self) -> int:
        """How many hand-overs this person is to act on."""
        return len(_LYING_WITH.rows(person=self._person.pk, day=day_of(self._at)))

    # --- SMS -----------------------------------------------------------------------------------

    @cached_property
    def troubled_sms(self) -> list[TroubledSms]:
        """What this person has sent in the last days and nobody has decided about, newest first."""
        if not gateways.is_there():
            return []
        rows = _TROUBLED_SMS.rows(person=self._person.pk, since=self._at - _SMS_SHOWN)
        return [
            TroubledSms(pk, when(at), phone(number), str(SmsMessage.State(state).label))
            for pk, at, number, state in rows
        ]

    # --- telephone -----------------------------------------------------------------------------

    @cached_property
    def to_ring(self) -> list[return_calls.ToRing]:
        return return_calls.to_ring(self._queues, by=self._person)

    @cached_property
    def to_ring_shown(self) -> list[NumberToRing]:
        """The visible lines, each with its details."""
        lines = self.to_ring if self.whole else self.to_ring[:MOST_TO_RING]
        known = return_calls.known_of(lines) if lines else {}
        return [_ring(line, known[line.first.pk]) for line in lines]

    @property
    def to_ring_more(self) -> int:
        return len(self.to_ring) - len(self.to_ring_shown)

    @cached_property
    def results(self) -> tuple[tuple[str, str], ...]:
        """How a return call can be closed by hand: (value, label)."""
        chosen = [result for result in ReturnCall.Result if result is not ReturnCall.Result.QUEUED]
        return tuple((result.value, str(result.label)) for result in chosen)

    @cached_property
    def promised(self) -> list[Promised]:
        """Callbacks that wait in this person's queues, first in line first, without those in anybody's hands."""
        rows = _PROMISED.rows(person=self._person.pk, day=day_of(self._at))
        return [Promised(pk, phone(number), when(due), when(place), queue) for pk, number, due, place, queue in rows]


def _ring(line: return_calls.ToRing, known: return_calls.NumberHistory) -> NumberToRing:
    first = line.first
    return NumberToRing(
        pk=first.pk, number=phone(first.number), can_be_rung=can_be_rung(first.number),
        kind=str(line.latest.kind.label), queue=first.queue, at=when(first.created_at), times=line.times,
        attempts=line.attempts, about=known.about, answered_at=when(known.answered_at), answered_by=known.answered_by,
        messages=line.messages, mine=first.taken,
    )  # fmt: skip


def _midnight(at: datetime) -> datetime:
    """The beginning of the day in Copenhagen, in UTC as the database stores it."""
    return at.astimezone(COPENHAGEN).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


# --- what is asked -------------------------------------------------------------------------------


def _in_hand(person: int) -> QuerySet[Any, Any]:
    return InHand.objects.filter(person=person).values("enquiry")


def _owed(person: int) -> QuerySet[Any, Any]:
    mine = Q(agent=person) | Q(first_agent=person)
    rows = Enquiry.objects.filter(mine, state=State.UNREGISTERED).exclude(pk__in=_in_hand(person))
    return rows.order_by("-arrived_at").values_list("pk", "arrived_at", "channel", "caller_number", "queue__name")


def _drafted(person: int) -> QuerySet[Any, Any]:
    """Enquiries with a draft by this person. A call that goes on is in somebody's hands."""
    rows = Draft.objects.filter(person=person).exclude(enquiry__state__in=LIVE_STATES)
    newest = rows.exclude(enquiry__in=_in_hand(person)).order_by("-enquiry__arrived_at")
    of = "enquiry__"
    return newest.values_list("enquiry", f"{of}arrived_at", f"{of}channel", f"{of}caller_number", f"{of}queue__name")


def _registered_since(person: int, since: datetime) -> QuerySet[Any, Any]:
    rows = Question.objects.filter(registered_by=person, registered_at__gte=since).order_by("-registered_at")
    return rows.values_list("pk", "enquiry", "registered_at", "service__name", "outcome")


def _troubled(person: int, since: datetime) -> QuerySet[Any, Any]:
    troubled = (SmsMessage.State.FAILED, SmsMessage.State.DOUBT)
    rows = SmsMessage.objects.filter(sent_by=person, state__in=troubled, at__gte=since)
    rows = rows.filter(left_at=None, sent_again_as=None, message=None)
    return rows.order_by("-at").values_list("pk", "at", "number", "state")


def _promised_to_ring(person: int, day: date) -> QuerySet[Any, Any]:
    taken = InHand.objects.filter(enquiry=OuterRef("pk")).exclude(stage=InHandStage.RINGING)
    rows = promised.waiting_in(queues_on(person, day)).exclude(Exists(taken))
    return rows.values_list("pk", "caller_number", "callback_due", "callback_place", "queue__name")


_OWED = Query(lambda person: _owed(person)[:MOST_UNFINISHED], person=int)
_DRAFTED = Query(lambda person: _drafted(person)[:MOST_UNFINISHED], person=int)
_REGISTERED = Query(
    lambda person, since: _registered_since(person, since)[: MOST_REGISTERED + 1], person=int, since=datetime
)
_ALL_REGISTERED = Query(
    lambda person, since: _registered_since(person, since)[:ALL_REGISTERED], person=int, since=datetime
)
_LYING_WITH = Query(
    lambda person, day: Handover.objects.lying_with_on(person, day).values_list("pk"), person=int, day=date
)
_TROUBLED_SMS = Query(lambda person, since: _troubled(person, since)[:MOST_SMS], person=int, since=datetime)
_PROMISED = Query(lambda person, day: _promised_to_ring(person, day)[:MOST_PROMISED], person=int, day=date)
