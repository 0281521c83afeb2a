"""Receives mails: each becomes a message of a thread, and the thread waits in a queue when somebody is to answer.

Everything of one mail happens in the caller's transaction together with the position up to which the mailbox has been
read: a mail is stored once, whenever the process is killed. Automatic replies, receipts and bounces never wait for an
answer and are never answered; a bounce of ours that failed for good brings the thread back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from indgang.correspondence import arriving, file_scanning, queueing
from indgang.correspondence.mail import joining, receipts
from indgang.correspondence.models import (
    Enclosure,
    Mailbox,
    MessageSource,
    RoutingRule,
    Thread,
    ThreadMessage,
)
from indgang.correspondence.routing import MailFacts, Routed, ThreadPlace
from indgang.enquiries.event_kinds import Received
from indgang.enquiries.models import Channel, Party
from indgang.messaging.reading import MailKind, MailProblem, MailReading, NoAutoAnswer, read
from indgang.messaging.reading.contents import in_order
from indgang.prepared.query import Query

#: kinds that a person is to read; everything else a machine wrote
FOR_PEOPLE = frozenset({MailKind.MESSAGE, MailKind.LIST, MailKind.GENERATED})


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a mail. `again`: it had been stored before, and nothing was done."""

    message: ThreadMessage
    again: bool = False

    @property
    def thread(self) -> Thread:
        return self.message.thread


@dataclass(frozen=True, slots=True)
class Came:
    """A mail that has come in: read, and as it was."""

    mailbox: Mailbox
    mail: MailReading
    raw: bytes
    digest: str
    size: int
    at: datetime
    is_old: bool = False
    #: the thread that it answers, also when it begins another
    answers: Thread | None = None


@transaction.atomic
def receive(
    mailbox: Mailbox, raw: bytes, *, at: datetime, size: int | None = None, whole: bool = True, is_old: bool = False
) -> Stored:
    """Store a mail of this mailbox, and have it answered if somebody is to answer it.

    `at` is when it came in, `size` its length where that is not the length of `raw`. Not `whole`: it was too large, or
    the server could not give it, and `raw` holds its headers at most; a person is to look at it in the mailbox itself.
    `is_old`: it lay in the mailbox for long before that was connected, and gets no receipt.
    """
    digest = hashlib.sha256(raw).hexdigest() if whole else ""
    known = _known(mailbox, digest)
    if known is not None:
        return Stored(known, again=True)
    mail = _read(mailbox, raw)
    if not whole:
        mail = replace(mail, problems=in_order({*mail.problems, MailProblem.MAIL_TOO_LARGE}))
    answers = joining.thread_of(mail, mailbox)
    came = Came(mailbox, mail, raw, digest, len(raw) if size is None else size, at, is_old, answers)
    thread = _go_on(answers, mailbox, at) if answers else None
    return Stored(_begin(came) if thread is None else _add(thread, came))


def _known(mailbox: Mailbox, digest: str) -> ThreadMessage | None:
    """The same bytes, stored before. What is not whole cannot be compared, and may come twice when a mailbox is
    numbered anew."""
    return next(iter(_SAME.models(mailbox=mailbox.pk, digest=digest)), None) if digest else None


def _same(mailbox: int, digest: str) -> QuerySet[ThreadMessage]:
    rows = ThreadMessage.objects.filter(mailbox=mailbox, digest=digest, direction=ThreadMessage.Direction.IN)
    # the index leaves out what has no digest
    return rows.exclude(digest="").select_related("thread").order_by("at", "id")[:1]


_SAME = Query(_same, mailbox=int, digest=str)


