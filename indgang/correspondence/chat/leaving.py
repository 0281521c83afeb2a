"""A chat that nobody took before closing goes on as a message: its question is kept and answered by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.correspondence import arriving, file_scanning, queueing
from indgang.correspondence.chat import conversation
from indgang.correspondence.mail import receipts
from indgang.correspondence.models import Chat, ChatLine, Enclosure, Mailbox, RoutingRule, Thread, ThreadMessage
from indgang.correspondence.routing import MailFacts, Routed
from indgang.enquiries.event_kinds import Received
from indgang.enquiries.models import Channel, Party
from indgang.messaging import mail

#: receipts of a day to one address. A person has left each question on our page, so no machine answers another here
MOST_RECEIPTS = 5


def mailbox_for(thread: Thread, at: datetime) -> Mailbox | None:
    """The mailbox of the centre from which the question would be answered; None when the centre has none."""
    return arriving.mailbox_for(thread.queue, thread.language, at)


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
    lines = list(locked.lines.filter(by_contact=True).select_related("message").order_by("number"))
    text = "\n\n".join(line.message.text for line in lines if line.message.text)
    party = locked.thread.enquiry.party or arriving.party_of(address)
    facts = MailFacts(
        sender=address.lower(), recipients=(box.address.lower(),), subject=locked.thread.subject, text=text,
        has_files=_files(lines).exists(), language=locked.thread.language, **arriving.about_party(party),
    )  # fmt: skip
    routed = arriving.routed(facts, box, at)
    thread = _thread(locked.thread, box, address, party, routed, at)
    _message(lines, text, thread, at)
    locked.left_as = thread
    locked.save(update_fields=["left_as"])
    queueing.mark(locked.thread)
    _have_answered(thread, text, routed, at)
    return thread


def _thread(before: Thread, box: Mailbox, address: str, party: Party | None, routed: Routed, at: datetime) -> Thread:
    told = Received(
        channel=Channel.MAIL, centre=box.centre.code, place=box.code, caller_name=before.contact_name[:100],
        language=before.language, follows=str(before.pk),
    )  # fmt: skip
    where = arriving.place(routed, box)
    where["reasons"] = [["chat", box.code], *where["reasons"]]
    return arriving.begin(
        told, party=party, at=at, subject=before.subject, contact_name=before.contact_name, contact_address=address,
        **where,
    )  # fmt: skip


def _have_answered(thread: Thread, text: str, routed: Routed, at: datetime) -> None:
    if routed.treatment != RoutingRule.Treatment.ROUTE:
        arriving.end_at_once(thread, routed.treatment, at)
        return
    queueing.order(thread, at=at)
    with translation.override(thread.language):
        words = _(
            "Vi har fået dit spørgsmål fra chatten og svarer på mail. Nummeret er %(number)s. Du skrev:\n\n%(text)s"
        )
    said = {"number": receipts.number_of(thread), "text": mask_cpr(text)}
    receipts.send_text(thread, words % said, at=at, most=MOST_RECEIPTS)


def _files(lines: Sequence[ChatLine]) -> QuerySet[Enclosure]:
    return Enclosure.objects.filter(message__line__in=lines).order_by("message__line__number", "order")


def _message(lines: Sequence[ChatLine], text: str, thread: Thread, at: datetime) -> None:
    """What the visitor wrote in the chat, with their files."""
    message = ThreadMessage.objects.create(
        thread=thread, mailbox=thread.mailbox, direction=ThreadMessage.Direction.IN, at=at,
        sender_name=thread.contact_name, sender_address=thread.contact_address, subject=thread.subject, text=text,
        state=ThreadMessage.State.RECEIVED, state_at=at, size=len(text.encode()),
    )  # fmt: skip
    for order, file in enumerate(_files(lines).iterator(chunk_size=1)):
        file.pk, file.message, file.order = None, message, order
        file.save(force_insert=True)
    if message.enclosures.exclude(scan=Enclosure.Scan.CLEAN).exists():
        file_scanning.have_scanned(message)
