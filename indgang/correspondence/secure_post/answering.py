"""Answers by secure post: written once, held so long that their author can undo them, then sent.

The bytes are made when the answer is written, are what leaves, and are kept sealed. An answer goes to whoever wrote to
us by secure post, or to the person or company whose number the agent types, also in the thread of a mail: what is
personal does not belong in a mail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from indgang.accounts import sealing
from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.ids import uuid7
from indgang.core.masking import has_cpr
from indgang.core.refusals import RefusedChange
from indgang.correspondence import answers, drafts, file_scanning, queueing
from indgang.correspondence.locking import locked
from indgang.correspondence.mail import composing
from indgang.correspondence.models import Enclosure, Mailbox, MessageSource, SecurePost, Thread, ThreadMessage
from indgang.correspondence.outgoing import OutgoingFile, storable
from indgang.correspondence.secure_post import identity, mailboxes, stream
from indgang.correspondence.texts import gaps, signatures
from indgang.messaging.secure_post import memo
from indgang.messaging.secure_post.memo import AnsweredMemo, ContactPoint, PostFile, PostLetter, PostParty

Direction, State = ThreadMessage.Direction, ThreadMessage.State
#: the name of the job that sends one message (`sending.deliver`)
SEND_JOB = "correspondence.secure_post"
#: what came from its party, or has reached it; one that was withdrawn or not taken may be to a mistyped number
_REACHED = (SecurePost.State.RECEIVED, SecurePost.State.ACCEPTED, SecurePost.State.DELIVERED)


def known_party(thread: Thread) -> SecurePost | None:
    """The message whose other side an answer goes to when no number is typed: the newest that came, else the last of
    ours that was taken."""
    reached = _with_party(thread).order_by("-id")
    return reached.filter(message__direction=Direction.IN).first() or reached.first()


def may_be_used(thread: Thread, *, at: datetime) -> bool:
    """Whether the thread can be answered by secure post."""
    return mailboxes.for_answers_to(thread, at=at) is not None


def refuse_plain(thread: Thread, text: str, *, way: str = "", by: Person, at: datetime) -> None:
    """Raises RefusedChange for what was written for secure post and would leave as a mail because that cannot be used
    any more, unless its author has chosen `way`; and for an answer by mail that holds a CPR number, where secure post
    can be used instead or was to be."""
    draft = drafts.of(thread, by)
    is_for_secure_post = draft is not None and draft.fields.get("way") == drafts.SECURE_POST
    if is_for_secure_post and way != drafts.MAIL:
        raise RefusedChange({"way": _("Kladden er skrevet til Digital Post. Vælg, hvordan svaret skal sendes.")})
    if has_cpr(text) and (is_for_secure_post or may_be_used(thread, at=at)):
        said = _("Der står et CPR-nummer i svaret. Send det med Digital Post, eller tag nummeret ud.")
        raise RefusedChange({"text": said})


@transaction.atomic
def reply(
    thread: Thread,
    *,
    subject: str,
    text: str,
    closes: bool,
    by: Person,
    at: datetime,
    number: str = "",
    attachments: Sequence[OutgoingFile] = (),
    seen: UUID | None = None,
) -> ThreadMessage:
    """Answer the thread by secure post. `number` is a CPR or CVR number as typed; empty: whom the thread is with.

    The answer leaves when the mailbox's time to undo is over; with `closes` the thread ends now. The same answer again
    within some minutes gives the same row. Raises RefusedChange (fields `number`, `text`, `attachments`, or none).
    """
    _refuse(text, attachments)
    gaps.refuse(f"{subject}\n{text}")
    thread = locked(thread.pk)
    box = mailboxes.for_answers_to(thread, at=at)
    if box is None:
        raise RefusedChange({"": _("Centret har ingen postkasse i Digital Post.")})
    label = _label(thread, subject)
    recipient = _recipient(thread, number)
    again = answers.repeated(
        thread, attachments, at, author=by, text=storable(text).strip(), subject=label,
        secure_post__party_key=identity.key_of(recipient),
    )  # fmt: skip
    if again is not None:
        return again
    answers.refuse_stranger(thread, by)
    answers.refuse_unseen(thread, seen)
    message = _write(thread, box, recipient, label, text, attachments, by, at)
    drafts.discard(thread, by=by)
    if closes:
        answers.end(thread, Thread.Ending.ANSWERED, by=by, at=at)
    trail.record(by=by, at=at, action="secure_post.reply", target=thread.enquiry, after={"closes": closes})
    queueing.mark(thread)
    return message


@transaction.atomic
def settle(message: ThreadMessage, *, was_sent: bool, by: Person, at: datetime) -> None:
    """A person says of a message in doubt that it was sent, or has it sent again: the same bytes with the same UUID, so
    that the service recognises what it has. Raises RefusedChange."""
    thread = locked(message.thread_id)
    row = ThreadMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    post = SecurePost.objects.select_for_update(of=("self",)).get(message=row)
    if row.state != State.DOUBT:
        raise RefusedChange({"": _("Det er allerede afgjort, om svaret blev sendt.")})
    trail.record(by=by, at=at, action="secure_post.settle", target=thread.enquiry, after={"was_sent": was_sent})
    if was_sent:
        row.thread = thread
        post.message = row
        stream.settle(post, SecurePost.State.ACCEPTED, at=at, left_at=row.state_at)
        return
    post.state, post.state_at, post.attempts = SecurePost.State.QUEUED, at, 0
    post.save(update_fields=["state", "state_at", "attempts"])
    row.state, row.state_at, row.send_after, row.fault = State.HELD, at, at, ""
    row.save(update_fields=["state", "state_at", "send_after", "fault"])
    have_sent(post, seconds=0)
    queueing.mark(thread)


def have_sent(post: SecurePost, *, seconds: int) -> None:
    """Queue the job that sends it."""
    app.configure_task(SEND_JOB, queue="mail", schedule_in={"seconds": seconds}).defer(post=str(post.pk))


# --- writing --------------------------------------------------------------------------------------


def _with_party(thread: Thread) -> QuerySet[SecurePost]:
    whole = Q(message__thread=thread) | Q(message__thread__merged_into=thread)
    found = SecurePost.objects.filter(whole, state__in=_REACHED)
    return found.exclude(party="").select_related("message")


def _newest_from(thread: Thread, recipient: PostParty) -> SecurePost | None:
    """The newest message that came from the recipient: another's would tell them who else has written."""
    theirs = _with_party(thread).filter(message__direction=Direction.IN, party_key=identity.key_of(recipient))
    return theirs.order_by("-id").first()


