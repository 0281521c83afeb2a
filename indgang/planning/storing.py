"""Bases, changes and outcomes as JSON and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import time
from enum import StrEnum
from math import isfinite
from typing import Any

from indgang.planning.routing_changes import CentreHours, FlowChange, QueueRouting
from indgang.planning.whatif import (
    Changes,
    CountedWeekday,
    GroupOutcome,
    PlayedStaffing,
    QueueLoad,
    Ranged,
    ScenarioBase,
    ScenarioOutcome,
    SeenFigure,
    Staffing,
    WhatIf,
)
from indgang.staffing.need import ServiceTarget
from indgang.staffing.sizing import Seats, Supply, WorkingYear


def stored(value: ScenarioBase | Changes | WhatIf) -> dict[str, Any]:
    """As plain values. Times are `8:00`; what has no end is the word `inf`."""
    return {name: _plain(each) for name, each in asdict(value).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def base_of(data: Mapping[str, Any]) -> ScenarioBase:
    """The base that was stored. Raises KeyError, TypeError or ValueError for anything else, as all below."""
    given = dict(data)
    return ScenarioBase(
        **{
            **given, "opens": time.fromisoformat(given["opens"]), "supply": _supply(given["supply"]),
            "target": ServiceTarget(**given["target"]), "seats": Seats(given["seats"]),
            "queues": tuple(_queue(each) for each in given["queues"]),
            "weekdays": tuple(_weekday(each) for each in given.get("weekdays", ())),
            "seen": tuple(SeenFigure(**each) for each in given.get("seen", ())),
            "promises_all": tuple(given.get("promises_all", ())),
            "played": PlayedStaffing(**given["played"]) if given.get("played") else None,
        }
    )  # fmt: skip


def _weekday(data: Mapping[str, Any]) -> CountedWeekday:
    return CountedWeekday(data["weekday"], data["days"], tuple(tuple(each) for each in data["calls"]))


def _supply(data: Mapping[str, Any]) -> Supply:
    return Supply(**{**data, "year": WorkingYear(**data["year"])})


def _queue(data: Mapping[str, Any]) -> QueueLoad:
    lists = {name: tuple(data[name]) for name in ("calls", "seats", "lognormal_patience") if data.get(name) is not None}
    return QueueLoad(**{**data, **lists})


def changes_of(data: Mapping[str, Any]) -> Changes:
    target = ServiceTarget(**data["target"]) if data["target"] else None
    flow = data.get("flow")
    return Changes(
        **{
            **data, **_times(data), "target": target, "staffing": Staffing(data["staffing"]),
            "hours": tuple(CentreHours(each["centre"], **_times(each)) for each in data.get("hours", ())),
            "routing": tuple(QueueRouting(**each) for each in data.get("routing", ())),
            "flow": FlowChange(**{**flow, "beside": tuple(flow["beside"])}) if flow else None,
        }
    )  # fmt: skip


def _times(data: Mapping[str, Any]) -> dict[str, time]:
    """Those that are given."""
    return {name: time.fromisoformat(data[name]) for name in ("opens", "closes") if data[name]}


def whatif_of(data: Mapping[str, Any]) -> WhatIf:
    """Runs of before have no reference (`scenarios.found_in`), and count each side within its own limit."""
    reference = data.get("reference")
    return WhatIf(
        _outcome(data["today"]), _outcome(data["other"]), base_of(data["changed"]),
        _outcome(reference) if reference else None, data.get("counted_within"),
    )  # fmt: skip


def _outcome(data: Mapping[str, Any]) -> ScenarioOutcome:
    return ScenarioOutcome(_group(data["total"]), tuple(_group(each) for each in data["groups"]))


def _group(data: Mapping[str, Any]) -> GroupOutcome:
    ranged = ("fte", "kroner", "in_time", "mean_wait", "abandoned", "occupancy")
    return GroupOutcome(
        **{**data, "seats": tuple(data["seats"]), **{name: _ranged(data[name]) for name in ranged if data[name]}}
    )


def _ranged(data: Mapping[str, Any]) -> Ranged:
    low, high = (None if data[name] is None else float(data[name]) for name in ("low", "high"))
    return Ranged(float(data["value"]), low, high)
