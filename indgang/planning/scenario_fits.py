"""How well a measured scenario fits: what was seen beside the model, by queue, and today as it is simulated."""

from __future__ import annotations

from typing import Any

from indgang.planning.models import ScenarioRun
from indgang.planning.storing import base_of
from indgang.planning.whatif import ScenarioBase
from indgang.staffing.twin.calibration import FitLine
from indgang.staffing.twin.result import Estimated


def counts_as_measured(run: ScenarioRun) -> bool:
    """Whether the simulation of today counts answers within the same limit as the measured days. The simulation is
    asked: a run that is simulated long after it was computed can have another limit than its computation."""
    if run.simulated is None:
        return True
    within: float = run.simulated["today"]["within_seconds"]
    return within == base_of(run.scenario.base).target.within


def simulated(run: ScenarioRun, base: ScenarioBase) -> list[FitLine]:
    """Figures of the measured days beside the simulation of today. None without a simulation, and where nothing was
    measured. The share in time is left out where the simulation counts it within another limit."""
    if run.simulated is None:
        return []
    played = run.simulated["today"]["all"]
    seen = [each for each in base.seen if each.name != "service_level" or counts_as_measured(run)]
    return [
        FitLine(each.name, Estimated(each.mean, each.half_width, ()), Estimated(**played[each.name], values=()))
        for each in seen
    ]


def as_data(run: ScenarioRun, base: ScenarioBase) -> dict[str, Any]:
    """`fits` has each queue with what was seen and what the model says (`fitting.QueueFit`); `simulation_fit` has the
    figures of `simulated`, and whether they differ by chance alone (None when nobody can tell)."""
    return {
        "fits": run.scenario.fits,
        "simulation_fit": [
            {"figure": each.name, "measured": each.observed.as_data(), "simulated": each.simulated.as_data(),
             "agrees": each.agrees}
            for each in simulated(run, base)
        ],
    }  # fmt: skip
