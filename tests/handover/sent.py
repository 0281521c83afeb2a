"""Hand-overs for tests: an enquiry that Anna answered, and what she sends to Byliv."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from indgang.enquiries.models import Channel, Enquiry, State
from indgang.handover import recipients, sending
from indgang.handover.card import Card
from indgang.handover.models import Handover
from indgang.handover.promises import PromisedTime
from indgang.handover.recipients import Recipient
from indgang.messaging.models import Mail
from tests.world import MORNING, World

CARD = Card(
    question="Må boden stå på pladsen hele weekenden?", told="Reglerne for pladsen er gennemgået.",
    expected="Ring og sig, om tilladelsen dækker søndag.", promised="Svar inden kl. 12.",
    contact_name="Kiosken", contact_number="+4571000001",
)  # fmt: skip
#: the centre is open from 8 or 9 to 16 on weekdays
NOON = MORNING + timedelta(hours=2, minutes=30)


def enquiry(world: World, at: datetime = MORNING) -> Enquiry:
    return Enquiry.objects.create(
        channel=Channel.PHONE, state=State.UNREGISTERED, centre=world.centres["tmf"], agent=world.anna,
        first_agent=world.anna, arrived_at=at, answered_at=at,
    )  # fmt: skip


def send(
    world: World, *, kind: str = Handover.Kind.TASK, to: Recipient | None = None, due: datetime | None = NOON,
    starts: datetime | None = None, card: Card = CARD, at: datetime = MORNING, **more: Any,
) -> Handover:  # fmt: skip
    promise = PromisedTime(due, starts) if due else None
    return sending.send(
        more.pop("enquiry", None) or enquiry(world, at), kind=kind, card=card, promise=promise, at=at,
        by=more.pop("by", world.anna),
        to=to or recipients.of_person(world.david, at.date()), service=world.services["arrangement"], **more,
    )  # fmt: skip


def other_mails() -> QuerySet[Mail]:
    """The mails but for those that say that a hand-over has come or come back, which test_arrivals.py looks at."""
    return Mail.objects.exclude(subject__contains=" er kommet ")
