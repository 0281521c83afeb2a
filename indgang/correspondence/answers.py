"""What holds for an answer on every written channel: who may give it, what it answers, and what becomes of its thread
when it has left, failed, is in doubt or is undone.

The channels write and carry their answers (`mail.answering`, `secure_post.answering`, `sms.answering`,
`forms.page_answers`); each tells this module the result. Functions that lock nothing belong in the transaction that
locked the thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.refusals import RefusedChange
from indgang.correspondence import deadline, drafts, queueing
from indgang.correspondence.locking import locked
from indgang.correspondence.models import Thread, ThreadMessage
from indgang.correspondence.outgoing import OutgoingFile
from indgang.enquiries import journal
from indgang.enquiries.event_kinds import EnquiryKind, Reopened, Replied
from indgang.events.event import Event

Direction, State = ThreadMessage.Direction, ThreadMessage.State
#: bytes of all files of an answer; larger mails are refused by many servers
MOST_BYTES = 20_000_000
#: an answer that is given once more within this time is the same form sent twice
_SAME_WITHIN = timedelta(minutes=5)


# --- what it answers -----------------------------------------------------------------------------


def came(thread: Thread) -> QuerySet[ThreadMessage]:
    found = ThreadMessage.objects.filter(thread=thread, direction=Direction.IN)
    return found.order_by("automatic", "-at", "-id")


def came_last(thread: Thread) -> ThreadMessage | None:
    """What came in last by whatever way; what a person wrote goes before what a machine wrote."""
    return came(thread).first()


def from_people(thread: Thread) -> QuerySet[ThreadMessage]:
    """What people wrote to us in the thread and in those merged into it, the newest first in the order of storing.

    The order is that of the ids: a mail that the server received earlier may be stored after an answer was written.
    """
    whole = Q(thread=thread) | Q(thread__merged_into=thread)
    return ThreadMessage.objects.filter(whole, direction=Direction.IN, automatic=False).order_by("-id")


def unanswered_since(thread: Thread) -> datetime | None:
    """The first mail of a person that came after the last answer that has left; None when all are answered."""
    left = thread.messages.filter(direction=Direction.OUT, automatic=False, state__in=(State.SENT, State.DELIVERED))
    last, came = left.order_by("-id").first(), from_people(thread).order_by("at")
    rows = came.filter(pk__gt=last.pk) if last else came
    return rows.values_list("at", flat=True).first()


# --- who may give it -----------------------------------------------------------------------------


def refuse_stranger(thread: Thread, by: Person) -> None:
    """Raises RefusedChange unless the person has the thread in hand."""
    if thread.is_over:
        raise RefusedChange({"": _("Henvendelsen er afsluttet.")})
    if thread.holder_id != by.pk:
        raise RefusedChange({"": _("Du har ikke henvendelsen. Tag den fra listen først.")})


def refuse_unseen(thread: Thread, seen: UUID | None) -> None:
    """Raises RefusedChange when a person has written since the message `seen`; None checks nothing.

    Belongs in the transaction that locked the thread.
    """
    if seen is not None and from_people(thread).filter(pk__gt=seen).exists():
        raise RefusedChange({"": _("Der er kommet en ny mail i henvendelsen. Læs den, og prøv så igen.")})


def repeated(thread: Thread, files: Sequence[OutgoingFile], at: datetime, **same: Any) -> ThreadMessage | None:
    """The answer that one with these columns and files repeats in everything, when nobody has written to us in
    between: one on its way, or that has just left."""
    on_its_way = Q(state__in=(State.HELD, State.SENDING))
    just_left = Q(state__in=(State.SENT, State.DELIVERED, State.DOUBT), at__gt=at - _SAME_WITHIN)
    found = thread.messages.filter(on_its_way | just_left, direction=Direction.OUT, automatic=False, **same)
    newest = from_people(thread).values_list("pk", flat=True).first()
    rows = found.filter(pk__gt=newest) if newest else found
    return next((each for each in rows if encloses(each, files)), None)


def encloses(message: ThreadMessage, files: Sequence[OutgoingFile]) -> bool:
    """Whether these are the files of an answer of ours, in their order."""
    rows = message.enclosures.order_by("order").values_list("name", "content")
    return [(name, bytes(content)) for name, content in rows] == [(each.stored_name, each.content) for each in files]


# --- what becomes of it --------------------------------------------------------------------------


@transaction.atomic
def undo(message: ThreadMessage, *, by: Person, at: datetime) -> Thread:
    """Withdraw an answer that has not left; its text is a draft again, and the thread its author's.

    Raises RefusedChange when it is being sent or has left.
    """
    thread = locked(message.thread_id)
    row = locked_message(message)
    if row.author_id != by.pk:
        raise RefusedChange({"": _("Kun den, der skrev svaret, kan fortryde det.")})
    if row.state == State.WITHDRAWN:
        return thread
    if row.state != State.HELD:
        raise RefusedChange({"": _("Svaret er sendt og kan ikke fortrydes.")})
    set_state(row, State.WITHDRAWN, at)
    drafts.bring_back(row, at=at)
    _come_back(thread, by, "undone", at)
    trail.record(by=by, at=at, action="mail.undo", target=thread.enquiry)
    return thread


@transaction.atomic
def sent(message: ThreadMessage, *, at: datetime) -> None:
    """The server has accepted the mail."""
    thread = locked(message.thread_id)
    row = locked_message(message)
    if row.state == State.SENT:
        return
    set_state(row, State.SENT, at)
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
    thread, row = locked(message.thread_id), locked_message(message)
    set_state(row, State.REFUSED, at, fault)
    if row.automatic:
        return
    drafts.bring_back(row, at=at)
    _come_back(thread, row.author, "not_sent", at)


@transaction.atomic
def doubt(message: ThreadMessage, *, at: datetime) -> None:
    """Nobody knows whether the mail has left: a person decides, no program sends it again."""
    thread, row = locked(message.thread_id), locked_message(message)
    if row.state not in (State.SENDING, State.HELD):
        return
    set_state(row, State.DOUBT, at)
    if not row.automatic:
        _come_back(thread, row.author, "in_doubt", at)


# --- the thread ----------------------------------------------------------------------------------


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


# --- rows ----------------------------------------------------------------------------------------


def locked_message(message: ThreadMessage) -> ThreadMessage:
    return ThreadMessage.objects.select_for_update(of=("self",)).select_related("author", "thread").get(pk=message.pk)


def set_state(message: ThreadMessage, state: str, at: datetime, fault: str = "") -> None:
    message.state, message.state_at, message.fault = state, at, fault[:300]
    message.save(update_fields=["state", "state_at", "fault"])


def _told(thread: Thread, message: ThreadMessage, at: datetime) -> Replied:
    if thread.queue is None or thread.waits_since is None or thread.waits_since > at:
        return Replied(str(message.pk))
    return Replied(
        str(message.pk), open_seconds=deadline.open_seconds(thread.queue, thread.waits_since, at),
        within=float(deadline.promised_seconds(thread.queue, thread.waits_since)),
        target_percent=deadline.target_percent(thread.queue, at),
    )  # fmt: skip


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
