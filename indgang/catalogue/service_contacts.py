"""The number and mail address of a service itself, which the public site shows until the service has moved (R-038)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.catalogue import changes, numbers
from indgang.catalogue.models import Service, ServiceContact
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange


def on(service: Service, day: date) -> ServiceContact | None:
    """What the site shows for the service on a day; None: the contact centre."""
    found: ServiceContact | None = ServiceContact.objects.valid_on(day).filter(service=service).first()
    return found


@transaction.atomic
def show(
    service: Service, *, phone: str, email: str, valid_to: date | None = None, by: Actor, at: datetime
) -> ServiceContact:
    """Show these from today on. Raises RefusedChange, by field."""
    if not phone and not email:
        raise RefusedChange({"phone": _("Skriv et nummer eller en mailadresse.")})
    today = day_of(at)
    said = numbers.stored({"phone": phone}, "phone") if phone else {"phone": ""}
    values = {"service": service, **said, "email": email, "valid_to": valid_to}
    rows = ServiceContact.objects.select_for_update().filter(service=service)
    holds, ended = rows.valid_on(today).first(), rows.filter(valid_to=today, **said, email=email).first()
    if holds is not None and holds.valid_from < today:
        if (holds.phone, holds.email) == (said["phone"], email):
            longer: ServiceContact = changes.save(holds, {"valid_to": valid_to}, by=by, at=at)
            return longer
        changes.save(holds, {"valid_to": today}, by=by, at=at)
        holds = None
    row: ServiceContact = holds or ended or ServiceContact(valid_from=today)
    return changes.save(row, values, by=by, at=at)


@transaction.atomic
def end(service: Service, *, by: Actor, at: datetime) -> None:
    """Show the contact centre from today on."""
    today = day_of(at)
    row = ServiceContact.objects.select_for_update().valid_on(today).filter(service=service).first()
    if row is None:
        return
    if row.valid_from < today:
        changes.save(row, {"valid_to": today}, by=by, at=at)
        return
    before = {"phone": row.phone, "email": row.email}
    changes.record_change("servicecontact.remove", row, before=before, by=by, at=at)
    row.delete()
