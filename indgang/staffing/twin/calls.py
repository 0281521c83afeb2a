"""What happens to each call of one replication: lists with a place for each, in the order of arrival.

A call that is tried again gets a place of its own at the end. Times are in seconds, `NEVER` for what has not happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from indgang.staffing.twin.draws import InflowDraws
from indgang.staffing.twin.scenario import TwinScenario

NEVER = float("inf")
NOBODY = -1


class PlayedCalls:
    """The calls of one replication and, after it, what became of them.

    inflow, row, tries    which call: the number of its inflow, of its draws there, and how often it was tried before
    at, talk, wrap_up     when it arrives, how long it takes
    answered, over        when a person took it and when their part ended, wrap-up included
    left                  when the caller hung up
    person                who took it
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

    def again(self, call: int, at: float) -> int:
        """The same caller calls again at this time: the number of the new call."""
        inflow, row, tries = self.inflow[call], self.row[call], self.tries[call] + 1
        draws = self.draws[inflow]
        self.at.append(at)
        self.inflow.append(inflow)
        self.row.append(row)
        self.tries.append(tries)
        self.talk.append(self.talk[call])
        self.wrap_up.append(self.wrap_up[call])
        self.patience.append(float(draws.patience[row, tries]))
        self.returns.append(float(draws.returns[row, tries]))
        for never in (self.answered, self.over, self.left):
            never.append(NEVER)
        self.person.append(NOBODY)
        return len(self.at) - 1


def staff_of(scenario: TwinScenario) -> list[int]:
    """By person, the number of their crew."""
    return list(chain.from_iterable([number] * crew.number for number, crew in enumerate(scenario.crews)))