def _read(mailbox: Mailbox, raw: bytes) -> MailReading:
    """The mail. One of ours that has come back is a loop; what a machine answers to ours is an automatic reply."""
    mail = read(raw, own=_own_addresses())
    if mail.kind is MailKind.GENERATED and joining.answers_ours(mail, mailbox):
        return replace(mail, kind=MailKind.AUTO_REPLY)
    if mail.kind in FOR_PEOPLE and _has_come_back(mail, mailbox):
        return replace(mail, kind=MailKind.LOOP, no_auto_answer=(*mail.no_auto_answer, NoAutoAnswer.LOOP))
    return mail


def _has_come_back(mail: MailReading, mailbox: Mailbox) -> bool:
    """Whether it is a mail of ours, by its Message-ID. One that was written to this mailbox from another is between
    units, and arrives once."""
    if NoAutoAnswer.OWN_SENDER not in mail.no_auto_answer or not mail.message_id:
        return False
    same = ThreadMessage.objects.filter(message_id=mail.message_id)
    ours = same.filter(direction=ThreadMessage.Direction.OUT).first()
    if ours is None:
        return False
    here = mailbox.address.lower()
    is_for_us = ours.mailbox_id != mailbox.pk and here in {str(each).lower() for each in (*ours.to, *ours.cc)}
    return not is_for_us or same.filter(direction=ThreadMessage.Direction.IN, mailbox=mailbox).exists()


def _own_addresses() -> set[str]:
    """The addresses of all our mailboxes: what comes from them may have gone in a circle."""
    return {address.lower() for (address,) in _OWN.rows()}


_OWN = Query(lambda: Mailbox.objects.for_mail().values_list("address"))


def facts_of(
    mail: MailReading, mailbox: Mailbox, party: Party | None, *, before: ThreadPlace | None = None
) -> MailFacts:
    """What the rules may ask about the mail of this party; `before` is where the thread lay that it answers."""
    sender = mail.sender.address.lower() if mail.sender else ""
    return MailFacts(
        sender=sender, recipients=tuple(each.address.lower() for each in (*mail.to, *mail.cc)), subject=mail.subject,
        text=mail.new_text or mail.text, has_files=any(not each.inline_id for each in mail.attachments),
        language=mailbox.language, before=before, **arriving.about_party(party),
    )  # fmt: skip


# --- a thread that is there -----------------------------------------------------------------------


def _go_on(thread: Thread, mailbox: Mailbox, at: datetime) -> Thread | None:
    """The thread, locked; None when it ended so long ago that a new one begins."""
    thread = arriving.locked_whole(thread)
    return thread if arriving.may_go_on(thread, mailbox, at) else None


def _add(thread: Thread, came: Came) -> ThreadMessage:
    mail, at = came.mail, came.at
    message = _store(thread, came)
    bounced = _note_bounces(mail) if mail.kind is MailKind.BOUNCE else False
    wants_answer = mail.kind in FOR_PEOPLE or bounced
    arriving.go_on(
        thread, message, queue=came.mailbox.queue, last=thread.holder_id or thread.enquiry.agent_id, at=at,
        wants_answer=wants_answer,
    )  # fmt: skip
    return message


def _note_bounces(mail: MailReading) -> bool:
    """Write down which of our mails was not delivered. Returns whether one failed for good."""
    ours = ThreadMessage.objects.filter(message_id=mail.about, direction=ThreadMessage.Direction.OUT).exclude(
        message_id=""
    )
    failed = [each for each in mail.failed if each.for_good] or (mail.failed if not mail.reports else [])
    row = ours.select_for_update().first()
    if row is None or not failed:
        return False
    worst = failed[0]
    row.state, row.fault = ThreadMessage.State.REFUSED, f"{worst.status} {worst.diagnostic}".strip()[:300]
    row.save(update_fields=["state", "fault"])
    return not row.automatic


# --- a new thread ---------------------------------------------------------------------------------


