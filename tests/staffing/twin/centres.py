"""Small centres for the tests of the twin."""

from __future__ import annotations

from indgang.routing.distribution.requirement import QueueRule
from indgang.staffing.twin.scenario import Attendance, Crew, Inflow, RandomTime, TimeShape, TwinScenario

HALF_HOUR = 1_800.0


def constant(seconds: float) -> RandomTime:
    return RandomTime(seconds, TimeShape.CONSTANT)


def one_queue(
    agents: int,
    load: float,
    *,
    handling: float = 180.0,
    patience: RandomTime | None = None,
    intervals: int = 40,
    warm_up: int = 2,
) -> TwinScenario:
    """Agents who serve one queue at this load (Erlang) all the time, with exponential handling times."""
    inflow = Inflow("q", (load / handling * HALF_HOUR,) * intervals, RandomTime(handling), patience=patience)
    stay = Attendance(0.0, intervals * HALF_HOUR)
    crew = Crew("everybody", agents, frozenset({"q"}), (stay,))
    return TwinScenario("one", "One queue", (inflow,), (QueueRule("q"),), (crew,), warm_up=warm_up * HALF_HOUR)
