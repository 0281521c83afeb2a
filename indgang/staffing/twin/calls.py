"""What happens to each call of one replication: lists with a place for each, in the order of arrival.

A call that is tried again gets a place of its own at the end. Times are in seconds, `NEVER` for what has not happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from indgang.staffing.twin.draws import InflowDraws
from indgang.staffing.twin.scenario import TwinScenario

NEVER = float("inf")
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Consulted:
    """A question to the second level: how long it kept the person who asked, whether a colleague took the caller at
    once, and when the caller had an answer, in seconds."""

    seconds: float
    at_once: bool
    solved: float


class PlayedCalls:
    """The calls of one replication and, after it, what became of them.

    inflow, row, tries    which call: the number of its inflow, of its draws there, and how often it was tried before
    at, talk, wrap_up     when it arrives, how long it takes
    answered, over        when a person took it and when their part ended, wrap-up included
    left                  when the caller hung up
    person                who took it
    since                 when it began to wait in a queue; a flow may come before
    ended, promised       when a flow ended it without an answer, and whether it promised a callback
    callback              whether it is a callback that was promised, which is no call that came in
    """

    def __init__(self, scenario: TwinScenario, draws: Sequence[InflowDraws]) -> None:
        at = np.concatenate([each.arrivals for each in draws])
        order = np.argsort(at, kind="stable")
        sizes = [len(each.arrivals) for each in draws]
        self.draws = draws
        self.at: list[float] = at[order].tolist()
        self.inflow: list[int] = np.repeat(np.arange(len(sizes)), sizes)[order].tolist()
        self.row: list[int] = np.concatenate([np.arange(size) for size in sizes])[order].tolist()
        self.tries: list[int] = [0] * len(self.at)
        self.talk: list[float] = np.concatenate([each.talk for each in draws])[order].tolist()
        self.wrap_up: list[float] = np.concatenate([each.wrap_up for each in draws])[order].tolist()
        self.patience: list[float] = np.concatenate([each.patience[:, 0] for each in draws])[order].tolist()
        self.returns: list[float] = np.concatenate([each.returns[:, 0] for each in draws])[order].tolist()
        self.answered: list[float] = [NEVER] * len(self.at)
        self.over: list[float] = [NEVER] * len(self.at)
        self.left: list[float] = [NEVER] * len(self.at)
        self.person: list[int] = [NOBODY] * len(self.at)
        self.since: list[float] = list(self.at)
        self.ended: list[float] = [NEVER] * len(self.at)
        self.promised: list[bool] = [False] * len(self.at)
        self.callback: list[bool] = [False] * len(self.at)
        #: the calls that needed the second level
        self.consulted: dict[int, Consulted] = {}

    def again(self, call: int, at: float) -> int:
        """The same caller calls again at this time: the number of the new call."""
        draws, row, tries = self.draws[self.inflow[call]], self.row[call], self.tries[call] + 1
        return self._add(call, at, tries, float(draws.patience[row, tries]), float(draws.returns[row, tries]))

    def call_back(self, call: int, since: float) -> int:
        """The caller was promised a callback, at a place since then: its number."""
        number = self._add(call, since, self.tries[call], NEVER, NEVER)
        self.callback[number] = True
        return number

    def _add(self, call: int, at: float, tries: int, patience: float, returns: float) -> int:
        for values in (self.at, self.since):
            values.append(at)
        for same in (self.inflow, self.row):
            same.append(same[call])
        for length in (self.talk, self.wrap_up):
            length.append(length[call])
        for never in (self.answered, self.over, self.left, self.ended):
            never.append(NEVER)
        for flag in (self.promised, self.callback):
            flag.append(False)
        self.tries.append(tries)
        self.patience.append(patience)
        self.returns.append(returns)
        self.person.append(NOBODY)
        return len(self.at) - 1


def staff_of(scenario: TwinScenario) -> list[int]:
    """By person, the number of their crew."""
    return list(chain.from_iterable([number] * crew.number for number, crew in enumerate(scenario.crews)))
