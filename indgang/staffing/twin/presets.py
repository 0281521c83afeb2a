"""Shipped scenarios: one number for several centres. Each preset is a list of scenarios; the first is today.

The volumes are those of the documents' table of enquiries at the first level today (001:1275-1302): 42,400 at Center
for Bygninger, 26,550 at KEH, 10,100 at Byliv, 79,050 together. Handling times, hours and days are those of the sizing
`tmf-2020`; the patience and the spread of handling times are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indgang.routing.distribution.requirement import QueueRule, Relaxation
from indgang.staffing.presets import TMF_2020
from indgang.staffing.twin.scenario import Attendance, Crew, Inflow, RandomTime, TimeShape, TwinScenario

#: calls a year at the first level today, by centre; 001:1289, 001:1290 with 1295 and 1301, 001:1284
CALLS_A_YEAR: Mapping[str, int] = {"bygninger": 42_400, "keh": 26_550, "byliv": 10_100}
#: the two centres of the plan, without what becomes digital; 001:633-637, 001:645-648
PLANNED_CALLS_A_YEAR: Mapping[str, int] = {"tmf": 201_350, "bif": 20_050}
#: assumptions: mean patience, spread of talk times (standard deviation over mean), and when neighbours begin to help
PATIENCE_SECONDS, TALK_SPREAD, HELP_AFTER = 180.0, 0.9, 10.0
HALF_HOUR = 1_800.0


def day_of(calls_a_year: float) -> tuple[float, ...]:
    """Expected calls of each half-hour of an ordinary day."""
    profile, days = TMF_2020.demand.profile, TMF_2020.demand.opening_days
    return tuple(calls_a_year / days / sum(profile) * each for each in profile)


def centres_of(
    people: Mapping[str, int],
    *,
    code: str,
    title: str,
    calls_a_year: Mapping[str, int] = CALLS_A_YEAR,
    helps_after: float | None = None,
    is_one: bool = False,
) -> TwinScenario:
    """The centres on an ordinary day with so many people each.

    `helps_after` is when the neighbours may take a caller who waits; None: never. With `is_one` everybody serves
    everybody, in order of arrival.
    """
    queues = frozenset(calls_a_year)
    demand = TMF_2020.demand
    inflows = tuple(
        Inflow(
            centre, day_of(calls), RandomTime(demand.talk_seconds, TimeShape.LOGNORMAL, TALK_SPREAD),
            RandomTime(demand.after_call_seconds, TimeShape.CONSTANT), RandomTime(PATIENCE_SECONDS),
        )
        for centre, calls in calls_a_year.items()
    )  # fmt: skip
    rules = tuple(QueueRule(centre, steps=_steps(centre, queues, helps_after)) for centre in calls_a_year)
    stay = Attendance(0.0, len(demand.profile) * HALF_HOUR)
    crews = tuple(
        Crew(centre, people[centre], queues if is_one else frozenset({centre}), (stay,)) for centre in calls_a_year
    )
    return TwinScenario(code, title, inflows, rules, crews, pick_up=4.0)


def _steps(centre: str, queues: frozenset[str], helps_after: float | None) -> tuple[Relaxation, ...]:
    own = Relaxation(0.0)
    if helps_after is None:
        return (own,)
    return (own, Relaxation(helps_after, also_queues=tuple(sorted(queues - {centre}))))


def _pooling(calls_a_year: Mapping[str, int], people: Mapping[str, int]) -> Sequence[TwinScenario]:
    return (
        centres_of(people, code="apart", title="A number for each centre", calls_a_year=calls_a_year),
        centres_of(
            people, code="helping", title=f"A number for each centre, neighbours help after {HELP_AFTER:g} s",
            calls_a_year=calls_a_year, helps_after=HELP_AFTER,
        ),
        centres_of(
            people, code="one", title="One number, everybody answers everything", calls_a_year=calls_a_year, is_one=True
        ),
    )  # fmt: skip


#: by name of the preset, the calls of centres that can have one number
POOLED: Mapping[str, Mapping[str, int]] = {"pooling": CALLS_A_YEAR, "pooling-planned": PLANNED_CALLS_A_YEAR}
#: by name, what to play: the first scenario is compared with each of the others
PRESETS: Mapping[str, Sequence[TwinScenario]] = {
    "pooling": _pooling(CALLS_A_YEAR, {"bygninger": 3, "keh": 2, "byliv": 2}),
    "pooling-planned": _pooling(PLANNED_CALLS_A_YEAR, {"tmf": 9, "bif": 2}),
}
