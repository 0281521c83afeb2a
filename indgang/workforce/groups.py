"""Groups of a unit (faggrupper): people who are asked as one, each from a day until another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes, end_days
from indgang.catalogue.models import Unit, not_ended
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.workforce import availability_changes, group_changes
from indgang.workforce.models import Group, GroupMember


@transaction.atomic
def add(unit: Unit, *, name: str, by: Person, at: datetime) -> Group:
    """A new group of the unit from today. Raises RefusedChange for a name that it has already."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    _refuse_name(unit, name)
    return changes.save(Group(), {"unit": unit, "name": name, "valid_from": day_of(at)}, by=by, at=at)


@transaction.atomic
def rename(group: Group, *, name: str, by: Person, at: datetime) -> Group:
    """Raises RefusedChange for a name that another group of the unit has."""
    Unit.objects.select_for_update(no_key=True).get(pk=group.unit_id)
    _refuse_name(group.unit, name, present=group.pk)
    return changes.save(group, {"name": name}, by=by, at=at)


@transaction.atomic
def add_member(
    group: Group, person: Person, *, valid_from: date, valid_to: date | None, by: Person, at: datetime
) -> GroupMember:
    """Raises RefusedChange for a day that has passed, and for a time in which the person is a member already."""
    if valid_from < day_of(at):
        raise RefusedChange({"valid_from": _("Vælg i dag eller en senere dag.")})
    Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    overlapping = GroupMember.objects.filter(group=group, person=person).filter(not_ended(valid_from))
    if valid_to is not None:
        overlapping = overlapping.filter(valid_from__lt=valid_to)
    if overlapping.exists():
        raise RefusedChange({"person": _("%(name)s er allerede i gruppen i den tid.") % {"name": person.name}})
    values = {"group": group, "person": person, "valid_from": valid_from, "valid_to": valid_to}
    made = changes.save(GroupMember(), values, by=by, at=at)
    _announce(group.pk, at)
    return made


@transaction.atomic
def end_member(member: GroupMember, *, on: date, by: Person, at: datetime) -> None:
    """Let a membership end on a day, which is not included. One that has not begun by then is removed.

    Raises RefusedChange for a day that has passed or lies after the present end.
    """
    locked: GroupMember | None = GroupMember.objects.select_for_update().filter(pk=member.pk).first()
    if locked is None:
        return
    end_days.refuse(locked, on, at)
    if on <= locked.valid_from:
        named = {"group": locked.group.name, "person": locked.person.username}
        trail.record(by=by, at=at, action="groupmember.remove", target=locked, before=named)
        locked.delete()
    else:
        changes.save(locked, {"valid_to": on}, by=by, at=at)
    _announce(locked.group_id, at)


def _announce(group: int, at: datetime) -> None:
    availability_changes.announce(at)
    group_changes.announce(group, at)


def _refuse_name(unit: Unit, name: str, *, present: int | None = None) -> None:
    if Group.objects.filter(unit=unit, name=name).exclude(pk=present).exists():
        raise RefusedChange({"name": _("Enheden har allerede en faggruppe med det navn.")})
