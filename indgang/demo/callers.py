"""Simulated callers on the simulated exchange: they dial, press keys at the menus, wait as long as they bear, talk."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from indgang.demo.day import Caller, DayOfCalls
from indgang.telephony.simulator import Leg, Simulator

#: how often a caller looks up, in seconds
_LOOK = 0.4
#: before a key is pressed, from the beginning of the prompt
_THINK = (1.2, 4.0)
#: what a caller bears before the queue: welcome and menus
_MENUS = 30.0
#: a person who signed in to try the demo may keep the caller this long
_WITH_A_VISITOR = 600.0
#: how long a caller waits to be put through when the talk is over, and talks there
_PUT_THROUGH, _ELSEWHERE = 20.0, 60.0
#: most callers at once; more would say nothing new
_MOST = 60


@dataclass(slots=True)
class Book:
    """What callers and colleagues of the demo share: who is on which leg, and who expects to be put through."""

    callers: dict[str, Caller] = field(default_factory=dict)
    to_put_through: set[str] = field(default_factory=set)
    #: phones of simulated colleagues
    phones: set[str] = field(default_factory=set)


async def run_callers(simulator: Simulator, day: DayOfCalls, now: Callable[[], datetime], book: Book) -> None:
    """Let the callers of `day` call from now on, until cancelled."""
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
        """From dialling to the end of the call."""
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
            # the colleague still needs to know what the call was about while writing it down
            asyncio.get_running_loop().call_later(300, self._book.callers.pop, leg, None)

    async def _wait(self, seconds: float) -> None:
        self._clock += seconds
        await asyncio.sleep(seconds / self._simulator.speed)

    def _key_for(self, leg: Leg) -> str | None:
        """What to press now that a new prompt is heard, or None."""
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
        """Whether a caller who is to be put through has had enough, `over` seconds after the talk."""
        if over > 0:
            self._book.to_put_through.add(leg.leg)
        elsewhere = leg.bridge is not None and not self._others(leg) & self._book.phones
        return over > (_ELSEWHERE if elsewhere else _PUT_THROUGH)

    def _others(self, leg: Leg) -> set[str]:
        """The phones of those who are in the same conversation."""
        legs = self._simulator.legs.values()
        return {other.dialled for other in legs if other.bridge == leg.bridge and other is not leg}

    def _talks_with_visitor(self, leg: Leg) -> bool:
        """Whether somebody who is no simulated colleague has the call: on a phone of ours (`p<number>`)."""
        if leg.bridge is None:
            return False
        return any(phone.startswith("p") and phone not in self._book.phones for phone in self._others(leg))
