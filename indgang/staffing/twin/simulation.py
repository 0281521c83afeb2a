"""The door of the twin: play a scenario several times, or two scenarios in pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indgang.staffing.twin.calls import PlayedCalls
from indgang.staffing.twin.counts import Counts, count
from indgang.staffing.twin.direct import DirectCentre
from indgang.staffing.twin.draws import InflowDraws, draw
from indgang.staffing.twin.result import KindOfDay, TwinComparison, TwinResult
from indgang.staffing.twin.scenario import BadScenario, TwinScenario
from indgang.staffing.twin.whole import WholeCentre

MOST_REPLICATIONS = 10_000


def run(
    scenario: TwinScenario,
    replications: int = 20,
    seed: int = 1,
    progress: Callable[[int], None] | None = None,
) -> TwinResult:
    """Play the scenario so many times. The same arguments give the same result, to the last digit.

    `progress` is told after each replication how many are done. Raises BadScenario.
    """
    _check(replications, seed)
    counts = []
    for replication in range(replications):
        counts.append(count(scenario, played(scenario, seed, replication)))
        if progress is not None:
            progress(replication + 1)
    return TwinResult(scenario, seed, tuple(counts))


def _check(replications: int, seed: int) -> None:
    if not 1 <= replications <= MOST_REPLICATIONS:
        raise BadScenario(f"{replications} replications: give 1 to {MOST_REPLICATIONS:,}")
    if seed < 0:
        raise BadScenario(f"seed {seed}: give a whole number of 0 or more")


@dataclass(frozen=True, slots=True)
class PlayedDay:
    """A kind of day as a scenario of its own. The scenarios of all kinds have the same queues and intervals."""

    kind: KindOfDay
    scenario: TwinScenario


def run_days(days: Sequence[PlayedDay], seed: int = 1, progress: Callable[[int], None] | None = None) -> TwinResult:
    """Play each kind of day as often as it says, every time with random numbers of its own; otherwise as `run`."""
    _check(sum(each.kind.replications for each in days), seed)
    counts: list[Counts] = []
    for day in days:
        for _again in range(day.kind.replications):
            counts.append(count(day.scenario, played(day.scenario, seed, len(counts))))
            if progress is not None:
                progress(len(counts))
    return TwinResult(days[0].scenario, seed, tuple(counts), tuple(each.kind for each in days))


def compare_days(
    today: Sequence[PlayedDay], other: Sequence[PlayedDay], seed: int = 1, progress: Callable[[int], None] | None = None
) -> TwinComparison:
    """As `compare`, on several kinds of day, which are the same on both sides."""
    first = run_days(today, seed, progress)
    done = len(first.counts)
    then = None if progress is None else lambda more: progress(done + more)
    return TwinComparison(first, run_days(other, seed, then))


def compare(
    today: TwinScenario,
    other: TwinScenario,
    replications: int = 20,
    seed: int = 1,
    progress: Callable[[int], None] | None = None,
) -> TwinComparison:
    """Play both with the same random numbers, so that a difference is the scenarios' and not luck's.

    `progress` is told after each replication of either how many are done.
    """
    first = run(today, replications, seed, progress)
    then = None if progress is None else lambda done: progress(replications + done)
    return TwinComparison(first, run(other, replications, seed, then))


def played(scenario: TwinScenario, seed: int, replication: int) -> PlayedCalls:
    """What happened to each call in one replication."""
    return replay(scenario, draw(scenario, seed, replication))


def replay(scenario: TwinScenario, draws: Sequence[InflowDraws]) -> PlayedCalls:
    """Play calls whose times are given, for each inflow in turn: drawn, or those of a day that was."""
    calls = PlayedCalls(scenario, draws)
    centre = WholeCentre(scenario, calls) if scenario.flows else DirectCentre(scenario, calls)
    centre.run()
    return calls


__all__ = [
    "Counts", "KindOfDay", "PlayedDay", "TwinComparison", "TwinResult", "compare", "compare_days", "played", "replay",
    "run", "run_days",
]  # fmt: skip
