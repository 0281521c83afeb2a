"""How many people one number for several centres saves: the fewest who keep a target, apart, helping and together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from indgang.staffing.presets import TMF_2020
from indgang.staffing.twin.presets import HELP_AFTER, centres_of
from indgang.staffing.twin.result import TwinResult
from indgang.staffing.twin.scenario import BadScenario, TwinScenario
from indgang.staffing.twin.simulation import run

#: more people than this in one centre are taken for a target that cannot be met
MOST_SEATS = 400


@dataclass(frozen=True, slots=True)
class PoolingGain:
    """The fewest people at work all day who answer at least `in_time` of each centre's callers within 20 seconds.

    `apart`: a number each. `helping`: neighbours may take a caller who waits. `together`: one number, and everybody
    answers everything; the people are then counted as one.
    """

    calls_a_year: Mapping[str, int]
    in_time: float
    apart: Mapping[str, int]
    helping: Mapping[str, int]
    together: int
    results: Mapping[str, TwinResult]

    @property
    def saved(self) -> int:
        return sum(self.apart.values()) - self.together


def pooling_gain(
    calls_a_year: Mapping[str, int], in_time: float = 0.8, replications: int = 100, seed: int = 1
) -> PoolingGain:
    """Search with the same callers in each variant. Raises BadScenario for a target that no number of people meets."""
    if not 0.0 < in_time < 1.0:
        raise BadScenario(f"in_time {in_time:g}: give a share between 0 and 1")

    def play(scenario: TwinScenario) -> TwinResult:
        return run(scenario, replications, seed)

    def met(result: TwinResult) -> bool:
        levels = (result.estimate("service_level", rule.queue).mean for rule in result.scenario.queues)
        return all(level is None or level >= in_time for level in levels)

    nobody = dict.fromkeys(calls_a_year, 0)
    apart = {centre: _fewest_alone(centre, calls, play, met) for centre, calls in calls_a_year.items()}
    helping = _fewest_helping(calls_a_year, apart, play, met)
    first = next(iter(calls_a_year))

    def one(people: int) -> TwinScenario:
        at_one = {**nobody, first: people}
        return centres_of(at_one, code="one", title="One number", calls_a_year=calls_a_year, is_one=True)

    together = _fewest(one, play, met, sum(calls_a_year.values()))
    results = {
        "apart": play(centres_of(apart, code="apart", title="Apart", calls_a_year=calls_a_year)),
        "helping": play(_helping(calls_a_year, helping)),
        "one": play(one(together)),
    }
    return PoolingGain(calls_a_year, in_time, apart, helping, together, results)


def _fewest(
    make: Callable[[int], TwinScenario],
    play: Callable[[TwinScenario], TwinResult],
    met: Callable[[TwinResult], bool],
    calls: int,
) -> int:
    """The first number that suffices, from half of the people whom the calls keep busy on."""
    demand = TMF_2020.demand
    busy = calls * demand.handling_seconds / (demand.opening_days * demand.opening_hours * 3_600.0)
    for people in range(1 + int(busy / 2), MOST_SEATS):
        if met(play(make(people))):
            return people
    raise BadScenario(f"{MOST_SEATS} people do not meet the target")


def _fewest_alone(
    centre: str, calls: int, play: Callable[[TwinScenario], TwinResult], met: Callable[[TwinResult], bool]
) -> int:
    def alone(people: int) -> TwinScenario:
        return centres_of({centre: people}, code=centre, title=centre, calls_a_year={centre: calls})

    return _fewest(alone, play, met, calls)


def _helping(calls_a_year: Mapping[str, int], people: Mapping[str, int]) -> TwinScenario:
    return centres_of(
        people, code="helping", title="Neighbours help", calls_a_year=calls_a_year, helps_after=HELP_AFTER
    )


def _fewest_helping(
    calls_a_year: Mapping[str, int],
    apart: Mapping[str, int],
    play: Callable[[TwinScenario], TwinResult],
    met: Callable[[TwinResult], bool],
) -> Mapping[str, int]:
    """From the people apart, one more where a target is missed, then one less wherever all are still met."""
    people = dict(apart)
    while not met(found := play(_helping(calls_a_year, people))):
        levels = {centre: found.estimate("service_level", centre).mean or 0.0 for centre in people}
        people[min(levels, key=lambda each: levels[each])] += 1
    for centre in sorted(people, key=lambda each: -people[each]):
        while people[centre] > 0 and met(play(_helping(calls_a_year, {**people, centre: people[centre] - 1}))):
            people[centre] -= 1
    return people
