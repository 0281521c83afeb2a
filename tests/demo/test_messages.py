"""The chats and SMS of the demo's day: beside the calls, readable, and the same each time."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice, takewhile
from random import Random

from indgang.demo import messages
from indgang.demo.day import DayOfCalls
from indgang.demo.messages import DayOfMessages
from indgang.messaging.sms import parts
from tests.world import MORNING

BYLIV = frozenset({"ctb-byliv"})


def day(seed: int = 1, per_minute: float = 10.0) -> DayOfMessages:
    return DayOfMessages(DayOfCalls(Random(seed), per_minute, known=("+4531000001",)), BYLIV)


def test_as_many_come_beside_the_calls_as_their_shares_say() -> None:
    until = MORNING + timedelta(days=30)
    calls = sum(1 for _call in day().day.callers(MORNING, until))
    chats = sum(1 for _chat in takewhile(lambda each: each.at < until, day().chats(MORNING)))
    sms = sum(1 for _sms in takewhile(lambda each: each.at < until, day().sms(MORNING)))
    assert 0.9 < chats / (calls * messages.CHATS) < 1.1
    assert 0.9 < sms / (calls * messages.SMS) < 1.1


def test_they_are_about_the_subjects_of_the_units_and_readable() -> None:
    for chat in islice(day().chats(MORNING), 100):
        assert chat.wish.unit in BYLIV
        assert len(chat.lines) == 3
        assert not any("{" in line or not line.strip() for line in chat.lines)
    for sms in islice(day().sms(MORNING), 100):
        assert sms.number.startswith("+45")
        assert parts.divide(sms.text).count == 1


def test_the_same_random_numbers_give_the_same_chats() -> None:
    one, two = (list(islice(day().chats(MORNING), 5)) for _again in range(2))
    assert one == two


def test_no_messages_come_where_no_calls_come() -> None:
    assert not list(day(per_minute=0).chats(MORNING))
    assert not list(day(per_minute=0).sms(MORNING))
