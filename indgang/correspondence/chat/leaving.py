"""A chat that nobody took before closing goes on as a message: its question is kept and answered by mail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.correspondence import arriving, file_scanning, queueing
from indgang.correspondence.chat import conversation
from indgang.correspondence.models import Chat, Enclosure, Mailbox, Thread, ThreadMessage
from indgang.enquiries.event_kinds import Received
from indgang.enquiries.models import Channel
from indgang.messaging import mail


def mailbox_for(thread: Thread, at: datetime) -> Mailbox | None:
    """The mailbox of the centre from which the question would be answered, in the visitor's language if there is one;
    None when the centre has none."""
    if thread.queue is None:
        return None
    boxes = list(Mailbox.objects.for_mail().valid_on(day_of(at)).filter(centre=thread.queue.centre_id).order_by("name"))
    return next((box for box in boxes if box.language == thread.language), boxes[0] if boxes else None)


def may_be_left(chat: Chat, at: datetime) -> bool:
    """Whether the visitor can still have the question answered by mail."""
    is_closed = chat.ended_how == Chat.EndedHow.CLOSING
    return is_closed and chat.left_as_id is None and mailbox_for(chat.thread, at) is not None


@transaction.atomic
def leave(chat: Chat, address: str, *, at: datetime) -> Thread:
    """Begin an enquiry that follows the chat, with all that the visitor wrote as its message. Again: the same one.

    Raises messaging.mail.BadAddress, and RefusedChange for a chat that was not closed or an address of ours.
    """
    address, locked = mail.checked_address(address), conversation.as_it_is_now(chat)
    if locked.left_as is not None:
        return locked.left_as
    box = mailbox_for(locked.thread, at) if may_be_left(locked, at) else None
    if box is None:
        raise RefusedChange({"": _("Chatten kan ikke sendes som en besked. Se, hvordan du ellers kan kontakte os.")})
    if Mailbox.objects.filter(address__iexact=address).exists():
        raise RefusedChange({"mail": _("Det er vores egen adresse. Skriv din.")})
    thread = _thread(locked.thread, box, address, at)
    _message(locked, thread, at)
    queueing.order(thread, at=at)
    locked.left_as = thread
    locked.save(update_fields=["left_as"])
    queueing.mark(locked.thread)
    _send_receipt(thread)
    return thread


def _thread(before: Thread, box: Mailbox, address: str, at: datetime) -> Thread:
    told = Received(
        channel=Channel.MAIL, centre=box.centre.code, place=box.code, caller_name=before.contact_name[:100],
        language=before.language, follows=str(before.pk),
    )  # fmt: skip
    return arriving.begin(
        told, party=before.enquiry.party or arriving.party_of(address), at=at, mailbox=box, queue=box.queue,
        reasons=[["chat", box.code]], subject=before.subject, contact_name=before.contact_name, contact_address=address,
    )  # fmt: skip


def _message(chat: Chat, thread: Thread, at: datetime) -> None:
    """What the visitor wrote in the chat, with their files."""
    lines = list(chat.lines.filter(by_contact=True).select_related("message").order_by("number"))
    text = "\n\n".join(line.message.text for line in lines if line.message.text)
    message = ThreadMessage.objects.create(
        thread=thread, mailbox=thread.mailbox, direction=ThreadMessage.Direction.IN, at=at,
        sender_name=thread.contact_name, sender_address=thread.contact_address, subject=thread.subject, text=text,
        state=ThreadMessage.State.RECEIVED, state_at=at, size=len(text.encode()),
    )  # fmt: skip
    files = Enclosure.objects.filter(message__line__in=lines).order_by("message__line__number", "order")
    for order, file in enumerate(files.iterator(chunk_size=1)):
        file.pk, file.message, file.order = None, message, order
        file.save(force_insert=True)
    if message.enclosures.exclude(scan=Enclosure.Scan.CLEAN).exists():
        file_scanning.have_scanned(message)


def _send_receipt(thread: Thread) -> None:
    with translation.override(thread.language):
        subject = _("Vi har fået dit spørgsmål fra chatten")
        text = _("Vi svarer dig på mail. Her er det, du skrev:\n\n%(text)s")
        message = thread.messages.get()
        mail.send(to=thread.contact_address, subject=subject, text=text % {"text": message.text})
