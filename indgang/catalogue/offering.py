"""The offering: services (ydelser), purposes (ærinder) and the local lists of purposes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.catalogue import changes, service_units
from indgang.catalogue.models import LocalPurpose, Purpose, Service
from indgang.core.refusals import RefusedChange

#: services with at least this many cases a year are large
LARGE_FROM = 1500


def search(text: str, *, on: date | None) -> QuerySet[Service]:
    """Services whose name, keywords or unit match every word of `text`, in force on a day (None: at any time)."""
    found: QuerySet[Service] = Service.objects.all() if on is None else Service.objects.valid_on(on)
    for word in text.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(name_en__icontains=word)
            | Q(public_name__icontains=word)
            | Q(keywords__icontains=word)
            | Q(unit__name__icontains=word)
        )
    return found.select_related("unit")


@transaction.atomic
def save_service(service: Service, *, by: Actor, at: datetime, **values: Any) -> Service:
    """Add or change a service. The volume class follows from the number of cases when that is given. Another unit is
    responsible from today on."""
    cases = values.get("cases_per_year")
    if cases is not None:
        values["volume"] = "large" if cases >= LARGE_FROM else "small"
    there = Service.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=service.pk)
    before = [row.unit for row in there]
    saved = changes.save(service, values, by=by, at=at)
    service_units.keep_changes({saved: before[0]} if before else {}, at=at)
    return saved


def save_segment(
    service: Service, *, cases_per_year: int, volume: str, complexity: str, why: str, by: Actor, at: datetime
) -> Service:  # fmt: skip
    """Put a service in a segment, which need not be the one of its number of cases."""
    values = {"cases_per_year": cases_per_year, "volume": volume, "complexity": complexity}
    return changes.save(service, values, by=by, at=at, why=why)


def save_purpose(purpose: Purpose, *, by: Actor, at: datetime, **values: Any) -> Purpose:
    """Add or change a cross-cutting purpose."""
    return changes.save(purpose, values, by=by, at=at)


@dataclass(frozen=True, slots=True)
class LocalLine:
    """One line of a local list: the service's wording, the purpose that it counts as, and whether it is case processing
    (`CaseTopic`; "" where nobody has said it)."""

    name: str
    purpose: Purpose
    topic: str = ""


@transaction.atomic
def set_local_purposes(service: Service, lines: Sequence[LocalLine], *, by: Actor, at: datetime, today: date) -> None:
    """Replace the service's list by `lines` in this order. Removed lines end today; enquiries keep their references to
    them."""
    Service.objects.select_for_update().get(pk=service.pk)
    names = [line.name for line in lines]
    if len(set(names)) != len(names):
        raise RefusedChange({"": _("To linjer har samme ordlyd.")})
    there = {(row.name, row.purpose_id, row.topic): row for row in service.local_purposes.valid_on(today)}
    before, after = list(there), [(line.name, line.purpose.pk, line.topic) for line in lines]
    for order, line in enumerate(lines):
        row = there.pop(after[order], None) or LocalPurpose(
            service=service, name=line.name, purpose=line.purpose, topic=line.topic, valid_from=today
        )
        row.order = order
        row.save()
    _end(there.values(), today)
    if before != after:
        old = {"lines": [name for name, *_others in before]}
        changes.record_change("service.set_local_purposes", service, by=by, at=at, before=old, after={"lines": names})


def _end(rows: Any, today: date) -> None:
    """End rows today. A row that began today stays until the end of the day, because it may have been used already."""
    for row in rows:
        row.valid_to = max(today, row.valid_from + timedelta(days=1))
        row.save(update_fields=["valid_to"])
