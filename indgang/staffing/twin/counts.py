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

    offered     calls that arrived, also those who tried again
                = answered + abandoned + promised + turned_away + waiting
    in_time     answered within the limit
    wait        seconds waited, summed over all; answered_wait over those who were answered
    again       calls of those who had hung up before
    promised    a flow promised them a callback; turned_away: a flow ended the call otherwise
    helped      answered by people who do not serve the queue: its rule or a flow brought them there
    called_back, callback_wait   callbacks that were carried out, and the seconds since their callers began to wait
    consulted   answered calls that needed the second level; reached_at_once: a colleague took the caller at once
    asking      seconds for which that kept the person who asked
    whole_time  seconds from the caller's arrival until they had an answer from the second level
    waits       number of answered calls by class of wait (`WAIT_CLASSES`), by queue
    load        seconds of people's time, by queue
    busy, staffed   by crew: seconds with work in hand, however much of it, and seconds at work, breaks not included
    """

    offered: Table
    answered: Table
    abandoned: Table
    waiting: Table
    in_time: Table
    wait: Table
    answered_wait: Table
    again: Table
    promised: Table
    turned_away: Table
    helped: Table
    called_back: Table
    callback_wait: Table
    consulted: Table
    reached_at_once: Table
    asking: Table
    whole_time: Table
    waits: Table
    load: Table
    busy: Table
    staffed: Table


def count(scenario: TwinScenario, calls: PlayedCalls) -> Counts:
    """Count all calls that arrived after the warm-up."""
    record = _Record(scenario, calls)
    came, callback = ~record.callback, record.callback
    answered, left, ended = record.is_answered, record.has_left, record.has_ended
    wait, of = record.wait, record.by_cell
    return Counts(
        offered=of(came), answered=of(came & answered), abandoned=of(left),
        waiting=of(came & ~answered & ~left & ~ended), in_time=of(came & answered & (wait <= scenario.within)),
        wait=of(came, wait), answered_wait=of(came & answered, wait), again=of(came & record.has_tried),
        promised=of(record.promised), turned_away=of(ended & ~record.promised), helped=of(came & record.helped()),
        called_back=of(callback & answered), callback_wait=of(callback & answered, wait), waits=record.waits(),
        **record.consults(calls),
        load=record.load(), busy=record.busy(), staffed=_warm(scenario, _staffed(scenario)),
    )  # fmt: skip


class _Record:
    """The calls of one replication as arrays."""

    def __init__(self, scenario: TwinScenario, calls: PlayedCalls) -> None:
        self.scenario = scenario
        at, since, answered, left, ended = (
            np.asarray(each) for each in (calls.at, calls.since, calls.answered, calls.left, calls.ended)
        )
        self.callback, self.promised = (np.asarray(each, dtype=bool) for each in (calls.callback, calls.promised))
        self.has_tried = np.asarray(calls.tries) > 0
        self.is_answered, self.has_left, self.has_ended = (np.isfinite(each) for each in (answered, left, ended))
        # until they were answered, hung up or were promised a callback; others have no wait
        until = np.where(self.is_answered, answered, np.where(self.has_left, left, since))
        self.wait = np.where(self.promised, ended, until) - since
        self.names = [rule.queue for rule in scenario.queues]
        self.inflow = np.asarray(calls.inflow, dtype=np.int64)
        of_inflow = np.asarray([self.names.index(inflow.queue) for inflow in scenario.inflows])
        self.queue = of_inflow[self.inflow]
        self.interval = np.minimum(at / scenario.interval_seconds, scenario.intervals - 1).astype(np.int64)
        self.counted = at >= scenario.warm_up
        self.taken = np.flatnonzero(self.is_answered)
        crew, person = np.asarray(staff_of(scenario), dtype=np.int64), np.asarray(calls.person, dtype=np.int64)
        self.person = person[self.taken]
        self.crew = crew[self.person]
        over = np.asarray(calls.over)[self.taken]
        self.spans = answered[self.taken], np.where(np.isfinite(over), over, scenario.ends)

    def by_cell(self, which: NDArray[np.bool_], weights: Table | None = None) -> Table:
        """How many of these calls, or the sum of their weights, by queue and interval."""
        chosen = which & self.counted
        intervals = self.scenario.intervals
        flat = self.queue[chosen] * intervals + self.interval[chosen]
        found = np.bincount(flat, weights if weights is None else weights[chosen], len(self.names) * intervals)
        return np.asarray(found, dtype=np.float64).reshape(len(self.names), intervals)

    def waits(self) -> Table:
        chosen, width = self.is_answered & self.counted & ~self.callback, len(WAIT_CLASSES) + 1
        flat = self.queue[chosen] * width + np.searchsorted(WAIT_CLASSES, self.wait[chosen])
        found = np.bincount(flat, minlength=len(self.names) * width)
        return np.asarray(found, dtype=np.float64).reshape(len(self.names), width)

    def helped(self) -> NDArray[np.bool_]:
        """Which calls were answered by people who do not serve their queue."""
        helped = np.zeros(len(self.inflow), dtype=bool)
        if self.taken.size:
            crews, inflows = self.scenario.crews, self.scenario.inflows
            helps = np.asarray([[inflow.queue not in crew.queues for inflow in inflows] for crew in crews])
            helped[self.taken] = helps[self.crew, self.inflow[self.taken]]
        return helped

    def consults(self, calls: PlayedCalls) -> dict[str, Table]:
        size, asked = len(self.inflow), list(calls.consulted.items())
        which, at_once = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        seconds, whole = np.zeros(size), np.zeros(size)
        for call, found in asked:
            which[call], at_once[call] = True, found.at_once
            seconds[call], whole[call] = found.seconds, found.solved - calls.at[call]
        return {
            "consulted": self.by_cell(which), "reached_at_once": self.by_cell(at_once),
            "asking": self.by_cell(which, seconds), "whole_time": self.by_cell(which, whole),
        }  # fmt: skip

    def load(self) -> Table:
        found = _seconds(self.scenario, *self.spans, self.queue[self.taken], len(self.names))
        return _warm(self.scenario, found)

    def busy(self) -> Table:
        begins, ends, which = _together(*self.spans, self.person)
        return _warm(self.scenario, _seconds(self.scenario, begins, ends, self.crew[which], len(self.scenario.crews)))


def _together(begins: Table, ends: Table, person: NDArray[np.int64]) -> tuple[Table, Table, NDArray[np.int64]]:
    """The spans of each person, those that overlap as one, with the place of the first of them: a letter that is set
    aside during a call, and two chats at once, keep one person busy."""
    order = np.lexsort((begins, person))
    begins, ends = begins[order], ends[order]
    if not order.size:
        return begins, ends, order
    apart = person[order] * (ends.max() + 1.0)  # the time of each person comes after that of the one before
    until = np.maximum.accumulate(ends + apart)
    first = np.flatnonzero(np.concatenate([[True], begins[1:] + apart[1:] > until[:-1]]))
    return begins[first], np.maximum.reduceat(ends, first), order[first]


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
