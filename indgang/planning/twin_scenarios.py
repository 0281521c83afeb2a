"""The same what-if for the simulation: a day of a centre with people who come and go as seats are held. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import ceil, floor

from indgang.core.clock import COPENHAGEN
from indgang.core.schedule import Schedule, Weekly
from indgang.planning import flow_paths, measured_times
from indgang.planning.routing_changes import EVERYBODY, OF_CENTRE, QueueRouting
from indgang.planning.whatif import (
    Changes,
    PlayedStaffing,
    QueueLoad,
    ScenarioBase,
    ScenarioOutcome,
    Staffing,
    holds_seats_as_today,
)
from indgang.routing import flows as routing_flows
from indgang.routing.distribution.requirement import QueueRule, Relaxation
from indgang.routing.flows.steps import Flow
from indgang.staffing.twin.scenario import Attendance, Crew, Inflow, TwinScenario

_MINUTE = 60.0
#: a Monday without a holiday, for flows that ask for the day
_ON_SOME_MONDAY = date(2026, 1, 5)
#: a call that a flow meets takes so many times as long to simulate as one that goes straight into its queue
_FLOW_EFFORT = 7.0


@dataclass(frozen=True, slots=True)
class _Met:
    """The flows that meet callers; by queue, the flow and the keys that its callers press."""

    flows: tuple[Flow, ...] = ()
    ways: Mapping[str, tuple[str, str]] | None = None

    def of(self, queue: str) -> tuple[str, str]:
        return (self.ways or {}).get(queue, ("", ""))


def today(base: ScenarioBase, outcome: ScenarioOutcome, changes: Changes | None = None) -> TwinScenario:
    """The centre as it is: each queue with people of its own. Callers meet the flow of today when it is changed, and
    as many accept its offers as those of the other one."""
    changes = changes or Changes()
    met = _met(base, changes, is_today=True)
    unchanged = Changes(staffing=Staffing.TODAY, accepts=changes.accepts)
    return _scenario("today", _counted(base, changes), base.queues, outcome, unchanged, met)


def reference(base: ScenarioBase, outcome: ScenarioOutcome, changes: Changes) -> TwinScenario:
    """The centre as it is, with people as the changed one has them: only what is changed tells the two apart."""
    unchanged = Changes(staffing=changes.staffing, accepts=changes.accepts)
    met = _met(base, changes, is_today=True)
    return _scenario("reference", _counted(base, changes), base.queues, outcome, unchanged, met)


def _counted(base: ScenarioBase, changes: Changes) -> ScenarioBase:
    """The base with answers counted within the limit of the changed centre, so that both sides have one measure."""
    within = base.target.within if changes.target is None else changes.target.within
    return replace(base, target=replace(base.target, within=within))


def other(changed: ScenarioBase, outcome: ScenarioOutcome, changes: Changes) -> TwinScenario:
    """The changed centre. In a pool everybody serves all queues; of each queue's people the share `shared` does."""
    return _scenario("other", changed, changed.queues, outcome, changes, _met(changed, changes, is_today=False))


def effort(base: ScenarioBase, changed: ScenarioBase, changes: Changes, replications: int) -> float:
    """Calls that are played for all sides; those that flows meet count for several."""
    sides = [(base, changes.flow is not None), (changed, changes.flow is not None or changes.calls_back)]
    if not holds_seats_as_today(base, changes):
        sides.append((base, changes.flow is not None))
    return sum(each.calls_a_day * (_FLOW_EFFORT if flows else 1.0) for each, flows in sides) * replications


def unreached(base: ScenarioBase, changes: Changes) -> list[str]:
    """Queues of the base that the flow of today leads to and the other one does not."""
    if changes.flow is None:
        return []
    before, after = (_met(base, changes, is_today=side).flows for side in (True, False))
    reached = _keys(after)
    return [each.code for each in base.queues if each.code in _keys(before) and each.code not in reached]


def unstaffed(base: ScenarioBase, changes: Changes) -> list[str]:
    """Queues that the flows name and the base does not have: nobody answers there."""
    if changes.flow is None:
        return []
    known = {each.code for each in base.queues}
    flows = [flow for side in (True, False) for flow in _met(base, changes, is_today=side).flows]
    return sorted(flow_paths.queues_named(flows) - known)