def _begin(came: Came) -> ThreadMessage:
    at = came.at
    party = arriving.party_of(came.mail.sender.address) if came.mail.sender else None
    routed = _route(came, party)
    thread = _new_thread(came.mailbox, came.mail, party, routed, at)
    message = _store(thread, came)
    if routed.treatment == RoutingRule.Treatment.ROUTE:
        queueing.order(thread, at=at)
        if not came.is_old:
            receipts.send(thread, came.mail, at=at)
    else:
        arriving.end_at_once(thread, routed.treatment, at)
    return message


def _route(came: Came, party: Party | None) -> Routed:
    mail, box = came.mail, came.mailbox
    if mail.kind not in FOR_PEOPLE:
        return Routed(arriving.AUTOMATIC, box.queue.code, {}, 0, None, (("kind", mail.kind.value),))
    before = arriving.place_before(came.answers, box, came.at)
    return arriving.routed(facts_of(mail, box, party, before=before), box, came.at)


def _new_thread(mailbox: Mailbox, mail: MailReading, party: Party | None, routed: Routed, at: datetime) -> Thread:
    sender = mail.sender
    told = Received(
        channel=Channel.MAIL, centre=mailbox.centre.code, place=mailbox.code,
        caller_name=(sender.name if sender else "")[:100], language=mailbox.language, follows=_follows(mail, mailbox),
    )  # fmt: skip
    return arriving.begin(
        told, party=party, at=at, subject=mail.subject[:250],
        contact_name=(sender.name if sender else "")[:200], contact_address=_answers_to(mail)[:254],
        **arriving.place(routed, mailbox),
    )  # fmt: skip


def _answers_to(mail: MailReading) -> str:
    """Whom an answer goes to: the Reply-To when it names one address, else the sender."""
    if len(mail.reply_to) == 1:
        return mail.reply_to[0].address
    return mail.sender.address if mail.sender else ""


def _follows(mail: MailReading, mailbox: Mailbox) -> str | None:
    """The enquiry of the thread that the mail refers to, when that was not opened again or is another's."""
    before = joining.related(mail, mailbox) or joining.written_in(mail)
    return str(before.pk) if before else None


# --- the message ----------------------------------------------------------------------------------


def _store(thread: Thread, came: Came) -> ThreadMessage:
    """Store the mail with its bytes and its files."""
    mail, at, sender = came.mail, came.at, came.mail.sender
    message = ThreadMessage.objects.create(
        thread=thread, mailbox=came.mailbox, direction=ThreadMessage.Direction.IN, kind=mail.kind.value,
        automatic=mail.kind not in FOR_PEOPLE, at=at, claimed_at=mail.sent_at,
        sender_name=(sender.name if sender else "")[:200], sender_address=(sender.address if sender else "")[:254],
        to=[each.address for each in mail.to], cc=[each.address for each in mail.cc], subject=mail.subject[:250],
        text=_own_text(mail), quoted=mail.quoted_text, html=mail.html, message_id=mail.message_id[:998],
        references=[*mail.references, *mail.in_reply_to], state=ThreadMessage.State.RECEIVED, state_at=at,
        problems=[each.value for each in mail.problems], blocked_images=min(mail.blocked_images, 30_000),
        digest=came.digest, size=came.size,
    )  # fmt: skip
    MessageSource.objects.create(message=message, raw=came.raw)
    _store_files(message, mail)
    if mail.attachments:
        file_scanning.have_scanned(message)
    return message


def _own_text(mail: MailReading) -> str:
    """The text without what was quoted; the signature stays, for it says who writes."""
    own = "\n\n".join(part for part in (mail.new_text, mail.signature) if part)
    return own or mail.text


def _store_files(message: ThreadMessage, mail: MailReading) -> None:
    files: Sequence[Any] = mail.attachments
    Enclosure.objects.bulk_create(
        Enclosure(
            message=message, order=order, name=each.name[:150], kind=each.kind[:127], size=each.size,
            inline_id=each.inline_id[:250], content=each.content, refused=each.refused.value if each.refused else "",
        )
        for order, each in enumerate(files)
    )  # fmt: skip
