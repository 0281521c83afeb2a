"""Whether a person or an answering machine has taken the telephone, from how long it speaks. Pure.

A person says a word or a name and waits. An answering machine says a greeting of several seconds, perhaps with short
pauses, then its tone. Nothing is said to either before that is decided; later, whoever speaks on while the robot
speaks, and presses no key, is a machine too (a greeting with a long pause after its first sentence).

Asterisk's `AMD()` decides by the same two lengths, but in the dial plan, where no event is written, and with limits for
private greetings: a company's "Goddag, det er Jensens VVS, du taler med Mette" takes three seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

#: who says nothing for so long waits for us to speak, in seconds
WAITS_SECONDS = 2.0
#: silence after a greeting, beyond the one that ends speech, after which a person waits for an answer
PAUSE_SECONDS = 0.6
#: no person greets for so long
LONGEST_GREETING_SECONDS = 4.0
#: and no person speaks over the robot for so long without a key
LONGEST_OVER_US_SECONDS = 5.0


class GreetingVerdict(StrEnum):
    UNDECIDED = "undecided"
    PERSON = "person"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class HeardGreeting:
    """What has been heard since the line was answered at `since`: `spoken` seconds in all, now since `speaks_since` or
    silent since `silent_since`. `robot_since` is when we began to speak."""

    since: datetime
    spoken: float = 0.0
    speaks_since: datetime | None = None
    silent_since: datetime | None = None
    robot_since: datetime | None = None

    def as_data(self) -> dict[str, Any]:
        moments = {name: moment.isoformat() for name in _MOMENTS if (moment := getattr(self, name)) is not None}
        return {"spoken": self.spoken, **moments}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> HeardGreeting:
        moments = {name: datetime.fromisoformat(data[name]) for name in _MOMENTS if data.get(name)}
        return cls(spoken=float(data.get("spoken", 0.0)), **moments)


_MOMENTS = ("since", "speaks_since", "silent_since", "robot_since")


def heard(greeting: HeardGreeting, *, speaks: bool, at: datetime, ends_after: float) -> HeardGreeting:
    """Speech began, or ended `ends_after` seconds ago."""
    if speaks:
        return replace(greeting, speaks_since=greeting.speaks_since or at, silent_since=None)
    if greeting.speaks_since is None:
        return greeting
    seconds = max(0.0, (at - greeting.speaks_since).total_seconds() - ends_after)
    return replace(greeting, spoken=greeting.spoken + seconds, speaks_since=None, silent_since=at)


def robot_speaks(greeting: HeardGreeting, at: datetime) -> HeardGreeting:
    """We begin to speak: what is said from now on is said over us."""
    speaks_since = at if greeting.speaks_since else None
    return replace(greeting, spoken=0.0, speaks_since=speaks_since, silent_since=None, robot_since=at)


def judge(greeting: HeardGreeting, at: datetime) -> GreetingVerdict:
    """The verdict now."""
    due = due_at(greeting)
    if due is None or at < due:
        return GreetingVerdict.UNDECIDED
    if greeting.speaks_since is not None or greeting.spoken > _longest(greeting):
        return GreetingVerdict.MACHINE
    return GreetingVerdict.PERSON if greeting.robot_since is None else GreetingVerdict.UNDECIDED


def due_at(greeting: HeardGreeting) -> datetime | None:
    """When the verdict will be known if nothing more is heard; None for never."""
    if greeting.speaks_since is not None:
        return greeting.speaks_since + timedelta(seconds=max(0.0, _longest(greeting) - greeting.spoken))
    if greeting.robot_since is not None:
        return greeting.silent_since if greeting.spoken > _longest(greeting) else None
    if greeting.silent_since is not None:
        return greeting.silent_since + timedelta(seconds=PAUSE_SECONDS)
    return greeting.since + timedelta(seconds=WAITS_SECONDS)


def _longest(greeting: HeardGreeting) -> float:
    return LONGEST_GREETING_SECONDS if greeting.robot_since is None else LONGEST_OVER_US_SECONDS
