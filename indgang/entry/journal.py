"""What the switchboard writes down before it acts: pure values, and the contract of whoever keeps them.

`entry` cannot know the enquiries that are kept above it, so the journal is given to the switchboard
(`config/wiring.py`); `enquiries.journal` is the real one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

#: a call given up as soon as this after it entered the queue gave us no chance to answer: nobody is rung back for it,
#: and some figures leave it out (features.md 4.2, the s of SL5)
SHORT_ABANDON_SECONDS = 5.0


class Kind(StrEnum):
    """What can happen to an enquiry. `data` holds what the sentence mentions in brackets."""

    ARRIVED = "arrived"
    """A call came in [exchange, leg, dialled, caller_number, caller_name, entry_point, centre, language, follows]."""
    DIALLED = "dialled"
    """We ring somebody [exchange, number, follows, ring_back]."""
    MENU = "menu"
    """The caller chose [key, label]."""
    LANGUAGE = "language"
    """From here on the caller hears this language [language]."""
    QUEUED = "queued"
    """Waits in a queue [reasons, priority]."""
    LEFT_QUEUE = "left_queue"
    """Was taken out of the queue [why]: overflow, choice, transfer."""
    OVERFLOWED = "overflowed"
    """Goes on elsewhere [to, reasons]."""
    OFFERED = "offered"
    """Rings at an agent [leg, reasons]."""
    WITHDRAWN = "withdrawn"
    """Rings there no more [why, rang, reasons]."""
    ACCEPTED = "accepted"
    """The agent took the offer [rang]."""
    ANSWERED = "answered"
    """The caller talks with the agent [direction]."""
    HELD = "held"
    RESUMED = "resumed"
    CONSULTING = "consulting"
    """The agent asks somebody while the caller waits [name, address]."""
    CONSULT_OFFERED = "consult_offered"
    """It rings at one of us who is asked in [leg, reasons]; `person` is who is rung."""
    CONSULT_WITHDRAWN = "consult_withdrawn"
    """It rings there no more [why, rang, reasons]."""
    CONSULT_ANSWERED = "consult_answered"
    """[name, consulted]: who is asked in talks with the agent; `consulted` when it is one of us."""
    CONSULT_ENDED = "consult_ended"
    """[name, why, consulted]"""
    JOINED = "joined"
    """All three talk [name]."""
    TRANSFERRED = "transferred"
    """The agent handed the caller on [name, address, warm]; another of us goes on."""
    PASSED_ON = "passed_on"
    """The caller now talks with somebody outside [name, address, warm]."""
    TRANSFER_FAILED = "transfer_failed"
    """[name, address, why]: the caller is back with us."""
    AGENT_LOST = "agent_lost"
    """The agent's phone vanished; the caller is kept [why]."""
    MESSAGE = "message"
    """The caller left a spoken message [recording, seconds]."""
    CALLBACK = "callback"
    """The caller was promised a call [number]."""
    SUPERVISED = "supervised"
    """Somebody listens, whispers or takes part [person, mode]; ends with mode ''."""
    ALERTED = "alerted"
    """Something went wrong and was taken care of [code, text]."""
    ABANDONED = "abandoned"
    """Hung up while waiting [waited]."""
    LEFT = "left"
    """The call ended without anybody talking [why]."""
    ENDED = "ended"
    """The conversation is over [by]: caller, agent, exchange."""
    WRAPPED_UP = "wrapped_up"
    """The agent is done with after-work [seconds]."""
    REGISTERED = "registered"
    """What it was about has been written down [questions, corrected]."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of an enquiry's stream. `enquiry` is the id as text; `person` the agent's id."""

    enquiry: str
    kind: Kind
    at: datetime
    queue: str = ""
    person: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PresenceNow:
    """What a person's presence row shall say. `changed` tells whether the state itself is new (a time-line event)."""

    person: int
    state: str
    reason: str
    since: datetime
    wrap_up_until: datetime | None
    signed_in_at: datetime | None
    phone_kind: str
    phone_address: str
    phone_on: bool
    enquiry: str | None
    call: Mapping[str, Any]
    spying_on: str | None
    changed: bool


@dataclass(frozen=True, slots=True)
class AlertNow:
    """Something a person must look at. `over` ends the open alerts with this code instead of raising one."""

    code: str
    text: str
    at: datetime
    centre: str = ""
    enquiry: str | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a person's order."""

    command: int
    done: bool
    detail: Mapping[str, Any]


@dataclass(slots=True)
class Batch:
    """Everything to be written in one transaction. `calls` holds what a restart needs to go on; None: over."""

    at: datetime
    happenings: list[Happening] = field(default_factory=list)
    calls: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    presences: dict[int, PresenceNow] = field(default_factory=dict)
    alerts: list[AlertNow] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    exchanges: dict[str, tuple[bool, str]] = field(default_factory=dict)

    def empty(self) -> bool:
        return not (self.happenings or self.calls or self.presences or self.alerts or self.answers or self.exchanges)


class Journal(Protocol):
    """Keeps what happened. Called from one thread."""

    def write(self, batches: Sequence[Batch]) -> None:
        """Write all batches in one transaction.

        Raises Django's OperationalError or InterfaceError when the database is away; DataError, IntegrityError,
        LookupError, TypeError or ValueError when it is there and cannot take them. Nothing is written then.
        """

    def forget(self) -> None:
        """Read queues, centres and memberships anew at the next write: they have been edited."""

    def open_calls(self) -> list[dict[str, Any]]:
        """What was kept of every call that is not over, oldest first."""

    def last_agents(self, since: datetime) -> dict[str, int]:
        """Of each number (E.164) that somebody of us has talked with since then: the person who did last."""

    def knows(self, enquiry: str) -> bool:
        """Whether this enquiry has been written."""

    def keep_recording(self, enquiry: str, wav: bytes) -> None:
        """Store the spoken message of an enquiry."""
