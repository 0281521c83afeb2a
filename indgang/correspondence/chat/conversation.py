"""What is done in a chat: begun, written, read, moved and ended.

Whoever writes locks the chat with its thread, so that lines have numbers without gaps and nothing is written after the
end. A message that is sent again, because the answer to the first was lost, is stored once. Who has the chat in hand is
the switchboard's to say; its thread follows (`queueing.follow`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.audit.trail import record
from indgang.catalogue import collisions
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.correspondence import arriving, deadline, locking, queueing
from indgang.correspondence.chat import reading
from indgang.correspondence.models import Chat, ChatLine, Enclosure, Thread, ThreadMessage
from indgang.correspondence.texts import gaps
from indgang.enquiries import journal
from indgang.enquiries.event_kinds import EnquiryKind, Received, Replied
from indgang.enquiries.models import Channel
from indgang.entry.models import Queue
from indgang.events.event import Event
from indgang.live import stale
from indgang.messaging import mail
from indgang.prepared.query import Query

#: the longest message, in characters
LONGEST = 4000
#: how long "is typing" is shown after the last key
TYPING = timedelta(seconds=6)
#: how long a colleague is waited for who is to take over a chat
COLLEAGUE_SECONDS = 120

_OVER = gettext_lazy("Chatten er afsluttet.")
_CLOSED_LEAVE = gettext_lazy(
    "Vi har lukket, og ingen nåede at tage din chat. Du kan sende dit spørgsmål som en besked, så svarer vi på mail."
)
_CLOSED = gettext_lazy("Vi har lukket, og ingen nåede at tage din chat. Du kan kontakte os på andre måder.")


# --- the contact -----------------------------------------------------------------------------------


@transaction.atomic
def begin(
    queue: Queue, *, key: str, question: str, name: str = "", language: str = "da", page: str = "", at: datetime
) -> Chat:
    """A visitor asks the first question: an enquiry begins and waits in `queue`. The same key again, when a form is
    sent twice, gives the chat that it began. Raises RefusedChange for an empty or too long question."""
    text = _checked(question, "question")
    collisions.wait_for_turn(f"chat {reading.hash_of(key)}")  # a form that is sent twice at the same moment
    known = reading.with_key(key)
    if known is not None:
        return known
    told = Received(
        channel=Channel.CHAT, centre=queue.centre.code, place=queue.code, caller_name=name[:100], language=language,
    )  # fmt: skip
    thread = arriving.begin(told, party=None, at=at, queue=queue, subject=text[:120], contact_name=name[:200])
    chat = Chat.objects.create(thread=thread, key_hash=reading.hash_of(key), page=page[:300])
    _add(chat, text, by_contact=True, at=at)
    queueing.order(thread, at=at)
    return chat


@transaction.atomic
def write_by_contact(
    chat: Chat, text: str, *, client_id: str = "", enclosures: Sequence[Enclosure] = (), at: datetime
) -> ChatLine:
    """A message of the visitor, with files that `files.checked` made. Raises RefusedChange when the chat is over, or
    the text is too long, or empty without a file."""
    text, locked = _checked(text, "text", may_be_empty=bool(enclosures)), as_it_is_now(chat)
    before = _sent_before(locked, client_id, by_contact=True)
    if before is not None:
        return before
    _refuse_when_over(locked)
    line = _add(locked, text, by_contact=True, client_id=client_id, at=at)
    _enclose(line, enclosures)
    if locked.thread.waits_since is None:
        locked.thread.waits_since = at
        locked.thread.save(update_fields=["waits_since"])
    return line


def read_by_contact(chat: Chat) -> None:
    """The visitor has seen all that is written."""
    if chat.contact_read < chat.lines_count:
        Chat.objects.filter(pk=chat.pk, contact_read__lt=chat.lines_count).update(contact_read=chat.lines_count)
        chat.contact_read = chat.lines_count
        stale.mark(f"thread-{chat.pk}/contact-read")


@transaction.atomic
def end_by_contact(chat: Chat, *, at: datetime) -> None:
    """The visitor ends the chat. Again: nothing happens."""
    _end(as_it_is_now(chat), Chat.EndedHow.CONTACT, by=None, at=at)


@transaction.atomic
def send_transcript(chat: Chat, address: str) -> None:
    """Mail the chat to the visitor, with CPR numbers masked: a mail is not sealed. Raises messaging.mail.BadAddress."""
    locked = as_it_is_now(chat)
    locked.transcript_to = mail.checked_address(address)
    locked.save(update_fields=["transcript_to"])
    with translation.override(locked.thread.language):
        mail.send(to=locked.transcript_to, subject=_("Din chat med kommunen"), text=mask_cpr(transcript(locked)))


def transcript(chat: Chat) -> str:
    """The chat as plain text, in the visitor's language."""
    lines = chat.lines.select_related("message__author").order_by("number")
    return "\n\n".join(f"{said_by(line, chat)}:\n{line.message.text}" for line in lines)


