"""Whether a contact came back with the same matter within seven days: decided once, when the seven days have passed.

The decision is an event of the enquiry, so figures count it from the log, and it outlives the number or the party by
which the repeat was recognised. Contacts whose number and party are unknown are not decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from indgang.enquiries import journal
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Enquiry, Question
from indgang.events.models import StoredEvent

WITHIN = timedelta(days=7)
#: the later contact is registered by then
_GRACE = timedelta(hours=12)
#: decisions that a stopped worker has missed are made up for so long
_BACKWARDS = timedelta(days=7)


def decide_due(at: datetime) -> int:
    """Decide for the contacts registered more than seven days ago that are not decided yet. Returns how many."""
    due = list(_due(at))
    for enquiry in due:
        decide(enquiry, at=at)
    return len(due)


@transaction.atomic
def decide(enquiry: Enquiry, *, at: datetime) -> None:
    """Write down whether the contact came back."""
    told = {"repeated": came_back(enquiry)}
    journal.append(enquiry, EnquiryKind.REPEAT_DECIDED.event(str(enquiry.pk), at, data=told), by=None)


def came_back(enquiry: Enquiry) -> bool:
    """Whether the same party or number turned to us again about one of the services, within seven days."""
    services = list(enquiry.questions.values_list("service", flat=True))
    asked = Question.objects.filter(enquiry=OuterRef("pk"), service__in=services)
    later = Enquiry.objects.filter(
        _same_contact(enquiry), dialled_by=None, arrived_at__gt=enquiry.arrived_at,
        arrived_at__lte=_since(enquiry) + WITHIN,
    )  # fmt: skip
    return later.exclude(pk=enquiry.pk).filter(Exists(asked)).exists()


def _same_contact(enquiry: Enquiry) -> Q:
    found = Q(pk=None)
    if enquiry.caller_number:
        found |= Q(caller_number=enquiry.caller_number)
    if enquiry.party_id is not None:
        found |= Q(party=enquiry.party_id)
    return found


def _since(enquiry: Enquiry) -> datetime:
    return enquiry.registered_at or enquiry.arrived_at


def _due(at: datetime) -> Sequence[Enquiry]:
    decided = StoredEvent.objects.filter(stream=OuterRef("pk"), kind=EnquiryKind.REPEAT_DECIDED)
    known = Enquiry.objects.filter(~Q(caller_number="") | Q(party__isnull=False))
    until = at - WITHIN - _GRACE
    since = until - _BACKWARDS
    # by the index of the questions: enquiries have none on the moment of their registration
    asked = Question.objects.filter(registered_at__gt=since, registered_at__lte=until).values("enquiry")
    registered = known.filter(pk__in=asked, registered_at__gt=since, registered_at__lte=until)
    return list(registered.filter(~Exists(decided)).order_by("registered_at"))
