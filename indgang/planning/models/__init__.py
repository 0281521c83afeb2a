"""The rows of planning: assumptions, scenarios with their runs, and forecasts with what planners know."""

from indgang.planning.models.assumptions import StaffingAssumption
from indgang.planning.models.forecasts import (
    CallEvent,
    ForecastAccuracy,
    HistoryStandIn,
    JudgedDay,
    MovedService,
    StoredForecast,
)
from indgang.planning.models.scenarios import Scenario, ScenarioRun

__all__ = [
    "CallEvent", "ForecastAccuracy", "HistoryStandIn", "JudgedDay", "MovedService", "Scenario", "ScenarioRun",
    "StaffingAssumption", "StoredForecast",
]  # fmt: skip
