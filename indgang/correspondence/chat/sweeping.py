"""Chats that nobody writes in, takes or looks at, also after closing: what their rules say is done once a minute."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction

from indgang.core.clock import day_of
from indgang.correspondence.chat import conversation, leaving, offering
from indgang.correspondence.chat.rules import ChatStanding, ChatStep, next_step
from indgang.correspondence.models import Chat, Thread
from indgang.entry.event_kinds import Kind
from indgang.events.models import StoredEvent

#: a queue, and the day since which somebody waits in it
_Wait = tuple[int | None, date]


def _close(chat: Chat, *, at: datetime) -> None:
    conversation.end_at_closing(chat, may_be_left=leaving.mailbox_for(chat.thread, at) is not None, at=at)


_DO = {
    ChatStep.WARN: conversation.warn,
    ChatStep.END: conversation.end_by_silence,
    ChatStep.SUGGEST: conversation.suggest_alternatives,
    ChatStep.RETURN: conversation.put_back,
    ChatStep.CLOSE: _close,
}


def sweep(*, at: datetime) -> int:
    """Warn, end or suggest, as each open chat needs it. Returns how many were changed."""
    rows = Chat.objects.filter(thread__state__in=Thread.OPEN)
    chats = list(rows.select_related("thread__queue__schedule", "thread__queue__centre__schedule"))
    closed = _closed(chats, at)
    due = [chat for chat in chats if next_step(standing(chat, closed), at) is not ChatStep.NOTHING]
    return sum(_do_if_still_due(chat, at) for chat in due)


@transaction.atomic
def _do_if_still_due(chat: Chat, at: datetime) -> bool:
    """Decide again with the chat locked: somebody may have written, taken or ended it meanwhile."""
    locked = conversation.as_it_is_now(chat)
    step = ChatStep.NOTHING if locked.thread.is_over else next_step(standing(locked, _closed([locked], at)), at)
    if step is not ChatStep.NOTHING:
        _DO[step](locked, at=at)
    return step is not ChatStep.NOTHING


def _closed(chats: Iterable[Chat], at: datetime) -> set[_Wait]:
    """The queues in which chats wait and that have closed, each with the day since which somebody waits there."""
    waits = {wait: chat.thread.queue for chat in chats if (wait := _wait(chat.thread)) is not None}
    return {wait for wait, queue in waits.items() if queue is not None and offering.has_closed(queue, wait[1], at)}


def _wait(thread: Thread) -> _Wait | None:
    """The queue in which the thread waits, and the day since which it does; None when it does not wait."""
    since = _waits_since(thread)
    return (thread.queue_id, day_of(since)) if since is not None else None


def _waits_since(thread: Thread) -> datetime | None:
    return (thread.waits_since or thread.began_at) if thread.state == Thread.State.WAITING else None


def standing(chat: Chat, closed: Collection[_Wait] = ()) -> ChatStanding:
    """What the rules ask about the chat; `closed` are the queues that have closed, with the days of the waits."""
    thread = chat.thread
    waits = thread.state == Thread.State.WAITING
    is_closed = _wait(thread) in closed
    return ChatStanding(
        waits_since=_waits_since(thread),
        contact_wrote_at=chat.contact_wrote_at, centre_wrote_at=chat.centre_wrote_at, warned_at=chat.warned_at,
        alternatives_at=chat.alternatives_at, unread_since=None if waits else _unread_since(chat),
        is_closed=is_closed, told_at=_told_at(chat) if is_closed else None,
    )  # fmt: skip


def _told_at(chat: Chat) -> datetime | None:
    """When we, or the system, last wrote something: that it was moved or put back is told, too."""
    last = chat.lines.filter(by_contact=False).order_by("-number")
    return last.values_list("message__at", flat=True).first()


def _unread_since(chat: Chat) -> datetime | None:
    """When the first message came that the person who has the chat has not looked at, or when they took it."""
    if not chat.unread:
        return None
    unread = chat.lines.filter(by_contact=True, number__gt=chat.centre_read).order_by("number")
    if chat.centre_wrote_at is not None:  # whoever answered has seen what came before
        unread = unread.filter(message__at__gt=chat.centre_wrote_at)
    came = unread.values_list("message__at", flat=True).first()
    answered = StoredEvent.objects.filter(stream=chat.pk, kind=Kind.ANSWERED).order_by("-at")
    taken = answered.values_list("at", flat=True).first()
    return max(came, taken) if came and taken else came
