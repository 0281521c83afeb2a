"""Who makes the reports of a centre, and who receives them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from indgang.accounts.access import able_for, able_in, holders, may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, Unit, not_ended
from indgang.entry.models import QueueMembership
from indgang.reports.models import ReportTemplate

#: with one of these for the owner or the operator, a person makes the reports of a centre
MAKERS = (Permission.SIGN_COOPERATION, Permission.LEAD_TEAM)


def may_make(person: Person, centre: ContactCentre) -> bool:
    return any(may(person, each, unit) for each in MAKERS for unit in (centre.owner, centre.operator))


def makers(centre: ContactCentre, on: date) -> QuerySet[Person]:
    """Everybody who makes reports of the centre on that day, by name."""
    found = Person.objects.none()
    for permission in MAKERS:
        for unit in (centre.owner, centre.operator):
            found = found | able_for(unit, permission, on).order_by()
    ordered: QuerySet[Person] = found.order_by("name", "pk")
    return ordered


def team(centre: ContactCentre, on: date) -> QuerySet[Person]:
    """The active people who serve a queue of the centre on that day."""
    members = QueueMembership.objects.valid_on(on).filter(queue__centre=centre).values("person")
    found: QuerySet[Person] = Person.objects.filter(is_active=True, pk__in=members).order_by("name", "pk")
    return found


def team_within(centre: ContactCentre, first: date, last: date) -> QuerySet[Person]:
    """The active people who served a queue of the centre on some of the days, also when they serve none any more."""
    members = QueueMembership.objects.filter(not_ended(first), queue__centre=centre, valid_from__lte=last)
    found: QuerySet[Person] = Person.objects.filter(is_active=True, pk__in=members.values("person"))
    return found.order_by("name", "pk")


def leaders(centre: ContactCentre, on: date) -> QuerySet[Person]:
    """Those who lead a team for the owner or the operator on that day."""
    return _of_units((centre.owner, centre.operator), Permission.LEAD_TEAM, on)


def warned(centre: ContactCentre, on: date) -> QuerySet[Person]:
    """Who is told of early warnings: the leaders, or where there are none, whoever leads teams in the whole
    municipality. Somebody should be told."""
    found = leaders(centre, on)
    if found.exists():
        return found
    return able_in(centre, Permission.LEAD_TEAM, on)


def receivers(template: ReportTemplate, on: date) -> list[Person]:
    """Those of the role who can receive it on that day, and everybody who is named, those who have left too."""
    centre, readers = template.centre, template.readers
    by_role: dict[str, QuerySet[Person]] = {}
    if readers == ReportTemplate.Readers.TEAM:
        by_role[readers] = team(centre, on)
    elif readers == ReportTemplate.Readers.LEADERS:
        by_role[readers] = leaders(centre, on)
    elif readers == ReportTemplate.Readers.OWNER:
        by_role[readers] = _of_units((centre.owner,), Permission.SIGN_COOPERATION, on)
    named = [each.person for each in template.named.select_related("person")]
    found = {person.pk: person for person in [*by_role.get(readers, Person.objects.none()), *named]}
    return sorted(found.values(), key=lambda person: (person.name, person.pk))


def has_nobody(template: ReportTemplate, on: date) -> bool:
    """Whether nobody would get the report on that day. Employees' own are made for whoever served a queue."""
    return template.readers != ReportTemplate.Readers.EMPLOYEES and not receivers(template, on)


def _of_units(units: Collection[Unit], permission: Permission, on: date) -> QuerySet[Person]:
    """The people who have the permission for one of these units. Those who have it for the whole municipality, such as
    administrators, are not readers of every centre's reports."""
    able = [
        pk for pk, paths in holders(permission, on).items()
        if any(path and unit.path.startswith(path) for path in paths for unit in units)
    ]  # fmt: skip
    found: QuerySet[Person] = Person.objects.filter(pk__in=able)
    return found


def who_can_be_named(centre: ContactCentre, on: date) -> QuerySet[Person]:
    """Everybody who makes the centre's reports or sees its figures on that day, by name."""
    found = makers(centre, on).order_by()
    for unit in (centre.owner, centre.operator):
        found = found | able_for(unit, Permission.SEE_FIGURES, on).order_by()
    ordered: QuerySet[Person] = found.order_by("name", "pk")
    return ordered
