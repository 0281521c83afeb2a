"""Shipped scenarios: one number for several centres, and how the second level is asked. Each preset is a list of
scenarios; the first is today.

The volumes are those of the documents' table of enquiries at the first level today (001:1275-1302): 42,400 at Center
for Bygninger, 26,550 at KEH, 10,100 at Byliv, 79,050 together. Handling times, hours and days are those of the sizing
`tmf-2020`; the patience and the spread of handling times are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from indgang.routing.distribution.requirement import QueueRule, Relaxation
from indgang.staffing.presets import TMF_2020
from indgang.staffing.twin.scenario import (
    Attendance,
    Consulting,
    Crew,
    Inflow,
    RandomTime,
    Specialist,
    TimeShape,
    TwinScenario,
    WayOfAsking,
)

#: calls a year at the first level today, by centre; 001:1289, 001:1290 with 1295 and 1301, 001:1284
CALLS_A_YEAR: Mapping[str, int] = {"bygninger": 42_400, "keh": 26_550, "byliv": 10_100}
#: the two centres of the plan, without what becomes digital; 001:633-637, 001:645-648
PLANNED_CALLS_A_YEAR: Mapping[str, int] = {"tmf": 201_350, "bif": 20_050}
#: assumptions: mean patience, spread of talk times (standard deviation over mean), and when neighbours begin to help
PATIENCE_SECONDS, TALK_SPREAD, HELP_AFTER = 180.0, 0.9, 10.0
HALF_HOUR = 1_800.0
#: how long a telephone rings until it is taken; an assumption
PICK_UP_SECONDS = 4.0


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
    return TwinScenario(code, title, inflows, rules, crews, pick_up=PICK_UP_SECONDS)


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


#: of KEH's callers this share is passed on; 001:1408
PASSED_ON = 0.2
#: assumptions about the second level: colleagues, how often one who has promised nothing answers, how long they talk
SPECIALISTS, AT_DESK, SPECIALIST_TALK = 6, 0.4, 360.0
DAY, HOUR = 86_400.0, 3_600.0
#: two colleagues at a time for an hour and a half: who, and from which hour after 8, when the day begins
FROM_9_TO_15 = (((0, 1), 1.0), ((2, 3), 2.5), ((4, 5), 4.0), ((0, 1), 5.5))
ALL_DAY = (((0, 1), 0.0), ((2, 3), 1.5), ((4, 5), 3.0), ((0, 1), 4.5), ((2, 3), 6.0), ((4, 5), 7.5))


def second_level(
    way: WayOfAsking,
    *,
    code: str,
    title: str,
    at_desk: float = AT_DESK,
    turns: Sequence[tuple[tuple[int, ...], float]] = FROM_9_TO_15,
) -> TwinScenario:
    """KEH on an ordinary day with three people, of whose callers a fifth needs a colleague of the second level."""
    promised: dict[int, list[tuple[float, float]]] = {number: [] for number in range(SPECIALISTS)}
    for day in (0.0, DAY):  # what is handed over late is answered on the next day
        for people, hour in turns:
            for person in people:
                promised[person].append((day + hour * HOUR, day + (hour + 1.5) * HOUR))
    consulting = Consulting(
        PASSED_ON, tuple(Specialist(f"colleague {each}", at_desk, tuple(promised[each])) for each in promised), way,
        RandomTime(SPECIALIST_TALK, TimeShape.LOGNORMAL, TALK_SPREAD),
    )  # fmt: skip
    calls = {"keh": CALLS_A_YEAR["keh"]}
    plain = centres_of({"keh": 3}, code=code, title=title, calls_a_year=calls)
    return replace(plain, inflows=tuple(replace(each, consulting=consulting) for each in plain.inflows))


#: by name of the preset, the calls of centres that can have one number
POOLED: Mapping[str, Mapping[str, int]] = {"pooling": CALLS_A_YEAR, "pooling-planned": PLANNED_CALLS_A_YEAR}
#: by name, what to play: the first scenario is compared with each of the others
PRESETS: Mapping[str, Sequence[TwinScenario]] = {
    "pooling": _pooling(CALLS_A_YEAR, {"bygninger": 3, "keh": 2, "byliv": 2}),
    "pooling-planned": _pooling(PLANNED_CALLS_A_YEAR, {"tmf": 9, "bif": 2}),
    "second-level": (
        second_level(WayOfAsking.PHONE_LIST, code="list", title="A plain phone list"),
        second_level(WayOfAsking.PHONE_LIST, code="list-20", title="A list, at the desk 20 % of the time", at_desk=0.2),
        second_level(WayOfAsking.PHONE_LIST, code="list-60", title="A list, at the desk 60 % of the time", at_desk=0.6),
        second_level(WayOfAsking.AGREEMENT, code="agreement", title="Promised windows, two at a time, 9 to 15"),
        second_level(WayOfAsking.AGREEMENT, code="all-day", title="The same from 8 to 17", turns=ALL_DAY),
    ),
}
