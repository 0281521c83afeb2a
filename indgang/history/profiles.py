"""Saved mappings, for the next file of the same system."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.models import MappingProfile


@transaction.atomic
def save(name: str, mapping: ColumnMapping, *, by: Person | trail.System, at: datetime) -> MappingProfile:
    """Save the mapping under a name, in place of what was there."""
    before = MappingProfile.objects.select_for_update().filter(name=name).first()
    person = by if isinstance(by, Person) else None
    saved, is_new = MappingProfile.objects.update_or_create(
        name=name[:100],
        defaults={"kind": mapping.kind, "mapping": mapping.data, "changed_at": at, "changed_by": person},
    )
    trail.record(
        by=by, at=at, action="mappingprofile.create" if is_new else "mappingprofile.edit", target=saved,
        before={"columns": _columns(before.mapping)} if before else {}, after={"columns": _columns(saved.mapping)},
    )  # fmt: skip
    return saved


def _columns(data: dict[str, dict[str, str]]) -> str:
    return ", ".join(data["columns"].values())
