"""What every written channel does with what comes in: it begins an enquiry with a thread, or goes on with a thread that
is there and opens again when it has ended.

Functions belong in the transaction that stores the message.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from indgang.core.clock import day_of
from indgang.core.ids import uuid7
from indgang.correspondence import queueing, tokens
from indgang.correspondence.locking import locked
from indgang.correspondence.models import BlockedSender, Mailbox, RoutingRule, Thread, ThreadMessage
from indgang.correspondence.routing import (
    BadConditions,
    Conditions,
    MailFacts,
    Routed,
    Rule,
    ThreadPlace,
    decide,
    is_from,
)
from indgang.enquiries import journal
from indgang.enquiries.event_kinds import ContactWrote, EnquiryKind, Received
from indgang.enquiries.models import Enquiry, Party
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Queue
from indgang.events.event import Event
from indgang.prepared.query import Query

#: the treatment of what a machine wrote
AUTOMATIC = "automatic"
#: how a thread ends that is kept without an answer, by its treatment
_ENDINGS: dict[str, Thread.Ending] = {
    RoutingRule.Treatment.SPAM: Thread.Ending.SPAM,
    RoutingRule.Treatment.NO_ANSWER: Thread.Ending.CLOSED,
    AUTOMATIC: Thread.Ending.AUTOMATIC,
}


_WITH_ADDRESS = Query(lambda address: Party.objects.filter(email__iexact=address)[:2], address=str)
_RULES = Query(
    lambda mailbox, day: (
        RoutingRule.objects.valid_on(day).filter(mailbox=mailbox).select_related("queue").order_by("order", "pk")
    ),
    mailbox=int,
    day=date,
)
_BLOCKED = Query(
    lambda mailbox: BlockedSender.objects.filter(Q(mailbox=mailbox) | Q(mailbox=None)).values_list("sender"),
    mailbox=int,
)

# --- a new thread ---------------------------------------------------------------------------------


def begin(told: Received, *, party: Party | None, at: datetime, token: str | None = None, **thread: Any) -> Thread:
    """A new enquiry, of that party, and its thread with these columns and a new token, where none is given. The caller
    stores the message and has it answered."""
    enquiry = journal.begin(Event(str(uuid7()), EnquiryKind.RECEIVED, at, "", None, told), by=None)
    if party is not None:
        Enquiry.objects.filter(pk=enquiry.pk).update(party=party)
    return Thread.objects.create(
        enquiry=enquiry, channel=told.channel, language=told.language, began_at=at, waits_since=at,
        token=tokens.new() if token is None else token, **thread,
    )  # fmt: skip


def end_at_once(thread: Thread, treatment: str, at: datetime) -> None:
    """End a new thread that is kept without an answer."""
    ending = _ENDINGS[treatment]
    journal.append(thread.enquiry, Kind.WORK_OVER.event(str(thread.pk), at, data={"why": ending.value}), by=None)
    thread.state, thread.ending, thread.ended_at, thread.waits_since = Thread.State.OVER, ending, at, None
    thread.save()
    queueing.mark(thread)


def party_of(address: str) -> Party | None:
    """The party that uses this address, when it is one alone."""
    found = _WITH_ADDRESS.models(address=address) if address else []
    return found[0] if len(found) == 1 else None


# --- a thread that is there -----------------------------------------------------------------------


def may_go_on(thread: Thread, mailbox: Mailbox, at: datetime) -> bool:
    """Whether the thread is open, or ended within the days in which the mailbox opens it again."""
    return thread.ended_at is None or at - thread.ended_at <= timedelta(days=mailbox.reopens_days)


def locked_whole(thread: Thread) -> Thread:
    """The thread, locked, or the one that it was merged into while we waited for the lock.

    The lock of a merged one is given back first: who merges two locks them in the order of their ids.
    """
    pk = thread.pk
    while True:
        with transaction.atomic():
            row = locked(pk)
            if row.merged_into_id is None:
                return row
            transaction.set_rollback(True)
        pk = row.merged_into_id


def go_on(
    thread: Thread,
    message: ThreadMessage,
    *,
    queue: Queue | None,
    last: int | None,
    at: datetime,
    wants_answer: bool = True,
    spam_stays: bool = True,
) -> None:
    """A stored message of the contact goes on with the locked thread, which waits again, perhaps in another queue, and
    opens if it has ended; it is offered to whoever had it `last` first then. Spam stays over, unless `spam_stays` is
    False."""
    reopens = wants_answer and thread.is_over and not (spam_stays and thread.ending == Thread.Ending.SPAM)
    told = ContactWrote(str(message.pk), automatic=message.automatic, reopened=reopens)
    journal.append(thread.enquiry, Event(str(thread.pk), EnquiryKind.CONTACT_WROTE, at, "", None, told), by=None)
    if not wants_answer or (thread.is_over and not reopens):
        queueing.mark(thread)
        return
    if reopens:
        thread.state, thread.ending, thread.ended_at = Thread.State.WAITING, "", None
    thread.waits_since = thread.waits_since or at
    thread.queue = thread.queue or queue
    thread.save()
    have_answered(thread, prefer=last if reopens else None, at=at)


def have_answered(thread: Thread, *, prefer: int | None, at: datetime) -> None:
    """Have it answered. Without a queue it is in the list of threads, until somebody gives it one."""
    if thread.queue is None:
        queueing.mark(thread)
    else:
        queueing.order(thread, prefer=prefer, at=at)


# --- the rules of its mailbox ---------------------------------------------------------------------


def routed(facts: MailFacts, mailbox: Mailbox, at: datetime, *, shown: str = "") -> Routed:
    """Where the mailbox puts what has come in: blocked senders are spam, then its rules. `shown` is the sender as
    people may read it, where that is not an address."""
    queue = mailbox.queue.code
    if is_blocked(facts.sender, mailbox):
        return Routed("spam", queue, {}, 0, None, (("blocked", shown or facts.sender),))
    return decide(facts, rules_of(mailbox, at), queue)


def place_by_party(facts: MailFacts, mailbox: Mailbox | None, at: datetime) -> dict[str, Any] | None:
    """The columns of a thread that came in another way than by mail, by the first rule of the mailbox that names its
    party and a queue; None without one."""
    if mailbox is None or not facts.party_names:
        return None
    route = RoutingRule.Treatment.ROUTE
    named = [each for each in rules_of(mailbox, at) if each.conditions.parties and each.queue]
    found = decide(facts, [each for each in named if each.treatment == route], "")
    return None if found.rule is None else place(found, mailbox)


def mailbox_for(queue: Queue | None, language: str, at: datetime) -> Mailbox | None:
    """The mailbox of the centre from which the work of the queue would be answered by mail: of the unit that the queue
    works for and in this language, as far as there is one; None when the centre has none."""
    if queue is None:
        return None
    boxes = Mailbox.objects.for_mail().valid_on(day_of(at)).filter(centre=queue.centre_id).select_related("queue")

    def rank(box: Mailbox) -> tuple[bool, bool, str]:
        is_of_unit = queue.unit_id is not None and box.queue.unit_id == queue.unit_id
        return not is_of_unit, box.language != language, box.name

    return min(boxes, key=rank, default=None)


def about_party(party: Party | None) -> dict[str, Any]:
    """What rules may ask about a party."""
    if party is None:
        return {}
    return {"party": party.kind, "party_names": tuple(filter(None, (party.name.lower(), party.cvr)))}


def place_before(thread: Thread | None, mailbox: Mailbox, at: datetime) -> ThreadPlace | None:
    """Where a thread of this mailbox lay, when an answer to it may lie there as well."""
    if thread is None or thread.mailbox_id != mailbox.pk or thread.ending == Thread.Ending.SPAM:
        return None
    rows = Queue.objects.valid_on(day_of(at)).for_written().filter(pk=thread.queue_id)
    queue = rows.values_list("code", flat=True).first()
    return ThreadPlace(queue, thread.skills, thread.priority) if queue else None


def rules_of(mailbox: Mailbox, at: datetime) -> list[Rule]:
    """The rules of the mailbox that hold on that day, in their order; what cannot be read is left out."""
    found = []
    for row in _RULES.models(mailbox=mailbox.pk, day=day_of(at)):
        try:
            conditions = Conditions.from_data(row.conditions)
        except BadConditions:  # it was checked when it was saved; one bad row must not stop the mailbox
            continue
        queue = row.queue.code if row.queue else ""
        found.append(Rule(row.pk, row.name, conditions, row.treatment, queue, row.skills, row.priority))
    return found


def is_blocked(sender: str, mailbox: Mailbox) -> bool:
    """Whether mails of this sender to the mailbox are spam."""
    return any(is_from(sender, each.lower()) for (each,) in _BLOCKED.rows(mailbox=mailbox.pk))


def place(routed: Routed, mailbox: Mailbox) -> dict[str, Any]:
    """The columns of a thread that say where it lies, and why."""
    own = mailbox.queue
    return {
        "mailbox": mailbox, "queue": own if routed.queue == own.code else _queue(routed.queue) or own,
        "skills": dict(routed.skills), "priority": routed.priority, "rule_id": routed.rule,
        "reasons": [list(pair) for pair in routed.reasons],
    }  # fmt: skip


def _queue(code: str) -> Queue | None:
    return Queue.objects.filter(code=code).first()
