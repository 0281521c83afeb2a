"""On which pages of the site readers are asked: by the kind of page and the unit that owns it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import Unit
from indgang.feedback.models import PageForm


def form_for(kind: str, unit: Unit | None) -> PageForm | None:
    """The form that asks readers of the unit's pages of this kind; None where they are not asked."""
    if unit is None:
        return None
    held = nearest(kind, unit, PageForm.objects.filter(kind=kind).select_related("unit"))
    return held if held is not None and held.on else None


def nearest(kind: str, unit: Unit, rows: Iterable[PageForm]) -> PageForm | None:
    """The row that holds for the unit's pages of this kind: its own, or that of the nearest unit above."""
    above = [row for row in rows if row.kind == kind and unit.path.startswith(row.unit.path)]
    return max(above, key=lambda row: len(row.unit.path), default=None)


def any_with_visit() -> bool:
    """Whether any page asks for the pages of the visit; else no browser keeps them."""
    return PageForm.objects.filter(on=True, with_visit=True).exists()


@transaction.atomic
def switch(*, kind: str, unit: Unit, on: bool, with_visit: bool, by: Person, at: datetime) -> PageForm:
    """Ask the readers of the unit's pages of this kind from now on, or do not."""
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    row = PageForm.objects.filter(kind=kind, unit=unit).first() or PageForm(kind=kind, unit=unit)
    before = {"asks_readers": row.on, "with_visit": row.with_visit} if row.pk else {}
    after = {"asks_readers": on, "with_visit": with_visit}
    if row.pk and before == after:
        return row
    row.on, row.with_visit, row.changed_at = on, with_visit, at
    row.save()
    trail.record(by=by, at=at, action="pageform.change", target=row, before=before, after=after)
    return row
