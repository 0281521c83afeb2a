"""What is assumed about calls and employees, as plain values: what holds on a day, its source and its validity."""

from __future__ import annotations

from datetime import date
from typing import Any

from indgang.catalogue.models import ContactCentre
from indgang.planning import assumptions
from indgang.planning.assumption_kinds import KINDS, AssumptionKind
from indgang.planning.models import StaffingAssumption
from indgang.staffing.presets import TMF_2020, source_of, value_of


def as_data(day: date, centre: ContactCentre | None) -> dict[str, Any]:
    """Each assumption on a day, for a centre or for all. `name` says the unit. Where nobody has decided, value and
    source are those of the estimate of 2020, and there is no `valid_from`."""
    decided = assumptions.on(day, centre)
    return {
        "day": day.isoformat(), "centre": centre.code if centre else None,
        "assumptions": [_held(kind, decided.get(code)) for code, kind in KINDS.items()],
    }  # fmt: skip


def history(code: str, centre: ContactCentre | None) -> dict[str, Any]:
    """What was decided of an assumption, for a centre or for all, the newest first. `valid_to` is the first day
    without."""
    rows = StaffingAssumption.objects.filter(code=code, centre=centre).select_related("centre")
    return {
        "assumption": code, "name": str(KINDS[code].name), "centre": centre.code if centre else None,
        "decided": [_decided(each) for each in rows.order_by("-valid_from")],
    }  # fmt: skip


def _held(kind: AssumptionKind, row: StaffingAssumption | None) -> dict[str, Any]:
    said = {"assumption": kind.code, "name": str(kind.name), "is_decided": row is not None}
    if row is not None:
        return said | _decided(row)
    value = value_of(TMF_2020, kind.code)
    per_engine = assumptions.OF_SIZING.get(kind.code, 1)
    return said | {
        "value": None if value is None else round(value * per_engine, 6), "source": source_of(TMF_2020, kind.code),
        "centre": None, "valid_from": None, "valid_to": None,
    }  # fmt: skip


def _decided(row: StaffingAssumption) -> dict[str, Any]:
    return {
        "value": float(row.value), "source": row.source, "centre": row.centre.code if row.centre else None,
        "valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }  # fmt: skip
