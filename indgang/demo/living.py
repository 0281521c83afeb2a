"""The live demo: callers, visitors who write, and colleagues, with the simulated exchange of the switchboard."""

from __future__ import annotations

import asyncio
from random import Random

from django.conf import settings

from indgang.core import clock
from indgang.demo import parties
from indgang.demo.callers import Book, run_callers
from indgang.demo.chats import day_of_messages, run_chats, run_sms
from indgang.demo.colleagues import run_colleagues
from indgang.demo.day import DayOfCalls
from indgang.demo.letters import DayOfMails
from indgang.demo.mailboxes import run_mails
from indgang.demo.submissions import DayOfForms, run_forms
from indgang.telephony.simulator import Simulator

#: the colleagues need a moment to sign in before the first call
_HEAD_START = 4.0


async def run(simulator: Simulator) -> None:
    """Run the demo's day until cancelled; nothing happens when the settings ask for no calls."""
    if settings.DEMO_CALLS_PER_MINUTE <= 0:
        return
    random = Random()  # noqa: S311  # a demo, not a secret
    known = tuple(number for each in parties.known() for number in each.numbers)
    day = DayOfCalls(random, settings.DEMO_CALLS_PER_MINUTE, known)
    book = Book()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_colleagues(simulator, day, clock.now, book, random))
        await asyncio.sleep(_HEAD_START)
        tasks.create_task(run_callers(simulator, day, clock.now, book))
        tasks.create_task(run_mails(DayOfMails(day), clock.now))
        tasks.create_task(run_forms(DayOfForms(day), clock.now))
        messages = await asyncio.to_thread(day_of_messages, day)
        tasks.create_task(run_chats(messages, clock.now, book))
        tasks.create_task(run_sms(messages, clock.now))
