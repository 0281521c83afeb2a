"""The people responsible for knowledge about a unit: its approvers and its subject coordinator."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from indgang.accounts import access
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.accounts.roles import ROLES
from indgang.catalogue.models import Unit
from indgang.knowledge.models import Article


def paths_above(path: str) -> list[str]:
    """The paths from the root down to this one: `kk/tmf/` gives `kk/` and `kk/tmf/`."""
    codes = path.strip("/").split("/") if path.strip("/") else []
    return ["/".join(codes[: length + 1]) + "/" for length in range(len(codes))]


def approvers(unit: Unit, on: date) -> QuerySet[Person]:
    """All active people who may approve for the unit on that day."""
    return _holders(_covering(unit, on), Permission.APPROVE_KNOWLEDGE)


def holders(permission: Permission, on: date) -> QuerySet[Person]:
    """All active people who have the permission for some unit on that day."""
    return _holders(RoleAssignment.objects.valid_on(on), permission)


def answers_for(article: Article | None, unit: Unit | None, on: date) -> Person | None:
    """The person who gets the article's tasks: its owner, else the coordinator of the unit. An owner without the right
    to write is passed over, because they could not open the task."""
    owner = article.owner if article else None
    if article and owner and owner.is_active and access.may(owner, Permission.EDIT_KNOWLEDGE, article.unit, on):
        return owner
    return coordinator(unit, on)


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


def _holders(assignments: QuerySet[RoleAssignment], permission: Permission) -> QuerySet[Person]:
    roles = [code for code, role in ROLES.items() if permission in role.permissions]
    found: QuerySet[Person] = Person.objects.filter(
        is_active=True, pk__in=assignments.filter(role__in=roles).values("person")
    )
    return found


def _covering(unit: Unit, on: date) -> QuerySet[RoleAssignment]:
    """Role assignments for the unit, a unit above it, or the whole municipality."""
    above = Q(unit__isnull=True) | Q(unit__path__in=paths_above(unit.path))
    found: QuerySet[RoleAssignment] = RoleAssignment.objects.valid_on(on).filter(above)
    return found