def said_by(line: ChatLine, chat: Chat) -> str:
    """Who wrote the line, as the visitor reads it: first names of staff alone."""
    if line.by_contact:
        return chat.thread.contact_name or _("Dig")
    author = line.message.author
    return author.name.split(" ")[0] if author else _("Kommunen")


# --- whoever has it in hand ------------------------------------------------------------------------


@transaction.atomic
def write_by_agent(
    chat: Chat, text: str, *, client_id: str = "", enclosures: Sequence[Enclosure] = (), by: Person, at: datetime
) -> ChatLine:
    """A message of the person who has the chat in hand, with files that `files.checked` made. Raises RefusedChange for
    everybody else."""
    text, locked = _checked(text, "text", may_be_empty=bool(enclosures)), as_it_is_now(chat)
    gaps.refuse(text)
    before = _sent_before(locked, client_id, by_contact=False)
    if before is not None:
        return before
    _refuse_others(locked, by)
    line = _add(locked, text, by_contact=False, client_id=client_id, author=by, at=at)
    _enclose(line, enclosures)
    _note_reply(locked.thread, line, by, at)
    return line


def read_by_agent(chat: Chat, *, by: Person) -> None:
    """The person who has the chat in hand has seen all that is written; for others nothing happens."""
    if chat.thread.holder_id == by.pk and chat.centre_read < chat.lines_count:
        Chat.objects.filter(pk=chat.pk, centre_read__lt=chat.lines_count).update(centre_read=chat.lines_count)
        chat.centre_read = chat.lines_count
        stale.mark(f"thread-{chat.pk}/centre-read")


@transaction.atomic
def end_by_agent(chat: Chat, *, by: Person, at: datetime) -> None:
    """The person who has the chat in hand ends it. Again: nothing happens."""
    locked = as_it_is_now(chat)
    if not locked.thread.is_over:
        _refuse_others(locked, by)
        record(by=by, at=at, action="chat.end", target=locked.thread)
        _end(locked, Chat.EndedHow.AGENT, by=by, at=at)


@transaction.atomic
def move(chat: Chat, *, queue: Queue | None = None, person: Person | None = None, by: Person, at: datetime) -> None:
    """Hand the chat over to another queue, to a colleague, or both; it waits there before the others. A colleague who
    does not take it is waited for `COLLEAGUE_SECONDS`. Raises RefusedChange."""
    locked = as_it_is_now(chat)
    _refuse_others(locked, by)
    thread, target = locked.thread, queue or locked.thread.queue
    if target is None or target.work != Queue.Work.CHAT:
        raise RefusedChange({"queue": _("Vælg en kø, hvor der chattes.")})
    if person is None and target == thread.queue:
        raise RefusedChange({"queue": _("Chatten er allerede i den kø.")})
    if person == by:
        raise RefusedChange({"person": _("Du har selv chatten.")})
    _move(locked, target, person, by=by, at=at)


@transaction.atomic
def take_over(chat: Chat, *, by: Person, at: datetime) -> None:
    """A colleague who was asked about the chat takes it over: it is offered to them as one that was handed over is.
    Who may do so is the caller's to say. Raises RefusedChange when it is over or theirs."""
    locked = as_it_is_now(chat)
    _refuse_when_over(locked)
    if locked.thread.holder_id == by.pk or locked.thread.queue is None:
        raise RefusedChange({"": _("Du har selv chatten.")})
    _move(locked, locked.thread.queue, by, by=by, at=at)


# --- both sides ------------------------------------------------------------------------------------


def typing(chat: Chat, *, by_contact: bool, at: datetime) -> None:
    """Somebody types. The other side is told when it begins; it stops by itself."""
    column = "contact_typing_until" if by_contact else "centre_typing_until"
    before = getattr(chat, column)
    Chat.objects.filter(pk=chat.pk).update(**{column: at + TYPING})
    if before is None or before < at:
        stale.mark(f"thread-{chat.pk}/typing")


# --- by rule ---------------------------------------------------------------------------------------


@transaction.atomic
def warn(chat: Chat, *, at: datetime) -> None:
    """Tell the visitor that the chat will end because they do not write."""
    locked = as_it_is_now(chat)
    locked.warned_at = at
    locked.save(update_fields=["warned_at"])
    _notice(locked, gettext_lazy("Er du der stadig? Chatten lukker om lidt, hvis du ikke skriver."), at)


