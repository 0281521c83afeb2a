"""The board's output: what to write, and which orders to give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from indgang.entry.journal import Batch
from indgang.routing.centre.desk import Doing
from indgang.telephony.contract import LegId, Order

#: stands for a visitor of the public site as the one who orders
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """A person's (or `NOBODY`'s) order, as `entry.commands` describes it. `command` is the row for the answer."""

    command: int
    kind: str
    person: int
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NumberTried:
    """The result (a value of `entry.models.TrialOutcome`) of the test ring that asked the person for `code`."""

    person: int
    number: str
    code: str
    outcome: str


@dataclass(slots=True)
class BoardOutcome:
    """Write `batch` first, then give `orders` (exchange, order) in sequence.

    `pick_ups` are offers that a person accepted on the screen, at phones that the exchange can answer itself.
    `recordings` are (enquiry, exchange, recording) to fetch and store. `numbers_tried` are results to store.
    """

    batch: Batch
    orders: list[tuple[str, Order]] = field(default_factory=list)
    pick_ups: list[tuple[str, LegId]] = field(default_factory=list)
    recordings: list[tuple[str, str, str]] = field(default_factory=list)
    numbers_tried: list[NumberTried] = field(default_factory=list)
    #: callers who stay on the line after the conversation: (enquiry, exchange, leg)
    staying: list[tuple[str, str, LegId]] = field(default_factory=list)
    #: whether it is about robot calls alone, so that nobody who calls or works waits for it
    can_wait: bool = False

    @property
    def at(self) -> datetime:
        return self.batch.at

    @property
    def is_of_robots(self) -> bool:
        """Whether it writes something of robot calls, perhaps beside other things."""
        return bool(self.batch.robot_steps) or self.can_wait

    def gone_off_duty(self) -> list[int]:
        """People who signed out with this outcome; the credentials of their phones must be revoked."""
        presences = self.batch.presences.values()
        return [each.person for each in presences if each.changed and each.state == Doing.SIGNED_OUT]
