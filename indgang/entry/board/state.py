"""What the board knows: calls and desks. A call can be written as JSON data and read back after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from indgang.routing.flows.state import FlowState
from indgang.telephony.contract import BridgeId, LegId


class Doing(StrEnum):
    """What a person at a desk is doing; the same words as `entry.models.AgentState` (a test holds them together)."""

    SIGNED_OUT = "signed_out"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    AWAY = "away"


class Stage(StrEnum):
    """Where a call is. FLOW: the flow has it, in a menu or waiting. DIALLING: we ring somebody. OUTSIDE: passed on."""

    FLOW = "flow"
    DIALLING = "dialling"
    TALKING = "talking"
    OUTSIDE = "outside"


class Role(StrEnum):
    """Whose leg it is."""

    CALLER = "caller"
    OFFER = "offer"
    AGENT = "agent"
    SIDE = "side"
    SPY = "spy"


class SideState(StrEnum):
    """Where the second conversation is: waiting for an agent of a queue, ringing, talking, all three together."""

    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"
    JOINED = "joined"


@dataclass(slots=True)
class Offered:
    """The call rings at an agent, since `at`."""

    person: int
    leg: LegId
    at: datetime
    until: datetime
    reasons: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Talk:
    """An agent has the call. `item` is what the distributor knows it as."""

    person: int
    leg: LegId
    since: datetime
    item: str
    held: bool = False
    muted: bool = False


@dataclass(slots=True)
class Side:
    """Somebody else is asked in: consulted (`blind` false), or handed the caller without being asked first.

    `person` is set when it is one of us; `item` when the distributor looks for an agent of a queue. `seconds` is how
    long somebody is rung whom no queue counts the seconds for.
    """

    name: str
    address: str
    state: SideState
    blind: bool
    person: int | None = None
    leg: LegId = ""
    item: str = ""
    seconds: float = 30.0


@dataclass(slots=True)
class Call:
    """One call that is not over. `leg` is the caller's (or the one we dial)."""

    id: str
    exchange: str
    leg: LegId
    number: str
    caller_name: str
    dialled: str
    arrived: datetime
    stage: Stage
    entry: int | None = None
    centre: str = ""
    language: str = "da"
    outgoing: bool = False
    #: the exchange has answered the caller's leg
    on_line: bool = False
    flow: FlowState | None = None
    queue: str = ""
    queued_since: datetime | None = None
    #: points on top of the queue's, as flows and transfers gave them
    priority: int = 0
    #: points on top of these until somebody answers: the caller came back to the queue through our fault
    raised: int = 0
    #: only for this agent, as long as it lasts: they lost the caller
    comes_back_to: int | None = None
    #: the caller waits for that agent alone, also while their phone is off; a moment later for anybody
    expected_back: bool = False
    offer: Offered | None = None
    talk: Talk | None = None
    side: Side | None = None
    #: supervisors by person: leg and mode
    spies: dict[int, list[str]] = field(default_factory=dict)
    count: int = 0
    promised: str = ""
    #: when the last event of the call happened
    noted: datetime | None = None
    #: for how long its exchange has been out of our reach since the caller came into the queue
    away_seconds: float = 0.0
    #: since when the caller is in the exchange's own plan, for nothing could be written
    fallen_back: datetime | None = None
    #: agents who refused the call or did not answer, and until when they rest from it and are spared it (epoch)
    spared: dict[int, list[float]] = field(default_factory=dict)

    @property
    def bridge(self) -> BridgeId:
        return f"b-{self.id}"

    @property
    def stands_still(self) -> bool:
        """The exchange's own plan has the caller: nothing we say would be done."""
        return self.fallen_back is not None

    @property
    def waits(self) -> bool:
        """The distributor has the caller in a queue."""
        return self.stage is Stage.FLOW and self.queue != "" and self.queued_since is not None

    def new_leg(self) -> LegId:
        self.count += 1
        return f"{self.id}-{self.count}"

    def legs(self) -> list[LegId]:
        """Every leg this call has ever had, the caller's first."""
        return [self.leg, *(f"{self.id}-{number}" for number in range(1, self.count + 1))]

    def as_data(self) -> dict[str, Any]:
        """What is needed to go on after a restart, as JSON data."""
        return {
            "id": self.id, "exchange": self.exchange, "leg": self.leg, "number": self.number,
            "caller_name": self.caller_name, "dialled": self.dialled, "arrived": self.arrived.isoformat(),
            "stage": self.stage.value, "entry": self.entry, "centre": self.centre, "language": self.language,
            "outgoing": self.outgoing, "on_line": self.on_line, "flow": self.flow.as_data() if self.flow else None,
            "queue": self.queue, "queued_since": self.queued_since.isoformat() if self.queued_since else None,
            "priority": self.priority, "raised": self.raised, "comes_back_to": self.comes_back_to,
            "expected_back": self.expected_back,
            "offer": {"person": self.offer.person, "leg": self.offer.leg} if self.offer else None,
            "talk": _talk_data(self.talk), "side": _side_data(self.side),
            "spies": {str(person): spy for person, spy in self.spies.items()}, "count": self.count,
            "promised": self.promised, "noted": self.noted.isoformat() if self.noted else None,
            "fallen_back": self.fallen_back.isoformat() if self.fallen_back else None,
            "away_seconds": self.away_seconds, "spared": {str(person): until for person, until in self.spared.items()},
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Call:
        """The call that `as_data` wrote; an offer is not restored (it is made again). Raises one of `UNREADABLE`."""
        _check_types(data)
        return cls(
            id=data["id"], exchange=data["exchange"], leg=data["leg"], number=data["number"],
            caller_name=data["caller_name"], dialled=data["dialled"], arrived=_moment(data["arrived"]),
            stage=Stage(data["stage"]), entry=data["entry"], centre=data["centre"], language=data["language"],
            outgoing=data["outgoing"], on_line=data["on_line"],
            flow=FlowState.from_data(data["flow"]) if data["flow"] else None, queue=data["queue"],
            queued_since=_moment(data["queued_since"]) if data["queued_since"] else None,
            priority=data["priority"], raised=data.get("raised", 0), comes_back_to=data["comes_back_to"],
            expected_back=data.get("expected_back", False),
            talk=_talk(data["talk"]), side=_side(data["side"]),
            spies={int(person): list(spy) for person, spy in data["spies"].items()}, count=data["count"],
            promised=data["promised"], noted=_moment(data["noted"]) if data.get("noted") else None,
            fallen_back=_moment(data["fallen_back"]) if data.get("fallen_back") else None,
            away_seconds=data.get("away_seconds", 0.0),
            spared={int(person): list(until) for person, until in data.get("spared", {}).items()},
        )  # fmt: skip


_TEXT = {"id", "exchange", "leg", "number", "caller_name", "dialled", "centre", "language", "queue", "promised"}
_NUMBERS = {"priority", "raised", "count", "away_seconds"}
_KEYS = {"entry", "comes_back_to"}


def _check_types(data: Mapping[str, Any]) -> None:
    """Raises TypeError for a plain value that is something else: it would do harm only later."""
    for name, value in data.items():
        wrong_text = name in _TEXT and not isinstance(value, str)
        wrong_number = name in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float))
        wrong_key = name in _KEYS and (isinstance(value, bool) or not isinstance(value, int | None))
        if wrong_text or wrong_number or wrong_key:
            raise TypeError(f"{name} is {value!r}")


