"""A caller's history: earlier enquiries on all channels, and open return calls."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from indgang.core import phone_numbers
from indgang.enquiries import contact_keys
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Enquiry, Outcome, ReturnCall, State
from indgang.entry.event_kinds import Kind
from indgang.events.event import EventKind
from indgang.events.models import StoredEvent
from indgang.prepared import statements
from indgang.prepared.query import Query

#: the most earlier enquiries that are shown
MOST_SHOWN = 20

#: the event kinds that a colleague needs for the story
TOLD = (
    Kind.ARRIVED, Kind.DIALLED, Kind.MENU, Kind.QUEUED, Kind.OVERFLOWED, Kind.ANSWERED, Kind.CONSULTING, Kind.JOINED,
    Kind.SUBJECT_TRIED, Kind.SUBJECT_UNREACHED, Kind.TRANSFERRED, Kind.PASSED_ON, Kind.TRANSFER_FAILED,
    Kind.AGENT_LOST, Kind.MESSAGE, Kind.CALLBACK, Kind.PERSONAL_WAIT, Kind.PERSONAL_WAIT_OVER, Kind.ABANDONED,
    EnquiryKind.BEGUN, EnquiryKind.REGISTERED, Kind.ENDED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of an earlier enquiry, as text."""

    service: str
    purpose: str
    outcome: str
    note: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier enquiry, as text. Queue and agent are names, empty for none; `channel` is a `Channel`."""

    pk: UUID
    arrived_at: datetime
    channel: str
    state: str
    queue: str
    agent: str
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """A return call that we still owe the caller. The queue and the person who took it are names, empty for none."""

    enquiry: UUID
    kind: str
    created_at: datetime
    queue: str
    taken_by: str


def earlier(enquiry: Enquiry, *, also: Collection[UUID] = (), only: Sequence[UUID] | None = None) -> list[Earlier]:
    """Enquiries of the same contact (`contact_keys`), newest first, with their questions; at most `MOST_SHOWN`.

    `only` are the enquiries to show, where the caller has found them. A withheld number has no history.
    """
    if only is None:
        found = contact_keys.enquiries_of(contact_keys.keys_of(enquiry), but=enquiry, also=also, most=MOST_SHOWN)
        only = [each.pk for each in found]
    rows = statements.rows(_SHOWN, {"enquiries": list(only)}) if only else []
    asked = _asked_in([row[0] for row in rows]) if rows else {}
    return [
        Earlier(pk, at, channel, str(State(state).label), queue or "", agent or "", tuple(asked.get(pk, ())))
        for pk, at, channel, state, queue, agent in rows
    ]


def owed(enquiry: Enquiry) -> list[Owed]:
    """Return calls that we still owe this caller, oldest first; without the one that this enquiry answers."""
    found = _OWED_BY_PARTY.rows(caller=enquiry.party_id, enquiry=enquiry.pk) if enquiry.party_id else []
    rows = sorted({*found, *_of_number(enquiry, _OWED_BY_NUMBER)}, key=lambda row: row[2])[:MOST_SHOWN]
    return [
        Owed(pk, str(ReturnCall.Kind(kind).label), at, queue or "", person or "")
        for pk, kind, at, queue, person in rows
    ]


def story(enquiry: Enquiry, also: Collection[EventKind[Any]] = ()) -> list[StoredEvent]:
    """The events of this enquiry so far that the next person needs, in order; `also` are kinds of packages above."""
    return list(StoredEvent.objects.filter(stream=enquiry.pk, kind__in=(*TOLD, *also)).order_by("number"))


# --- Queries -------------------------------------------------------------------------------------


def _owed(found: QuerySet[ReturnCall], enquiry: UUID) -> QuerySet[Any, Any]:
    rows = found.filter(done_at__isnull=True).exclude(enquiry=enquiry).order_by("created_at")
    return rows.values_list("enquiry", "kind", "created_at", "queue__name", "taken_by__name")[:MOST_SHOWN]


_SHOWN = """
SELECT e.id, e.arrived_at, e.channel, e.state, q.name, p.name
FROM enquiries_enquiry e LEFT JOIN entry_queue q ON q.id = e.queue_id LEFT JOIN accounts_person p ON p.id = e.agent_id
WHERE e.id = ANY(%(enquiries)s) ORDER BY e.arrived_at DESC
"""
_OWED_BY_PARTY = Query(
    lambda caller, enquiry: _owed(ReturnCall.objects.filter(enquiry__party=caller), enquiry), caller=int, enquiry=UUID
)
_OWED_BY_NUMBER = Query(
    lambda caller, enquiry: _owed(ReturnCall.objects.filter(number=caller), enquiry), caller=str, enquiry=UUID
)
_ASKED = """
SELECT question.enquiry_id, service.name, purpose.name, question.outcome, question.note
FROM enquiries_question question
JOIN catalogue_service service ON service.id = question.service_id
LEFT JOIN catalogue_purpose purpose ON purpose.id = question.purpose_id
WHERE question.enquiry_id = ANY(%(enquiries)s) ORDER BY question."order"
"""


def _of_number(enquiry: Enquiry, query: Query) -> list[tuple[Any, ...]]:
    number = enquiry.caller_number
    return [] if phone_numbers.is_anonymous(number) else query.rows(caller=number, enquiry=enquiry.pk)


def _asked_in(enquiries: list[UUID]) -> dict[UUID, list[Asked]]:
    found: dict[UUID, list[Asked]] = {}
    for enquiry, service, purpose, outcome, note in statements.rows(_ASKED, {"enquiries": enquiries}):
        asked = Asked(service, purpose or "", str(Outcome(outcome).label), note)
        found.setdefault(enquiry, []).append(asked)
    return found