def _scenario(
    code: str, base: ScenarioBase, queues: Sequence[QueueLoad], outcome: ScenarioOutcome, changes: Changes, met: _Met
) -> TwinScenario:
    busy = [each for each in queues if sum(each.calls)]
    everything = frozenset(each.code for each in busy)
    played = base.played if changes.staffing is Staffing.TODAY else None
    teams = [(group.code, _as_played(group.seats, played)) for group in outcome.groups]
    crews = [crew for team in _apart(teams, _shared_today(base)) for crew in _crews(base, team, everything, changes)]
    return TwinScenario(
        code, code, tuple(_inflow(each, met, changes.accepts) for each in busy), tuple(_rules(busy, changes, met)),
        tuple(crews), interval_seconds=base.interval_minutes * _MINUTE, within=base.target.within, pick_up=base.pick_up,
        flows=met.flows,
        schedules=_schedules(base, met.flows), begins=datetime.combine(_ON_SOME_MONDAY, base.opens, COPENHAGEN),
    )  # fmt: skip


def _inflow(queue: QueueLoad, met: _Met, accepts: float) -> Inflow:
    talk, after_call, patience = measured_times.times(queue)
    flow, keys = met.of(queue.code)
    return Inflow(
        queue.code, queue.calls, talk, wrap_up=after_call, patience=patience,
        day_spread=queue.day_spread, flow=flow, keys=keys, accepts_callback=accepts if flow else 0.0,
    )  # fmt: skip


# --- who serves a queue ----------------------------------------------------------------------------------------


def _rules(busy: Sequence[QueueLoad], changes: Changes, met: _Met) -> Iterator[QueueRule]:
    """The rule of each queue; those that only a flow names have none of their own."""
    routing = {each.queue: each for each in changes.routing}
    for queue in busy:
        changed = routing.get(queue.code, QueueRouting(queue.code))
        yield QueueRule(queue.code, priority=changed.priority, steps=tuple(_steps(changed, busy)))
    yield from map(QueueRule, sorted(flow_paths.queues_named(met.flows) - {each.code for each in busy}))


def _steps(changed: QueueRouting, busy: Sequence[QueueLoad]) -> Iterator[Relaxation]:
    helpers = () if changed.overflow_after is None else tuple(_named(changed.overflow_to, busy, changed.queue))
    if changed.overflow_after == 0 and helpers:
        yield Relaxation(0.0, also_queues=helpers)
        return
    yield Relaxation(0.0)
    if changed.overflow_after is not None and helpers:
        yield Relaxation(changed.overflow_after, also_queues=helpers)


def _named(code: str, queues: Iterable[QueueLoad], but: str) -> list[str]:
    """The queues that a code stands for, one of them left out."""
    return sorted(each.code for each in queues if each.code != but and is_named(code, each))


def is_named(code: str, queue: QueueLoad) -> bool:
    """Whether the code stands for this queue: its own, its centre's or everybody's."""
    return code in (EVERYBODY, queue.code) or (bool(queue.centre) and code == f"{OF_CENTRE}{queue.centre}")


def _as_played(seats: Sequence[float], played: PlayedStaffing | None) -> Sequence[float]:
    """Today's seats as they explain the measured days."""
    there = [each for each in seats if each]
    if played is None or not there:
        return seats
    mean = sum(there) / len(there)
    return [played.seats * (each + played.even * (mean - each)) if each else 0.0 for each in seats]


def _shared_today(base: ScenarioBase) -> float:
    return base.played.shared if base.played else 0.0


@dataclass(frozen=True, slots=True)
class _Team:
    """The seats of people who work together, and how many there are at least while any seat is held."""

    code: str
    seats: Sequence[float]
    fewest: int = 1


def _apart(teams: Sequence[tuple[str, Sequence[float]]], shared: float) -> Iterator[_Team]:
    """The people of each queue, and those who serve all queues today. What is not a whole person of a queue is one of
    these, so that as many people are there as seats are held: half a seat for each of six queues is three people."""
    if not shared or len(teams) < 2:
        yield from (_Team(code, seats) for code, seats in teams)
        return
    own = [(code, [float(floor((1 - shared) * each + 1e-9)) for each in seats]) for code, seats in teams]
    yield from (_Team(code, seats, 0) for code, seats in own if any(seats))
    all_seats, own_seats = (
        [sum(column) for column in zip(*(seats for _code, seats in of), strict=True)] for of in (teams, own)
    )
    yield _Team(EVERYBODY, [round(seats) - held for seats, held in zip(all_seats, own_seats, strict=True)])


