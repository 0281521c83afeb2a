"""What happened with this caller before: earlier enquiries across channels, and calls we still owe them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core import phone_numbers
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Enquiry, Question, ReturnCall
from indgang.entry.event_kinds import Kind
from indgang.events.models import StoredEvent

#: an agent in a conversation reads a handful, not a file
MOST_SHOWN = 20

#: the steps of a story that a colleague needs to know; the rest is plumbing
TOLD = (
    Kind.ARRIVED, Kind.DIALLED, Kind.MENU, Kind.QUEUED, Kind.OVERFLOWED, Kind.ANSWERED, Kind.CONSULTING, Kind.JOINED,
    Kind.TRANSFERRED, Kind.PASSED_ON, Kind.TRANSFER_FAILED, Kind.AGENT_LOST, Kind.MESSAGE, Kind.CALLBACK,
    Kind.PERSONAL_WAIT, Kind.PERSONAL_WAIT_OVER, Kind.ABANDONED, EnquiryKind.BEGUN, EnquiryKind.REGISTERED, Kind.ENDED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """`earlier` newest first, at most `MOST_SHOWN`; `owed` are open return calls of the same caller."""

    earlier: Sequence[Enquiry]
    owed: Sequence[ReturnCall]

    def __bool__(self) -> bool:
        return bool(self.earlier or self.owed)


def earlier(enquiry: Enquiry) -> QuerySet[Enquiry]:
    """Enquiries of the same party, and of the same number when the party is not known; newest first, with questions.

    A number that several parties use (a switchboard, a family) tells nothing about a known party, so then the party
    alone counts. Nobody's number (withheld) has no history.
    """
    questions = Question.objects.select_related("service", "purpose", "registered_by")
    found = Enquiry.objects.filter(_same_caller(enquiry)).exclude(pk=enquiry.pk)
    return (
        found.select_related("queue", "agent", "party")
        .prefetch_related(Prefetch("questions", questions))
        .order_by("-arrived_at")
    )


def owed(enquiry: Enquiry) -> QuerySet[ReturnCall]:
    """Calls we still owe this caller, oldest first; not the one this enquiry is the answer to."""
    open_ones = ReturnCall.objects.filter(done_at__isnull=True).exclude(enquiry=enquiry.pk)
    if enquiry.party_id:
        open_ones = open_ones.filter(Q(enquiry__party=enquiry.party_id) | Q(number__in=_number(enquiry)))
    else:
        open_ones = open_ones.filter(number__in=_number(enquiry))
    return open_ones.select_related("queue", "taken_by").defer("recording").order_by("created_at")


def look(enquiry: Enquiry, *, by: Person, at: datetime, page: str) -> History:
    """The caller's history for somebody to read. That they saw it is logged, when there was anything to see."""
    seen = History(list(earlier(enquiry)[:MOST_SHOWN]), list(owed(enquiry)[:MOST_SHOWN]))
    if seen:
        trail.look(by=by, at=at, subject=enquiry.party or enquiry, page=page)
    return seen


def story(enquiry: Enquiry) -> list[StoredEvent]:
    """What has happened to this enquiry so far, in order, as the next in line needs to know it."""
    return list(StoredEvent.objects.filter(stream=enquiry.pk, kind__in=TOLD).order_by("number"))


def _same_caller(enquiry: Enquiry) -> Q:
    if enquiry.party_id:
        return Q(party=enquiry.party_id)
    return Q(caller_number__in=_number(enquiry)) & ~Q(caller_number="")


def _number(enquiry: Enquiry) -> list[str]:
    number = enquiry.caller_number
    return [] if phone_numbers.is_anonymous(number) else [number]
