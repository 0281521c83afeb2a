"""Chats that nobody writes in or nobody takes: what their rules say is done once a minute."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.correspondence.chat import conversation
from indgang.correspondence.chat.rules import ChatStanding, ChatStep, next_step
from indgang.correspondence.models import Chat, Thread

_DO = {
    ChatStep.WARN: conversation.warn,
    ChatStep.END: conversation.end_by_silence,
    ChatStep.SUGGEST: conversation.suggest_alternatives,
}


def sweep(*, at: datetime) -> int:
    """Warn, end or suggest, as each open chat needs it. Returns how many were changed."""
    chats = Chat.objects.filter(thread__state__in=Thread.OPEN).select_related("thread")
    due = [(chat, step) for chat in chats if (step := next_step(standing(chat), at)) is not ChatStep.NOTHING]
    return sum(_do_if_still_due(chat, at) for chat, _step in due)


@transaction.atomic
def _do_if_still_due(chat: Chat, at: datetime) -> bool:
    """Decide again with the chat locked: somebody may have written, taken or ended it meanwhile."""
    locked = conversation.as_it_is_now(chat)
    step = ChatStep.NOTHING if locked.thread.is_over else next_step(standing(locked), at)
    if step is not ChatStep.NOTHING:
        _DO[step](locked, at=at)
    return step is not ChatStep.NOTHING


def standing(chat: Chat) -> ChatStanding:
    """What the rules ask about the chat."""
    thread = chat.thread
    waits = thread.state == Thread.State.WAITING
    return ChatStanding(
        waits_since=(thread.waits_since or thread.began_at) if waits else None,
        contact_wrote_at=chat.contact_wrote_at, centre_wrote_at=chat.centre_wrote_at, warned_at=chat.warned_at,
        alternatives_at=chat.alternatives_at,
    )  # fmt: skip
