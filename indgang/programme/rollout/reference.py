"""What a plan starts from: the stages, activities, milestones and risks of the documents (`reference.yaml`). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from indgang.core import yaml_values

_FILE = Path(__file__).parent / "reference.yaml"


@dataclass(frozen=True, slots=True)
class ReferencePlan:
    """Rows with the names of the fields of the models; `needs` of an activity are codes of others."""

    stages: Sequence[Mapping[str, Any]]
    activities: Sequence[Mapping[str, Any]]
    milestones: Sequence[Mapping[str, Any]]
    risks: Sequence[Mapping[str, Any]]


@cache
def plan() -> ReferencePlan:
    given = yaml_values.values_of(_FILE.read_text(encoding="utf-8"))
    return ReferencePlan(
        [_stage(number, each) for number, each in enumerate(given["stages"], start=1)],
        [_activity(each) for each in given["activities"]],
        [_milestone(each) for each in given["milestones"]],
        given["risks"],
    )


def needs() -> dict[str, list[str]]:
    """The codes that an activity waits for, of those that wait."""
    given = yaml_values.values_of(_FILE.read_text(encoding="utf-8"))
    return {each["code"]: list(each["needs"]) for each in given["activities"] if "needs" in each}


def _stage(number: int, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": number, "name": given["name"], "after_months": given["months"], "latest_months": given.get("latest"),
    }  # fmt: skip


def _activity(given: Mapping[str, Any]) -> dict[str, Any]:
    from_stage, from_months = given.get("from", (None, 0))
    until_stage, until_months = given.get("until", (None, 0))
    return {
        "code": given["code"], "track": given["track"], "part_of": given["part"], "title": given["title"],
        "responsible": given["responsible"], "source": given["source"], "from_stage": from_stage,
        "from_months": from_months, "until_stage": until_stage, "until_months": until_months,
    }  # fmt: skip


def _milestone(given: Mapping[str, Any]) -> dict[str, Any]:
    stage, months = given["from"]
    rest = {name: given[name] for name in ("title", "measure", "responsible", "source")}
    return {**rest, "from_stage": stage, "from_months": months}
