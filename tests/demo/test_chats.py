"""Visitors and colleagues of the demo chat: begun, talked, registered and ended; and who is not answered leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random

import pytest

from indgang.core import clock
from indgang.correspondence.models import Chat, Thread
from indgang.demo import chats
from indgang.demo.callers import Book
from indgang.demo.chats import Visitors
from indgang.demo.chatting import Chatting
from indgang.demo.day import DayOfCalls, Wish
from indgang.demo.messages import DemoChat
from indgang.enquiries.models import Outcome, Question
from indgang.entry.models import AgentState, Presence
from tests.correspondence.chats import chat_queue, taken
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


class Time:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = MORNING

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def time(world: World) -> Iterator[Time]:
    chat_queue(world, chats.QUEUE)
    Presence.objects.create(person=world.anna, state=AgentState.READY, since=MORNING)
    with clock.frozen(MORNING):
        yield Time()


def plan(wish: Wish) -> DemoChat:
    return DemoChat(MORNING, "Per", ("Må jeg bygge et skur?", "Det er i Valby.", "Tak!"), 200.0, 10.0, wish)


def wish() -> Wish:
    return Wish("cby", "byggetilladelse", "vejledning", "", False, Outcome.RESOLVED, False)


def test_a_chat_is_answered_registered_and_ended(world: World, time: Time) -> None:
    book = Book(colleagues={world.anna.pk})
    visitors = Visitors(time, book)
    assert visitors.come(plan(wish()))
    taken(Chat.objects.get(), world.anna)
    colleague = Chatting(time, book, DayOfCalls(Random(1), 1.0))
    for second in count():
        time.at = MORNING + timedelta(seconds=second)
        visitors.look()
        colleague.go_on(world.anna, [Chat.objects.get().pk], float(second))
        if Thread.objects.get().is_over:
            break
        assert second < 300
    chat = Chat.objects.get()
    assert chat.ended_how == Chat.EndedHow.AGENT
    said = [(line.by_contact, line.message.text) for line in chat.lines.select_related("message")]
    assert [by_contact for by_contact, _text in said] == [True, False, True, False, True, False]
    assert said[1][1].startswith("Hej, du chatter med Anna.")
    assert Question.objects.get().enquiry_id == chat.pk
    visitors.look()
    assert not visitors._visits


def test_whoever_is_not_answered_leaves(world: World, time: Time) -> None:
    visitors = Visitors(time, Book())
    visitors.come(plan(wish()))
    time.at = MORNING + timedelta(seconds=199)
    visitors.look()
    assert not Thread.objects.get().is_over
    time.at = MORNING + timedelta(seconds=201)
    visitors.look()
    assert Chat.objects.get().ended_how == Chat.EndedHow.CONTACT


def test_a_person_who_tries_the_demo_may_take_longer(world: World, time: Time) -> None:
    visitors = Visitors(time, Book())
    visitors.come(plan(wish()))
    taken(Chat.objects.get(), world.anna)
    time.at = MORNING + timedelta(minutes=20)
    visitors.look()
    assert not Thread.objects.get().is_over


def test_nobody_comes_while_nobody_can_answer(world: World, time: Time) -> None:
    Presence.objects.update(state=AgentState.PAUSED)
    assert not Visitors(time, Book()).come(plan(wish()))
    assert not Chat.objects.exists()
