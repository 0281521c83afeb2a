"""Answers to mails: written once, held so long that their author can undo them, then sent, and what becomes of them.

    reply → HELD → (undo: WITHDRAWN)
                 → SENDING → SENT | HELD again (later) | REFUSED | DOUBT

`sending` carries mails over; this module decides what each result means for the thread.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.refusals import RefusedChange
from indgang.correspondence import deadline, file_scanning, queueing
from indgang.correspondence.locking import locked
from indgang.correspondence.mail import answer_html, composing, drafts
from indgang.correspondence.mail.composing import Outgoing, OutgoingFile
from indgang.correspondence.models import Enclosure, MessageSource, Thread, ThreadMessage
from indgang.correspondence.texts import gaps, signatures
from indgang.enquiries import journal
from indgang.enquiries.event_kinds import EnquiryKind, Reopened, Replied
from indgang.events.event import Event

Direction, State = ThreadMessage.Direction, ThreadMessage.State
#: the name of the job that sends one mail (`sending.send_later`)
SEND_JOB = "correspondence.send"
#: recipients of one answer
MOST_RECIPIENTS = 20
#: bytes of all files of an answer; larger mails are refused by many servers
MOST_BYTES = 20_000_000
#: an answer that is given once more within this time is the same form sent twice
_SAME_WITHIN = timedelta(minutes=5)
_PARTING = re.compile(r"[,;\s]+")


def addresses(text: str) -> list[str]:
    """The addresses in a field, parted by comma, semicolon or space, each once."""
    return list(dict.fromkeys(each for each in _PARTING.split(text.strip()) if each))


def answered_by(thread: Thread) -> ThreadMessage | None:
    """The mail that a mail answers and quotes: the newest that a person wrote, else the newest that came in. What came
    by secure post never goes on in a mail."""
    return _came(thread).filter(secure_post=None).first()


def came_last(thread: Thread) -> ThreadMessage | None:
    """What came in last by whatever way; what a person wrote goes before what a machine wrote."""
    return _came(thread).first()


@transaction.atomic
def reply(
    thread: Thread,
    *,
    to: Sequence[str],
    cc: Sequence[str] = (),
    subject: str,
    text: str,
    attachments: Sequence[OutgoingFile] = (),
    closes: bool,
    by: Person,
    at: datetime,
    seen: UUID | None = None,
) -> ThreadMessage:
    """Answer the thread. The mail leaves when the mailbox's time to undo is over; with `closes` the thread ends now.

    `seen` is the newest message of the contact that the page showed (`refuse_unseen`). The same answer again within
    some minutes gives the same row. Raises RefusedChange by field.
    """
    refuse(to, cc, subject, text, attachments)
    thread = locked(thread.pk)
    whole_subject = composing.answer_subject(thread, subject)
    again = _written_already(thread, to, cc, whole_subject, text, attachments, by, at)
    if again is not None:
        return again
    refuse_stranger(thread, by)
    refuse_unseen(thread, seen)
    if thread.mailbox is None:
        raise RefusedChange({"": _("Henvendelsen er ikke kommet som mail og kan ikke besvares med en mail.")})
    message = _write(thread, to, cc, whole_subject, text, attachments, by, at)
    drafts.discard(thread, by=by)
    if closes:
        end(thread, Thread.Ending.ANSWERED, by=by, at=at)
    trail.record(by=by, at=at, action="mail.reply", target=thread.enquiry, after={"closes": closes})
    queueing.mark(thread)
    return message


def refuse(to: Sequence[str], cc: Sequence[str], subject: str, text: str, attachments: Sequence[OutgoingFile]) -> None:
    """Raises RefusedChange for an answer that cannot be sent."""
    reasons: dict[str, str] = {}
    if not to:
        reasons["to"] = _("Skriv, hvem svaret skal sendes til.")
    for name, found in (("to", to), ("cc", cc)):
        wrong = [each for each in found if not is_address(each)]
        if wrong:
            reasons[name] = _("%(address)s er ikke en mailadresse.") % {"address": wrong[0][:80]}
    if len(to) + len(cc) > MOST_RECIPIENTS:
        reasons["to"] = _("Et svar kan højst sendes til %(most)s adresser.") % {"most": MOST_RECIPIENTS}
    if not text.strip():
        reasons["text"] = _("Skriv et svar.")
    if left := gaps.fault(f"{subject}\n{text}"):
        reasons["text"] = left
    if len(text) > drafts.MOST:
        reasons["text"] = _("Svaret er for langt. Kort teksten ned.")
    if sum(len(each.content) for each in attachments) > MOST_BYTES:
        reasons["attachments"] = _("Filerne fylder tilsammen mere end 20 MB.")
    if reasons:
        raise RefusedChange(reasons)


@transaction.atomic
def undo(message: ThreadMessage, *, by: Person, at: datetime) -> Thread:
    """Withdraw an answer that has not left; its text is a draft again, and the thread its author's.

    Raises RefusedChange when it is being sent or has left.
    """
    thread = locked(message.thread_id)
    row = _locked_message(message)
    if row.author_id != by.pk:
        raise RefusedChange({"": _("Kun den, der skrev svaret, kan fortryde det.")})
    if row.state == State.WITHDRAWN:
        return thread
    if row.state != State.HELD:
        raise RefusedChange({"": _("Svaret er sendt og kan ikke fortrydes.")})
    _set_state(row, State.WITHDRAWN, at)
    drafts.bring_back(row, at=at)
    _come_back(thread, by, "undone", at)
    trail.record(by=by, at=at, action="mail.undo", target=thread.enquiry)
    return thread


# --- what becomes of it ---------------------------------------------------------------------------


@transaction.atomic
def sent(message: ThreadMessage, *, at: datetime) -> None:
    """The server has accepted the mail."""
    thread = locked(message.thread_id)
    row = _locked_message(message)
    if row.state == State.SENT:
        return
    _set_state(row, State.SENT, at)
    if row.automatic:
        queueing.mark(thread)
        return
    told = _told(thread, row, at)
    person = row.author_id
    queue = thread.queue.code if thread.queue else ""
    journal.append(
        thread.enquiry, Event(str(thread.enquiry_id), EnquiryKind.REPLIED, at, queue, person, told), by=row.author
    )
    thread.answered_at, thread.waits_since = max(at, thread.answered_at or at), _waits_since(thread, row)
    thread.due_at = deadline.due_at(thread.queue, thread.waits_since) if thread.queue and thread.waits_since else None
    thread.save(update_fields=["answered_at", "waits_since", "due_at"])
    queueing.mark(thread)


@transaction.atomic
def failed(message: ThreadMessage, *, fault: str, at: datetime) -> None:
    """The mail is refused for good, and nobody got it: it comes back to its author as a draft, with the reason."""
    thread, row = locked(message.thread_id), _locked_message(message)
    _set_state(row, State.REFUSED, at, fault)
    if row.automatic:
        return
    drafts.bring_back(row, at=at)
    _come_back(thread, row.author, "not_sent", at)


@transaction.atomic
def doubt(message: ThreadMessage, *, at: datetime) -> None:
    """Nobody knows whether the mail has left: a person decides, no program sends it again."""
    thread, row = locked(message.thread_id), _locked_message(message)
    if row.state not in (State.SENDING, State.HELD):
        return
    _set_state(row, State.DOUBT, at)
    if not row.automatic:
        _come_back(thread, row.author, "in_doubt", at)


@transaction.atomic
def settle(message: ThreadMessage, *, was_sent: bool, by: Person, at: datetime) -> None:
    """A person says of a mail in doubt that it was sent, or has it sent again. What was sent counts from the moment of
    the doubt, however late it is settled. Raises RefusedChange."""
    thread, row = locked(message.thread_id), _locked_message(message)
    if row.state != State.DOUBT:
        raise RefusedChange({"": _("Det er allerede afgjort, om svaret blev sendt.")})
    trail.record(by=by, at=at, action="mail.settle", target=thread.enquiry, after={"was_sent": was_sent})
    if was_sent:
        sent(row, at=row.state_at)
        return
    row.send_after, row.attempts = at, 0
    row.save(update_fields=["send_after", "attempts"])
    _set_state(row, State.HELD, at)
    _have_sent(row, after=timedelta(0))
    queueing.mark(thread)


# --- rows -----------------------------------------------------------------------------------------


def refuse_stranger(thread: Thread, by: Person) -> None:
    """Raises RefusedChange unless the person has the thread in hand."""
    if thread.is_over:
        raise RefusedChange({"": _("Henvendelsen er afsluttet.")})
    if thread.holder_id != by.pk:
        raise RefusedChange({"": _("Du har ikke henvendelsen. Tag den fra listen først.")})


def _came(thread: Thread) -> QuerySet[ThreadMessage]:
    found = ThreadMessage.objects.filter(thread=thread, direction=Direction.IN)
    return found.order_by("automatic", "-at", "-id")


def from_people(thread: Thread) -> QuerySet[ThreadMessage]:
    """What people wrote to us in the thread and in those merged into it, the newest first in the order of storing.

    The order is that of the ids: a mail that the server received earlier may be stored after an answer was written.
    """
    whole = Q(thread=thread) | Q(thread__merged_into=thread)
    return ThreadMessage.objects.filter(whole, direction=Direction.IN, automatic=False).order_by("-id")


def refuse_unseen(thread: Thread, seen: UUID | None) -> None:
    """Raises RefusedChange when a person has written since the message `seen`; None checks nothing.

    Belongs in the transaction that locked the thread.
    """
    if seen is not None and from_people(thread).filter(pk__gt=seen).exists():
        raise RefusedChange({"": _("Der er kommet en ny mail i henvendelsen. Læs den, og prøv så igen.")})


def end(thread: Thread, ending: str, *, by: Person | None, at: datetime) -> None:
    """End the thread; it leaves the board. Belongs in the transaction that locked it.

    Nobody waits for an answer any more. An answer that is on its way still tells how long they waited when it leaves.
    """
    thread.state, thread.ending, thread.ended_at = Thread.State.OVER, ending, at
    if ending != Thread.Ending.ANSWERED:
        thread.waits_since = thread.due_at = None
    thread.save(update_fields=["state", "ending", "ended_at", "waits_since", "due_at"])
    queueing.over(thread, why=ending, by=by, at=at)


def reopen(thread: Thread, *, why: str, by: Person | None, at: datetime) -> None:
    """Open a thread that has ended; the caller orders it. Belongs in the transaction that locked it."""
    if not thread.is_over:
        return
    told = Reopened(why)
    journal.append(thread.enquiry, Event(str(thread.enquiry_id), EnquiryKind.REOPENED, at, "", None, told), by=by)
    thread.state, thread.ending, thread.ended_at = Thread.State.WAITING, "", None
    thread.merged_into = None  # what is answered on its own is no part of another
    thread.save(update_fields=["state", "ending", "ended_at", "merged_into"])


def store_outgoing(thread: Thread, mail: Outgoing, *, text: str, quoted: str, send_after: datetime,
                   by: Person | None) -> ThreadMessage:  # fmt: skip
    """Store a mail of ours with its bytes, held until then."""
    raw = composing.as_bytes(mail)
    message = ThreadMessage.objects.create(
        thread=thread, mailbox=mail.mailbox, direction=Direction.OUT, automatic=mail.is_automatic, author=by,
        at=mail.at, sender_name=mail.mailbox.sender_name or mail.mailbox.name, sender_address=mail.mailbox.address,
        to=list(mail.to), cc=list(mail.cc), subject=mail.subject, text=text, quoted=quoted,
        message_id=mail.message_id, references=list(mail.references), state=State.HELD, state_at=mail.at,
        send_after=send_after, digest=hashlib.sha256(raw).hexdigest(), size=len(raw),
    )  # fmt: skip
    MessageSource.objects.create(message=message, raw=raw)
    Enclosure.objects.bulk_create(
        Enclosure(
            message=message, order=order, name=_file_name(each), kind=each.kind[:127],
            size=len(each.content), content=each.content,
        )
        for order, each in enumerate(mail.attachments)
    )  # fmt: skip
    if mail.attachments:
        file_scanning.have_scanned(message)
    _have_sent(message, after=send_after - mail.at)
    return message


def _have_sent(message: ThreadMessage, *, after: timedelta) -> None:
    """Queue the job that sends it. The run of each minute takes what this one misses."""
    seconds = max(0, round(after.total_seconds())) + 1
    app.configure_task(SEND_JOB, queue="mail", schedule_in={"seconds": seconds}).defer(message=str(message.pk))


def _write(thread: Thread, to: Sequence[str], cc: Sequence[str], subject: str, text: str,
           attachments: Sequence[OutgoingFile], by: Person, at: datetime) -> ThreadMessage:  # fmt: skip
    box, answered = thread.mailbox, answered_by(thread)
    assert box is not None
    own, below = composing.storable(text).strip(), composing.quoted(answered, thread.language)
    signature = signatures.of(box, by, language=thread.language)
    whole = "\n\n".join(part for part in (own, signature, below) if part) + "\n"
    mail = Outgoing(
        mailbox=box, to=to, cc=cc, subject=subject, text=whole, message_id=composing.new_message_id(box),
        references=composing.references_to(answered), at=at, attachments=attachments,
        html=answer_html.as_html(own, signature, below, thread.language),
    )  # fmt: skip
    return store_outgoing(
        thread, mail, text=own, quoted=below, send_after=at + timedelta(seconds=box.undo_seconds), by=by
    )


def _written_already(thread: Thread, to: Sequence[str], cc: Sequence[str], subject: str, text: str,
                     files: Sequence[OutgoingFile], by: Person, at: datetime) -> ThreadMessage | None:  # fmt: skip
    """The answer that this one repeats in everything, when nobody has written to us in between."""
    on_its_way = Q(state__in=(State.HELD, State.SENDING))
    just_left = Q(state__in=(State.SENT, State.DELIVERED, State.DOUBT), at__gt=at - _SAME_WITHIN)
    same = {"author": by, "text": composing.storable(text).strip(), "subject": subject, "to": list(to), "cc": list(cc)}
    found = thread.messages.filter(on_its_way | just_left, automatic=False, **same)
    came = from_people(thread).values_list("pk", flat=True).first()
    return next((each for each in (found.filter(pk__gt=came) if came else found) if encloses(each, files)), None)


def encloses(message: ThreadMessage, files: Sequence[OutgoingFile]) -> bool:
    """Whether these are the files of an answer of ours, in their order."""
    rows = message.enclosures.order_by("order").values_list("name", "content")
    return [(name, bytes(content)) for name, content in rows] == [(_file_name(each), each.content) for each in files]


def _file_name(file: OutgoingFile) -> str:
    return composing.one_line(file.name)[:150]


def _locked_message(message: ThreadMessage) -> ThreadMessage:
    return ThreadMessage.objects.select_for_update(of=("self",)).select_related("author", "thread").get(pk=message.pk)


def _set_state(message: ThreadMessage, state: str, at: datetime, fault: str = "") -> None:
    message.state, message.state_at, message.fault = state, at, fault[:300]
    message.save(update_fields=["state", "state_at", "fault"])


def _told(thread: Thread, message: ThreadMessage, at: datetime) -> Replied:
    if thread.queue is None or thread.waits_since is None or thread.waits_since > at:
        return Replied(str(message.pk))
    return Replied(
        str(message.pk), open_seconds=deadline.open_seconds(thread.queue, thread.waits_since, at),
        within=float(deadline.promised_seconds(thread.queue, thread.waits_since)),
    )  # fmt: skip


def unanswered_since(thread: Thread) -> datetime | None:
    """The first mail of a person that came after the last answer that has left; None when all are answered."""
    left = thread.messages.filter(direction=Direction.OUT, automatic=False, state__in=(State.SENT, State.DELIVERED))
    last, came = left.order_by("-id").first(), from_people(thread).order_by("at")
    rows = came.filter(pk__gt=last.pk) if last else came
    return rows.values_list("at", flat=True).first()


def _waits_since(thread: Thread, answer: ThreadMessage) -> datetime | None:
    """The first mail of a person that was stored after the answer was written."""
    later = from_people(thread).filter(pk__gt=answer.pk).order_by("at")
    return later.values_list("at", flat=True).first()


def _come_back(thread: Thread, author: Person | None, why: str, at: datetime) -> None:
    """The thread is open again, and offered to its author first."""
    reopen(thread, why=why, by=None, at=at)
    if thread.waits_since is None:
        thread.waits_since = unanswered_since(thread) or at
        thread.save(update_fields=["waits_since"])
    if thread.queue is not None:
        queueing.order(thread, at=at, prefer=author.pk if author else None, by=author)
    queueing.mark(thread)
    if author is not None:
        queueing.mark_for(author)


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254 and text.isascii()
