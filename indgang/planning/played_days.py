"""The days on which a what-if is played: each weekday of the measured days, as often as the share that it has. Pure.

The people are those of the average day, in the hours in which anybody calls. How much the days of a queue differ beyond
their weekdays stays as it was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from math import sqrt

from indgang.planning import twin_scenarios
from indgang.planning.whatif import Changes, CountedWeekday, ScenarioBase, WhatIf, apply, apportion
from indgang.staffing.twin.scenario import Attendance, Crew, TwinScenario
from indgang.staffing.twin.simulation import KindOfDay, PlayedDay

#: one replication of a weekday says nothing about its own error
_FEWEST = 2


def of(
    base: ScenarioBase, found: WhatIf, changes: Changes, replications: int
) -> tuple[list[PlayedDay], list[PlayedDay]]:
    """Both sides, so many replications in all. Without measured weekdays it is one ordinary Monday."""
    today = twin_scenarios.today(base, found.today, changes)
    other = twin_scenarios.other(found.changed, found.other, changes)
    return (
        _days(base, today, replications, lambda loads: loads),
        _days(base, other, replications, lambda loads: apply(loads, changes, base)),
    )


def of_reference(base: ScenarioBase, found: WhatIf, changes: Changes, replications: int) -> list[PlayedDay]:
    """The same days of the reference; none where the what-if has no reference."""
    if found.reference is None:
        return []
    played = twin_scenarios.reference(base, found.reference, changes)
    return _days(base, played, replications, lambda loads: loads)


def _days(
    base: ScenarioBase, scenario: TwinScenario, replications: int, loaded: Callable[[ScenarioBase], ScenarioBase]
) -> list[PlayedDay]:
    """`loaded` makes the calls of the scenario of those that were measured on a weekday."""
    weekdays = _played(base, replications)
    if not weekdays:
        return [PlayedDay(KindOfDay("", 1.0, replications), scenario)]
    spreads = _spreads(base)
    return [PlayedDay(kind, _on(scenario, day, loaded(_as_counted(base, day)), spreads)) for day, kind in weekdays]


def _played(base: ScenarioBase, replications: int) -> list[tuple[CountedWeekday, KindOfDay]]:
    """The weekdays with calls, and how often each is played: by its share, and twice at least. When there are too few
    replications, the commonest are played once."""
    days = [each for each in base.weekdays if sum(map(sum, each.calls))]
    days = sorted(sorted(days, key=lambda each: -each.days)[:replications], key=lambda each: each.weekday)
    if not days:
        return []
    least = min(_FEWEST, replications // len(days))
    more = apportion(replications - least * len(days), [each.days for each in days])
    total = sum(each.days for each in days)
    return [
        (day, KindOfDay(str(day.weekday), day.days / total, least + number))
        for day, number in zip(days, more, strict=True)
    ]


def _as_counted(base: ScenarioBase, day: CountedWeekday) -> ScenarioBase:
    queues = tuple(replace(queue, calls=calls) for queue, calls in zip(base.queues, day.calls, strict=True))
    return replace(base, queues=queues, weekdays=())


def _spreads(base: ScenarioBase) -> Mapping[str, float]:
    """How much the days of each queue differ beyond chance and beyond their weekdays."""
    total = sum(each.days for each in base.weekdays)
    found = {}
    for number, queue in enumerate(base.queues):
        mean = sum(queue.calls) or 1.0
        between = sum(each.days / total * (sum(each.calls[number]) / mean - 1) ** 2 for each in base.weekdays)
        found[queue.code] = sqrt(max(queue.day_spread**2 - between, 0.0))
    return found


def _on(scenario: TwinScenario, day: CountedWeekday, loads: ScenarioBase, spreads: Mapping[str, float]) -> TwinScenario:
    calls = {each.code: each.calls for each in loads.queues}
    inflows = tuple(
        replace(each, arrivals=calls[each.queue], day_spread=spreads[each.queue]) for each in scenario.inflows
    )
    crews = tuple(_in_hours(scenario.crews, [each.arrivals for each in inflows], scenario.interval_seconds))
    return replace(scenario, inflows=inflows, crews=crews, begins=scenario.begins + timedelta(days=day.weekday))


def _in_hours(crews: Sequence[Crew], calls: Sequence[Sequence[float]], interval: float) -> Iterator[Crew]:
    """The people from when the first calls come to when the last ones do; nobody on a day without calls."""
    busy = [number for number, column in enumerate(zip(*calls, strict=True)) if sum(column)]
    opens, closes = (busy[0] * interval, (busy[-1] + 1) * interval) if busy else (0.0, 0.0)
    for crew in crews:
        spans = [(max(each.begins, opens), min(each.ends, closes)) for each in crew.attendances]
        stays = tuple(Attendance(begins, ends) for begins, ends in spans if begins < ends)
        yield replace(crew, attendances=stays)