@transaction.atomic
def suggest_alternatives(chat: Chat, *, at: datetime) -> None:
    """Nobody has taken the chat: tell the visitor what else they can do. It goes on waiting."""
    locked = as_it_is_now(chat)
    locked.alternatives_at = at
    locked.save(update_fields=["alternatives_at"])
    _notice(
        locked,
        gettext_lazy("Ingen har kunnet tage din chat endnu. Du kan vente her, blive ringet op eller skrive i stedet."),
        at,
    )


@transaction.atomic
def put_back(chat: Chat, *, at: datetime) -> None:
    """Whoever has the chat does not look at it, for example because their page was closed: it waits again, before the
    others. Nothing happens while such an order is under way."""
    locked = as_it_is_now(chat)
    if queueing.put_back(locked.thread, why="unread", at=at):
        _notice(locked, gettext_lazy("Vi finder en anden kollega til dig. Du behøver ikke gentage noget."), at)


@transaction.atomic
def end_by_silence(chat: Chat, *, at: datetime) -> None:
    """The visitor does not write any more."""
    locked = as_it_is_now(chat)
    if not locked.thread.is_over:
        _notice(locked, gettext_lazy("Chatten er lukket, fordi der ikke blev skrevet mere."), at)
        _end(locked, Chat.EndedHow.SILENCE, by=None, at=at)


@transaction.atomic
def end_at_closing(chat: Chat, *, may_be_left: bool, at: datetime) -> None:
    """It is closed, and nobody has taken the chat: tell the visitor, who may leave the question as a message
    (`leaving`) where there is a mailbox for it. Nothing happens when somebody has taken or ended it meanwhile."""
    locked = as_it_is_now(chat)
    if locked.thread.state != Thread.State.WAITING:
        return
    _notice(locked, _CLOSED_LEAVE if may_be_left else _CLOSED, at)
    _end(locked, Chat.EndedHow.CLOSING, by=None, at=at)


# --- internals -------------------------------------------------------------------------------------


def as_it_is_now(chat: Chat) -> Chat:
    """The chat with its thread, both locked until the transaction ends, in the order of `locking`.

    It is read when all is locked: a query that waits for a lock reads anew the row that it locks, and no row beside it.
    """
    locking.lock(chat.pk)
    _LOCK.rows(pk=chat.pk)
    found = reading.of_enquiry(chat.pk)
    if found is None:
        raise Chat.DoesNotExist
    return found


_LOCK = Query(lambda pk: Chat.objects.select_for_update().filter(pk=pk).values_list("pk"), pk=UUID)


def _move(chat: Chat, queue: Queue, person: Person | None, *, by: Person, at: datetime) -> None:
    thread = chat.thread
    record(
        by=by, at=at, action="chat.move", target=thread, before={"queue": thread.queue.code if thread.queue else ""},
        after={"queue": queue.code, "person": person.name if person else ""},
    )  # fmt: skip
    thread.queue, thread.waits_since = queue, thread.waits_since or at
    thread.save(update_fields=["queue", "waits_since"])
    _notice(chat, gettext_lazy("Vi stiller dig videre til en kollega. Du behøver ikke gentage noget."), at)
    queueing.order(thread, at=at, prefer=person.pk if person else None, prefer_seconds=COLLEAGUE_SECONDS, by=by)


def _checked(text: str, field: str, *, may_be_empty: bool = False) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text and not may_be_empty:
        raise RefusedChange({field: _("Skriv en besked.")})
    if len(text) > LONGEST:
        words = {"most": LONGEST}
        raise RefusedChange({field: _("Beskeden er for lang. Der er plads til %(most)s tegn.") % words})
    return text


def stored_client_id(client_id: str) -> str:
    """The id that a page gave its message, as far as the database can store it."""
    return client_id.replace("\x00", "")[:40]


def _sent_before(chat: Chat, client_id: str, *, by_contact: bool) -> ChatLine | None:
    known = stored_client_id(client_id)
    return reading.sent_before(chat, known, by_contact=by_contact) if known else None


def _refuse_when_over(chat: Chat) -> None:
    if chat.thread.is_over:
        raise RefusedChange({"": _OVER})


def _refuse_others(chat: Chat, by: Person) -> None:
    _refuse_when_over(chat)
    if chat.thread.holder_id != by.pk:
        raise RefusedChange({"": _("Du har ikke længere chatten. En anden kan have taget den.")})


