"""The card that goes with a consult or a transfer, from the few fields of the panel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from indgang.accounts.models import Person
from indgang.core import phone_numbers
from indgang.desk.access import shown
from indgang.desk.handing_over import prefilled
from indgang.enquiries.models import Enquiry
from indgang.entry.journal import InHandStage
from indgang.entry.models import InHand
from indgang.handover import calls, work
from indgang.handover.card import Card
from indgang.handover.models import Handover

#: the kind of hand-over by the noun of the order
KINDS = {"consultation": Handover.Kind.WARM, "transfer": Handover.Kind.COLD}


def send(noun: str, typed: Mapping[str, str], *, address: str, by: Person, at: datetime) -> Handover | None:
    """Send the card with the call in hand; None without a question, a call, or somebody who could read it.

    Raises RefusedChange.
    """
    question = typed.get("question", "").strip()
    enquiry = _in_hand(by) if question else None
    if enquiry is None:
        return None
    card = _card(prefilled(enquiry, by), question, typed.get("expected", ""))
    return calls.send(enquiry, address=address, kind=KINDS[noun], card=card, by=by, at=at)


def withdraw(sent: Handover | None, *, by: Person, at: datetime) -> None:
    """The order was refused, so nobody gets the call. The card of an earlier order, which this one repeats, stays."""
    if sent is not None and not sent.was_sent_before:
        work.cancel(sent, by=by, at=at)


def _in_hand(by: Person) -> Enquiry | None:
    talking = InHand.objects.filter(person=by, stage=InHandStage.TALKING).values("enquiry")
    return shown().filter(pk__in=talking).first()


def _card(known: Mapping[str, str], question: str, expected: str) -> Card:
    number = known["contact_number"]
    return Card(
        question=question, expected=expected, told=known["told"], contact_name=known["contact_name"],
        contact_number="" if phone_numbers.is_anonymous(number) else number, contact_email=known["contact_email"],
    )  # fmt: skip
