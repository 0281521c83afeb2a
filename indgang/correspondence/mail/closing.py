"""How a thread ends without an answer, or becomes part of another: closed, spam, handed over, merged, split.

What ends a thread takes `seen`, the newest message of the contact that the page showed, and is refused when a person
has written since (`answers.refuse_unseen`).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.refusals import RefusedChange
from indgang.correspondence import answers, arriving, queueing
from indgang.correspondence.locking import locked
from indgang.correspondence.models import BlockedSender, Mailbox, SecurePost, Thread, ThreadMessage
from indgang.correspondence.routing import is_from
from indgang.enquiries.event_kinds import Received
from indgang.enquiries.models import Channel

Ending = Thread.Ending


@transaction.atomic
def close(thread: Thread, *, by: Person, at: datetime, seen: UUID | None = None) -> Thread:
    """Close the thread: it needs no further answer. Raises RefusedChange."""
    thread = _in_hand(thread, by, seen)
    is_answered = thread.answered_at is not None and thread.waits_since is None
    ending = Ending.ANSWERED if is_answered or _answer_leaves_soon(thread) else Ending.CLOSED
    answers.end(thread, ending, by=by, at=at)
    trail.record(by=by, at=at, action="mail.close", target=thread.enquiry, after={"ending": ending})
    return thread


@transaction.atomic
def mark_spam(thread: Thread, *, blocks: bool, by: Person, at: datetime, seen: UUID | None = None) -> Thread:
    """End the thread as spam; with `blocks`, later mails of its senders to the mailbox are spam too."""
    thread = _in_hand(thread, by, seen)
    answers.end(thread, Ending.SPAM, by=by, at=at)
    for sender in _senders(thread) if blocks and thread.mailbox_id else ():  # nobody proves an address in a form
        BlockedSender.objects.get_or_create(
            sender__iexact=sender, mailbox=thread.mailbox, defaults={"sender": sender, "since": at, "by": by}
        )
    trail.record(by=by, at=at, action="mail.spam", target=thread.enquiry, after={"blocks": blocks})
    return thread


@transaction.atomic
def not_spam(thread: Thread, *, by: Person, at: datetime) -> Thread:
    """Take a thread back from spam: its senders are no longer blocked in this mailbox or in all, and it waits for an
    answer. A block of their whole domain stays (`standing_blocks`)."""
    thread = locked(thread.pk)
    if thread.ending != Ending.SPAM:
        raise RefusedChange({"": _("Henvendelsen er ikke spam.")})
    _blocks(thread).annotate(address=Lower("sender")).filter(address__in=_senders(thread)).delete()
    _wait(thread, at, by)
    trail.record(by=by, at=at, action="mail.not_spam", target=thread.enquiry)
    return thread


def standing_blocks(thread: Thread) -> list[str]:
    """What still makes mails of the senders spam: after `not_spam` the blocked domains, as `@example.dk`."""
    senders = _senders(thread)
    patterns = {each.lower() for each in _blocks(thread).values_list("sender", flat=True)}
    return sorted(each for each in patterns if any(is_from(sender, each) for sender in senders))


@transaction.atomic
def hand_over(thread: Thread, *, by: Person, at: datetime, seen: UUID | None = None) -> Thread:
    """The question was sent to the second level, which answers from here on; the thread ends at this desk."""
    thread = _in_hand(thread, by, seen)
    answers.end(thread, Ending.HANDED_OVER, by=by, at=at)
    trail.record(by=by, at=at, action="mail.hand_over", target=thread.enquiry)
    return thread


@transaction.atomic
def merge(thread: Thread, *, into: Thread, by: Person, at: datetime) -> Thread:
    """End the thread as part of another, which shows its messages too. Returns the other one. Raises RefusedChange."""
    first, second = sorted((thread.pk, into.pk))
    rows = {pk: locked(pk) for pk in (first, second)}  # in one order, so that two merges do not wait for each other
    thread, into = rows[thread.pk], rows[into.pk]
    answers.refuse_stranger(thread, by)
    if thread.pk == into.pk or into.merged_into_id or into.ending == Ending.SPAM:
        raise RefusedChange({"into": _("Vælg en anden henvendelse at lægge den sammen med.")})
    if not _is_of_same_sender(thread, into):
        raise RefusedChange({"into": _("Kun henvendelser fra samme afsender kan lægges sammen.")})
    if any(_on_its_way(each).exists() for each in (thread, into)):
        raise RefusedChange({"into": _("Et svar er ikke sendt endnu. Vent, til det er sendt, eller fortryd det.")})
    thread.merged_into = into
    thread.save(update_fields=["merged_into"])
    Thread.objects.filter(merged_into=thread).update(merged_into=into)
    waited = thread.waits_since
    answers.end(thread, Ending.MERGED, by=by, at=at)
    _take_over_waiting(into, waited, by, at)
    trail.record(by=by, at=at, action="mail.merge", target=thread.enquiry, after={"into": str(into.pk)})
    return into


@transaction.atomic
def split(message: ThreadMessage, *, by: Person, at: datetime) -> Thread:
    """Make a received mail a thread of its own, with an enquiry that follows the old one. Raises RefusedChange."""
    old = _in_hand(message.thread, by)
    row = ThreadMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if row.thread_id != old.pk or row.direction != ThreadMessage.Direction.IN:
        raise RefusedChange({"": _("Kun en mail, der er kommet ind, kan skilles ud.")})
    if not old.messages.filter(direction=row.direction).exclude(pk=row.pk).exists():
        raise RefusedChange({"": _("Henvendelsen har kun denne ene mail.")})
    new = _new_thread(old, row)
    ThreadMessage.objects.filter(pk=row.pk).update(thread=new)
    queueing.order(new, at=at, prefer=by.pk, by=by)
    queueing.mark(old)
    trail.record(by=by, at=at, action="mail.split", target=old.enquiry, after={"into": str(new.pk)})
    return new


def _is_of_same_sender(thread: Thread, other: Thread) -> bool:
    """Forms without an address, and messages that nobody can read, are of nobody that we know."""
    ours, theirs = ((each.channel, each.contact_address.lower()) for each in (thread, other))
    return ours == theirs and bool(thread.contact_address)


def _in_hand(thread: Thread, by: Person, seen: UUID | None = None) -> Thread:
    row = locked(thread.pk)
    answers.refuse_stranger(row, by)
    answers.refuse_unseen(row, seen)
    return row


def _senders(thread: Thread) -> set[str]:
    """The addresses that its mails came from: blocks ask about these, not about where answers go (Reply-To)."""
    found = answers.from_people(thread).exclude(sender_address="").values_list("sender_address", flat=True)
    return {each.lower() for each in found} or {thread.contact_address.lower()} - {""}


def _blocks(thread: Thread) -> QuerySet[BlockedSender]:
    """The blocks that hold for its mailbox."""
    return BlockedSender.objects.filter(Q(mailbox=thread.mailbox) | Q(mailbox=None))


def _on_its_way(thread: Thread) -> QuerySet[ThreadMessage]:
    """Answers of ours that have not left."""
    states = (ThreadMessage.State.HELD, ThreadMessage.State.SENDING)
    return thread.messages.filter(state__in=states, automatic=False)


def _answer_leaves_soon(thread: Thread) -> bool:
    """Whether an answer to all that people wrote is on its way."""
    came = answers.from_people(thread).values_list("pk", flat=True).first()
    on_its_way = _on_its_way(thread)
    return (on_its_way.filter(pk__gt=came) if came else on_its_way).exists()


def _take_over_waiting(into: Thread, waited: datetime | None, by: Person, at: datetime) -> None:
    """What nobody has answered there waits for an answer here."""
    if waited is None:
        return
    answers.reopen(into, why="merged", by=by, at=at)
    into.waits_since = min(into.waits_since or waited, waited)
    into.save(update_fields=["waits_since"])
    queueing.order(into, at=at, prefer=by.pk, by=by)


def _wait(thread: Thread, at: datetime, by: Person) -> None:
    answers.reopen(thread, why="not_spam", by=by, at=at)
    thread.waits_since = answers.unanswered_since(thread) or at
    thread.save(update_fields=["waits_since"])
    queueing.order(thread, at=at, prefer=by.pk, by=by)


def _new_thread(old: Thread, message: ThreadMessage) -> Thread:
    centre, (channel, box) = old.enquiry.centre, _way_of(old, message)
    told = Received(
        channel=channel, centre=centre.code if centre else "", place=box.code if box else "",
        caller_name=message.sender_name[:100], language=old.language, follows=str(old.pk),
    )  # fmt: skip
    return arriving.begin(
        told, party=old.enquiry.party, at=message.at, mailbox=box, queue=old.queue, skills=old.skills,
        priority=old.priority, subject=message.subject, contact_name=message.sender_name,
        contact_address=message.sender_address,
    )  # fmt: skip


def _way_of(old: Thread, message: ThreadMessage) -> tuple[str, Mailbox | None]:
    """How the message came, and into which mailbox: secure post may answer in the thread of a mail, and a mail in that
    of secure post."""
    post = SecurePost.objects.filter(message=message).select_related("mailbox").first()
    if post is not None:
        return Channel.SECURE_POST, post.mailbox
    if old.channel == Channel.SECURE_POST:
        return Channel.MAIL, message.mailbox
    return old.channel, old.mailbox
