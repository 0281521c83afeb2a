"""Receives secure post: each message becomes one of a thread, once, and waits in a queue like a mail.

The bytes are stored sealed, because they hold the sender's CPR number. A message that cannot be read, or is too large,
becomes an enquiry too, so that somebody sees it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from indgang.correspondence import arriving, file_scanning, queueing
from indgang.correspondence.models import (
    Enclosure,
    Mailbox,
    MessageSource,
    RoutingRule,
    SecurePost,
    Thread,
    ThreadMessage,
)
from indgang.correspondence.routing import MailFacts, Routed
from indgang.correspondence.secure_post import identity
from indgang.enquiries.event_kinds import Received
from indgang.enquiries.models import Channel, Party
from indgang.messaging.reading import MailProblem
from indgang.messaging.secure_post import memo
from indgang.messaging.secure_post.memo import MemoReading, PartyKind

#: what was wrong with a message as a whole, in `ThreadMessage.problems`
UNREADABLE = "unreadable-memo"
#: of ours, what nobody has got; it may have been for a mistyped number
_NOT_LEFT = (
    SecurePost.State.QUEUED, SecurePost.State.WITHDRAWN, SecurePost.State.NOT_REGISTERED, SecurePost.State.FAILED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Came:
    """A message that has come. `read` is None for one that cannot be read; `raw` for one that was too large."""

    mailbox: Mailbox
    uuid: str
    raw: bytes | None
    read: MemoReading | None
    at: datetime

    @property
    def problems(self) -> list[str]:
        if self.raw is None:
            return [MailProblem.MAIL_TOO_LARGE.value]
        return [UNREADABLE] if self.read is None else [each.value for each in self.read.problems]


@transaction.atomic
def receive(mailbox: Mailbox, uuid: str, raw: bytes | None, *, at: datetime) -> SecurePost:
    """Store the message, and have it answered. The same UUID again gives the same row. `raw` is None when it was too
    large to be fetched."""
    there = _known(mailbox, uuid, raw)
    if there is not None:
        return there
    came = _Came(mailbox, uuid, raw, _read(raw), at)
    before = _answered(came)
    thread = _to_go_on_with(before, came) if before else None
    if thread is None:
        return _begin(came, follows=before)
    return _go_on(thread, came)


def _known(mailbox: Mailbox, uuid: str, raw: bytes | None) -> SecurePost | None:
    """The message with this UUID, or one with the same bytes, stored before."""
    came = SecurePost.objects.filter(mailbox=mailbox, state=SecurePost.State.RECEIVED)
    same = Q(message__digest=_digest(raw)) if raw else Q(pk=None)
    return came.filter(Q(uuid=uuid) | same).first()


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _read(raw: bytes | None) -> MemoReading | None:
    try:
        return memo.read(raw) if raw is not None else None
    except memo.UnreadableMemo:
        return None


# --- a thread that is there -----------------------------------------------------------------------


def _answered(came: _Came) -> Thread | None:
    """The thread of the message that this one answers, whoever sent it and whichever mailbox of ours it left from; its
    UUID is known to who has it alone."""
    if came.read is None or not came.read.answers:
        return None
    uuids = [UUID(each.uuid) for each in came.read.answers]
    here_or_ours = Q(mailbox=came.mailbox) | Q(message__direction=ThreadMessage.Direction.OUT)
    rows = SecurePost.objects.filter(here_or_ours, uuid__in=uuids).select_related("message__thread__merged_into")
    post = rows.order_by("-id").first()
    return (post.message.thread.merged_into or post.message.thread) if post else None


def _keys_of(thread: Thread) -> set[str]:
    """Whom the thread is with: who wrote, and whom a message of ours may have reached."""
    whole = Q(message__thread=thread) | Q(message__thread__merged_into=thread)
    return set(SecurePost.objects.filter(whole).exclude(state__in=_NOT_LEFT).values_list("party_key", flat=True))


def _to_go_on_with(before: Thread, came: _Came) -> Thread | None:
    """The thread, locked; None when it is with somebody else, or ended so long ago that a new one begins."""
    thread = arriving.locked_whole(before)
    if came.read is None or identity.key_of(came.read.sender) not in _keys_of(thread):
        return None
    return thread if arriving.may_go_on(thread, came.mailbox, came.at) else None


def _go_on(thread: Thread, came: _Came) -> SecurePost:
    post = _store(thread, came)
    last = thread.holder_id or thread.enquiry.agent_id
    arriving.go_on(thread, post.message, queue=came.mailbox.queue, last=last, at=came.at)
    return post


# --- a new thread ---------------------------------------------------------------------------------


def _begin(came: _Came, *, follows: Thread | None) -> SecurePost:
    routed = _route(came)
    thread = _new_thread(came, routed, follows)
    post = _store(thread, came)
    if routed.treatment == RoutingRule.Treatment.ROUTE:
        queueing.order(thread, at=came.at)
    else:
        arriving.end_at_once(thread, routed.treatment, came.at)
    return post


def _route(came: _Came) -> Routed:
    """By the rules of the mailbox; recipients are the contact point's name and key. What cannot be read goes to the
    queue of the mailbox."""
    queue = came.mailbox.queue.code
    if came.read is None:
        return Routed("route", queue, {}, 0, None, (("mailbox", queue),))
    point, party = came.read.contact_point, _party_of(came)
    facts = MailFacts(
        sender=identity.key_of(came.read.sender), recipients=(point.name.lower(), point.key.lower()),
        subject=came.read.label, text=came.read.new_text or came.read.text, has_files=bool(came.read.files),
        language=came.mailbox.language, **arriving.about_party(party),
    )  # fmt: skip
    return arriving.routed(facts, came.mailbox, came.at, shown=identity.shown(came.read.sender))


def _party_of(came: _Came) -> Party | None:
    """The company, by its number. A person is not looked up: parties have no CPR number."""
    if came.read is None or came.read.sender.kind is not PartyKind.CVR:
        return None
    return Party.objects.filter(cvr=came.read.sender.number).exclude(cvr="").first()


def _new_thread(came: _Came, routed: Routed, follows: Thread | None) -> Thread:
    box, read = came.mailbox, came.read
    name = (read.sender.name or identity.shown(read.sender)) if read else ""
    told = Received(
        channel=Channel.SECURE_POST, centre=box.centre.code, place=box.code, caller_name=name[:100],
        language=box.language, follows=str(follows.pk) if follows else None,
    )  # fmt: skip
    return arriving.begin(
        told, party=_party_of(came), at=came.at, subject=read.label[:250] if read else "", contact_name=name[:200],
        contact_address=identity.key_of(read.sender) if read else "", **arriving.place(routed, box),
    )  # fmt: skip


# --- the message ----------------------------------------------------------------------------------


def _store(thread: Thread, came: _Came) -> SecurePost:
    read, raw = came.read, came.raw or b""
    message = ThreadMessage.objects.create(
        thread=thread, mailbox=came.mailbox, direction=ThreadMessage.Direction.IN, at=came.at,
        claimed_at=read.created_at if read else None, sender_name=read.sender.name[:200] if read else "",
        sender_address=identity.key_of(read.sender) if read else "",
        to=[part for part in (read.contact_point.name, read.contact_point.key) if part] if read else [],
        subject=read.label[:250] if read else "", text=(read.new_text or read.text) if read else "",
        quoted=read.quoted_text if read else "", html=read.html if read else "",
        state=ThreadMessage.State.RECEIVED, state_at=came.at, problems=came.problems,
        blocked_images=min(read.blocked_images, 30_000) if read else 0,
        digest=_digest(raw) if raw else "", size=len(raw),
    )  # fmt: skip
    if raw:
        MessageSource.objects.create(message=message, raw=identity.seal_bytes(raw))
    if read is not None and read.files:
        _store_files(message, read)
    return SecurePost.objects.create(
        message=message, mailbox=came.mailbox, uuid=came.uuid, party=identity.sealed(read.sender) if read else "",
        party_key=identity.key_of(read.sender) if read else "",
        party_shown=identity.shown(read.sender) if read else "", number=read.number if read else "",
        contact_point=read.contact_point.key if read else "",
        contact_point_name=read.contact_point.name if read else "", state=SecurePost.State.RECEIVED,
        state_at=came.at, is_readable=read is not None,
    )  # fmt: skip


def _store_files(message: ThreadMessage, read: MemoReading) -> None:
    Enclosure.objects.bulk_create(
        Enclosure(
            message=message, order=order, name=each.name[:150], kind=each.kind[:127], size=each.size,
            content=each.content, refused=each.refused.value if each.refused else "",
        )
        for order, each in enumerate(read.files)
    )  # fmt: skip
    file_scanning.have_scanned(message)
