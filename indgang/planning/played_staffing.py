"""The people of today as the simulation plays them: fitted by playing the measured days. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from indgang.planning import played_days
from indgang.planning.whatif import Changes, PlayedStaffing, ScenarioBase, Staffing, WhatIf, compute
from indgang.staffing.twin import fitting, simulation
from indgang.staffing.twin.fitting import StaffingFit, WayOfStaffing
from indgang.staffing.twin.result import Estimated

#: calls that are played for a fit: two or three seconds
MOST_CALLS = 150_000
#: days of each play, at most and at least
_MOST_DAYS, _LEAST_DAYS = 20, 5
#: plays that halve in on a number of seats, and those that a fit may be expected to take
_LEAST_PLAYS, _USUAL_PLAYS = 7, 14
_MOST_PLAYS = 63
_AS_TODAY = Changes(staffing=Staffing.TODAY)


def fitted(base: ScenarioBase) -> ScenarioBase:
    """The base with the people who explain its measured days; as it is, where nothing was measured, nothing can be
    played, or so many calls come in a day that playing them takes too long."""
    try:
        found = fit(base)
    except ValueError:  # `Impossible` and `BadScenario` too: whoever computes the scenario says what is wrong
        return base
    return (
        base
        if found is None
        else replace(
            base, played=PlayedStaffing(found.best.seats, found.best.way.even, found.best.way.shared, found.plays)
        )
    )


def fit(base: ScenarioBase) -> StaffingFit | None:
    """What was played, and how near it came; None when it cannot be told. Raises ValueError as `compute`."""
    calls = max(base.calls_a_day, 1.0)
    days = min(int(MOST_CALLS / _USUAL_PLAYS / calls), _MOST_DAYS)
    seen = {each.name: Estimated(each.mean, each.half_width, ()) for each in base.seen}
    if days < _LEAST_DAYS or fitting.WAIT not in seen:
        return None
    plays = min(max(int(MOST_CALLS / days / calls), _LEAST_PLAYS), _MOST_PLAYS)
    as_computed = compute(base, _AS_TODAY)
    several = len([each for each in base.queues if sum(each.calls)]) > 1
    ways = [each for each in fitting.WAYS if several or not each.shared]
    return fitting.closest(
        seen, lambda way, seats: _play(base, as_computed, way, seats, days), most_plays=plays, ways=ways
    )


def _play(
    base: ScenarioBase, as_computed: WhatIf, way: WayOfStaffing, seats: float, days: int
) -> Mapping[str, Estimated]:
    with_people = replace(base, played=PlayedStaffing(seats, way.even, way.shared))
    today, _other = played_days.of(with_people, as_computed, _AS_TODAY, days)
    found = simulation.run_days(today)
    return {each.name: found.estimate(each.name) for each in base.seen}
