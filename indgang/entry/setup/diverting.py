"""Leading a number that we answer to another flow."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.entry.models import EntryPoint, Flow
from indgang.entry.setup import flow_versions


@transaction.atomic
def lead(point: EntryPoint, *, flow: Flow, centre: ContactCentre, by: Person, at: datetime) -> EntryPoint:
    """Lead the number to a flow from today until the row's end; where it led on earlier days stays. Raises
    RefusedChange."""
    today = day_of(at)
    rows = EntryPoint.objects.select_for_update(of=("self",)).select_related("flow", "centre")
    locked: EntryPoint = rows.get(pk=point.pk)
    fields = {"flow": flow, "centre": centre}
    if (locked.flow_id, locked.centre_id) == (flow.pk, centre.pk):
        return locked
    if locked.valid_from >= today:
        return flow_versions.save_entry_point(locked, fields, by=by, at=at)
    ends = locked.valid_to
    flow_versions.save_entry_point(locked, {"valid_to": today}, by=by, at=at)
    again = EntryPoint(
        number=locked.number, name=locked.name, language=locked.language, valid_from=today, valid_to=ends
    )  # fmt: skip
    return flow_versions.save_entry_point(again, fields, by=by, at=at)
