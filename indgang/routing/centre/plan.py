"""The set-up that holds at a moment. `entry.switchboard.plans` reads it from the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from indgang.core.barring import Barring
from indgang.core.dial_rules import DialRule
from indgang.core.number_series import NumberSeries, series_of
from indgang.core.schedule import Schedule
from indgang.routing.centre.second_level import SecondLevel
from indgang.routing.distribution.requirement import CALL, CALLBACK, CHAT, CONSULT, TASK, WRITTEN, QueueRule
from indgang.routing.flows.state import Elsewhere, Notice, OpenKind, OpenState, RecordingQuestion
from indgang.routing.flows.steps import Condition, Fact, Flow

#: the capacity of a person without a profile: one conversation, by telephone, one of each other kind, and two chats
ONE_CONVERSATION: Mapping[str, int] = {CALL: 1, CONSULT: 1, CALLBACK: 1, TASK: 1, WRITTEN: 1, CHAT: 2}
#: kinds that may interrupt other work for a person without a profile
CONVERSATIONS = frozenset({CALL, CONSULT})


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """A number that can be dialled. `pk` is its key, `flow` the code of the flow that meets the caller."""

    pk: int
    number: str
    name: str
    centre: str
    flow: str
    language: str = "da"


@dataclass(frozen=True, slots=True)
class CallbackRule:
    """How callbacks are attempted: how often, how far apart, and between which hours of the wall clock.

    Nobody is rung outside the opening hours of the callback's queue either, nor outside those of its centre where the
    queue has none of its own.
    """

    attempts: int = 3
    pause_seconds: float = 900.0
    earliest: time = time(8)
    latest: time = time(20)
    zone: tzinfo = field(default=ZoneInfo("Europe/Copenhagen"))

    def next_polite(self, at: datetime) -> datetime:
        """`at`, or the next time of day after it at which people may be rung."""
        local = at.astimezone(self.zone)
        if self.earliest <= local.time() < self.latest:
            return at
        day = local.date() + timedelta(days=local.time() >= self.latest)
        return datetime.combine(day, self.earliest, self.zone).astimezone(at.tzinfo)


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """A queue: the distributor's rule and the settings of its telephone side."""

    rule: QueueRule
    name: str
    centre: str
    schedule: str = ""
    #: the schedule in which callbacks are made: the queue's own, or its centre's where it has none
    callback_hours: str = ""
    closed: bool = False
    #: when it reopens by itself; None: when somebody opens it
    closed_until: datetime | None = None
    last_agent_seconds: float = 0.0
    notices: tuple[Notice, ...] = ()
    callbacks: CallbackRule = field(default_factory=CallbackRule)
    #: what callers are asked before conversations from this queue are recorded; None: they are not recorded
    recording: RecordingQuestion | None = None

    def is_closed_at(self, at: datetime) -> bool:
        return self.closed and (self.closed_until is None or at < self.closed_until)


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """Somebody who can sign in at a desk. `phone` names the browser phone; `skills` are levels 1 to 5.

    `queues` are those that are switched on; `centres` those of all their queues, switched off ones too. `capacity` is
    how many items of each kind at once; `interrupts` the kinds that may be offered beside work of other kinds.
    `own_numbers` are telephone numbers of their own at which they may take calls.
    """

    person: int
    name: str
    phone: str
    queues: frozenset[str] = frozenset()
    skills: Mapping[str, int] = field(default_factory=dict)
    centres: frozenset[str] = frozenset()
    capacity: Mapping[str, int] = field(default_factory=lambda: ONE_CONVERSATION)
    interrupts: frozenset[str] = CONVERSATIONS
    own_numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DisturbancePlan:
    """A message to all who call (or who call one centre) while it is on."""

    prompt: str
    centre: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class DutyTurn:
    """The queue whose people are on duty from `starts` until `ends`."""

    starts: datetime
    ends: datetime
    queue: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole set-up. Codes are the keys of all mappings; `prompts` are the names an exchange can play."""

    entries: Mapping[str, EntryPlan]
    flows: Mapping[str, Flow]
    #: every version that a call may still be in, by code and number
    versions: Mapping[tuple[str, int], Flow]
    #: the centre of each flow
    flow_centres: Mapping[str, str]
    queues: Mapping[str, QueuePlan]
    schedules: Mapping[str, Schedule]
    people: Mapping[int, PersonPlan]
    safe_queue: str
    #: by person, the centres whose agents they lead, and whose calls they may listen to. A call without a centre is
    #: "": only who has the right for the whole municipality has that.
    leaders: Mapping[int, frozenset[str]] = field(default_factory=dict)
    supervisors: Mapping[int, frozenset[str]] = field(default_factory=dict)
    prompts: frozenset[str] = frozenset()
    disturbances: tuple[DisturbancePlan, ...] = ()
    #: by centre, the prompt of the greeting of the day; nothing for a centre without one
    greetings: Mapping[str, str] = field(default_factory=dict)
    #: telephone numbers of units, for `unit:<code>`
    unit_numbers: Mapping[str, str] = field(default_factory=dict)
    #: queues whose callers may be asked how it went, if they stay on the line
    asked_at_end: frozenset[str] = frozenset()
    #: by queue, the prompt that tells its callers that they will be asked how it went, and the one that confirms a no
    announcements: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: by number, when somebody spoke with this caller last and who, the oldest first; the board takes it over when it
    #: begins, and goes on by itself
    last_agents: Mapping[str, tuple[datetime, int]] = field(default_factory=dict)
    #: by number, when it did not answer a promised call and of which queue; taken over in the same way
    missed_callbacks: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)
    #: numbers of parties that the register knew when the plan was read; empty while no flow asks
    known_numbers: frozenset[str] = frozenset()
    #: the phase of the roll-out that holds; "" before any
    phase: str = ""
    #: which numbers and desk phones may be rung
    barring: Barring = field(default_factory=Barring)
    #: by person, the rules of their roles about numbers outside; nobody without one
    dial_rules: Mapping[int, tuple[DialRule, ...]] = field(default_factory=dict)
    #: who of the second level has promised to answer what
    second_level: SecondLevel = field(default_factory=SecondLevel)

    #: numbers of other municipalities
    elsewhere: tuple[NumberSeries, ...] = ()
    #: by rota, the turns of these days
    duty: Mapping[str, tuple[DutyTurn, ...]] = field(default_factory=dict)

    def from_elsewhere(self, number: str) -> Elsewhere | None:
        """The other municipality that a number belongs to."""
        found = series_of(number, self.elsewhere)
        return Elsewhere(found.municipality, found.number) if found else None

    def on_duty(self, rota: str, at: datetime) -> str:
        """The queue of whoever is on duty; "" for nobody, also for an unknown rota."""
        turns = (each.queue for each in self.duty.get(rota, ()) if each.starts <= at < each.ends)
        return next(turns, "")

    def asks(self, fact: Fact) -> bool:
        """Whether a condition of any flow that a call may be in asks about this."""
        steps = (step for flow in (*self.flows.values(), *self.versions.values()) for step in flow.steps)
        return any(test.fact is fact for step in steps if isinstance(step, Condition) for test in step.all)

    def is_queue_open(self, queue: QueuePlan, at: datetime) -> bool:
        """Neither closed by hand nor outside its hours."""
        if queue.is_closed_at(at):
            return False
        return not queue.schedule or self.open_state(queue.schedule, at).kind is OpenKind.OPEN

    def open_state(self, schedule: str, at: datetime) -> OpenState:
        """Whether the schedule is open at `at`, and why not. Raises LookupError for an unknown one."""
        why = self.schedules[schedule].why_closed(at)
        if why is None:
            return OpenState(OpenKind.OPEN)
        kinds = {"break": OpenKind.BREAK, "holiday": OpenKind.HOLIDAY}
        return OpenState(kinds.get(str(why.kind), OpenKind.CLOSED), why.detail)

    def disturbances_for(self, centre: str, at: datetime) -> tuple[str, ...]:
        """Prompts of the disturbance messages that are on for callers of this centre."""
        return tuple(
            each.prompt for each in self.disturbances if each.starts <= at < each.ends and each.centre in ("", centre)
        )
