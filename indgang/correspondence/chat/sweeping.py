"""Chats that nobody writes in, takes or looks at, also after closing: what their rules say is done once a minute."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from indgang.correspondence.chat import conversation, leaving, offering
from indgang.correspondence.chat.rules import ChatStanding, ChatStep, next_step
from indgang.correspondence.models import Chat, Thread
from indgang.entry.event_kinds import Kind
from indgang.events.models import StoredEvent


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
    queues = {chat.thread.queue_id: chat.thread.queue for chat in chats}
    closed = {pk for pk, queue in queues.items() if queue is not None and offering.has_closed(queue, at)}
    due = [chat for chat in chats if next_step(standing(chat, closed), at) is not ChatStep.NOTHING]
    return sum(_do_if_still_due(chat, at) for chat in due)


@transaction.atomic
def _do_if_still_due(chat: Chat, at: datetime) -> bool:
    """Decide again with the chat locked: somebody may have written, taken or ended it meanwhile."""
    locked = conversation.as_it_is_now(chat)
    queue = locked.thread.queue
    closed = {queue.pk} if queue is not None and offering.has_closed(queue, at) else set()
    step = ChatStep.NOTHING if locked.thread.is_over else next_step(standing(locked, closed), at)
    if step is not ChatStep.NOTHING:
        _DO[step](locked, at=at)
    return step is not ChatStep.NOTHING


def standing(chat: Chat, closed: Collection[int | None] = ()) -> ChatStanding:
    """What the rules ask about the chat; `closed` are the queues that do not open again today."""
    thread = chat.thread
    waits = thread.state == Thread.State.WAITING
    is_closed = waits and thread.queue_id in closed
    return ChatStanding(
        waits_since=(thread.waits_since or thread.began_at) if waits else None,
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
