"""A telephone call and its parts, stored as JSON data and read back after a restart or an upgrade."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from indgang.routing.centre.output import CentreEventKind as CentreKind
from indgang.routing.centre.work import WorkItem
from indgang.routing.distribution.requirement import CALL, CONSULT
from indgang.routing.flows.state import FlowState
from indgang.telephony.contract import BridgeId, LegId, MonitorMode

#: the format that `Call.as_data` writes; `from_data` reads this format and all earlier ones
FORMAT = 3


#: kinds of telephones; the same words as `entry.models.PhoneKind`
BROWSER, SIP, NUMBER = "browser", "sip", "number"


class Stage(StrEnum):
    """The stage of a call. FLOW: in a menu or waiting. DIALLING: we ring somebody. OUTSIDE: transferred outside."""

    FLOW = "flow"
    DIALLING = "dialling"
    TALKING = "talking"
    OUTSIDE = "outside"


class LegRole(StrEnum):
    """The role of a leg."""

    CALLER = "caller"
    OFFER = "offer"
    AGENT = "agent"
    CONSULT = "consult"
    MONITOR = "monitor"


class ConsultState(StrEnum):
    """The state of the consult leg: waiting for an agent of a queue, ringing, talking, or all three together."""

    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"
    JOINED = "joined"


@dataclass(slots=True)
class Talk:
    """An agent has the call."""

    person: int
    leg: LegId
    since: datetime
    held: bool = False
    muted: bool = False


@dataclass(slots=True)
class Recording:
    """A conversation that is recorded under this name, for a purpose (key) that the caller has agreed to.

    `by_agent`: the agent wants a pause; `is_paused`: nothing is recorded now, for whatever reason.
    """

    name: str
    purpose: int
    by_agent: bool = False
    is_paused: bool = False


@dataclass(slots=True)
class NumberLeg:
    """A leg to a number of an agent's own (mobile or landline), which costs what a call to an outside number costs.

    key_due        until when the agent may accept by a key; None once they have
    answered_at    when the number answered, whoever it was
    refused        why the rules did not allow the number to be rung
    """

    person: int
    number: str
    key_due: datetime | None = None
    answered_at: datetime | None = None
    refused: str = ""

    def as_data(self) -> dict[str, Any]:
        moments = {name: _written(getattr(self, name)) for name in _OF_NUMBER_LEG}
        return {"person": self.person, "number": self.number, "refused": self.refused, **moments}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> NumberLeg:
        moments = {name: _moment(data[name]) for name in _OF_NUMBER_LEG if data.get(name)}
        return cls(data["person"], data["number"], refused=data.get("refused", ""), **moments)


#: the moments of a leg to a number of an agent's own
_OF_NUMBER_LEG = ("key_due", "answered_at")


@dataclass(frozen=True, slots=True)
class ChosenPerson:
    """Why this person of the second level is asked about a subject: the answer of `routing.availability` then.

    `window` is the id of the promised window, `instead_of` the absent person whom they stand in for.
    """

    person: int
    precedence: str
    window: int
    instead_of: int | None = None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Tried:
    """Somebody who was asked about a subject, or could not be, and why they did not take it: "no_answer", "refused",
    "busy", "unreachable", "hung_up", or "no_phone" for one whom no telephone reaches."""

    person: int
    name: str
    why: str


@dataclass(slots=True)
class SecondLevelSearch:
    """People are asked one after the other about a subject (the code of a service), each once, on behalf of `by`.

    When nobody is left, `hindered` says who else could not be asked ([name, hindrance, until (ISO) or None]), `next_at`
    when somebody can be, and `is_over` is set; the desk shows that until the next consult.
    """

    subject: str
    name: str
    by: int
    blind: bool
    tried: list[Tried] = field(default_factory=list)
    is_over: bool = False
    next_at: str | None = None
    hindered: list[list[Any]] = field(default_factory=list)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> SecondLevelSearch:
        return cls(**{**data, "tried": [Tried(**each) for each in data["tried"]]})


@dataclass(slots=True, kw_only=True)
class Consult(WorkItem):
    """A consult (`blind` false), or a blind transfer to somebody.

    `person` is set when a colleague is consulted, who has been rung since `rung_at`; `seconds` is how long a person
    asked for by name is rung. The consult is a work item of its own while a colleague is sought, rung or talking.
    `story` is the enquiry of its call. `choice` is why they were chosen, when the call's `search` led to them.
    """

    #: event kinds of a consult's offers in the call's story; they differ from a call's, because the caller is on hold
    RENAMED: ClassVar[Mapping[str, str]] = {
        CentreKind.OFFERED: "consult_offered",
        CentreKind.WITHDRAWN: "consult_withdrawn",
        CentreKind.ACCEPTED: "",
    }
    STANDS_ALONE: ClassVar[bool] = False

    kind: str = CONSULT
    call: str
    story: str
    name: str
    address: str
    state: ConsultState
    blind: bool
    person: int | None = None
    leg: LegId = ""
    seconds: float = 30.0
    rung_at: datetime | None = None
    #: who consults an outside number, how long a rule allows it, in seconds (0 is no limit), and until when
    by: int | None = None
    longest: float = 0.0
    limited_until: datetime | None = None
    choice: ChosenPerson | None = None

    @property
    def stream(self) -> str:
        return self.story

    @property
    def is_private(self) -> bool:
        """Whether the agent and the consulted person talk without the caller."""
        return self.state is ConsultState.TALKING

    @property
    def is_talking(self) -> bool:
        return self.state in (ConsultState.TALKING, ConsultState.JOINED)


@dataclass(slots=True, kw_only=True)
class Call(WorkItem):
    """One call that is not over.

    leg           the leg of the caller, or of the person whom we dial
    on_line       the exchange has answered the caller's leg
    recorded      the recordings made of it, by name: the purpose of each; without those that the caller withdrew
    monitors      supervisors who listen, whisper or barge in, by person: leg and mode
    hearing       those of them who have answered their phone, and so hear the call
    callback      the callback that it carries out, or ""
    story         the enquiry of the call, if the enquiry began before the call
    count         how many legs and consults the call has had
    number_legs   legs that ring at agents' own numbers or are connected to them
    limited_leg   the leg of the dialled number, which a rule allows until `limited_until`; a consult has its own limit
    search        people of the second level are asked about a subject, or were and nobody took it
    reached_at    when the number that its agent dialled answered; None once the agent has let go of it
    survey        whether they were told that they will be asked how it went, at `survey_at`, and said no (`announcing`)
    fallen_back   since when the caller is in the exchange's fallback plan, because nothing could be written
    notices_said  how many queue messages a caller outside any flow has heard, the last at `noticed_at`
    """

    kind: str = CALL
    exchange: str
    leg: LegId
    dialled: str
    stage: Stage
    caller_name: str = ""
    entry: int | None = None
    outgoing: bool = False
    on_line: bool = False
    talk: Talk | None = None
    consult: Consult | None = None
    search: SecondLevelSearch | None = None
    recording: Recording | None = None
    recorded: dict[str, int] = field(default_factory=dict)
    monitors: dict[int, list[str]] = field(default_factory=dict)
    hearing: set[int] = field(default_factory=set)
    callback: str = ""
    story: str = ""
    count: int = 0
    fallen_back: datetime | None = None
    notices_said: int = 0
    noticed_at: datetime | None = None
    look_due: datetime | None = None
    number_legs: dict[LegId, NumberLeg] = field(default_factory=dict)
    limited_leg: LegId = ""
    limited_until: datetime | None = None
    reached_at: datetime | None = None
    survey: str = ""
    survey_at: datetime | None = None

    @property
    def stream(self) -> str:
        return self.story or self.id

    @property
    def ours(self) -> str:
        """The number of ours that the caller dialled; empty for a call that we make."""
        return "" if self.outgoing else self.dialled

    @property
    def caller_number(self) -> str:
        """The number of the caller; empty for a call that we make, which is from none but a number of ours."""
        return "" if self.outgoing else self.contact

    @property
    def bridge(self) -> BridgeId:
        return f"b-{self.id}"

    @property
    def stands_still(self) -> bool:
        """Whether the caller is in the exchange's fallback plan, so that orders have no effect."""
        return self.fallen_back is not None

    def next_count(self) -> int:
        self.count += 1
        return self.count

    def new_leg(self) -> LegId:
        return f"{self.id}-{self.next_count()}"

    def new_consult(self) -> str:
        """A new id for a consult, never reused: an earlier consulted person may be the one who talks now."""
        return f"consult:{self.id}/{self.next_count()}"

    def legs(self) -> list[LegId]:
        """All legs of this call, the caller's first."""
        return [self.leg, *(f"{self.id}-{number}" for number in range(1, self.count + 1))]

    def as_data(self) -> dict[str, Any]:
        """The state that must survive a restart, as JSON data. What is empty is left out: most of a call is, and all of
        it is written again with each of its steps."""
        data = {
            "format": FORMAT, "id": self.id, "number": self.number, "exchange": self.exchange, "leg": self.leg,
            "contact": self.contact, "caller_name": self.caller_name, "dialled": self.dialled,
            "arrived": self.arrived.isoformat(), "stage": self.stage.value, "entry": self.entry,
            "centre": self.centre, "language": self.language, "outgoing": self.outgoing, "on_line": self.on_line,
            "flow": self.flow.as_data() if self.flow else None, "queue": self.queue,
            "queued_since": _written(self.queued_since), "priority": self.priority, "raised": self.raised,
            "reserved_for": self.reserved_for, "reserved_seconds": self.reserved_seconds,
            "reserved_only": self.reserved_only, "reserved_by": self.reserved_by, "personal": self.personal,
            "first_queued": _written(self.first_queued), "ranks_from": _written(self.ranks_from),
            "recording": asdict(self.recording) if self.recording else None, "consents": dict(self.consents),
            "recorded": dict(self.recorded),
            "talk": _talk_data(self.talk), "consult": _consult_data(self.consult),
            "search": asdict(self.search) if self.search else None,
            "monitors": {str(person): monitor for person, monitor in self.monitors.items()},
            "hearing": sorted(self.hearing), "count": self.count,
            "callback": self.callback, "story": self.story, "promised": self.promised, "noted": _written(self.noted),
            "fallen_back": _written(self.fallen_back), "away_seconds": self.away_seconds,
            "delays": {str(person): until for person, until in self.delays.items()},
            "number_legs": {leg: each.as_data() for leg, each in self.number_legs.items()},
            "limited_leg": self.limited_leg, "limited_until": _written(self.limited_until),
            "reached_at": _written(self.reached_at), "survey": self.survey,
            "survey_at": _written(self.survey_at),
        }  # fmt: skip
        return {name: value for name, value in data.items() if value or name in _ALWAYS}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Call:
        """The call that `as_data` wrote, in this release or an earlier one. Raises one of `UNREADABLE`.

        Offers are not restored but made again. Fields that are not there have the values of a new call: they were
        empty, or an earlier release lacked them.
        """
        data = _upgraded(data)
        _check_types(data)
        call = cls(
            id=data["id"], exchange=data["exchange"], leg=data["leg"], contact=data["contact"],
            dialled=data["dialled"], arrived=_moment(data["arrived"]), stage=Stage(data["stage"]),
            flow=FlowState.from_data(data["flow"]) if data.get("flow") else None,
            recording=Recording(**data["recording"]) if data.get("recording") else None,
            consents={str(queue): int(purpose) for queue, purpose in data.get("consents", {}).items()},
            recorded={str(name): int(purpose) for name, purpose in _recorded(data).items()},
            talk=_talk(data.get("talk")), consult=_consult(data.get("consult"), data),
            search=SecondLevelSearch.from_data(data["search"]) if data.get("search") else None,
            monitors={int(person): list(monitor) for person, monitor in data.get("monitors", {}).items()},
            hearing={int(person) for person in data.get("hearing", data.get("monitors", ()))},
            delays={int(person): list(until) for person, until in data.get("delays", {}).items()},
            number_legs={leg: NumberLeg.from_data(each) for leg, each in data.get("number_legs", {}).items()},
        )  # fmt: skip
        for name in _PLAIN & data.keys():
            setattr(call, name, data[name])
        for name in _MOMENTS & data.keys():
            setattr(call, name, _moment(data[name]) if data[name] else None)
        return call


