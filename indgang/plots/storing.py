"""A plot as JSON and back, so that a report keeps what it showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import (
    Band,
    BarPlot,
    Happening,
    Plot,
    PlotBar,
    PlotMoment,
    PlotRange,
    PlotTarget,
    Series,
    TimePlot,
)


def stored(plot: Plot) -> dict[str, Any]:
    """The plot as plain values; days are in ISO 8601."""
    kind = "time" if isinstance(plot, TimePlot) else "bars"
    return {"kind": kind, **{name: _plain(value) for name, value in asdict(plot).items()}}


def restored(values: Mapping[str, Any]) -> Plot:
    """The plot that was stored. Raises KeyError, TypeError or ValueError for anything else."""
    given = {**values, "unit": ValueUnit(values["unit"])}
    kind = given.pop("kind")
    targets = tuple(PlotTarget(each["name"], each["value"], _day(each["since"]), _day(each["until"]))
                    for each in given.pop("targets"))  # fmt: skip
    if kind == "bars":
        return BarPlot(**{**given, "bars": tuple(PlotBar(**each) for each in given["bars"])}, targets=targets)
    parts = {
        "moments": tuple(PlotMoment(_moment(each["at"]), each["name"]) for each in given["moments"]),
        "series": tuple(Series(each["name"], tuple(each["values"])) for each in given["series"]),
        "happenings": tuple(Happening(each["name"], _moment(each["at"])) for each in given["happenings"]),
        "ranges": tuple(
            PlotRange(each["name"], tuple(each["low"]), tuple(each["high"])) for each in given.get("ranges", ())
        ),
        **{name: Band(**given[name]) if given[name] else None for name in ("baseline", "limits")},
    }
    return TimePlot(**{**given, **parts}, targets=targets)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
