"""The rows of planning: assumptions, and scenarios with their runs."""

from indgang.planning.models.assumptions import StaffingAssumption
from indgang.planning.models.scenarios import Scenario, ScenarioRun

__all__ = ["Scenario", "ScenarioRun", "StaffingAssumption"]
