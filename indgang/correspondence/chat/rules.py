"""When a chat warns, ends or suggests another way by itself. Pure: facts and time in, a decision out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: silence of the contact after our last message, before the warning and between warning and end
SILENT_BEFORE_WARNING = timedelta(minutes=5)
SILENT_AFTER_WARNING = timedelta(minutes=3)
#: how long whoever has a chat may leave a message unread, before somebody else gets it
UNREAD_BEFORE_RETURN = timedelta(minutes=4)
#: how long somebody waits before another way is suggested
WAITING_BEFORE_ALTERNATIVES = timedelta(minutes=5)
#: after closing, how long a chat that has just begun, or was just moved, put back or told something, still waits;
#: longer than a colleague is waited for, or one at whom it rings
WAITING_AFTER_CLOSING = timedelta(minutes=3)


class ChatStep(StrEnum):
    NOTHING = "nothing"
    WARN = "warn"
    END = "end"
    SUGGEST = "suggest"
    RETURN = "return"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class ChatStanding:
    """Where a chat stands. `waits_since`: since when nobody has it in hand; None while somebody has. `unread_since`:
    since when the person who has it has not looked at what the contact wrote; None when they have. `is_closed`: its
    queue has closed (`offering.has_closed`). `told_at`: when we, or the system, last wrote something."""

    waits_since: datetime | None
    contact_wrote_at: datetime | None
    centre_wrote_at: datetime | None
    warned_at: datetime | None
    alternatives_at: datetime | None
    unread_since: datetime | None = None
    is_closed: bool = False
    told_at: datetime | None = None


def next_step(chat: ChatStanding, at: datetime) -> ChatStep:
    """What is due. A chat that waits for us goes on while it is open: the contact is told what else they can do. After
    closing it ends. One whose messages nobody looks at, because the agent's page was closed, goes back to its queue."""
    if chat.waits_since is not None:
        if chat.is_closed:
            last = max(chat.told_at or chat.waits_since, chat.waits_since)
            return ChatStep.CLOSE if at - last >= WAITING_AFTER_CLOSING else ChatStep.NOTHING
        is_due = chat.alternatives_at is None and at - chat.waits_since >= WAITING_BEFORE_ALTERNATIVES
        return ChatStep.SUGGEST if is_due else ChatStep.NOTHING
    if not _is_their_turn(chat):
        is_left = chat.unread_since is not None and at - chat.unread_since >= UNREAD_BEFORE_RETURN
        return ChatStep.RETURN if is_left else ChatStep.NOTHING
    assert chat.centre_wrote_at is not None
    if chat.warned_at is not None:
        return ChatStep.END if at - chat.warned_at >= SILENT_AFTER_WARNING else ChatStep.NOTHING
    return ChatStep.WARN if at - chat.centre_wrote_at >= SILENT_BEFORE_WARNING else ChatStep.NOTHING


def _is_their_turn(chat: ChatStanding) -> bool:
    """Whether our message is the last one."""
    if chat.centre_wrote_at is None:
        return False
    return chat.contact_wrote_at is None or chat.contact_wrote_at < chat.centre_wrote_at
