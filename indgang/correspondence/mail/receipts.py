"""The receipt of a mailbox: an automatic mail that says that a mail has come in, with its number.

Two machines must never answer each other (RFC 3834): a receipt answers no automatic mail and none of ours, has no
envelope sender, says that it is automatic, and goes to each sender at most once a day.
"""

from __future__ import annotations

from datetime import datetime, time

from indgang.catalogue import collisions
from indgang.core.clock import COPENHAGEN, day_of
from indgang.correspondence.mail import answering, composing
from indgang.correspondence.mail.composing import Outgoing
from indgang.correspondence.models import Mailbox, Thread, ThreadMessage
from indgang.messaging.reading import MailReading

#: where the text of a receipt has the number
_NUMBER = "{nummer}"


def send(thread: Thread, mail: MailReading, *, at: datetime) -> ThreadMessage | None:
    """Send the receipt of the mailbox to whoever wrote, when one may be sent. Belongs in the transaction that received
    the mail."""
    text = _text(thread)
    return send_text(thread, text, at=at) if text and mail.may_be_answered else None


def send_text(thread: Thread, text: str, *, at: datetime, most: int = 1) -> ThreadMessage | None:
    """Send this text as the receipt to whoever wrote, when they have had fewer than `most` today. Belongs in the
    transaction that stored what they wrote."""
    box = thread.mailbox
    if box is None or not _may_get_one(thread.contact_address, at, most):
        return None
    outgoing = Outgoing(
        mailbox=box, to=[thread.contact_address], cc=(), subject=composing.answer_subject(thread), text=text + "\n",
        message_id=composing.new_message_id(box),
        references=composing.references_to(answering.answered_by(thread)), at=at, is_automatic=True,
    )  # fmt: skip
    return answering.store_outgoing(thread, outgoing, text=text, quoted="", send_after=at, by=None)


def number_of(thread: Thread) -> str:
    """The number of the thread as people read it."""
    return f"{thread.token[:4]}-{thread.token[4:]}"


def _text(thread: Thread) -> str:
    """The text with the number of the thread; a text without a place for it gets it as its last line."""
    box = thread.mailbox
    text = ((thread.language == "en" and box.receipt_en.strip()) or box.receipt.strip()) if box else ""
    if not text:
        return ""
    number = number_of(thread)
    return text.replace(_NUMBER, number) if _NUMBER in text else f"{text}\n\n{number}"


def _may_get_one(address: str, at: datetime, most: int) -> bool:
    """Whether this address has had fewer receipts today and is no mailbox of ours."""
    if not answering.is_address(address) or Mailbox.objects.filter(address__iexact=address).exists():
        return False
    collisions.wait_for_turn(f"receipt {address.lower()}")
    midnight = datetime.combine(day_of(at), time(), COPENHAGEN)
    ours = ThreadMessage.objects.filter(
        direction=ThreadMessage.Direction.OUT, automatic=True, at__gte=midnight, thread__contact_address=address
    )
    return ours[:most].count() < most
