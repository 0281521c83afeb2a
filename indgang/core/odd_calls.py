"""Suspicious outgoing calls: at night, many short ones, one number repeatedly, several barred numbers.

Pure. Somebody who uses a stolen sign-in to call expensive numbers calls like this; so does somebody by mistake. This
module only reports: `core.barring` and `core.dial_rules` decide what is allowed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from indgang.core.clock import COPENHAGEN

#: hours of Copenhagen between which a call counts as made at night
NIGHT = (22, 6)
#: how long calls are remembered
REMEMBERED = timedelta(hours=1)
#: number of calls of one person, shorter than SHORT_SECONDS, within REMEMBERED
SHORT_SECONDS, MANY_SHORT = 10.0, 10
#: number of calls of one person to one number, and number of refused ones
MANY_TO_ONE, MANY_BARRED = 6, 5


class Pattern(StrEnum):
    NIGHT = "night"
    SHORT = "short"
    ONE_NUMBER = "one_number"
    BARRED = "barred"


@dataclass(frozen=True, slots=True)
class Odd:
    """A pattern in a person's calls; `number` is set when it concerns one number."""

    pattern: Pattern
    person: int
    count: int
    number: str = ""


@dataclass(frozen=True, slots=True)
class _Dialled:
    at: datetime
    number: str
    barred: bool = False
    short: bool = False


@dataclass(slots=True)
class OddCalls:
    """The remembered outgoing calls of people. A pattern is reported once, and again an hour later."""

    _dialled: dict[int, deque[_Dialled]] = field(default_factory=dict)
    _told: dict[tuple[int, Pattern], datetime] = field(default_factory=dict)

    def begun(self, person: int, number: str, at: datetime, *, is_own: bool = False) -> Iterator[Odd]:
        """Note that the person calls the number, or is rung at their own. Yields the patterns to report: one's own
        number may be rung as often as there are callers."""
        calls = self._remember(person, _Dialled(at, "" if is_own else number))
        if is_night(at):
            yield from self._tell(Odd(Pattern.NIGHT, person, 1, number), at)
        same = sum(1 for each in calls if each.number == number and not each.barred)
        if same >= MANY_TO_ONE and not is_own:
            yield from self._tell(Odd(Pattern.ONE_NUMBER, person, same, number), at)

    def refused(self, person: int, number: str, at: datetime) -> Iterator[Odd]:
        """Note that the person was refused a number. Yields the patterns to report."""
        calls = self._remember(person, _Dialled(at, number, barred=True))
        count = sum(1 for each in calls if each.barred)
        if count >= MANY_BARRED:
            yield from self._tell(Odd(Pattern.BARRED, person, count, number), at)

    def ended(self, person: int, number: str, seconds: float, at: datetime) -> Iterator[Odd]:
        """Note that an answered call of the person has ended. Yields the patterns to report."""
        if seconds >= SHORT_SECONDS:
            return
        calls = self._remember(person, _Dialled(at, "", short=True))
        count = sum(1 for each in calls if each.short)
        if count >= MANY_SHORT:
            yield from self._tell(Odd(Pattern.SHORT, person, count), at)

    def _remember(self, person: int, dialled: _Dialled) -> deque[_Dialled]:
        calls = self._dialled.setdefault(person, deque())
        while calls and calls[0].at <= dialled.at - REMEMBERED:
            calls.popleft()
        calls.append(dialled)
        return calls

    def _tell(self, odd: Odd, at: datetime) -> Iterator[Odd]:
        told = self._told.get((odd.person, odd.pattern))
        if told is None or at - told >= REMEMBERED:
            self._told[odd.person, odd.pattern] = at
            yield odd


def is_night(at: datetime) -> bool:
    hour = at.astimezone(COPENHAGEN).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]
