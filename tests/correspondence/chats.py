"""A queue of chats in the little municipality, and the chats in it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from indgang.accounts.models import Person
from indgang.config import wiring
from indgang.correspondence.chat import conversation
from indgang.correspondence.models import Chat, ChatLine, ThreadMessage
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.entry.models import Queue, QueueMembership
from indgang.entry.setup import queue_terms
from indgang.events.event import Event
from tests.world import MORNING, World


def chat_queue(world: World, code: str = "tmf-chat", **more: Any) -> Queue:
    """A queue of chats of the centre that Anna and Bo serve."""
    centre = world.centres["tmf"]
    words = {"name": "Chat", "public_name": "Byggeri og gader", "ring_seconds": 30, "schedule": centre.schedule, **more}
    queue: Queue = Queue.objects.create(code=code, work=Queue.Work.CHAT, centre=centre, **words)
    queue_terms.first([queue])
    QueueMembership.objects.bulk_create(
        QueueMembership(person=person, queue=queue) for person in (world.anna, world.bo)
    )
    return queue


def begun(queue: Queue, question: str = "Må jeg bygge et skur?", *, at: datetime = MORNING, **more: Any) -> Chat:
    """A chat that waits."""
    return conversation.begin(queue, key=secrets.token_urlsafe(24), question=question, at=at, **more)


def taken(chat: Chat, person: Person, at: datetime = MORNING) -> Chat:
    """The chat, which that person has taken, as the switchboard says."""
    events: list[Event[Any]] = [
        Kind.QUEUED.event(str(chat.pk), at, queue="tmf-chat"),
        Kind.ANSWERED.event(str(chat.pk), at, queue="tmf-chat", person=person.pk, data={"direction": "in"}),
    ]
    wiring.journal().write([Batch(at, events=events)])
    return Chat.objects.select_related("thread").get(pk=chat.pk)


def many(chat: Chat, count: int, at: datetime = MORNING) -> None:
    """Let the visitor have written so many messages altogether."""
    thread, numbers = chat.thread, range(chat.lines_count + 1, count + 1)
    messages = ThreadMessage.objects.bulk_create(
        ThreadMessage(thread=thread, direction="in", at=at, text=str(number), state="received", state_at=at)
        for number in numbers
    )
    chat.lines.bulk_create(
        ChatLine(chat=chat, message=message, number=number, by_contact=True)
        for number, message in zip(numbers, messages, strict=True)
    )
    Chat.objects.filter(pk=chat.pk).update(lines_count=count)
