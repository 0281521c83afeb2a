"""The same what-if for the simulation: a day of a centre with people who come and go as seats are held. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from indgang.planning.whatif import Changes, QueueLoad, ScenarioBase, ScenarioOutcome, Staffing
from indgang.routing.distribution.requirement import QueueRule
from indgang.staffing.twin.scenario import Attendance, Crew, Inflow, RandomTime, TwinScenario

_MINUTE = 60.0


def today(base: ScenarioBase, outcome: ScenarioOutcome) -> TwinScenario:
    """The centre as it is: each queue with people of its own."""
    return _scenario("today", base, base.queues, outcome, Changes(staffing=Staffing.TODAY))


def other(changed: ScenarioBase, outcome: ScenarioOutcome, changes: Changes) -> TwinScenario:
    """The changed centre. In a pool everybody serves all queues; of each queue's people the share `shared` does."""
    return _scenario("other", changed, changed.queues, outcome, changes)


def effort(base: ScenarioBase, changed: ScenarioBase, replications: int) -> float:
    """Calls that are played for both."""
    return (base.calls_a_day + changed.calls_a_day) * replications


def _scenario(
    code: str, base: ScenarioBase, queues: Sequence[QueueLoad], outcome: ScenarioOutcome, changes: Changes
) -> TwinScenario:
    busy = [each for each in queues if sum(each.calls)]
    everything = frozenset(each.code for each in busy)
    crews = [
        crew
        for group in outcome.groups
        for crew in _crews(base, group.code, group.seats, everything, 1.0 if changes.pooled else changes.shared)
    ]
    return TwinScenario(
        code, code, tuple(_inflow(each) for each in busy), tuple(QueueRule(each.code) for each in busy), tuple(crews),
        interval_seconds=base.interval_minutes * _MINUTE, within=base.target.within,
    )  # fmt: skip


def _inflow(queue: QueueLoad) -> Inflow:
    patience = None if queue.patience is None else RandomTime(queue.patience)
    return Inflow(
        queue.code, queue.calls, RandomTime(queue.talk), wrap_up=RandomTime(queue.after_call), patience=patience,
        day_spread=queue.day_spread,
    )  # fmt: skip


def _crews(
    base: ScenarioBase, code: str, seats: Sequence[float], everything: frozenset[str], shared: float
) -> Iterator[Crew]:
    """A person for each seat, there while so many seats are held; the first of them serve all queues."""
    whole = [max(round(each), 1) if each else 0 for each in seats]
    most = max(whole, default=0)
    generalists = most if code not in everything else ceil(shared * most - 1e-9)
    for number in range(1, most + 1):
        queues = everything if number <= generalists else frozenset({code})
        yield Crew(f"{code} {number}", 1, queues, tuple(_stays(base, [each >= number for each in whole])))


def _stays(base: ScenarioBase, there: Sequence[bool]) -> Iterator[Attendance]:
    length = base.interval_minutes * _MINUTE
    begun: int | None = None
    for number, is_there in enumerate([*there, False]):
        if is_there and begun is None:
            begun = number
        elif not is_there and begun is not None:
            yield Attendance(begun * length, number * length)
            begun = None
