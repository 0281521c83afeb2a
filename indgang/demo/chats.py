"""The queue of chats of the demo with the people who serve it, and the visitors who chat and write SMS."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core.refusals import RefusedChange
from indgang.correspondence.chat import conversation, offering
from indgang.correspondence.models import Chat
from indgang.demo import people
from indgang.demo.callers import Book
from indgang.demo.day import DayOfCalls
from indgang.demo.messages import DayOfMessages, DemoChat, DemoSms
from indgang.demo.rows import Added, add
from indgang.entry.models import Queue, QueueMembership
from indgang.entry.setup import queue_terms
from indgang.messaging.sms import simulator

logger = logging.getLogger(__name__)

CENTRE, QUEUE = "tmf", "tmf-chat"
#: a chat is offered while the expected wait is within this
_TARGET_SECONDS = 120
_VISITORS = ("anna", "bo", "clara", "ida")
#: seconds between two looks of the visitors, and how many chat at once
_LOOK = 1.0
_MOST = 10
#: whoever has said thanks waits a while for a last word, and goes
_GOES_AFTER = timedelta(seconds=60)
#: a person who tries the demo may take as long as they like
_WITH_A_PERSON = timedelta(minutes=30)


def seed(centres: Added[ContactCentre], everybody: Added[Person]) -> None:
    """Add the queue and its people where they are missing; people's changes stay."""
    made = add(
        [
            Queue(
                code=QUEUE, work=Queue.Work.CHAT, name="Chat", name_en="Chat", public_name="Byggeri, veje og byliv",
                public_name_en="Building, roads and city life", centre=centres[CENTRE],
                steps=[{"after": 0, "skills": {}}], ring_seconds=30,
            )
        ]
    )  # fmt: skip
    queue_terms.first([made[code] for code in made.new], service_level_seconds=_TARGET_SECONDS, wrap_up_seconds=20)
    colleagues = [people.colleague(CENTRE, number) for number in range(1, people.COLLEAGUES + 1)]
    QueueMembership.objects.bulk_create(
        QueueMembership(person=everybody[name], queue=made[QUEUE])
        for name in (*_VISITORS, *colleagues)
        if name in everybody.new or QUEUE in made.new
    )


@dataclass(slots=True)
class _Visit:
    """A visitor in a chat: the chat, what is left to write, and when they write next."""

    chat: Chat
    plan: DemoChat
    lines: list[str]
    next_at: datetime | None = None
    thanked_at: datetime | None = None


@dataclass(slots=True)
class Visitors:
    """Those who chat now. `look` reads how their chats stand and writes what is due."""

    now: Callable[[], datetime]
    book: Book
    _visits: list[_Visit] = field(default_factory=list)

    def come(self, plan: DemoChat) -> bool:
        """Begin a chat when the public page offers one. Blocks."""
        offered = {each.queue.code: each.queue for each in offering.offers(self.now())}
        if QUEUE not in offered or len(self._visits) >= _MOST:
            return False
        chat = conversation.begin(
            offered[QUEUE], key=secrets.token_urlsafe(24), question=plan.lines[0], name=plan.name, page="/",
            at=self.now(),
        )  # fmt: skip
        self.book.wishes[chat.pk] = plan.wish
        self._visits.append(_Visit(chat, plan, list(plan.lines[1:])))
        return True

    def look(self) -> None:
        """Let each visitor go on. Blocks."""
        keys = [each.chat.pk for each in self._visits]
        rows = {row.pk: row for row in Chat.objects.filter(pk__in=keys).select_related("thread")}
        self._visits = [each for each in self._visits if each.chat.pk in rows and not rows[each.chat.pk].thread.is_over]
        for each in self._visits:
            each.chat = rows[each.chat.pk]
            try:
                self._go_on(each)
            except RefusedChange as refused:
                logger.info("a visitor could not write: %s", refused)

    def _go_on(self, each: _Visit) -> None:
        chat, at = each.chat, self.now()
        conversation.read_by_contact(chat)
        if self._has_enough(each, at):
            conversation.end_by_contact(chat, at=at)
        elif each.next_at is not None:
            self._write(each, at)
        elif each.lines and _is_answered(chat):
            each.next_at = at + timedelta(seconds=each.plan.writes)
            conversation.typing(chat, by_contact=True, at=at)

    def _write(self, each: _Visit, at: datetime) -> None:
        if each.next_at is not None and at >= each.next_at:
            each.next_at = None
            conversation.write_by_contact(each.chat, each.lines.pop(0), client_id=secrets.token_hex(8), at=at)
            each.thanked_at = None if each.lines else at

    def _has_enough(self, each: _Visit, at: datetime) -> bool:
        """Nobody came in time, or everything is said. People who try the demo get longer."""
        if each.thanked_at is not None:
            return at - each.thanked_at > _GOES_AFTER
        holder = each.chat.thread.holder_id
        with_a_person = holder is not None and holder not in self.book.colleagues
        patience = _WITH_A_PERSON if with_a_person else timedelta(seconds=each.plan.patience)
        return at - (each.chat.contact_wrote_at or at) > patience


def _is_answered(chat: Chat) -> bool:
    """Whether the last word is ours."""
    ours, theirs = chat.centre_wrote_at, chat.contact_wrote_at
    return ours is not None and (theirs is None or ours > theirs)


def day_of_messages(day: DayOfCalls) -> DayOfMessages:
    """Chats and SMS about the subjects of the centre that has the queue. Blocks."""
    centres = dict(Queue.objects.values_list("code", "centre__code"))
    return DayOfMessages(day, frozenset(each.unit for each in day.subjects if centres.get(each.queue) == CENTRE))


async def run_chats(day: DayOfMessages, now: Callable[[], datetime], book: Book) -> None:
    """Let visitors come and chat until cancelled. All database work runs in one thread."""
    loop, plans = asyncio.get_running_loop(), day.chats(now())
    visitors = Visitors(now, book)
    with ThreadPoolExecutor(1, "visitors") as thread:
        plan = next(plans, None)
        while plan is not None:
            await asyncio.sleep(_LOOK)
            try:
                await loop.run_in_executor(thread, close_old_connections)
                if plan.at <= now():
                    await loop.run_in_executor(thread, visitors.come, plan)
                    plan = next(plans, None)
                await loop.run_in_executor(thread, visitors.look)
            except DatabaseError as error:
                logger.warning("the visitors wait for the database: %s", error)
                await asyncio.sleep(5)


async def run_sms(day: DayOfMessages, now: Callable[[], datetime]) -> None:
    """Send the SMS of the day from simulated telephones until cancelled."""
    for sms in day.sms(now()):
        await asyncio.sleep(max(0.0, (sms.at - now()).total_seconds()))
        try:
            await asyncio.to_thread(_write, sms)
        except DatabaseError as error:
            logger.warning("an SMS of the demo is lost: %s", error)


def _write(sms: DemoSms) -> None:
    close_old_connections()
    if settings.SMS_GATEWAY == "simulator":  # else an administrator has connected another one
        simulator.write(number=sms.number, text=sms.text, at=sms.at)