def _crews(base: ScenarioBase, team: _Team, everything: frozenset[str], changes: Changes) -> Iterator[Crew]:
    """A person for each seat, there while so many seats are held; the first of them serve more queues."""
    code = team.code
    whole = [max(round(each), team.fewest) if each else 0 for each in team.seats]
    most = max(whole, default=0)
    today = _shared_today(base)
    more = max(changes.shared - today, 0.0) / (1 - today) if today < 1 else 0.0
    shared = 1.0 if changes.pooled or code not in everything else more
    own = next((each for each in base.queues if each.code == code), None)
    taught = [each for each in changes.routing if own is not None and is_named(each.taught, own)]
    for number in range(1, most + 1):
        queues = everything if _is_among(number, shared, most) else frozenset({code})
        queues |= {each.queue for each in taught if _is_among(number, each.taught_share, most)} & everything
        yield Crew(f"{code} {number}", 1, queues, tuple(_stays(base, [each >= number for each in whole])))


def _is_among(number: int, share: float, of: int) -> bool:
    """Whether a person, by their number from 1, is among the first so many."""
    return number <= ceil(share * of - 1e-9)


def _stays(base: ScenarioBase, there: Sequence[bool]) -> Iterator[Attendance]:
    length = base.interval_minutes * _MINUTE
    begun: int | None = None
    for number, is_there in enumerate([*there, False]):
        if is_there and begun is None:
            begun = number
        elif not is_there and begun is not None:
            yield Attendance(begun * length, number * length)
            begun = None


# --- what callers meet ------------------------------------------------------------------------------------------


def _met(base: ScenarioBase, changes: Changes, *, is_today: bool) -> _Met:
    """The flows of one side. Who comes by the flow of today comes by the other one too, and presses what leads to the
    same queue there, or nothing where nothing does. Other callers go straight into their queues."""
    if changes.flow is None:
        return _Met() if is_today else _offering(base, changes)
    beside = tuple(map(routing_flows.parse, changes.flow.beside))
    before, after = (routing_flows.parse(each) for each in (changes.flow.today, changes.flow.other))
    known, flow = _keys((before, *beside)), before if is_today else after
    keys = _keys((flow, *beside))
    ways = {each.code: (flow.code, keys.get(each.code, "")) for each in base.queues if each.code in known}
    return _Met((flow, *beside), ways)


def _keys(flows: Sequence[Flow]) -> Mapping[str, str]:
    return flow_paths.keys_to(flows[0], {each.code: each for each in flows[1:]})


def _offering(base: ScenarioBase, changes: Changes) -> _Met:
    """Straight into the queue, where some are offered to be rung."""
    flows, ways = [], {}
    queues = {each.code: number for number, each in enumerate(base.queues)}
    for each in changes.routing:
        if each.callback_after is not None and each.queue in queues:
            code = f"queue-{queues[each.queue]}"
            flows.append(_callback_flow(code, each.queue, each.callback_after))
            ways[each.queue] = code, ""
    return _Met(tuple(flows), ways)


def _callback_flow(code: str, queue: str, after: float) -> Flow:
    asking = {name: [name] for name in ("prompts", "enter_prompts", "confirm_prompts", "done_prompts")}
    offer = {"to": "offer", "prompts": ["prompts"], "after": after, "key": "1"}
    return routing_flows.parse({
        "code": code, "version": 1, "title": code, "start": "wait",
        "steps": [
            {"id": "wait", "kind": "queue", "queue": queue, "callback": offer},
            {"id": "offer", "kind": "callback_offer", "queue": queue, "on_declined": "wait", **asking},
        ],
    })  # fmt: skip


def _schedules(base: ScenarioBase, flows: Sequence[Flow]) -> Mapping[str, Schedule]:
    """All opening hours that flows ask for are those of the scenario."""
    open_all_week = Schedule(tuple(Weekly(day, base.opens, base.closes) for day in range(7)))
    return dict.fromkeys(flow_paths.schedules_named(flows), open_all_week)
