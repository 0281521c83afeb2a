"""The event kinds of hand-overs. The stream is the hand-over; the person is who acted, or None for the contact.

Times are ISO texts, units codes, people and groups ids. What people write is not part of events.
"""

from __future__ import annotations

from dataclasses import dataclass

from indgang.events.kinds import declare


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the hand-over lies from now on. `why` is a `Return` when it came back, or when the second level
    sent it to another unit; empty for a choice."""

    unit: str = ""
    group: int | None = None
    recipient: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A question of `enquiry` was handed over, as a `how` (`Handover.Kind`), about `service`."""

    how: str = ""
    enquiry: str = ""
    service: str = ""
    unit: str = ""
    group: int | None = None
    recipient: int | None = None


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """The contact was promised an answer by `due`, or a call between `starts` and `due`. `instead` ends the promise
    before it."""

    due: str = ""
    starts: str | None = None
    instead: bool | None = None


@dataclass(frozen=True, slots=True)
class PromiseSettled:
    """How the promise ended (`Promise.State`), and after how many attempts to reach the contact."""

    state: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Attempted:
    """Somebody tried to reach the contact. `result` is "reached" or "not_reached" as they say, "answered" or
    "not_answered" as the telephone has seen."""

    result: str = ""


@dataclass(frozen=True, slots=True)
class Climbed:
    """Nobody acted in time, so `step` of the escalation was taken; it went to `recipients`."""

    step: str = ""
    recipients: int = 0


@dataclass(frozen=True, slots=True)
class HandoverClosed:
    """The hand-over is over. `first_level` is whether the first level could have answered, `told_again` whether the
    contact had to tell the story again."""

    outcome: str = ""
    first_level: bool | None = None
    told_again: bool | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody added a text of `length` characters."""

    length: int = 0
    for_contact: bool | None = None


@dataclass(frozen=True, slots=True)
class TakesPart:
    """The person who acted takes part from now on, or does not any more."""


class HandoverKind:
    """The event kinds of this package."""

    HANDED_OVER = declare("handed_over", HandedOver)
    PLACED = declare("handover_placed", Placed)
    ACCEPTED = declare("handover_accepted", Placed)
    LAID_DOWN = declare("handover_laid_down", Placed)
    RETURNED = declare("handover_returned", Placed)
    ATTEMPTED = declare("handover_attempted", Attempted)
    WRITTEN = declare("handover_written", Written)
    JOINED = declare("handover_joined", TakesPart)
    LEFT = declare("handover_left", TakesPart)
    CLIMBED = declare("handover_climbed", Climbed)
    CLOSED = declare("handover_closed", HandoverClosed)
    CANCELLED = declare("handover_cancelled", HandoverClosed)
    PROMISED = declare("promise_made", PromiseMade)
    SETTLED = declare("promise_settled", PromiseSettled)
