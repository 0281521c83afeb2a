"""Units with what has been agreed with them: in force, signed for later, drafted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from indgang.accounts.models import Person
from indgang.catalogue.models import Service, Unit, not_ended
from indgang.office.availability import access
from indgang.workforce.models import AvailabilityAgreement

State = AvailabilityAgreement.State


@dataclass(slots=True)
class UnitRow:
    """A unit, its agreements that are not over by state, and whether the person may draft one."""

    unit: Unit
    may_make: bool
    agreements: dict[str, AvailabilityAgreement] = field(default_factory=dict)


def units(person: Person, day: date, *, text: str = "", state: str = "") -> QuerySet[Unit]:
    """The units that this person sees, with services that somebody asks about or with an agreement."""
    agreements = AvailabilityAgreement.objects.filter(unit=OuterRef("pk"))
    services = Service.objects.valid_on(day).filter(unit=OuterRef("pk"))
    found = access.units_seen(person).filter(Exists(services) | Exists(agreements))
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__iexact=text))
    chosen = {
        "in_force": Exists(agreements.signed().valid_on(day)),
        "none": ~Exists(agreements.signed().valid_on(day)),
        "draft": Exists(access.agreements_seen(person).drafts().filter(unit=OuterRef("pk"))),
    }
    return found.filter(chosen[state]) if state in chosen else found


def rows(units: Iterable[Unit], person: Person, day: date) -> list[UnitRow]:
    """One row for each unit; three queries for any number of them."""
    listed = {unit.pk: UnitRow(unit, access.may_make(person, unit)) for unit in units}
    lasting = access.agreements_seen(person).filter(not_ended(day), unit__in=listed)
    for agreement in lasting:
        listed[agreement.unit_id].agreements[agreement.state_on(day)] = agreement
    return list(listed.values())