def _refuse(text: str, attachments: Sequence[OutgoingFile]) -> None:
    reasons: dict[str, str] = {}
    if not text.strip():
        reasons["text"] = _("Skriv et svar.")
    if len(text) > drafts.MOST:
        reasons["text"] = _("Svaret er for langt. Kort teksten ned.")
    if sum(len(each.content) for each in attachments) > answers.MOST_BYTES:
        reasons["attachments"] = _("Filerne fylder tilsammen mere end 20 MB.")
    if reasons:
        raise RefusedChange(reasons)


def _recipient(thread: Thread, number: str) -> PostParty:
    if number.strip():
        typed = identity.party_in(number)
        if typed is None:
            raise RefusedChange({"number": _("Skriv et CPR- eller CVR-nummer.")})
        return typed
    known = known_party(thread)
    if known is None:
        raise RefusedChange({"number": _("Skriv det CPR- eller CVR-nummer, svaret skal sendes til.")})
    try:
        return identity.unsealed(known.party)
    except sealing.Unsealable:
        raise RefusedChange({"number": _("Det gemte nummer kan ikke læses. Skriv det igen.")}) from None


def _label(thread: Thread, subject: str) -> str:
    """The title of the message; the token of the thread is not needed, for an answer says what it answers."""
    return composing.plain_subject(subject or thread.subject)[:250] or _("Svar fra kommunen")


def _write(thread: Thread, box: Mailbox, recipient: PostParty, label: str, text: str,
           attachments: Sequence[OutgoingFile], by: Person, at: datetime) -> ThreadMessage:  # fmt: skip
    own, uuid, answered = storable(text).strip(), uuid7(), _newest_from(thread, recipient)
    signature = signatures.of(box, by, language=thread.language)
    letter = PostLetter(
        uuid=uuid, number=thread.token, label=label, sender=mailboxes.sender_of(box), recipient=recipient,
        text="\n\n".join(part for part in (own, signature) if part), at=at, language=thread.language,
        answers=AnsweredMemo(str(answered.uuid), answered.number) if answered else None,
        contact_point=ContactPoint(answered.contact_point, answered.contact_point_name) if answered else ContactPoint(),
        files=[PostFile(each.stored_name, each.kind, each.content) for each in attachments],
    )  # fmt: skip
    raw, held = memo.write(letter), at + timedelta(seconds=box.undo_seconds)
    message = ThreadMessage.objects.create(
        thread=thread, direction=Direction.OUT, author=by, at=at, sender_name=letter.sender.name[:200], subject=label,
        text=own, state=State.HELD, state_at=at, send_after=held, digest=hashlib.sha256(raw).hexdigest(), size=len(raw),
    )  # fmt: skip
    MessageSource.objects.create(message=message, raw=identity.seal_bytes(raw))
    _keep_files(message, letter.files)
    post = SecurePost.objects.create(
        message=message, mailbox=box, uuid=uuid, party=identity.sealed(recipient), party_key=identity.key_of(recipient),
        party_shown=identity.shown(recipient), number=thread.token, state=SecurePost.State.QUEUED, state_at=at,
    )  # fmt: skip
    have_sent(post, seconds=box.undo_seconds + 1)
    return message


def _keep_files(message: ThreadMessage, files: Sequence[PostFile]) -> None:
    Enclosure.objects.bulk_create(
        Enclosure(message=message, order=order, name=each.name, kind=each.kind[:127], size=len(each.content),
                  content=each.content)
        for order, each in enumerate(files)
    )  # fmt: skip
    if files:
        file_scanning.have_scanned(message)
