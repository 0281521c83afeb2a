"""What-ifs as plain values, for programs: a run that is kept, and one that is only computed."""

from __future__ import annotations

from typing import Any

from indgang.planning import scenario_fits, scenario_remarks, scenarios
from indgang.planning.models import ScenarioRun
from indgang.planning.storing import base_of, changes_of, stored
from indgang.planning.whatif import Changes, ScenarioBase


def of_run(run: ScenarioRun) -> dict[str, Any]:
    """People and kroner of a run, and what they come from: its base, changes, results, simulation, remarks, and how
    well it fits what was measured."""
    imported, found = scenarios.imported(run.scenario), scenarios.found_in(run)
    base = base_of(run.scenario.base)
    return {
        **scenarios.estimate(run).as_data(), "imported": imported.sentence if imported else None,
        "remarks": scenario_remarks.of(base, changes_of(run.changes), found, run.simulated),
        "changes": run.changes, "result": stored(found), "simulation": run.simulation, "simulated": run.simulated,
        "base": run.scenario.base, **scenario_fits.as_data(run, base),
    }  # fmt: skip


def computed(source: str, base: ScenarioBase, changes: Changes, *, is_simulated: bool) -> dict[str, Any]:
    """The same of a base without a run: nothing is kept. What the formulas cannot tell is simulated. Raises
    RefusedChange for what has no answer."""
    found = scenarios.computed(base, changes)
    is_played = is_simulated or changes.is_for_simulation
    kroner = found.kroner_effect
    return {
        "sources": [source], "remarks": scenario_remarks.of(base, changes, found), "changes": stored(changes),
        "fte_effect": found.fte_effect.value, "kroner_effect": kroner.value if kroner else None,
        "result": stored(found), "simulated": scenarios.play(base, found, changes) if is_played else None,
        "base": stored(base),
    }  # fmt: skip
