"""Counts what happened in one replication: by queue and interval of arrival, and people's time by crew and interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from indgang.staffing.twin.calls import PlayedCalls, staff_of
from indgang.staffing.twin.scenario import TwinScenario

Table = NDArray[np.float64]

#: upper ends of the classes of waits, in seconds; the last class has no end
WAIT_CLASSES = (0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 45.0, 60.0, 80.0, 100.0, 120.0, 180.0, 240.0, 300.0, 450.0,
                600.0, 900.0, 1_200.0, 1_800.0, 3_600.0)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """One replication. Tables by queue and interval have the scenario's queues in order; those by crew its crews.

    offered     calls that arrived, also those who tried again; = answered + abandoned + waiting
    in_time     answered within the limit
    wait        seconds waited, summed over all; answered_wait over those who were answered
    waits       number of answered calls by class of wait (`WAIT_CLASSES`), by queue
    load        seconds of people's time, by queue
    busy, staffed   by crew: seconds with work in hand, and seconds at work, breaks not included
    """

    offered: Table
    answered: Table
    abandoned: Table
    waiting: Table
    in_time: Table
    wait: Table
    answered_wait: Table
    again: Table
    waits: Table
    load: Table
    busy: Table
    staffed: Table


def count(scenario: TwinScenario, calls: PlayedCalls) -> Counts:
    """Count all calls that arrived after the warm-up."""
    at, answered, left = (np.asarray(each) for each in (calls.at, calls.answered, calls.left))
    over, person = np.asarray(calls.over), np.asarray(calls.person, dtype=np.int64)
    names = [rule.queue for rule in scenario.queues]
    of_inflow = np.asarray([names.index(inflow.queue) for inflow in scenario.inflows])
    queue = of_inflow[np.asarray(calls.inflow, dtype=np.int64)]
    interval = np.minimum(at / scenario.interval_seconds, scenario.intervals - 1).astype(np.int64)
    counted = at >= scenario.warm_up
    is_answered, has_left = np.isfinite(answered), np.isfinite(left)
    wait = np.where(is_answered, answered, np.where(has_left, left, at)) - at
    cells = (len(names), scenario.intervals)

    def by_cell(which: NDArray[np.bool_], weights: Table | None = None) -> Table:
        chosen = which & counted
        flat = queue[chosen] * scenario.intervals + interval[chosen]
        found = np.bincount(flat, weights if weights is None else weights[chosen], cells[0] * cells[1])
        return np.asarray(found, dtype=np.float64).reshape(cells)

    everybody = np.ones(len(at), dtype=bool)
    classes = np.searchsorted(WAIT_CLASSES, wait)
    chosen = is_answered & counted
    width = len(WAIT_CLASSES) + 1
    waits = np.bincount(queue[chosen] * width + classes[chosen], minlength=len(names) * width)
    crew = np.asarray(staff_of(scenario), dtype=np.int64)
    taken = np.flatnonzero(is_answered)
    spans = answered[taken], np.where(np.isfinite(over[taken]), over[taken], scenario.ends)
    return Counts(
        by_cell(everybody), by_cell(is_answered), by_cell(has_left), by_cell(~is_answered & ~has_left),
        by_cell(is_answered & (wait <= scenario.within)), by_cell(everybody, wait), by_cell(is_answered, wait),
        by_cell(np.asarray(calls.tries) > 0), np.asarray(waits, dtype=np.float64).reshape(len(names), width),
        _warm(scenario, _seconds(scenario, *spans, queue[taken], len(names))),
        _warm(scenario, _seconds(scenario, *spans, crew[person[taken]], len(scenario.crews))),
        _warm(scenario, _staffed(scenario)),
    )  # fmt: skip


def _warm(scenario: TwinScenario, seconds: Table) -> Table:
    """Without the intervals in which the warm-up ends or before."""
    seconds[:, : ceil(scenario.warm_up / scenario.interval_seconds)] = 0.0
    return seconds


def _staffed(scenario: TwinScenario) -> Table:
    """Seconds at work by crew and interval: attendances without their breaks."""
    found = np.zeros((len(scenario.crews), scenario.intervals))
    for number, crew in enumerate(scenario.crews):
        for stay in crew.attendances:
            found[number] += crew.number * _one(scenario, [(stay.begins, stay.ends)])
            found[number] -= crew.number * _one(scenario, stay.breaks)
    return found


def _one(scenario: TwinScenario, spans: Sequence[tuple[float, float]]) -> Table:
    begins, ends = np.asarray([each[0] for each in spans]), np.asarray([each[1] for each in spans])
    return np.asarray(_seconds(scenario, begins, ends, np.zeros(len(spans), dtype=np.int64), 1)[0])


def _seconds(scenario: TwinScenario, begins: Table, ends: Table, group: NDArray[np.int64], groups: int) -> Table:
    """Seconds of the spans in each interval, by group. What lies after the last interval counts in none."""
    length, number = scenario.interval_seconds, scenario.intervals
    begins, ends = (np.clip(each, 0.0, scenario.ends) for each in (begins, ends))
    first = np.minimum((begins / length).astype(np.int64), number - 1)
    last = np.minimum((ends / length).astype(np.int64), number - 1)
    found = np.zeros((groups, number))
    same = first == last
    np.add.at(found, (group[same], first[same]), (ends - begins)[same])
    for which in np.flatnonzero(~same):
        row = found[group[which]]
        row[first[which]] += (first[which] + 1) * length - begins[which]
        row[first[which] + 1 : last[which]] += length
        row[last[which]] += ends[which] - last[which] * length
    return found
