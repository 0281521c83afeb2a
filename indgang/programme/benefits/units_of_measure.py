"""Which assumptions of a case a measured value can stand for. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from indgang.measures.definitions import Adding, Definition
from indgang.programme.benefits.terms import MeasureWay

#: units of assumptions, each with how many of it one unit of measure is
_BY_FIGURE: Mapping[str, Mapping[str, float]] = {
    "seconds": {"sekunder": 1.0, "minutter": 1 / 60, "timer": 1 / 3600},
    "percent": {"procent": 1.0, "%": 1.0, "andel": 0.01},
}
_A_DAY = {"henvendelser pr. dag": 1.0, "opkald pr. dag": 1.0}
_BY_WAY: Mapping[MeasureWay, Mapping[str, float]] = {
    MeasureWay.STAFFING: {"årsværk": 1.0},
    MeasureWay.COUNTED_ENQUIRIES: {"henvendelser pr. arbejdsdag": 1.0},
    MeasureWay.COUNTED_MINUTES: {"minutter pr. arbejdsdag": 1.0, "timer pr. arbejdsdag": 1 / 60},
}


def scale(unit: str, way: MeasureWay, kpi: Definition | None = None) -> float | None:
    """What a measured value is multiplied by to stand in the unit of an assumption; None where it says another thing.

    >>> scale("årsværk", MeasureWay.STAFFING), scale("1.000 kr.", MeasureWay.STAFFING)
    (1.0, None)
    """
    return _units(way, kpi).get(unit.strip().lower())


def _units(way: MeasureWay, kpi: Definition | None) -> Mapping[str, float]:
    if way is not MeasureWay.FIGURE:
        return _BY_WAY.get(way, {})
    if kpi is None:
        return {}
    is_count = kpi.adds is Adding.COUNTS and kpi.unit == "count"
    return _A_DAY if is_count else _BY_FIGURE.get(kpi.unit, {})


def is_measurable(unit: str) -> bool:
    """Whether anything measures assumptions of this unit."""
    known = (_A_DAY, *_BY_FIGURE.values(), *_BY_WAY.values())
    return any(unit.strip().lower() in each for each in known)
