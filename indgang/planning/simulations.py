"""Scenarios of the twin that ship or that somebody sends, played and compared with the first of them. Pure.

The command takes any; the API and the page play what an answer can wait for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from indgang.staffing.twin import data
from indgang.staffing.twin.presets import PRESETS
from indgang.staffing.twin.result import TwinComparison, TwinResult
from indgang.staffing.twin.scenario import MOST_TRIES, BadScenario, Crew, TwinScenario
from indgang.staffing.twin.simulation import run

REPLICATIONS = 20
#: what an answer waits for, some seconds at most. Calls, stays at work and days are those of all replications
MOST_CALLS, MOST_STAYS, MOST_DAYS, MOST_PEOPLE, MOST_CELLS = 80_000, 100_000, 1_000, 500, 20_000


def read(text: str) -> Sequence[TwinScenario]:
    """One scenario in JSON, or several as `{"scenarios": [...]}`. Raises BadScenario."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadScenario(f"this is no JSON ({error})") from error
    several = given.get("scenarios") if isinstance(given, dict) else None
    found = [data.parse(each) for each in (several if isinstance(several, list) else [given])]
    if not found:
        raise BadScenario("there is no scenario in it")
    return found


def shipped(code: str) -> Sequence[TwinScenario]:
    """The scenarios of a preset, the first of which the others are compared with. Raises BadScenario."""
    if code not in PRESETS:
        raise BadScenario(f"preset is one of {', '.join(PRESETS)}, not {code}")
    return PRESETS[code]


def play(scenarios: Sequence[TwinScenario], replications: int = REPLICATIONS, seed: int = 1) -> list[TwinResult]:
    """Each scenario with the same random numbers. Raises BadScenario."""
    return [run(each, replications, seed) for each in scenarios]


def check_size(scenarios: Sequence[TwinScenario], replications: int) -> None:
    """Raise BadScenario for what an answer cannot wait for.

    Flows are left to the command, because nobody has checked that they come to an end.
    """
    if any(each.flows for each in scenarios):
        raise BadScenario("flows are played by the command indgang simulate alone")
    crews = [crew for each in scenarios for crew in each.crews]
    sizes = (
        (sum(crew.number for crew in crews), MOST_PEOPLE, "people in all scenarios"),
        (sum(each.intervals * len(each.queues) for each in scenarios), MOST_CELLS, "intervals of queues"),
        (len(scenarios) * replications, MOST_DAYS, "days in all scenarios"),
        (sum(map(_stays, crews)) * replications, MOST_STAYS, "stays at work in all replications"),
        (sum(map(_calls, scenarios)) * replications, MOST_CALLS, "calls in all replications"),
    )
    for size, most, what in sizes:
        if size > most:
            raise BadScenario(f"more than {most:,} {what}; the command indgang simulate plays them")


def _stays(crew: Crew) -> int:
    """Attendances of its people; a break parts one in two."""
    return crew.number * sum(1 + len(each.breaks) for each in crew.attendances)


def _calls(scenario: TwinScenario) -> float:
    """Expected calls, those who try again counted for as often as they may."""
    return sum(
        sum(each.arrivals) * (1 + (each.retry.share * (MOST_TRIES - 1) if each.retry else 0))
        for each in scenario.inflows
    )


def comparisons(results: Sequence[TwinResult]) -> list[TwinComparison]:
    """Each of the others with the first."""
    return [TwinComparison(results[0], other) for other in results[1:]]


def as_data(results: Sequence[TwinResult]) -> dict[str, Any]:
    """As JSON data: every result, and what each of the others changes."""
    differences = [{"scenario": each.other.scenario.code, **each.differences()} for each in comparisons(results)]
    return {"results": [each.as_data() for each in results], "differences": differences}
