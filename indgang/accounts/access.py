"""Who may do what, and for which units. The rights of a person and day take one query and are cached on the person
object, which lives for one request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from indgang.accounts import recognition
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.accounts.roles import ROLES
from indgang.catalogue.models import ContactCentre, DatedQuerySet, Unit
from indgang.core import clock
from indgang.prepared.query import Query

_CACHE = "_access_by_day"
#: What the owner and the operator of a centre may do alike: the operator runs it from day to day, and both see how it
#: goes. What it is (its numbers, flows, queues and prices) its owner decides.
OF_BOTH_SIDES = frozenset({
    Permission.LEAD_TEAM, Permission.PLAN_STAFFING, Permission.SEE_FIGURES, Permission.SEE_WALLBOARD,
    Permission.SUPERVISE_CALLS, Permission.SWITCH_MESSAGES,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Right:
    """One permission and where it holds: the path of a unit and everything below it; "" is the whole municipality."""

    permission: Permission
    path: str

    def covers(self, unit: Unit) -> bool:
        return unit.path.startswith(self.path)


def may(
    person: Person | AnonymousUser, permission: Permission, unit: Unit | None = None, on: date | None = None
) -> bool:
    """Whether `person` has `permission` for `unit`; without a unit: for any unit at all. `on` is today by default."""
    rights = (right for right in _rights(person, on) if right.permission == permission)
    return any(unit is None or right.covers(unit) for right in rights)


def everywhere(person: Person | AnonymousUser, permission: Permission, on: date | None = None) -> bool:
    """Whether `person` has `permission` for the whole municipality."""
    return Right(permission, "") in _rights(person, on)


def units_of(person: Person | AnonymousUser, permission: Permission, on: date | None = None) -> QuerySet[Unit]:
    """The units for which `person` has `permission`, those below included."""
    paths = {right.path for right in _rights(person, on) if right.permission == permission}
    if not paths:
        return Unit.objects.none()
    within = Q()
    for path in paths:
        within |= Q(path__startswith=path)
    return Unit.objects.filter(within)


def centres_with(person: Person, permission: Permission) -> DatedQuerySet:
    """The centres in which `person` has `permission`, for the owner or, if it is of both sides, for the operator."""
    centres = ContactCentre.objects.all()
    return centres if everywhere(person, permission) else centres.filter(of_centres(person, permission))


def of_centres(person: Person, permission: Permission, before: str = "") -> Q:
    """`centres_with` as a filter for rows whose field `before` (with its underscores) is a centre."""
    units = units_of(person, permission)
    found = Q(**{f"{before}owner__in": units})
    return found | Q(**{f"{before}operator__in": units}) if permission in OF_BOTH_SIDES else found


def of_either_side(person: Person, *permissions: Permission, before: str = "") -> Q:
    """A filter like `of_centres`, for the owner or the operator whichever of the permissions it is: what the two do
    together, such as their agreement."""
    found = Q(pk__in=())
    for permission in permissions:
        if everywhere(person, permission):
            return Q(pk__isnull=False)
        units = units_of(person, permission)
        found |= Q(**{f"{before}owner__in": units}) | Q(**{f"{before}operator__in": units})
    return found


def may_in(person: Person, permission: Permission, centre: ContactCentre, on: date | None = None) -> bool:
    """Whether `person` has `permission` in a centre. Its owner and operator are best read with it."""
    is_of_both = permission in OF_BOTH_SIDES
    return may(person, permission, centre.owner, on) or (is_of_both and may(person, permission, centre.operator, on))


def centres_led(person: Person) -> DatedQuerySet:
    """The centres whose teams the person leads."""
    return centres_with(person, Permission.LEAD_TEAM)


def units_led(person: Person) -> QuerySet[Unit]:
    """The units of the second level whose employees the person leads: by a role for a unit that neither has the owner
    or operator of a centre in it nor is one. Whoever leads the team of a centre leads no such unit by that role."""
    given = {right.path for right in _rights(person, None) if right.permission == Permission.LEAD_TEAM}
    if not given:
        return Unit.objects.none()
    sides = ContactCentre.objects.valid_on(clock.today()).values_list("owner__path", "operator__path")
    of_centres = {path for pair in sides for path in pair}
    within = Q(pk__in=())
    for path in given:
        if not any(side.startswith(path) for side in of_centres):
            within |= Q(path__startswith=path)
    return Unit.objects.filter(within)


def on_the_branch_of(person: Person | AnonymousUser, permission: Permission, field: str, on: date | None = None) -> Q:
    """A filter for rows whose `field` holds the path of a unit for which `person` has `permission`, or of a unit above
    or below such a unit."""
    branch = Q(pk__in=())
    for path in {right.path for right in _rights(person, on) if right.permission == permission}:
        codes = path.rstrip("/").split("/")
        above = ["".join(f"{code}/" for code in codes[:number]) for number in range(1, len(codes))]
        branch |= Q(**{f"{field}__startswith": path}) | Q(**{f"{field}__in": above})
    return branch


def is_on_the_branch_of(person: Person | AnonymousUser, permission: Permission, path: str) -> bool:
    """Whether the unit at `path` is one for which `person` has `permission` today, or above or below such a unit."""
    held = (right.path for right in _rights(person, None) if right.permission == permission)
    return any(path.startswith(each) or each.startswith(path) for each in held)


def permissions_of(person: Person | AnonymousUser, on: date | None = None) -> frozenset[Permission]:
    """All permissions that `person` has for any unit."""
    return frozenset(right.permission for right in _rights(person, on))


def people_who_may(permissions: Iterable[Permission], on: date) -> QuerySet[Person]:
    """Every active person who has one of these permissions for any unit on that day."""
    wanted = set(permissions)
    roles = [code for code, role in ROLES.items() if role.permissions & wanted]
    holding = RoleAssignment.objects.valid_on(on).filter(role__in=roles).values("person")
    found: QuerySet[Person] = Person.objects.filter(is_active=True, pk__in=holding)
    return found


def holders(permission: Permission, on: date) -> dict[int, frozenset[str]]:
    """Every active person who has `permission` on that day, by primary key, with the paths where it holds ("" is the
    whole municipality)."""
    roles = [code for code, role in ROLES.items() if permission in role.permissions]
    rows = RoleAssignment.objects.valid_on(on).filter(role__in=roles, person__is_active=True)
    found: dict[int, set[str]] = {}
    for person, path in rows.values_list("person", "unit__path"):
        found.setdefault(person, set()).add(path or "")
    return {person: frozenset(paths) for person, paths in found.items()}


def able_for(unit: Unit, permission: Permission, on: date) -> QuerySet[Person]:
    """The active people who have `permission` for this unit on that day, by name."""
    able = [pk for pk, paths in holders(permission, on).items() if any(unit.path.startswith(path) for path in paths)]
    found: QuerySet[Person] = Person.objects.filter(pk__in=able).order_by("name", "pk")
    return found


def able_in(centre: ContactCentre, permission: Permission, on: date) -> QuerySet[Person]:
    """The active people who have `permission` on that day for the owner or the operator of a centre, by name: either
    staffs it with its own. Its owner and operator are best read with it."""
    sides = able_for(centre.owner, permission, on) | able_for(centre.operator, permission, on)
    return sides.order_by("name", "pk")


def forget(person: Person) -> None:
    """Drop the cached roles of `person`: after a change of roles, or in a process that keeps its person objects."""
    if hasattr(person, _CACHE):
        delattr(person, _CACHE)
    recognition.forget()


def _rights(person: Person | AnonymousUser, on: date | None) -> frozenset[Right]:
    if not isinstance(person, Person) or not person.is_active:
        return frozenset()
    day = on or clock.today()
    by_day: dict[date, frozenset[Right]] | None = getattr(person, _CACHE, None)
    if by_day is None:
        by_day = {}
        setattr(person, _CACHE, by_day)  # request.user is lazy: this sets it on the person behind it
    if day not in by_day:
        by_day[day] = _read_rights(person, day)
    return by_day[day]


_ROLES = Query(
    lambda person, day: (
        RoleAssignment.objects.valid_on(day).filter(person=person).order_by().values_list("role", "unit__path")
    ),
    person=int,
    day=date,
)


def _read_rights(person: Person, day: date) -> frozenset[Right]:
    return frozenset(
        Right(permission, path or "")
        for role, path in _ROLES.rows(person=person.pk, day=day)
        if role in ROLES
        for permission in ROLES[role].permissions
    )
