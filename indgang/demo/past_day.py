"""Who answered whom on a past day of the demo: the simulation twin plays its callers. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from indgang.demo.day import Caller
from indgang.routing.distribution.requirement import QueueRule, Relaxation
from indgang.staffing.twin.draws import InflowDraws, known
from indgang.staffing.twin.scenario import NO_TIME, Attendance, Crew, Inflow, TwinScenario
from indgang.staffing.twin.simulation import replay

#: callers before the end of the hours are answered after it
_AFTER_HOURS = 7_200.0
#: the times are known one by one, so that the scenario's own are never drawn
_UNUSED = (0.0,)


@dataclass(frozen=True, slots=True)
class Staff:
    """By queue its centre, by centre how many people are on duty, and by centre the queue of the centre that helps."""

    centre_of_queue: Mapping[str, str]
    on_duty: Mapping[str, int]
    helping: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """By whom: the centre and the number of the person in it, from 0; and how many seconds after joining the queue."""

    centre: str
    person: int
    after: float


def play(
    callers: Sequence[Caller], opens: datetime, closes: datetime, staff: Staff, *, menu: timedelta, rings: timedelta,
    wrap_up: float, helps_after: timedelta,
) -> list[PastAnswer | None]:  # fmt: skip
    """For each caller, who answered; None for who hung up. Everybody is in the queue after `menu`."""
    if not callers:
        return []
    by_queue: dict[str, list[int]] = defaultdict(list)
    for number, caller in enumerate(callers):
        by_queue[caller.queue].append(number)
    length = (closes - opens).total_seconds() + _AFTER_HOURS
    scenario = _scenario(tuple(by_queue), length, staff, rings.total_seconds(), helps_after.total_seconds())
    calls = replay(scenario, [_draws(callers, which, opens, menu, wrap_up) for which in by_queue.values()])
    crews, found = list(staff.on_duty), list[PastAnswer | None]([None] * len(callers))
    numbers = [(centre, person) for centre in crews for person in range(staff.on_duty[centre])]
    order = list(by_queue.values())
    for call, person in enumerate(calls.person):
        if person >= 0:
            centre, number = numbers[person]
            caller_number = order[calls.inflow[call]][calls.row[call]]
            after = round(calls.answered[call] - calls.at[call], 3)
            found[caller_number] = PastAnswer(centre, number, after)
    return found


def _scenario(queues: Sequence[str], length: float, staff: Staff, rings: float, helps_after: float) -> TwinScenario:
    every = sorted({*queues, *staff.helping.values()})
    inflows = tuple(Inflow(queue, _UNUSED, NO_TIME) for queue in queues)
    crews = tuple(
        Crew(
            centre, number, frozenset(queue for queue in every if staff.centre_of_queue[queue] == centre),
            (Attendance(0.0, length),),
        )
        for centre, number in staff.on_duty.items()
    )  # fmt: skip
    rules = tuple(QueueRule(queue, steps=_steps(queue, staff, helps_after)) for queue in every)
    return TwinScenario("past", "A past day", inflows, rules, crews, interval_seconds=86_400.0, pick_up=rings)


def _steps(queue: str, staff: Staff, helps_after: float) -> tuple[Relaxation, ...]:
    helping = staff.helping.get(staff.centre_of_queue[queue])
    own = Relaxation(0.0)
    return (own, Relaxation(helps_after, also_queues=(helping,))) if helping else (own,)


def _draws(
    callers: Sequence[Caller], which: Sequence[int], opens: datetime, menu: timedelta, wrap_up: float
) -> InflowDraws:
    chosen = [callers[number] for number in which]
    return known(
        arrivals=[(caller.at + menu - opens).total_seconds() for caller in chosen],
        talk=[caller.talk for caller in chosen], wrap_up=[wrap_up] * len(chosen),
        patience=[caller.patience for caller in chosen],
    )  # fmt: skip