#: what reading odd data raises
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


def salvaged(data: Mapping[str, Any]) -> Call:
    """As much of a call as can be read of data that is not all right: what cannot be is as in a new call.

    Raises one of `UNREADABLE` when it does not even say whose leg it is.
    """
    plain = Call(
        id=data["id"], exchange=data["exchange"], leg=data["leg"], number="", caller_name="", dialled="",
        arrived=datetime.min.replace(tzinfo=UTC), stage=Stage.FLOW,
    )  # fmt: skip
    read = plain.as_data()
    for name in read.keys() & data.keys():
        try:
            Call.from_data(read | {name: data[name]})
        except UNREADABLE:
            continue
        read[name] = data[name]
    call = Call.from_data(read)
    if call.talk is None and call.stage is not Stage.FLOW:
        call.stage, call.flow, call.side = Stage.FLOW, None, None
    return call


@dataclass(slots=True)
class Desk:
    """A person who has signed in (or could): what they do, on which phone, with which call in hand."""

    person: int
    name: str
    doing: Doing = Doing.SIGNED_OUT
    reason: str = ""
    since: datetime | None = None
    signed_in_at: datetime | None = None
    wrap_up_until: datetime | None = None
    phone_kind: str = "browser"
    phone_address: str = ""
    #: exchanges where the browser phone is on
    phones: set[str] = field(default_factory=set)
    #: exchanges where it may be on in name alone, and until when nothing is rung there unless it comes on anew
    unproven: dict[str, datetime] = field(default_factory=dict)
    call: str | None = None
    #: the enquiry that is wrapped up, and since when
    wrapping: str | None = None
    wrapping_since: datetime | None = None
    #: what to do when the call in hand is over: paused or signed out, with the reason
    afterwards: tuple[Doing, str] | None = None
    #: the reason of the pause that a call interrupted (one they made, or were asked into)
    paused_for: str = ""
    spying_on: str | None = None

    @property
    def signed_in(self) -> bool:
        return self.doing is not Doing.SIGNED_OUT


def _talk_data(talk: Talk | None) -> dict[str, Any] | None:
    if talk is None:
        return None
    return {
        "person": talk.person, "leg": talk.leg, "since": talk.since.isoformat(), "item": talk.item,
        "held": talk.held, "muted": talk.muted,
    }  # fmt: skip


def _talk(data: Mapping[str, Any] | None) -> Talk | None:
    return Talk(**{**data, "since": _moment(data["since"])}) if data else None


def _side_data(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {
        "name": side.name, "address": side.address, "state": side.state.value, "blind": side.blind,
        "person": side.person, "leg": side.leg, "item": side.item, "seconds": side.seconds,
    }  # fmt: skip


def _side(data: Mapping[str, Any] | None) -> Side | None:
    return Side(**{**data, "state": SideState(data["state"])}) if data else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
