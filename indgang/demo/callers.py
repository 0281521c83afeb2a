"""Simulated callers on the simulated exchange.

They dial, press keys at the menus, wait within their patience, and talk.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import UUID

from indgang.demo.day import Caller, DayOfCalls, Wish
from indgang.telephony.simulator import Leg, Simulator

#: seconds between two looks of a caller
_LOOK = 0.4
#: seconds from the beginning of the prompt to the key
_THINK = (1.2, 4.0)
#: patience before the queue, for welcome and menus
_MENUS = 30.0
#: a person who signed in to try the demo may talk with the caller for this long
_WITH_A_VISITOR = 600.0
#: how long a caller waits for a transfer after the talk, and how long the second talk lasts
_PUT_THROUGH, _ELSEWHERE = 20.0, 60.0
#: the most callers at once; more would add nothing to the demo
_MOST = 60


@dataclass(slots=True)
class Book:
    """State that callers and colleagues of the demo share: who is on which leg, and who expects a transfer."""

    callers: dict[str, Caller] = field(default_factory=dict)
    to_put_through: set[str] = field(default_factory=set)
    #: phones of simulated colleagues, and the colleagues themselves
    phones: set[str] = field(default_factory=set)
    colleagues: set[int] = field(default_factory=set)
    #: what the visitors of chats want to know, by enquiry
    wishes: dict[UUID, Wish] = field(default_factory=dict)


async def run_callers(simulator: Simulator, day: DayOfCalls, now: Callable[[], datetime], book: Book) -> None:
    """Run the callers of `day` from now until cancelled."""
    calls: set[asyncio.Task[None]] = set()
    try:
        for caller in day.callers(now()):
            await asyncio.sleep(max(0.0, (caller.at - now()).total_seconds()))
            if len(calls) < _MOST:
                task = asyncio.create_task(CallerLine(simulator, caller, book, day.random).live())
                calls.add(task)
                task.add_done_callback(calls.discard)
    finally:
        for task in calls:
            task.cancel()


class CallerLine:
    """One caller's telephone."""

    def __init__(self, simulator: Simulator, caller: Caller, book: Book, random: Random) -> None:
        self._simulator = simulator
        self._caller = caller
        self._book = book
        self._random = random
        self._pressed: Counter[str] = Counter()
        self._playing: str | None = None
        self._clock = 0.0
        self._talked_since: float | None = None

    async def live(self) -> None:
        """One call, from dialling to its end."""
        leg = self._simulator.call(dialled=self._caller.dialled, caller_number=self._caller.number)
        self._book.callers[leg] = self._caller
        try:
            while found := self._simulator.legs.get(leg):
                if self._has_enough(found):
                    self._simulator.hang_up(leg)
                elif (key := self._key_for(found)) is not None:
                    await self._wait(self._random.uniform(*_THINK))
                    self._simulator.press(leg, key)
                await self._wait(_LOOK)
        finally:
            self._book.to_put_through.discard(leg)
            # the colleague still needs to know the subject of the call during its registration
            asyncio.get_running_loop().call_later(300, self._book.callers.pop, leg, None)

    async def _wait(self, seconds: float) -> None:
        self._clock += seconds
        await asyncio.sleep(seconds / self._simulator.speed)

    def _key_for(self, leg: Leg) -> str | None:
        """The key to press on a new prompt, or None."""
        if leg.playing is None or leg.playing == self._playing:
            return None
        self._playing = leg.playing
        for prompt in leg.heard:
            code = prompt.partition(".")[0]
            keys = self._caller.keys.get(code)
            if keys:
                self._pressed[code] += 1
                return keys[min(self._pressed[code], len(keys)) - 1]
        return None

    def _has_enough(self, leg: Leg) -> bool:
        if leg.bridge is not None and self._talked_since is None:
            self._talked_since = self._clock
        if self._talked_since is None:
            return self._clock > self._caller.patience + _MENUS
        talked = self._clock - self._talked_since
        if self._talks_with_visitor(leg):
            return talked > _WITH_A_VISITOR
        if self._caller.wish.outcome != "transferred":
            return talked > self._caller.talk
        return self._passed_on(leg, talked - self._caller.talk)

    def _passed_on(self, leg: Leg, over: float) -> bool:
        """Whether a caller who expects a transfer gives up, `over` seconds after the talk."""
        if over > 0:
            self._book.to_put_through.add(leg.leg)
        elsewhere = leg.bridge is not None and not self._others(leg) & self._book.phones
        return over > (_ELSEWHERE if elsewhere else _PUT_THROUGH)

    def _others(self, leg: Leg) -> set[str]:
        """The phones of the other people in the conversation."""
        legs = self._simulator.legs.values()
        return {other.dialled for other in legs if other.bridge == leg.bridge and other is not leg}

    def _talks_with_visitor(self, leg: Leg) -> bool:
        """Whether a visitor of the demo has the call, on one of our phones (`p<number>`)."""
        if leg.bridge is None:
            return False
        return any(phone.startswith("p") and phone not in self._book.phones for phone in self._others(leg))
