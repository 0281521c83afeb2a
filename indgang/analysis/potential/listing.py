"""A potential as plain data, for the command and the API. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from indgang.analysis.potential.moving import MovingNumber, numbers
from indgang.analysis.potential.results import Potential, UnitPotential


def as_data(found: Potential) -> dict[str, Any]:
    """Rules with their limits and remarks, how it was scaled, which rule decided how many, the table by unit, and what
    moves in all. `factor` is null when units have several; `factors` has that of each."""
    rules, factors = found.rules, zip(found.rows.units, found.factors, strict=True)
    return {
        "rules": rules.code, "limits": {each.name: each.minutes for each in rules.limits}, "notes": list(rules.notes),
        "factor": found.factor, "rounded_to": found.step, "days": found.rows.days, "undecided": found.undecided,
        "factors": [{"area": unit.area, "unit": unit.name, "factor": factor} for unit, factor in factors],
        "by_rule": [
            {"rule": code, "counted": number, "source": rule.source, "channel": rule.channel}
            for (code, number), rule in zip(found.by_rule(), rules.rules, strict=True)
        ],
        "units": [unit_data(each) for each in found.table],
        "moving": {name: asdict(value) for name, value in _moving(found)},
    }  # fmt: skip


def _moving(found: Potential) -> Iterator[tuple[str, MovingNumber]]:
    """The number of each name; none without enquiries."""
    if found.table:
        computed = numbers(found)
        yield from ((each.name, getattr(computed, each.name)) for each in fields(computed))


def unit_data(row: UnitPotential) -> dict[str, Any]:
    """A row of the table: what comes in today, who resolves it, and who could."""
    return {
        "area": row.unit.area, "unit": row.unit.name, "is_total": row.is_total, "first_level": row.first_level,
        "direct": row.direct, "today": {"main_entry": row.main_entry, "case_workers": row.case_workers},
        "future": {
            "digital": row.digital, "contact_centre": row.contact_centre, "case_workers": row.future_case_workers,
        },
        "total": row.total, "moved": row.moved,
        "at_once_percent": None if row.at_once_percent is None else round(row.at_once_percent, 2),
        "movable_percent": None if row.movable_percent is None else round(row.movable_percent, 2),
        "intervals": row.intervals,
    }  # fmt: skip
