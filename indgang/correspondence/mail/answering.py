"""Answers to mails: written once, held so long that their author can undo them, then sent.

    reply → HELD → (undo: WITHDRAWN)
                 → SENDING → SENT | HELD again (later) | REFUSED | DOUBT

`sending` carries mails over; `correspondence.answers` decides what each result means for the thread.
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
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.refusals import RefusedChange
from indgang.correspondence import answers, drafts, file_scanning, queueing
from indgang.correspondence.locking import locked
from indgang.correspondence.mail import answer_html, composing
from indgang.correspondence.mail.composing import Outgoing
from indgang.correspondence.models import Enclosure, MessageSource, Thread, ThreadMessage
from indgang.correspondence.outgoing import OutgoingFile, storable
from indgang.correspondence.texts import gaps, signatures

Direction, State = ThreadMessage.Direction, ThreadMessage.State
#: the name of the job that sends one mail (`sending.send_later`)
SEND_JOB = "correspondence.send"
#: recipients of one answer
MOST_RECIPIENTS = 20
_PARTING = re.compile(r"[,;\s]+")


def addresses(text: str) -> list[str]:
    """The addresses in a field, parted by comma, semicolon or space, each once."""
    return list(dict.fromkeys(each for each in _PARTING.split(text.strip()) if each))


def answered_by(thread: Thread) -> ThreadMessage | None:
    """The mail that a mail answers and quotes: the newest that a person wrote, else the newest that came in. What came
    by secure post never goes on in a mail."""
    return answers.came(thread).filter(secure_post=None).first()


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
    own = storable(text).strip()
    again = answers.repeated(
        thread, attachments, at, author=by, text=own, subject=whole_subject, to=list(to), cc=list(cc)
    )
    if again is not None:
        return again
    answers.refuse_stranger(thread, by)
    answers.refuse_unseen(thread, seen)
    if thread.mailbox is None:
        raise RefusedChange({"": _("Henvendelsen er ikke kommet som mail og kan ikke besvares med en mail.")})
    message = _write(thread, to, cc, whole_subject, text, attachments, by, at)
    drafts.discard(thread, by=by)
    if closes:
        answers.end(thread, Thread.Ending.ANSWERED, by=by, at=at)
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
    if sum(len(each.content) for each in attachments) > answers.MOST_BYTES:
        reasons["attachments"] = _("Filerne fylder tilsammen mere end 20 MB.")
    if reasons:
        raise RefusedChange(reasons)


# --- a doubt --------------------------------------------------------------------------------------


@transaction.atomic
def settle(message: ThreadMessage, *, was_sent: bool, by: Person, at: datetime) -> None:
    """A person says of a mail in doubt that it was sent, or has it sent again. What was sent counts from the moment of
    the doubt, however late it is settled. Raises RefusedChange."""
    thread, row = locked(message.thread_id), answers.locked_message(message)
    if row.state != State.DOUBT:
        raise RefusedChange({"": _("Det er allerede afgjort, om svaret blev sendt.")})
    trail.record(by=by, at=at, action="mail.settle", target=thread.enquiry, after={"was_sent": was_sent})
    if was_sent:
        answers.sent(row, at=row.state_at)
        return
    row.send_after, row.attempts = at, 0
    row.save(update_fields=["send_after", "attempts"])
    answers.set_state(row, State.HELD, at)
    _have_sent(row, after=timedelta(0))
    queueing.mark(thread)


# --- rows -----------------------------------------------------------------------------------------


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
            message=message, order=order, name=each.stored_name, kind=each.kind[:127],
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
    own, below = storable(text).strip(), composing.quoted(answered, thread.language)
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


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254 and text.isascii()
