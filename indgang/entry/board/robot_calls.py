"""Robot calls: a number is rung, a script is gone through with whoever answers, and the result is written down.

Nobody here knows what the questions are about. A robot call is no call of a caller and occupies no agent. It has a
stream of events of its own, and is kept for a restart like any item of work:

| the switchboard restarts while it | then |
|---|---|
| waits for a free line | rings later |
| was to be dialled, or rings | is over as "interrupted", and hung up if it still rings: nobody is rung twice |
| goes through the script | the present question is asked again; what was keyed stays |
| is recorded | is recorded on; where that has ended meanwhile, the last words are said |
| has not decided yet whether a caller who stays on the line is asked | hangs up: they were served |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from indgang.core import phone_numbers
from indgang.core.barring import ALWAYS, Bar
from indgang.entry.board import greeting as hearing
from indgang.entry.board import robot_script as scripts
from indgang.entry.board.calls import Calls
from indgang.entry.board.greeting import GreetingVerdict, HeardGreeting
from indgang.entry.board.outcome import Ask
from indgang.entry.board.robot_script import RobotOutcome, Script, ScriptPart, ScriptPlace, ScriptStep, ScriptTurn
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import RobotStep
from indgang.telephony import contract as tel

#: what `as_data` of robot calls and of callers who stay writes
FORMAT = 1
#: the kind of a kept robot call
ROBOT = "robot"
#: the kind of a kept caller who stays on the line
STAYING = "staying"
#: how the legs of robot calls begin
ROBOT_LEG = "robot-"
#: two robot calls begin at least so far apart, in seconds, so that thirty do not fall upon the exchange at once
APART_SECONDS = 0.25
#: the share of the lines that is left to live callers
KEPT_FREE = 0.25
#: robot calls at once as long as nobody has said how many calls the lines to the network carry
MOST_OF_UNKNOWN_LINES = 2
#: how long an arrival that may be a robot call forwarded to us rings: it ends with the robot call, or is a caller
COMES_BACK_SECONDS = 2.0
#: how long the end of a recording may take after the person has hung up, in seconds
RECORDED_SECONDS = 10.0
#: how long the last words may take before the line is hung up anyway, in seconds
LAST_WORDS_SECONDS = 30.0
#: how soon a timer that cannot run now is looked at again, in seconds
LATER_SECONDS = 1.0


class RobotStage(StrEnum):
    """GREETING: answered, and we listen to who it is. LEFT: hung up, and the recording is not complete yet."""

    WAITING = "waiting"
    RINGING = "ringing"
    GREETING = "greeting"
    SCRIPT = "script"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class RobotLimits:
    """At most `at_once` robot calls. `lines` is how many calls the lines to the network carry at once.

    0: not known, and then at most MOST_OF_UNKNOWN_LINES robot calls.
    """

    at_once: int = 10
    lines: int = 0

    def has_room(self, *, robots: int, live: int) -> bool:
        """Whether one more may begin beside so many robot calls and lines of live callers."""
        if robots >= (self.at_once if self.lines else min(self.at_once, MOST_OF_UNKNOWN_LINES)):
            return False
        return not self.lines or live + robots < self.lines - max(1, round(self.lines * KEPT_FREE))


@dataclass(slots=True)
class LiveRobotCall:
    """One robot call that is not over. `plays` counts what was said, `steps` its events. `due` is when the script goes
    on by itself, `judge_at` when it is known who has answered."""

    id: str
    number: str
    script: Script
    ours: str
    ring_seconds: float
    until: datetime
    exchange: str = ""
    stage: RobotStage = RobotStage.WAITING
    place: ScriptPlace = field(default_factory=ScriptPlace)
    greeting: HeardGreeting | None = None
    plays: int = 0
    steps: int = 0
    due: datetime | None = None
    judge_at: datetime | None = None
    leg: tel.LegId = ""

    def __post_init__(self) -> None:
        self.leg = self.leg or f"{ROBOT_LEG}{self.id}"

    @property
    def playback(self) -> str:
        return f"{self.leg}:{self.plays}"

    @property
    def recording(self) -> str:
        return f"{tel.COMMENT}{self.id}"

    @property
    def is_on_line(self) -> bool:
        return self.stage in (RobotStage.GREETING, RobotStage.SCRIPT)

    def as_data(self) -> dict[str, Any]:
        return {
            "format": FORMAT, "kind": ROBOT,
            "id": self.id, "number": self.number, "script": self.script.as_data(), "ours": self.ours,
            "ring_seconds": self.ring_seconds, "until": self.until.isoformat(), "exchange": self.exchange,
            "stage": self.stage.value, "place": self.place.as_data(), "plays": self.plays,
            "steps": self.steps, "leg": self.leg, "greeting": self.greeting.as_data() if self.greeting else None,
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> LiveRobotCall:
        """What `as_data` wrote. Raises one of `call.UNREADABLE`."""
        return cls(
            id=data["id"], number=data["number"], script=Script.from_data(data["script"]), ours=data["ours"],
            ring_seconds=float(data["ring_seconds"]), until=datetime.fromisoformat(data["until"]),
            exchange=data.get("exchange", ""), stage=RobotStage(data.get("stage", RobotStage.WAITING)),
            place=ScriptPlace.from_data(data.get("place", {})),
            greeting=HeardGreeting.from_data(data["greeting"]) if data.get("greeting") else None,
            plays=int(data.get("plays", 0)), steps=int(data.get("steps", 0)), leg=data.get("leg", ""),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StayingCaller:
    """The leg of a caller who has been served and stays on the line until it is decided whether they are asked."""

    exchange: str
    leg: tel.LegId

    @property
    def id(self) -> str:
        return str(uuid5(NAMESPACE_URL, f"indgang:staying:{self.leg}"))

    def as_data(self) -> dict[str, Any]:
        return {"format": FORMAT, "kind": STAYING, "exchange": self.exchange, "leg": self.leg}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> StayingCaller:
        """What `as_data` wrote. Raises one of `call.UNREADABLE`."""
        return cls(exchange=data["exchange"], leg=data["leg"])


@dataclass(frozen=True, slots=True)
class PossibleReturn:
    """An arrival that may be a robot call forwarded to us. Whoever is still there at `due` is a caller."""

    exchange: str
    report: tel.Arrived
    due: datetime


class RobotCalls:
    """The robot calls of one board by id, in the sequence of their orders.

    After each input, `events` are to be written, and `changed` are the calls to keep (None: over). The recordings of
    comments are fetched whatever became of their calls (`Switchboard`).
    """

    def __init__(self, calls: Calls, limits: RobotLimits | None = None) -> None:
        self.calls = calls
        self.limits = limits or RobotLimits()
        self.by_id: dict[str, LiveRobotCall] = {}
        self.by_leg: dict[tel.LegId, LiveRobotCall] = {}
        self.events: list[RobotStep] = []
        self.changed: dict[str, Mapping[str, Any] | None] = {}
        #: callers who stay on the line until it is decided whether they are asked
        self.staying: dict[tel.LegId, StayingCaller] = {}
        #: the same from before a restart: nobody decides about them any more
        self._left_over: dict[tel.LegId, StayingCaller] = {}
        #: orders given in this input
        self.ordered = 0
        self._next_start: datetime | None = None
        #: arrivals that ring until it is known whether they are callers
        self._returns: dict[tel.LegId, PossibleReturn] = {}

    def begin(self) -> None:
        """Begin a new input."""
        self.events, self.changed, self.ordered = [], {}, 0

    @property
    def _at(self) -> datetime:
        return self.calls.centre.at

    # --- orders ------------------------------------------------------------------------------------

    def place(self, ask: Ask) -> None:
        """Take the order of a robot call; a repeated one changes nothing. A number that may not be rung has failed."""
        payload = ask.payload
        call = LiveRobotCall(
            id=str(payload["call"]), number=str(payload["number"]),
            script=Script.from_data(payload["script"]), ours=str(payload["ours"]),
            ring_seconds=float(payload["ring_seconds"]), until=datetime.fromisoformat(payload["until"]),
        )  # fmt: skip
        if call.id in self.by_id:
            return
        why = self._why_not(call.number) or self._why_not_from(call.ours)
        self._add(call)
        if why:
            self._over(call, RobotOutcome.FAILED, why)
        else:
            call.number = phone_numbers.normalise(call.number)
            self._keep(call)

    def cancel(self, ask: Ask) -> None:
        """Drop a robot call that has not rung yet; another is none of anybody's business any more."""
        call = self.by_id.get(str(ask.payload["call"]))
        if call is not None and call.stage is RobotStage.WAITING:
            self._over(call, RobotOutcome.CANCELLED)

    def stay(self, staying: Iterable[tuple[str, str, tel.LegId]]) -> None:
        """Callers stay on the line, who belong to no call any more."""
        for _enquiry, exchange, leg in staying:
            caller = self.staying[leg] = StayingCaller(exchange, leg)
            self.changed[caller.id] = caller.as_data()

    def left(self, leg: tel.LegId) -> None:
        """The leg has ended."""
        may_return = self._returns.pop(leg, None) is not None
        if self._stays_no_more(leg) or may_return:
            self.calls.other_legs.discard(leg)

    def _stays_no_more(self, leg: tel.LegId) -> bool:
        """Forget that the caller of this leg stays on the line; whether they did."""
        caller = self.staying.pop(leg, None) or self._left_over.pop(leg, None)
        if caller is not None:
            self.changed[caller.id] = None
        return caller is not None

    def lead(self, exchange: str, leg: tel.LegId, found: tuple[str, Script] | None) -> None:
        """Lead a caller who stayed on the line into a script, under the id of its robot call; None: hang up.

        Of a caller who has hung up meanwhile, or was not let wait longer, the robot call is cancelled.
        """
        is_here = self._stays_no_more(leg)
        if found is None:
            if is_here:
                self.calls.other_legs.discard(leg)
                self.calls.orders.append((exchange, tel.Hangup(leg)))
            return
        call_id, script = found
        call = LiveRobotCall(
            id=call_id, number="", script=script, ours="", ring_seconds=0.0, until=self._at, exchange=exchange,
            stage=RobotStage.SCRIPT, leg=leg,
        )  # fmt: skip
        self._add(call)
        if is_here:
            self._note(call, Kind.ROBOT_ANSWERED)
            self._take(call, scripts.begin(script))
        else:
            self._over(call, RobotOutcome.CANCELLED)

    def _why_not(self, typed: str) -> str:
        """Why this number may not be rung: emergency, short, barred or our own; "" if it may."""
        bar = self.calls.centre.plan.barring.number(typed)
        if bar is not None:
            return str(bar)
        number = phone_numbers.normalise(typed)
        if number in ALWAYS or phone_numbers.is_service(number) or not number.startswith("+"):
            return str(Bar.NO_NUMBER)
        return "own_number" if number in self.calls.centre.plan.entries else ""

    def _why_not_from(self, ours: str) -> str:
        """Why nobody may be rung from this number: a call without one could not be recognised when it comes back."""
        return "" if phone_numbers.from_exchange(ours).startswith("+") else "no_own_number"

    # --- beginning ---------------------------------------------------------------------------------

    def look(self) -> None:
        """Let the next waiting call begin if there is room, and drop those whose time is over."""
        waiting = [call for call in self.by_id.values() if call.stage is RobotStage.WAITING]
        has_room = bool(waiting) and self._has_room()
        for call in waiting:
            if call.until <= self._at:
                self._over(call, RobotOutcome.EXPIRED)
            elif has_room and self._may_ring(call):
                self._ring(call)
                has_room = False  # two begin some time apart

    def _has_room(self) -> bool:
        """Whether another call may begin now."""
        if self._next_start is not None and self._at < self._next_start:
            return False
        if not any(self.calls.is_up(name) for name in self.calls.exchanges):
            return False
        robots = sum(other.stage is not RobotStage.WAITING for other in self.by_id.values())
        return self.limits.has_room(robots=robots, live=self.calls.lines_in_use())

    def _may_ring(self, call: LiveRobotCall) -> bool:
        """Whether its texts have been read, and its number neither talks with us now nor is rung by another."""
        is_talking = any(live.contact == call.number for live in self.calls.by_id.values())
        others = (other for other in self.by_id.values() if other.stage is not RobotStage.WAITING)
        is_rung = any(other.number == call.number for other in others)
        return not is_talking and not is_rung and self._can_be_said(call.script)

    def _can_be_said(self, script: Script) -> bool:
        """Whether its texts are known, so that nobody is rung to hear nothing."""
        known = self.calls.centre.plan.prompts
        said = (script.intro, *script.questions, *([script.comment] if script.comment else []))
        return all(self.calls.prompt_name(code, script.language) in known for code in said)

    def _ring(self, call: LiveRobotCall) -> None:
        call.exchange, call.stage = self.calls.exchange_for_outside(), RobotStage.RINGING
        self._next_start = self._at + timedelta(seconds=APART_SECONDS)
        self._note(call, Kind.ROBOT_RUNG, exchange=call.exchange, leg=call.leg)
        self._order(call, tel.Ring(call.leg, f"tel:{call.number}", "", "", call.ring_seconds, call.id, call.ours))

    # --- reports -----------------------------------------------------------------------------------

    def heard(self, report: Any) -> None:
        """A report of the leg of a robot call."""
        call = self.by_leg[report.leg]
        match report:
            case tel.Answered() if call.stage is RobotStage.RINGING:
                self._answered(call)
            case tel.Failed():
                self._over(call, _of_failure(report))
            case tel.Gone():
                self._gone(call)
            case tel.Talking(on=on) if call.greeting is not None:
                ends_after = tel.TALK_ENDS_AFTER
                call.greeting = hearing.heard(call.greeting, speaks=on, at=self._at, ends_after=ends_after)
                self._judge(call)
            case tel.Keyed(key=key) if call.is_on_line:
                self._keyed(call, key)
            case tel.Played(playback=playback) if call.stage is RobotStage.SCRIPT and playback == call.playback:
                self._take(call, scripts.said(call.script, call.place))
            case tel.Recorded(seconds=seconds):
                self._recorded(call, seconds)

    def comes_back(self, exchange: str, report: tel.Arrived) -> bool:
        """Whether this arrival may be a robot call that was forwarded to us, and therefore rings a little longer.

        A forwarded call shows our number; so may the telephones of colleagues. Where one robot call rings it ends, and
        a forwarded arrival ends with it (`left`); whoever is still there soon after is a caller (`callers`). Where
        several ring nobody knows whose the arrival is, and it is let in as a caller: the robot takes the greeting that
        it hears for a machine's. Where a forwarded call shows the forwarding number instead it may also be that
        person, who calls us now: then the robot call ends, and their call goes on.
        """
        if report.leg in self._returns:
            return True
        caller = phone_numbers.from_exchange(report.caller_number)
        if phone_numbers.is_anonymous(caller):
            return False
        ringing = [call for call in self.by_id.values() if call.stage is RobotStage.RINGING]
        ours = [call for call in ringing if phone_numbers.from_exchange(call.ours) == caller]
        for call in [call for call in ringing if call.number == caller] or (ours if len(ours) == 1 else []):
            self._order(call, tel.Hangup(call.leg))
            self._over(call, RobotOutcome.FORWARDED)
        if len(ours) != 1:
            return False
        due = self._at + timedelta(seconds=COMES_BACK_SECONDS)
        self._returns[report.leg] = PossibleReturn(exchange, report, due)
        self.calls.other_legs.add(report.leg)
        return True

    def callers(self) -> list[tuple[str, tel.Arrived]]:
        """The arrivals that did not end with a robot call: they are callers, who begin now."""
        found = [each for each in self._returns.values() if each.due <= self._at and self.calls.is_up(each.exchange)]
        for each in found:
            del self._returns[each.report.leg]
            self.calls.other_legs.discard(each.report.leg)
        return [(each.exchange, each.report) for each in found]

    def _answered(self, call: LiveRobotCall) -> None:
        call.stage, call.greeting = RobotStage.GREETING, HeardGreeting(self._at)
        self._note(call, Kind.ROBOT_ANSWERED)
        self._order(call, tel.WatchTalk(call.leg))
        call.judge_at = hearing.due_at(call.greeting)

    def _judge(self, call: LiveRobotCall) -> None:
        """Decide who has answered, as soon as that is known."""
        assert call.greeting is not None
        match hearing.judge(call.greeting, self._at):
            case GreetingVerdict.MACHINE:
                self._order(call, tel.Hangup(call.leg))
                self._over(call, RobotOutcome.MACHINE)
                return
            case GreetingVerdict.PERSON:
                self._speak(call)
                return
        call.judge_at = hearing.due_at(call.greeting)
        self._keep(call)

    def _speak(self, call: LiveRobotCall) -> None:
        assert call.greeting is not None
        call.stage, call.greeting = RobotStage.SCRIPT, hearing.robot_speaks(call.greeting, self._at)
        self._take(call, scripts.begin(call.script))
        call.judge_at = hearing.due_at(call.greeting)

    def _keyed(self, call: LiveRobotCall, key: str) -> None:
        """A key: it is a person. Before the first words only the key that opts out means anything."""
        if call.stage is RobotStage.GREETING and key != scripts.OPT_OUT_KEY:
            self._speak(call)
            call.greeting, call.judge_at = None, None
            return
        call.stage, call.greeting, call.judge_at = RobotStage.SCRIPT, None, None
        self._take(call, scripts.keyed(call.script, call.place, key, self._at))

    def _recorded(self, call: LiveRobotCall, seconds: float) -> None:
        turn = scripts.recorded(call.script, call.place, seconds)
        if call.stage is RobotStage.LEFT:
            call.place = turn.place
            self._write(call, turn.steps)
            self._over(call, scripts.outcome(call.script, call.place, hung_up=True))
        else:
            self._take(call, turn)

    def _gone(self, call: LiveRobotCall) -> None:
        if call.place.part is ScriptPart.COMMENT and call.stage is not RobotStage.LEFT:
            call.stage, call.due = RobotStage.LEFT, self._at + timedelta(seconds=RECORDED_SECONDS)
            self._keep(call)
        else:
            self._over(call, scripts.outcome(call.script, call.place, hung_up=call.place.part is not ScriptPart.LAST))

    # --- time --------------------------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """When something is due."""
        calls = self.by_id.values()
        times = [due for call in calls for due in (call.due, call.judge_at) if due is not None]
        waiting = [call.until for call in self.by_id.values() if call.stage is RobotStage.WAITING]
        if waiting and self._next_start is not None and self._next_start > self._at:
            times.append(self._next_start)
        returns = [each.due for each in self._returns.values() if self.calls.is_up(each.exchange)]
        return min((*times, *waiting, *returns), default=None)

    def tick(self) -> None:
        """Run the timers that are due."""
        for call in list(self.by_id.values()):
            if _is_due(call.judge_at, self._at) or _is_due(call.due, self._at):
                self._tick(call)

    def _tick(self, call: LiveRobotCall) -> None:
        later = self._at + timedelta(seconds=LATER_SECONDS)
        if not self.calls.is_up(call.exchange):
            call.due, call.judge_at = call.due and later, call.judge_at and later
        elif _is_due(call.judge_at, self._at):
            call.judge_at = None
            self._judge(call)
        else:
            call.due = None
            self._time_is_up(call)

    def _time_is_up(self, call: LiveRobotCall) -> None:
        if call.stage is RobotStage.LEFT:
            self._over(call, scripts.outcome(call.script, call.place, hung_up=True))
        elif call.place.part is ScriptPart.LAST:
            self._hang_up(call)
        else:
            self._take(call, scripts.silent(call.script, call.place))

    # --- exchanges ---------------------------------------------------------------------------------

    def connected(self, exchange: str, report: tel.Connected) -> None:
        """The exchange is connected: go on with the calls that are up, and end the others."""
        listed = {leg.leg for leg in report.legs}
        up = {leg.leg for leg in report.legs if leg.answered}
        self._forget_others(exchange, listed)
        for call in [call for call in self.by_id.values() if call.exchange == exchange]:
            if call.leg not in up:
                if call.leg in listed:
                    self._order(call, tel.Hangup(call.leg))
                self._interrupted(call)
            elif call.stage is RobotStage.RINGING:
                self._answered(call)
            elif call.stage is RobotStage.GREETING:
                self._order(call, tel.WatchTalk(call.leg))
                call.greeting = HeardGreeting(self._at)
                call.judge_at = hearing.due_at(call.greeting)
            else:
                call.greeting, call.judge_at = None, None
                is_recording = call.recording in report.recordings
                self._take(call, scripts.resume(call.script, call.place, is_recording=is_recording))

    def ended(self, exchange: str) -> None:
        """The exchange has ended, and its calls with it."""
        self._forget_others(exchange, set())
        for call in [call for call in self.by_id.values() if call.exchange == exchange]:
            self._interrupted(call)

    def _forget_others(self, exchange: str, listed: Collection[tel.LegId]) -> None:
        """Hang up callers who stayed on the line before a restart, and forget the legs that are gone."""
        over = [each for each in self._left_over.values() if each.exchange == exchange]
        self.calls.orders += [(exchange, tel.Hangup(each.leg)) for each in over if each.leg in listed]
        gone = [each for each in self.staying.values() if each.exchange == exchange and each.leg not in listed]
        returns = [each.report.leg for each in self._returns.values() if each.exchange == exchange]
        for leg in (*(each.leg for each in (*over, *gone)), *(leg for leg in returns if leg not in listed)):
            self.left(leg)

    def _interrupted(self, call: LiveRobotCall) -> None:
        outcome = scripts.outcome(call.script, call.place, hung_up=True)
        is_known = call.place.has_answers or call.place.opted_out
        self._over(call, outcome if is_known else RobotOutcome.INTERRUPTED)

    def restore(self, kept: Iterable[LiveRobotCall | StayingCaller]) -> None:
        """Take over the calls from before a restart. `Connected` says which legs are up."""
        for each in kept:
            if isinstance(each, StayingCaller):
                self._left_over[each.leg] = each
                self.calls.other_legs.add(each.leg)
            else:
                self._add(each)

    # --- inside ------------------------------------------------------------------------------------

    def _take(self, call: LiveRobotCall, turn: ScriptTurn) -> None:
        """Write down the steps of a turn, and carry it out."""
        call.place, call.due = turn.place, call.due if turn.hears_on else None
        self._write(call, turn.steps)
        if turn.hang_up:
            self._hang_up(call)
            return
        if turn.say:
            call.plays += 1
            prompts = tuple(self.calls.prompt_name(code, call.script.language) for code in turn.say)
            self._order(call, tel.Play(call.leg, call.playback, prompts))
        if turn.record:
            seconds = call.script.comment_seconds
            self._order(call, tel.Record(call.leg, call.recording, seconds))
        if turn.wait is not None:
            call.due = self._at + timedelta(seconds=turn.wait)
        elif call.place.part is ScriptPart.LAST and not turn.hears_on:
            call.due = self._at + timedelta(seconds=LAST_WORDS_SECONDS)
        self._keep(call)

    def _hang_up(self, call: LiveRobotCall) -> None:
        self._order(call, tel.Hangup(call.leg))
        self._over(call, scripts.outcome(call.script, call.place))

    def _over(self, call: LiveRobotCall, outcome: RobotOutcome, why: str = "") -> None:
        """Write the result, once, and forget the call."""
        self._note(
            call, Kind.ROBOT_OVER, outcome=outcome.value, why=why, marks=list(call.place.marks),
            comment=call.place.comment,
        )  # fmt: skip
        del self.by_id[call.id]
        self.by_leg.pop(call.leg, None)
        self.calls.other_legs.discard(call.leg)
        self.changed[call.id] = None

    def _write(self, call: LiveRobotCall, steps: Iterable[ScriptStep]) -> None:
        for step in steps:
            self._note(call, Kind.ROBOT_STEP, step=step.kind, place=step.question, key=step.key)

    def _note(self, call: LiveRobotCall, kind: Any, **data: Any) -> None:
        self.events.append(RobotStep(call.steps, kind.event(call.id, self._at, data=data)))
        call.steps += 1
        self._keep(call)

    def _keep(self, call: LiveRobotCall) -> None:
        self.changed[call.id] = call.as_data()

    def _add(self, call: LiveRobotCall) -> None:
        self.by_id[call.id] = call
        self.by_leg[call.leg] = call
        self.calls.other_legs.add(call.leg)

    def _order(self, call: LiveRobotCall, order: tel.Order) -> None:
        self.calls.orders.append((call.exchange, order))
        self.ordered += 1


def _is_due(due: datetime | None, at: datetime) -> bool:
    return due is not None and due <= at


def _of_failure(report: tel.Failed) -> RobotOutcome:
    """Some networks do not tell that a telephone rings: what stayed unheard until the time was over may have rung."""
    if report.never_left:
        return RobotOutcome.NOT_RUNG
    return RobotOutcome.NO_ANSWER if report.unheard else _OF_FAILURE[report.why]


_OF_FAILURE = {
    tel.Failure.BUSY: RobotOutcome.BUSY,
    tel.Failure.NO_ANSWER: RobotOutcome.NO_ANSWER,
    tel.Failure.REFUSED: RobotOutcome.DECLINED,
    tel.Failure.UNREACHABLE: RobotOutcome.FAILED,
}
