"""Who answers for knowledge about a unit: who approves it, and who coordinates its subjects."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.accounts.roles import ROLES
from indgang.catalogue.models import Unit


def paths_above(path: str) -> list[str]:
    """The paths from the root down to this one: `kk/tmf/` gives `kk/` and `kk/tmf/`."""
    codes = path.strip("/").split("/") if path.strip("/") else []
    return ["/".join(codes[: length + 1]) + "/" for length in range(len(codes))]


def approvers(unit: Unit, on: date) -> QuerySet[Person]:
    """Everybody active who may approve for the unit on that day."""
    roles = [code for code, role in ROLES.items() if Permission.APPROVE_KNOWLEDGE in role.permissions]
    holding = _covering(unit, on).filter(role__in=roles)
    found: QuerySet[Person] = Person.objects.filter(is_active=True, pk__in=holding.values("person"))
    return found


def coordinator(unit: Unit | None, on: date) -> Person | None:
    """The subject coordinator nearest to the unit; the first by name when there are several."""
    if unit is None:
        return None
    nearest = (
        _covering(unit, on)
        .filter(role="subject_coordinator", person__is_active=True)
        .select_related("person")
        .order_by(Length("unit__path").desc(nulls_last=True), "person__name")
        .first()
    )
    return nearest.person if nearest else None


def _covering(unit: Unit, on: date) -> QuerySet[RoleAssignment]:
    """Role assignments for the unit, one above it, or the whole municipality."""
    above = Q(unit__isnull=True) | Q(unit__path__in=paths_above(unit.path))
    found: QuerySet[RoleAssignment] = RoleAssignment.objects.valid_on(on).filter(above)
    return found
