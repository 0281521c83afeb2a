"""The case systems of the demo: two units have agreed that the contact centre may read in theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from indgang.audit.trail import System
from indgang.catalogue.models import Unit
from indgang.core.clock import day_of
from indgang.registers import agreements
from indgang.registers.contract import CaseField, SearchBy
from indgang.registers.models import CaseAgreement

#: name, system in the table of demo cases, unit, and the fields that the unit gives
_AGREED = (
    ("Byggesager", "byggesager", "cby", tuple(CaseField)),
    (
        "Gravetilladelser", "gravetilladelser", "ctb-grav",
        (CaseField.TITLE, CaseField.STATUS, CaseField.NEXT_STEP, CaseField.NEXT_STEP_ON),
    ),
)  # fmt: skip


def seed(units: Mapping[str, Unit], *, at: datetime) -> None:
    """Add the agreements that are missing."""
    known = set(CaseAgreement.objects.values_list("name", flat=True))
    for name, system, unit, given in _AGREED:
        if name in known:
            continue
        values = {
            "name": name, "adapter": CaseAgreement.Adapter.DEMO, "place": system, "valid_from": day_of(at),
            "searches": {str(by): str(by) for by in SearchBy}, "given": [str(each) for each in given], "sources": {},
        }  # fmt: skip
        agreements.save(CaseAgreement(), values, units=[units[unit]], by=System("demo"), at=at)
