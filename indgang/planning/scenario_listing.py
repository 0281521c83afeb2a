"""What-ifs as plain values, for programs: a run that is kept, and one that is only computed."""

from __future__ import annotations

from typing import Any

from indgang.planning import scenarios
from indgang.planning.models import ScenarioRun
from indgang.planning.storing import base_of, changes_of, stored
from indgang.planning.whatif import Changes, ScenarioBase


def of_run(run: ScenarioRun) -> dict[str, Any]:
    """People and kroner of a run, and what they come from: its base, changes, results, simulation and remarks."""
    found = scenarios.imported(run.scenario)
    return {
        **scenarios.estimate(run).as_data(), "imported": found.sentence if found else None,
        "remarks": scenarios.remarks(base_of(run.scenario.base), changes_of(run.changes)),
        "changes": run.changes, "result": run.result, "simulation": run.simulation, "simulated": run.simulated,
        "base": run.scenario.base,
    }  # fmt: skip


def computed(source: str, base: ScenarioBase, changes: Changes, *, is_simulated: bool) -> dict[str, Any]:
    """The same of a base without a run: nothing is kept. Raises RefusedChange for what has no answer."""
    found = scenarios.computed(base, changes)
    return {
        "sources": [source], "remarks": scenarios.remarks(base, changes), "changes": stored(changes),
        "result": stored(found), "simulated": scenarios.play(base, found, changes) if is_simulated else None,
        "base": stored(base),
    }  # fmt: skip
