"""The tree of units: administrations, centres and units below them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.catalogue import changes, numbers
from indgang.catalogue.models import Unit
from indgang.core.refusals import RefusedChange


@transaction.atomic
def add(*, parent: Unit | None, code: str, by: Actor, at: datetime, **values: Any) -> Unit:
    """Add a unit below `parent`. The code never changes: paths and routing refer to it."""
    path = f"{parent.path if parent else ''}{code}/"
    values = numbers.stored(values, "phone")
    return changes.save(Unit(), {"parent": parent, "code": code, "path": path, **values}, by=by, at=at)


def change(unit: Unit, *, by: Actor, at: datetime, **values: Any) -> Unit:
    """Change names, kind, numbers or validity. Use `move` for its place."""
    return changes.save(unit, numbers.stored(values, "phone"), by=by, at=at)


@transaction.atomic
def move(unit: Unit, *, parent: Unit, by: Actor, at: datetime) -> Unit:
    """Move the unit and everything below it under `parent`; permissions follow. Raises RefusedChange for a place below
    itself."""
    if unit.contains(parent):
        raise RefusedChange({"parent": _("En enhed kan ikke ligge under sig selv.")})
    old, new = unit.path, f"{parent.path}{unit.code}/"
    if old == new:
        return unit
    below = Unit.objects.filter(path__startswith=old)
    list(below.select_for_update().values_list("pk"))
    below.update(path=Concat(Value(new), Substr(F("path"), Length(Value(old)) + 1)))
    unit.refresh_from_db()
    before = str(unit.parent)
    unit.parent = parent
    unit.save(update_fields=["parent"])
    changes.record_change(
        "unit.move",
        unit,
        by=by,
        at=at,
        before={"parent": before, "path": old},
        after={"parent": str(parent), "path": new},
    )
    return unit
