"""What the switchboard writes before it acts: pure values, and the contract of the journal that stores them.

`entry` does not know the enquiries above it, so `config/wiring.py` passes the journal to the switchboard;
`enquiries.journal` implements it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from indgang.events.event import Event

#: a call given up as soon as this after it entered the queue gave us no chance to answer: nobody is rung back for it,
#: and some figures leave it out (features.md 4.2, the s of SL5)
SHORT_ABANDON_SECONDS = 5.0


class InHandStage(StrEnum):
    """How far an item is at a desk. ASKED: its person is the one consulted. OPEN: no conversation yet, or none needed.
    AFTER: it is over and being wrapped up."""

    RINGING = "ringing"
    DIALLING = "dialling"
    TALKING = "talking"
    ASKED = "asked"
    OPEN = "open"
    AFTER = "after"


class RecordingState(StrEnum):
    """Whether a conversation is recorded. OFF: it is not, although its queue asked. NOT_ASKED: nobody asked.
    KEPT: no more, but what was recorded of it is kept, and the caller may still withdraw it."""

    NOT_ASKED = ""
    ON = "on"
    PAUSED = "paused"
    OFF = "off"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class InHandNow:
    """One item that a person has in hand.

    offered_until     when the offer ends, and why it came to this person; both while it rings
    consult           name and state of whom the person consults about it; all empty without one
    attempts          how often the contact has been rung in vain
    promised_at       when a callback was promised or ordered
    search            who of the second level is asked about a subject, or was in vain (`board.subjects.as_shown`)
    task              the id of the task, for an item of that kind
    """

    enquiry: str
    kind: str
    stage: InHandStage
    offered_until: datetime | None = None
    reasons: Sequence[Any] = ()
    held: bool = False
    muted: bool = False
    consult_name: str = ""
    consult_state: str = ""
    attempts: int = 0
    recording: RecordingState = RecordingState.NOT_ASKED
    search: Mapping[str, Any] = field(default_factory=dict)
    task: str | None = None
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PresenceNow:
    """The new content of a person's presence row. `changed`: the state is new and becomes a time-line event.

    `in_hand` is what they have in hand; the conversation, where there is one, comes first. `kept` is what a restart
    needs besides (`board.kept_desks`).
    """

    person: int
    state: str
    reason: str
    since: datetime
    wrap_up_until: datetime | None
    signed_in_at: datetime | None
    phone_kind: str
    phone_address: str
    phone_on: bool
    phone_fault: str
    monitored: str | None
    changed: bool
    in_hand: tuple[InHandNow, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def enquiry(self) -> str | None:
        """The enquiry that the desk shows first."""
        return self.in_hand[0].enquiry if self.in_hand else None


@dataclass(frozen=True, slots=True)
class AlertNow:
    """An alert. `over` ends the open alerts with this code instead of raising one."""

    code: str
    text: str
    at: datetime
    centre: str = ""
    enquiry: str | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """The outcome of a person's order."""

    command: int
    done: bool
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RobotStep:
    """An event of a robot call, whose id is the event's stream: the `number`th of it, from 0."""

    number: int
    event: Event[Any]


@dataclass(slots=True)
class Batch:
    """Everything to be written in one transaction. `items` holds what a restart needs to go on; None: over."""

    at: datetime
    events: list[Event[Any]] = field(default_factory=list)
    items: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    presences: dict[int, PresenceNow] = field(default_factory=dict)
    alerts: list[AlertNow] = field(default_factory=list)
    answers: list[OrderAnswer] = field(default_factory=list)
    exchanges: dict[str, tuple[bool, str]] = field(default_factory=dict)
    robot_steps: list[RobotStep] = field(default_factory=list)

    def empty(self) -> bool:
        happened = self.events or self.robot_steps or self.items or self.presences
        return not (happened or self.alerts or self.answers or self.exchanges)


class Journal(Protocol):
    """Stores events and state. Called from one thread."""

    def write(self, batches: Sequence[Batch]) -> None:
        """Write all batches in one transaction.

        Raises Django's OperationalError or InterfaceError when the database is away; DataError, IntegrityError,
        LookupError, TypeError or ValueError when it is there and cannot take them. Nothing is written then.
        """

    def forget(self) -> None:
        """Drop cached queues, centres and memberships, which have been edited."""

    def open_items(self) -> list[dict[str, Any]]:
        """The stored state of every open item, oldest first, each with its id as "item"."""

    def last_agents(self, since: datetime) -> dict[str, tuple[datetime, int]]:
        """By number (E.164) of conversations since then: the time and agent of the last one, oldest first."""

    def missed_callbacks(self, since: datetime) -> dict[str, tuple[datetime, str]]:
        """Of each number (E.164) whose promised call nobody answered since then: when, and its queue's code. Those who
        were talked with afterwards are left out."""

    def known_numbers(self) -> frozenset[str]:
        """The numbers (E.164) of the parties that the register knows."""

    def knows(self, enquiry: str) -> bool:
        """Whether this enquiry has been written."""

    def keep_recording(self, enquiry: str, wav: bytes) -> None:
        """Store the spoken message of an enquiry."""

    def keep_comment(self, call: str, wav: bytes) -> None:
        """Store the comment that was recorded in a robot call. One of an unknown call, one that has been deleted since,
        and one whose promised day is over are not stored."""

    def keep_conversation(self, recording: str, wav: bytes) -> None:
        """Store the sound of a recorded conversation, whose `RECORDING_BEGUN` has been written. One that has been
        deleted since then is not stored again."""