_TEXT = {
    "id",
    "exchange",
    "leg",
    "contact",
    "caller_name",
    "dialled",
    "centre",
    "language",
    "queue",
    "promised",
    "callback",
    "story",
    "limited_leg",
    "survey",
}
#: what is written although it is empty: it is no default, or the lack of it says that an earlier release has written it
_ALWAYS = {"contact", "dialled", "language", "recorded", "hearing"}
_NUMBERS = {"priority", "raised", "count", "away_seconds", "number", "reserved_seconds"}
_KEYS = {"entry", "reserved_for", "reserved_by", "personal"}
_FLAGS = {"outgoing", "on_line", "reserved_only"}
_MOMENTS = {
    "queued_since",
    "first_queued",
    "ranks_from",
    "noted",
    "fallen_back",
    "limited_until",
    "reached_at",
    "survey_at",
}
#: fields that are read back unchanged, if present
_PLAIN = (_TEXT | _NUMBERS | _KEYS | _FLAGS) - {"id", "exchange", "leg", "contact", "dialled"}


def _recorded(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The recordings made of the call. Earlier releases stored only the one that goes on."""
    now = data.get("recording")
    made: Mapping[str, Any] = data.get("recorded", {now["name"]: now["purpose"]} if now else {})
    return made


def _check_types(data: Mapping[str, Any]) -> None:
    """Raise TypeError for a plain value of the wrong type, which would otherwise fail later."""
    for name, value in data.items():
        wrong_text = name in _TEXT and not isinstance(value, str)
        wrong_number = name in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float))
        wrong_key = name in _KEYS and (isinstance(value, bool) or not isinstance(value, int | None))
        wrong_flag = name in _FLAGS and not isinstance(value, bool)
        if wrong_text or wrong_number or wrong_key or wrong_flag:
            raise TypeError(f"{name} is {value!r}")


# --- earlier formats -----------------------------------------------------------------------------


def _from_1(data: Mapping[str, Any]) -> dict[str, Any]:
    """Format 1 had no format number. It called a consult a side, a monitor a spy and a delay spared."""
    comes_back_to = data.get("comes_back_to")
    renamed = {
        "format": 2, "number": 0, "contact": data["number"], "monitors": data.get("spies", {}),
        "delays": data.get("spared", {}), "talk": _without_item(data.get("talk")),
        "consult": _without_item(data.get("side")),
        "reserved_for": comes_back_to, "reserved_only": data.get("expected_back", False),
        "reserved_seconds": 15.0 if comes_back_to is not None else 0.0,
    }  # fmt: skip
    return {key: value for key, value in data.items() if key not in _ONLY_IN_1} | renamed


def _from_2(data: Mapping[str, Any]) -> dict[str, Any]:
    """Format 2 called barging in "join", like the button that lets the agent's consult join."""
    modes = {"join": MonitorMode.BARGE_IN.value}
    monitors = {person: [leg, modes.get(mode, mode)] for person, (leg, mode) in data.get("monitors", {}).items()}
    return {**data, "format": 3, "monitors": monitors}


def _without_item(value: Any) -> Any:
    return {key: value[key] for key in value if key != "item"} if isinstance(value, Mapping) else value


_ONLY_IN_1 = {"spies", "spared", "side", "comes_back_to", "expected_back"}
_UPGRADES: Mapping[int, Callable[[Mapping[str, Any]], dict[str, Any]]] = {1: _from_1, 2: _from_2}


def _upgraded(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data in the newest format. Data of a newer release (after a downgrade) is read as far as it is known."""
    while (upgrade := _UPGRADES.get(data.get("format", 1))) is not None:
        data = upgrade(data)
    return data


#: exceptions of reading malformed data
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


def salvaged(data: Mapping[str, Any]) -> Call:
    """As much of a call as can be read from malformed data; other fields have the values of a new call.

    Raises one of `UNREADABLE` when even the caller's leg is missing.
    """
    plain = Call(
        id=data["id"], exchange=data["exchange"], leg=data["leg"], dialled="", stage=Stage.FLOW,
        arrived=datetime.min.replace(tzinfo=UTC),
    )  # fmt: skip
    data = _upgraded_if_possible(data)
    read = plain.as_data()
    for name in data:
        try:
            Call.from_data(read | {name: data[name]})
        except UNREADABLE:
            continue
        read[name] = data[name]
    call = Call.from_data(read)
    if call.talk is None and call.stage is not Stage.FLOW:
        call.stage, call.flow, call.consult = Stage.FLOW, None, None
    return call


def _upgraded_if_possible(data: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return _upgraded(data)
    except UNREADABLE:
        return data


@dataclass(slots=True)
class Phone:
    """A person's telephone.

    kind         "browser", "sip" for a desk phone at `address`, or "number" for a number of the person's own there
    on           exchanges where the browser phone is on
    unproven     exchanges where it is registered but may be gone, and until when it is not rung there
    call         the call that the phone rings for or is busy with
    monitoring   the call that its person listens to as a supervisor
    fault        why the last call to the person's own number was not taken; "" when it was
    """

    person: int
    kind: str = BROWSER
    address: str = ""
    on: set[str] = field(default_factory=set)
    unproven: dict[str, datetime] = field(default_factory=dict)
    call: str | None = None
    monitoring: str | None = None
    fault: str = ""


def _talk_data(talk: Talk | None) -> dict[str, Any] | None:
    if talk is None:
        return None
    return {
        "person": talk.person, "leg": talk.leg, "since": talk.since.isoformat(), "held": talk.held, "muted": talk.muted,
    }  # fmt: skip


def _talk(data: Mapping[str, Any] | None) -> Talk | None:
    return Talk(**{**data, "since": _moment(data["since"])}) if data else None


def _consult_data(consult: Consult | None) -> dict[str, Any] | None:
    if consult is None:
        return None
    return {
        "id": consult.id, "number": consult.number, "name": consult.name, "address": consult.address,
        "state": consult.state.value, "blind": consult.blind, "person": consult.person, "leg": consult.leg,
        "queue": consult.queue, "priority": consult.priority, "queued_since": _written(consult.queued_since),
        "arrived": consult.arrived.isoformat(), "seconds": consult.seconds,
        "rung_at": _written(consult.rung_at), "by": consult.by, "limited_until": _written(consult.limited_until),
        "choice": asdict(consult.choice) if consult.choice else None,
    }  # fmt: skip


def _consult(data: Mapping[str, Any] | None, call: Mapping[str, Any]) -> Consult | None:
    if not data:
        return None
    queued_since, rung_at, limited_until = (data.get(name) for name in ("queued_since", "rung_at", "limited_until"))
    return Consult(
        id=data.get("id", f"consult:{call['id']}"), call=call["id"], story=call.get("story") or call["id"],
        number=data.get("number", 0), name=data["name"], address=data["address"], state=ConsultState(data["state"]),
        blind=data["blind"], person=data["person"], leg=data["leg"], seconds=data.get("seconds", 30.0),
        queue=data.get("queue", ""), priority=data.get("priority", 0),
        queued_since=_moment(queued_since) if queued_since else None,
        rung_at=_moment(rung_at) if rung_at else None, by=data.get("by"),
        limited_until=_moment(limited_until) if limited_until else None,
        choice=ChosenPerson(**data["choice"]) if data.get("choice") else None,
        arrived=_moment(data.get("arrived", call["arrived"])), contact=call["contact"], centre=call.get("centre", ""),
    )  # fmt: skip


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
