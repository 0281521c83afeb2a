"""When a chat warns, ends or suggests another way by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from indgang.correspondence.chat import rules
from indgang.correspondence.chat.rules import ChatStanding, ChatStep, next_step
from tests.world import MORNING

SECOND = timedelta(seconds=1)
WAITING = ChatStanding(MORNING, MORNING, None, None, None)
THEIR_TURN = ChatStanding(None, MORNING, MORNING + SECOND, None, None)
UNREAD = ChatStanding(None, MORNING + SECOND, MORNING, None, None, MORNING + SECOND)
WARNED = replace(THEIR_TURN, warned_at=MORNING + SECOND + rules.SILENT_BEFORE_WARNING)


@pytest.mark.parametrize(
    ("chat", "after", "expected"),
    [
        (WAITING, rules.WAITING_BEFORE_ALTERNATIVES - SECOND, ChatStep.NOTHING),
        (WAITING, rules.WAITING_BEFORE_ALTERNATIVES, ChatStep.SUGGEST),
        (replace(WAITING, alternatives_at=MORNING), timedelta(hours=9), ChatStep.NOTHING),
        (replace(THEIR_TURN, centre_wrote_at=None), timedelta(hours=9), ChatStep.NOTHING),
        (replace(THEIR_TURN, contact_wrote_at=MORNING + 2 * SECOND), timedelta(hours=9), ChatStep.NOTHING),
        (UNREAD, rules.UNREAD_BEFORE_RETURN, ChatStep.NOTHING),
        (UNREAD, rules.UNREAD_BEFORE_RETURN + SECOND, ChatStep.RETURN),
        (replace(UNREAD, waits_since=MORNING, alternatives_at=MORNING), timedelta(hours=9), ChatStep.NOTHING),
        (THEIR_TURN, rules.SILENT_BEFORE_WARNING, ChatStep.NOTHING),
        (THEIR_TURN, rules.SILENT_BEFORE_WARNING + SECOND, ChatStep.WARN),
        (WARNED, rules.SILENT_BEFORE_WARNING + rules.SILENT_AFTER_WARNING, ChatStep.NOTHING),
        (WARNED, rules.SILENT_BEFORE_WARNING + rules.SILENT_AFTER_WARNING + SECOND, ChatStep.END),
    ],
)
def test_the_next_step(chat: ChatStanding, after: timedelta, expected: ChatStep) -> None:
    assert next_step(chat, MORNING + after) is expected


@pytest.mark.parametrize(
    ("chat", "after", "expected"),
    [
        (WAITING, rules.WAITING_AFTER_CLOSING - SECOND, ChatStep.NOTHING),
        (WAITING, rules.WAITING_AFTER_CLOSING, ChatStep.CLOSE),
        (replace(WAITING, told_at=MORNING), rules.WAITING_AFTER_CLOSING - SECOND, ChatStep.NOTHING),
        (replace(WAITING, told_at=MORNING), rules.WAITING_AFTER_CLOSING, ChatStep.CLOSE),
        (
            replace(WAITING, waits_since=MORNING + SECOND, told_at=MORNING),
            rules.WAITING_AFTER_CLOSING,
            ChatStep.NOTHING,
        ),
        (THEIR_TURN, SECOND, ChatStep.NOTHING),
        (UNREAD, 2 * SECOND, ChatStep.NOTHING),
    ],
)
def test_after_closing_only_what_waits_ends(chat: ChatStanding, after: timedelta, expected: ChatStep) -> None:
    assert next_step(replace(chat, is_closed=True), MORNING + after) is expected
