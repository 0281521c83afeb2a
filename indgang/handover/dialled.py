"""Calls that are rung for a hand-over count as attempts to reach its contact, whoever presses a button afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.events.event import Event
from indgang.handover import recipients, work
from indgang.handover.models import Handover
from indgang.telephony.contract import Failure

#: why a call ended without a conversation although the number was rung
_FAILED = frozenset(Failure)


def follow(events: Iterable[Event[Any]], rows: Mapping[str, Enquiry]) -> None:
    """Count what was rung. Belongs in the transaction that writes the events; `rows` holds their enquiries."""
    for event in events:
        enquiry = rows.get(event.stream)
        if enquiry is None or enquiry.dialled_by_id is None or enquiry.follows_id is None:
            continue
        if event.kind == Kind.ANSWERED and not enquiry.transfers:
            _note(enquiry, event, was_answered=True)
        elif event.kind == Kind.LEFT and event.payload.why in _FAILED:
            _note(enquiry, event, was_answered=False)


def _note(enquiry: Enquiry, event: Event[Any], *, was_answered: bool) -> None:
    """Somebody who may not act on the hand-over rang for another reason."""
    rows = Handover.objects.unsettled().filter(enquiry=enquiry.follows_id, contact_number=enquiry.caller_number)
    found = rows.select_related("unit", "centre__owner", "centre__operator").order_by("-sent_at").first()
    person = Person.objects.filter(pk=enquiry.dialled_by_id).first()
    if found is not None and person is not None and recipients.may_act(person, found, day_of(event.at)):
        work.note_call(found, was_answered=was_answered, by=person, at=event.at)
