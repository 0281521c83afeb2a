"""The card that goes with a consult or a transfer, from the few fields of the panel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from indgang.accounts.models import Person
from indgang.core import phone_numbers
from indgang.desk.access import shown
from indgang.desk.handing_over import prefilled
from indgang.desk.handover_forms import CONSENT
from indgang.enquiries.models import Enquiry
from indgang.entry.journal import InHandStage
from indgang.entry.models import InHand
from indgang.handover import calls, work
from indgang.handover.card import Card
from indgang.handover.models import Handover

#: the kind of hand-over by the noun of the order
KINDS = {"consultation": Handover.Kind.WARM, "transfer": Handover.Kind.COLD}
_IS_ID = re.compile(r"[0-9]{1,18}")


def send(noun: str, typed: Mapping[str, str], *, address: str, by: Person, at: datetime) -> Handover | None:
    """Send the card with the call in hand; None without a question, a call, or somebody who could read it.

    Raises RefusedChange.
    """
    question = typed.get("question", "").strip()
    enquiry = _in_hand(by) if question else None
    if enquiry is None:
        return None
    card = _card(prefilled(enquiry, by), question, typed)
    about = typed.get("service", "")
    return calls.send(enquiry, address=_reader(address, typed), kind=KINDS[noun], about=about, card=card, by=by, at=at)


def send_with_chat(
    enquiry: Enquiry, typed: Mapping[str, str], *, person: Person, service: str, by: Person, at: datetime
) -> Handover | None:
    """Send the card with a chat that is moved to a person about a service (code); None without a question. Raises
    RefusedChange."""
    question = typed.get("question", "").strip()
    if not question:
        return None
    card, address = _card(prefilled(enquiry, by), question, typed), f"person:{person.pk}"
    return calls.send(enquiry, address=address, kind=Handover.Kind.COLD, about=service, card=card, by=by, at=at)


def _reader(address: str, typed: Mapping[str, str]) -> str:
    """Who has the card: whoever is rung, also where the list rings them at a number of the directory."""
    person = typed.get("person", "")
    return f"person:{person}" if address.startswith("tel:") and _IS_ID.fullmatch(person) else address


def withdraw(sent: Handover | None, *, by: Person, at: datetime) -> None:
    """The order was refused, so nobody gets the call. The card of an earlier order, which this one repeats, stays."""
    if sent is not None and not sent.was_sent_before:
        work.cancel(sent, by=by, at=at)


def _in_hand(by: Person) -> Enquiry | None:
    talking = InHand.objects.filter(person=by, stage=InHandStage.TALKING).values("enquiry")
    return shown().filter(pk__in=talking).first()


def _card(known: Mapping[str, str], question: str, typed: Mapping[str, str]) -> Card:
    number = known["contact_number"]
    return Card(
        question=question, expected=typed.get("expected", ""), case_number=known["case_number"],
        contact_name=known["contact_name"], contact_email=known["contact_email"],
        contact_number="" if phone_numbers.is_anonymous(number) else number,
        consent=CONSENT.get(typed.get("consent", "")),
    )  # fmt: skip
