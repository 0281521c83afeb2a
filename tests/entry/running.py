"""A switchboard that runs in the test process with an event loop, the simulated exchange and the real database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.enquiries.journal import DatabaseJournal
from indgang.entry import commands
from indgang.entry.board.call import Stage
from indgang.entry.switchboard.process import Switchboard
from indgang.entry.switchboard.sounds import SoundShelf
from indgang.events import months
from indgang.telephony.contract import Telephone
from indgang.telephony.simulator import Simulator

T = TypeVar("T")
PATIENCE = 90.0


@dataclass
class Asking:
    """The actions of a test on any running switchboard. Database queries run in a thread of their own."""

    thread: ThreadPoolExecutor

    async def db(self, question: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Run a blocking function in the database thread and return its result."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, lambda: question(*arguments, **named))

    async def give(self, kind: str, by: Person, **payload: Any) -> dict[str, Any]:
        """Give an order as a front does."""
        return await self.db(lambda: commands.give_and_wait(kind, by=by, at=clock.now(), patience=PATIENCE, **payload))

    async def until(self, question: Callable[[], T | None]) -> T:
        """Repeat a blocking query until its result is true, and return it."""
        async with asyncio.timeout(PATIENCE):
            while not (answer := await self.db(question)):
                await asyncio.sleep(0.02)
        return answer


@dataclass
class Running(Asking):
    """A switchboard in this process, with the simulated exchange."""

    switchboard: Switchboard
    simulator: Simulator

    async def comes_on(self, person: Person) -> None:
        """Sign in and become ready, on the simulated phone."""
        await self.give("sign_in", person, phone_kind="browser", phone_address="")
        await self.give("ready", person)

    def rings(self, person: Person) -> str | None:
        """Returns the leg that rings at the person's phone."""
        board = self.switchboard.board
        assert board is not None
        calls = list(board.calls.values())
        legs = [call.offer.handle for call in calls if call.offer and call.offer.person == person.pk]
        legs += [call.consult.leg for call in calls if call.consult and call.consult.person == person.pk]
        dialling = [call.talk for call in calls if call.talk and call.stage is Stage.DIALLING and not call.on_line]
        legs += [talk.leg for talk in dialling if talk.person == person.pk]
        return next((leg for leg in legs if leg in self.simulator.legs), None)

    async def picks_up(self, person: Person) -> None:
        """Wait for the phone to ring, and answer it."""
        leg = await self.until(lambda: self.rings(person))
        self.simulator.pick_up(leg)

    def rung_outside(self) -> str | None:
        """Returns the leg that rings at a number outside, once it rings."""
        board = self.switchboard.board
        assert board is not None
        legs = [call.leg for call in list(board.calls.values()) if call.stage is Stage.DIALLING and call.on_line]
        return next((leg for leg in legs if leg in self.simulator.legs), None)


@contextlib.asynccontextmanager
async def running(folder: Path, *, simulator: Simulator | None = None) -> AsyncIterator[Running]:
    """A running switchboard. Given a used simulator, it takes over the calls that are up there."""
    simulator = simulator or Simulator(now=clock.now, ring_delay=0.01)
    telephones: dict[str, Telephone] = {simulator.name: simulator}
    switchboard = Switchboard(
        telephones, DatabaseJournal(), clock.now, SoundShelf(folder, with_voice=False), months.ensure
    )
    task = asyncio.create_task(switchboard.run())
    thread = ThreadPoolExecutor(1, "test-database")
    house = Running(thread, switchboard, simulator)
    up = asyncio.create_task(switchboard.is_up.wait())
    try:
        await asyncio.wait({task, up}, return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE)
        if task.done():
            await task
        yield house
    finally:
        task.cancel()
        up.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await house.db(lambda: connection.close())
        await asyncio.get_running_loop().run_in_executor(switchboard._thread, lambda: connection.close())
        thread.shutdown()


def told(story: Awaitable[None], seconds: float = 300.0) -> None:
    """Run an asynchronous test, with a limit in seconds."""
    asyncio.run(_within(story, seconds))


async def _within(story: Awaitable[None], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await story
