"""From which day the targets of a service count in a centre: a service that is switched to the centre half-way through
a period is not held against what was before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.agreements.models import ServiceStart
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre, Service
from indgang.core.refusals import RefusedChange


def of(centre: ContactCentre, service: Service) -> ServiceStart | None:
    return ServiceStart.objects.filter(centre=centre, service=service).first()


def first_days(centres: Iterable[str]) -> dict[str, date]:
    """By the code of the service, where the targets do not count from ever; of several centres the latest."""
    rows = ServiceStart.objects.filter(centre__code__in=list(centres)).order_by("first_day")
    return dict(rows.values_list("service__code", "first_day"))


@transaction.atomic
def begin(centre: ContactCentre, service: Service, *, first_day: date, by: Person, at: datetime) -> ServiceStart:
    """Raises RefusedChange when they begin on a day already."""
    if of(centre, service) is not None:
        raise RefusedChange({"": _("Målene for ydelsen tæller allerede fra en bestemt dag.")})
    values = {"centre": centre, "service": service, "first_day": first_day}
    return changes.save(ServiceStart(), values, by=by, at=at)


@transaction.atomic
def remove(centre: ContactCentre, service: Service, *, by: Person, at: datetime) -> None:
    """Let the targets count on all days again."""
    for row in ServiceStart.objects.select_for_update().filter(centre=centre, service=service):
        before = {"first_day": row.first_day.isoformat()}
        trail.record(by=by, at=at, action="servicestart.remove", target=row, before=before)
        row.delete()
