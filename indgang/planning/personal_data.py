"""Personal data of planning: whose scenario it is, and who made a run."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover(
    "staff", "planning.Scenario.owner", "planning.Scenario.note", "planning.ScenarioRun.made_by"
)  # fmt: skip
