"""The centre's output: events to write, alerts to raise, and the items and desks that have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from indgang.core.values import value


class CentreEventKind(StrEnum):
    """Events that the centre itself writes; carriers write their own. `entry.event_kinds.Kind` says what each holds."""

    MENU = "menu"
    LANGUAGE = "language"
    QUEUED = "queued"
    LEFT_QUEUE = "left_queue"
    OVERFLOWED = "overflowed"
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    MESSAGE = "message"
    CALLBACK = "callback"
    RECORDING_CONSENT = "recording_consent"
    ELSEWHERE = "elsewhere"
    ALERTED = "alerted"
    PERSONAL_WAIT = "personal_wait"
    PERSONAL_WAIT_OVER = "personal_wait_over"
    WRAPPED_UP = "wrapped_up"
    CALLBACK_FAILED = "callback_failed"
    CALLBACK_OVER = "callback_over"


#: those of every call, as names of the module: a member that is looked up in its class takes five times as long
MENU, QUEUED, OFFERED = CentreEventKind.MENU, CentreEventKind.QUEUED, CentreEventKind.OFFERED
ACCEPTED, WRAPPED_UP = CentreEventKind.ACCEPTED, CentreEventKind.WRAPPED_UP


@value
class Noted:
    """One event. `stream` is the enquiry it belongs to, `person` who acts in it."""

    stream: str
    kind: str
    at: datetime
    queue: str
    person: int | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Alerted:
    """Something a person must look at. `over` ends the open alerts with this code."""

    code: str
    text: str
    at: datetime
    centre: str = ""
    stream: str | None = None
    over: bool = False


@dataclass(slots=True, init=False)
class Output:
    """The output of one input.

    `items` and `desks` have changed, in order; desks say whether their state is new. `over` are items that have ended.
    """

    at: datetime
    events: list[Noted]
    alerts: list[Alerted]
    items: dict[str, None]
    over: dict[str, None]
    desks: dict[int, bool]

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.events, self.alerts = [], []
        self.items, self.over, self.desks = {}, {}, {}
