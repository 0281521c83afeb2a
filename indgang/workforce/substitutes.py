"""Who stands in for whom (stedfortrædere), and the rings in which nobody is left to ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes, end_days
from indgang.catalogue.models import not_ended
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.workforce import availability_changes
from indgang.workforce.models import Substitute


@transaction.atomic
def add(
    person: Person, substitute: Person, *, valid_from: date, valid_to: date | None, by: Person, at: datetime
) -> Substitute:
    """Let `substitute` be asked whenever `person` is absent. Somebody has one substitute at a time.

    Raises RefusedChange for the same person twice, for a day that has passed, and for days that have a substitute.
    """
    if person.pk == substitute.pk:
        raise RefusedChange({"substitute": _("Man kan ikke være sin egen stedfortræder.")})
    if valid_from < day_of(at):
        raise RefusedChange({"valid_from": _("Vælg i dag eller en senere dag.")})
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    _refuse_overlap(person, valid_from, valid_to)
    values = {"person": person, "substitute": substitute, "valid_from": valid_from, "valid_to": valid_to}
    made = changes.save(Substitute(), values, by=by, at=at)
    availability_changes.announce(at)
    return made


@transaction.atomic
def end(row: Substitute, *, on: date, by: Person, at: datetime) -> None:
    """Let it end on a day, which is not included. What has not begun by then is removed. Raises RefusedChange."""
    locked: Substitute | None = Substitute.objects.select_for_update().filter(pk=row.pk).first()
    if locked is None:
        return
    end_days.refuse(locked, on, at)
    if on <= locked.valid_from:
        named = {"person": locked.person.username, "substitute": locked.substitute.username}
        trail.record(by=by, at=at, action="substitute.remove", target=locked, before=named)
        locked.delete()
    else:
        changes.save(locked, {"valid_to": on}, by=by, at=at)
    availability_changes.announce(at)


def rings(on: date) -> list[list[Person]]:
    """People who stand in for each other in a ring on a day: when all of them are absent, nobody can be asked."""
    rows = list(Substitute.objects.valid_on(on).select_related("person", "substitute").order_by("pk"))
    people = {row.person_id: row.person for row in rows}
    after = {row.person_id: row.substitute_id for row in rows}
    found: list[list[Person]] = []
    seen: set[int] = set()
    for first in after:
        ring = _ring(first, after)
        if first in ring and first not in seen:
            seen |= set(ring)
            found.append([people[each] for each in ring])
    return found


def _ring(first: int, after: Mapping[int, int]) -> list[int]:
    """The line of substitutes that comes back to `first`; empty when it does not."""
    line = [first]
    while (following := after.get(line[-1])) is not None:
        if following == first:
            return line
        if following in line:
            return []
        line.append(following)
    return []


def _refuse_overlap(person: Person, valid_from: date, valid_to: date | None) -> None:
    rows = Substitute.objects.filter(person=person).filter(not_ended(valid_from))
    if valid_to is not None:
        rows = rows.filter(valid_from__lt=valid_to)
    there = rows.select_related("substitute").first()
    if there is not None:
        names = {"name": person.name, "substitute": there.substitute.name}
        raise RefusedChange({"person": _("%(name)s har allerede %(substitute)s som stedfortræder i den tid.") % names})
