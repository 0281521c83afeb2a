"""What is assumed about calls and employees: set from a day on, with its source, and never rewritten.

A centre's own assumption goes before that of all centres. Where nobody has decided, the estimate of 2020 holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import planned_days
from indgang.catalogue.collisions import wait_for_turn
from indgang.catalogue.models import ContactCentre
from indgang.core.refusals import RefusedChange
from indgang.planning.assumption_kinds import KINDS
from indgang.planning.models import StaffingAssumption
from indgang.staffing import presets
from indgang.staffing.need import Impossible
from indgang.staffing.presets import PRESETS, SizingPreset
from indgang.staffing.sizing import Supply, WorkingYear

#: the code of the sizing from what is decided
DECIDED = "decided"
_TITLE = "the municipality's own assumptions, else those of 2020"
#: assumptions that a sizing depends on, by the name of its option: how many of their units are one of the engine's
OF_SIZING: Mapping[str, float] = {
    "busiest": 1, "talk": 1, "after_call": 1, "patience": 1, "days": 1, "phone_share": 100, "shrinkage": 100,
    "kroner": 1, "contracted": 1, "holiday": 1, "public_holidays": 1, "sickness": 100, "paid_break": 60, "day": 1,
}  # fmt: skip


def on(day: date, centre: ContactCentre | None = None) -> dict[str, StaffingAssumption]:
    """What is decided for a day, by code: for the centre, else for all."""
    rows = StaffingAssumption.objects.valid_on(day).filter(Q(centre=None) | Q(centre=centre)).select_related("centre")
    found: dict[str, StaffingAssumption] = {}
    for row in sorted(rows, key=lambda each: each.centre_id is not None):
        found[row.code] = row
    return found


def sizing(code: str, day: date) -> SizingPreset:
    """A sizing of the documents, or (`DECIDED`) the first of them with what is decided for all centres on a day.
    Raises `Impossible` for another code, and while nothing is decided."""
    if code == DECIDED:
        found = _decided(on(day))
        if found is None:
            raise Impossible("no assumption is decided yet: begin from one of the documents")
        return found
    if code not in PRESETS:
        raise Impossible(f"preset is one of {', '.join([*PRESETS, DECIDED])}")
    return PRESETS[code]


def _decided(decided: Mapping[str, StaffingAssumption]) -> SizingPreset | None:
    used = {code: decided[code] for code in OF_SIZING if code in decided}
    if not used:
        return None
    first = next(iter(PRESETS.values()))
    found = presets.changed(first, {code: float(row.value) / OF_SIZING[code] for code, row in used.items()})
    named = {presets.assumption_of(code): row for code, row in used.items()}
    return replace(
        found, code=DECIDED, title=_TITLE, printed_fte=None,
        sources={**found.sources, **{name: row.source for name, row in named.items()}},
        valid_from={name: row.valid_from for name, row in named.items()},
    )  # fmt: skip


def supply(supply_of: Supply, decided: Mapping[str, StaffingAssumption]) -> Supply:
    """What an employee gives: as decided, and else as in `supply_of`."""

    def value(code: str, otherwise: float, by: float = 1.0) -> float:
        return float(decided[code].value) / by if code in decided else otherwise

    year = supply_of.year
    kroner = decided.get("kroner")
    return Supply(
        WorkingYear(
            value("contracted", year.contracted), value("holiday", year.holiday),
            value("public_holidays", year.public_holidays), value("sickness", year.sickness, 100),
            value("paid_break", year.paid_break, 60), value("day", year.day),
        ),
        value("phone_share", supply_of.phone_share, 100), value("shrinkage", supply_of.shrinkage, 100),
        supply_of.kroner_each if kroner is None else float(kroner.value),
    )  # fmt: skip


@transaction.atomic
def decide(
    code: str, value: Decimal, *, source: str, centre: ContactCentre | None, day: date, by: Person, at: datetime
) -> StaffingAssumption:
    """Let a value hold from `day` on, until what is planned for later. Raises RefusedChange, by field."""
    kind = KINDS[code]
    planned_days.refuse_day(day, at)
    if not kind.low <= value <= kind.high:
        between = _("Skriv et tal mellem %(low)s og %(high)s.") % {"low": kind.low, "high": kind.high}
        raise RefusedChange({"value": between})
    if value != round(value, kind.places):
        raise RefusedChange({"value": _("Skriv højst %(places)s decimaler.") % {"places": kind.places}})
    if not source.strip():
        raise RefusedChange({"source": _("Skriv, hvor tallet kommer fra.")})
    wait_for_turn("assumptions")
    rows = StaffingAssumption.objects.filter(code=code, centre=centre)
    holds: StaffingAssumption | None = rows.valid_on(day).first()
    if holds is not None and (holds.value, holds.source) == (value, source.strip()):
        return holds
    before = {} if holds is None else values_of(holds)
    made = _cut(holds, day) if holds else _first(rows, code, centre, day)
    made.value, made.source = value, source.strip()
    made.save()
    trail.record(action="assumption.change", target=made, by=by, at=at, before=before, after=values_of(made))
    return made


def _cut(holds: StaffingAssumption, day: date) -> StaffingAssumption:
    """The row that begins on `day`: the one that does already, or a new one for the rest of it."""
    if holds.valid_from == day:
        return holds
    rest = StaffingAssumption(code=holds.code, centre=holds.centre, valid_from=day, valid_to=holds.valid_to)
    holds.valid_to = day
    holds.save(update_fields=["valid_to"])
    return rest


def _first(rows: Any, code: str, centre: ContactCentre | None, day: date) -> StaffingAssumption:
    later = rows.filter(valid_from__gt=day).order_by("valid_from").first()
    return StaffingAssumption(code=code, centre=centre, valid_from=day, valid_to=later.valid_from if later else None)


def values_of(row: StaffingAssumption) -> dict[str, Any]:
    return {"value": row.value, "source": row.source, "valid_from": row.valid_from}