def _add(
    chat: Chat,
    text: str,
    *,
    by_contact: bool,
    at: datetime,
    client_id: str = "",
    author: Person | None = None,
    automatic: bool = False,
) -> ChatLine:
    """Store a line under the next number; the chat is locked."""
    chat.lines_count += 1
    side = "contact" if by_contact else "centre"
    fields = ["lines_count", f"{side}_typing_until"]
    setattr(chat, f"{side}_typing_until", None)
    if not automatic and getattr(chat, f"{side}_read") == chat.lines_count - 1:  # nobody has to read their own line
        setattr(chat, f"{side}_read", chat.lines_count)
        fields.append(f"{side}_read")
    if not automatic:
        setattr(chat, f"{side}_wrote_at", at)
        chat.warned_at = None
        fields += [f"{side}_wrote_at", "warned_at"]
    chat.save(update_fields=fields)
    message = _message(chat, text, by_contact=by_contact, at=at, author=author, automatic=automatic)
    line = ChatLine.objects.create(
        message=message,
        chat=chat,
        number=chat.lines_count,
        by_contact=by_contact,
        client_id=stored_client_id(client_id),
    )  # fmt: skip
    _mark_line(chat)
    return line


def _message(chat: Chat, text: str, *, by_contact: bool, at: datetime, **more: Any) -> ThreadMessage:
    way, state = ThreadMessage.Direction, ThreadMessage.State
    return ThreadMessage.objects.create(
        thread_id=chat.pk, direction=way.IN if by_contact else way.OUT, at=at, text=text,
        state=state.RECEIVED if by_contact else state.DELIVERED, state_at=at, size=len(text.encode()), **more,
    )  # fmt: skip


def _enclose(line: ChatLine, enclosures: Sequence[Enclosure]) -> None:
    for each in enclosures:
        each.message = line.message
    Enclosure.objects.bulk_create(enclosures)


def _notice(chat: Chat, text: Any, at: datetime) -> None:
    """A line of the system, in the visitor's language."""
    with translation.override(chat.thread.language):
        _add(chat, str(text), by_contact=False, automatic=True, at=at)


def _note_reply(thread: Thread, line: ChatLine, by: Person, at: datetime) -> None:
    """The first answer is an event of the enquiry: the target of the queue is measured by it."""
    is_first, since, queue = thread.answered_at is None, thread.waits_since or thread.began_at, thread.queue
    thread.answered_at, thread.waits_since = at, None
    thread.save(update_fields=["answered_at", "waits_since"])
    if not is_first:
        return
    told = Replied(
        str(line.message_id), deadline.open_seconds(queue, since, at) if queue else None,
        deadline.promised_seconds(queue, since) if queue else None,
        deadline.target_percent(queue, at) if queue else None,
    )  # fmt: skip
    code = queue.code if queue else ""
    journal.append(thread.enquiry, Event(str(thread.pk), EnquiryKind.REPLIED, at, code, by.pk, told), by=by)


def _end(chat: Chat, ended_how: Chat.EndedHow, *, by: Person | None, at: datetime) -> None:
    """End the locked chat. Again: nothing happens."""
    thread = chat.thread
    if thread.is_over:
        return
    thread.state, thread.ending, thread.ended_at = Thread.State.OVER, _ending_of(thread, ended_how), at
    thread.waits_since = None
    thread.save(update_fields=["state", "ending", "ended_at", "waits_since"])
    chat.ended_how = ended_how
    chat.save(update_fields=["ended_how"])
    queueing.over(thread, why=str(thread.ending), by=by, at=at)
    _mark(chat)


def _ending_of(thread: Thread, ended_how: Chat.EndedHow) -> Thread.Ending:
    if ended_how == Chat.EndedHow.CLOSING:  # also what was answered once: it waited for somebody again
        return Thread.Ending.UNTAKEN
    if thread.answered_at is not None:
        return Thread.Ending.ANSWERED
    return Thread.Ending.LEFT if ended_how == Chat.EndedHow.CONTACT else Thread.Ending.CLOSED


def _mark(chat: Chat) -> None:
    """What shows the chat is stale: both pages, and the list of whoever has it."""
    stale.mark(f"thread-{chat.pk}/messages", *_lists_of(chat))


def _mark_line(chat: Chat) -> None:
    """A line is new. The page that shows it already, because it sent it, has nothing to fetch, and neither has the list
    on the page of this chat."""
    lists = [f"{each}@{chat.pk}" for each in _lists_of(chat)]
    stale.mark(f"thread-{chat.pk}/messages@{reading.version(chat)}", *lists)


def _lists_of(chat: Chat) -> list[str]:
    return [f"person-{chat.thread.holder_id}/threads"] if chat.thread.holder_id else []
