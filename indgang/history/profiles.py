"""Saved mappings, for the next file of the same system."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.models import MappingProfile


@transaction.atomic
def save(
    name: str, mapping: ColumnMapping, *, by: Person | trail.System, at: datetime, keeps_codes: bool = False
) -> MappingProfile:
    """Save the mapping under a name, in place of what was there. With `keeps_codes`, codes that were saved under the
    name and that this mapping does not mention stay: one file seldom holds all."""
    before = MappingProfile.objects.select_for_update().filter(name=name).first()
    if keeps_codes and before is not None and before.kind == mapping.kind:
        mapping = _with_codes(mapping, ColumnMapping.of(before.mapping))
    person = by if isinstance(by, Person) else None
    saved, is_new = MappingProfile.objects.update_or_create(
        name=name[:100],
        defaults={"kind": mapping.kind, "mapping": mapping.data, "changed_at": at, "changed_by": person},
    )
    trail.record(
        by=by, at=at, action="mappingprofile.create" if is_new else "mappingprofile.edit", target=saved,
        before=_told(before.mapping) if before else {}, after=_told(saved.mapping),
    )  # fmt: skip
    return saved


def _with_codes(mapping: ColumnMapping, before: ColumnMapping) -> ColumnMapping:
    names = before.codes.keys() | mapping.codes.keys()
    return replace(
        mapping, codes={name: {**before.codes.get(name, {}), **mapping.codes.get(name, {})} for name in sorted(names)}
    )


def _told(data: dict[str, Any]) -> dict[str, Any]:
    """The whole mapping, as the audit trail keeps it."""
    fixed = [f"{name} = {code}" for name, code in data["fixed"].items()]
    codes = [f"{theirs} = {ours or '-'}" for each in data["codes"].values() for theirs, ours in each.items()]
    return {
        "columns": ", ".join(data["columns"].values()), "fixed": ", ".join(fixed), "codes": ", ".join(codes),
        "reading": f"{data['order']}, {data['zone']}, {data['unit']}",
    }  # fmt: skip
