"""Whom a hand-over can be sent to: a person, a group or a whole unit. The unit always owns it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from indgang.accounts.access import may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Service, Unit
from indgang.core.refusals import RefusedChange
from indgang.handover.models import Handover, Participant
from indgang.workforce.models import Group, GroupMember


@dataclass(frozen=True, slots=True)
class Recipient:
    """A unit, and perhaps a group or a person of it."""

    unit: Unit
    group: Group | None = None
    person: Person | None = None


def of_person(person: Person, on: date) -> Recipient:
    """The person, in the unit of their directory entry, else the first unit they answer for. Raises RefusedChange."""
    unit = person.entry.unit if person.entry else None
    if unit is None or not may(person, Permission.TAKE_HANDOVERS, unit, on):
        theirs = units_of(person, Permission.TAKE_HANDOVERS, on).order_by("path")
        unit = next((each for each in theirs if each.valid_on(on)), unit)
    if unit is None:
        raise RefusedChange({"person": _("%(name)s hører ikke til en enhed.") % {"name": person.name}})
    return Recipient(unit, person=person)


def unit_of_sender(person: Person, on: date) -> Unit | None:
    """The unit to which what this person sends comes back when it came to no centre."""
    try:
        return of_person(person, on).unit
    except RefusedChange:
        return None


def of_group(group: Group) -> Recipient:
    return Recipient(group.unit, group=group)


def service_of(unit: Unit, service: Service | None) -> Service | None:
    """The service, if it belongs to the unit or one below it. The promised windows of other units' services say nothing
    about who in this unit can be asked."""
    if service is None or service.unit is None or not service.unit.path.startswith(unit.path):
        return None
    return service


def refuse(recipient: Recipient, on: date) -> None:
    """Raise RefusedChange for a unit or group that has ended, and for a person who cannot take it."""
    unit, group, person = recipient.unit, recipient.group, recipient.person
    if not unit.valid_on(on):
        raise RefusedChange({"unit": _("%(name)s findes ikke længere. Vælg en anden enhed.") % {"name": unit.name}})
    if group is not None and (not group.valid_on(on) or group.unit_id != unit.pk):
        raise RefusedChange({"group": _("Faggruppen findes ikke længere i enheden.")})
    if person is not None and not can_take(person, on):
        raise RefusedChange({"person": _("%(name)s kan ikke få spørgsmålet. Vælg en anden.") % {"name": person.name}})


def can_take(person: Person, on: date) -> bool:
    """Whether the account is open, and the person works with callers at either level."""
    permissions = (Permission.TAKE_HANDOVERS, Permission.TAKE_CALLS)
    return person.is_active and any(may(person, each, on=on) for each in permissions)


def may_act(person: Person, handover: Handover, on: date) -> bool:
    """Whether this person may work on the hand-over: as its receiver, for its unit, or where it came from once it is
    back."""
    if handover.state == Handover.State.RETURNED:
        return handover.sent_by_id == person.pk or _is_of_senders(person, handover, on)
    if handover.person_id == person.pk or may(person, Permission.TAKE_HANDOVERS, handover.unit, on):
        return person.is_active
    return person.is_active and _is_in_group(person, handover, on)


def may_place(person: Person, handover: Handover, on: date) -> bool:
    """Whether this person may decide who has it: who may act on it, and the leaders of either side."""
    return may_act(person, handover, on) or may_decide(person, handover, on)


def may_decide(person: Person, handover: Handover, on: date) -> bool:
    """Whether this person leads either side, and so has the last word on who answers."""
    return any(may(person, Permission.LEAD_TEAM, unit, on) for unit in (handover.unit, *sides(handover)))


def may_see(person: Person, handover: Handover, on: date) -> bool:
    """Whether this person may read the card: both sides can, and who takes part."""
    return (
        handover.sent_by_id == person.pk
        or handover.person_id == person.pk
        or may(person, Permission.TAKE_HANDOVERS, handover.unit, on)
        or _is_in_group(person, handover, on)
        or _is_of_senders(person, handover, on)
        or takes_part(person, handover, on)
    )


def may_write(person: Person, handover: Handover, on: date) -> bool:
    """Whether this person may write on the hand-over: who may act on it, and who takes part."""
    return may_act(person, handover, on) or takes_part(person, handover, on)


def takes_part(person: Person, handover: Handover, on: date) -> bool:
    return any(still_takes_part(row, on) for row in handover.participants.filter(person=person))


def still_takes_part(row: Participant, on: date) -> bool:
    """Whether who joined still works for the unit for which they could read it then, wherever it is now; members of
    groups and people of promised windows, whose roles may be for any unit, whether they work with callers at all."""
    return row.person.is_active and any(may(row.person, each, row.unit, on) for each in _JOINING)


def joining_unit(person: Person, handover: Handover, on: date) -> Unit | None:
    """The unit of the hand-over or of its senders for which this person works; None when it is neither."""
    units = (handover.unit, *sides(handover))
    return next((unit for unit in units if any(may(person, each, unit, on) for each in _JOINING)), None)


_JOINING = (Permission.TAKE_HANDOVERS, Permission.TAKE_CALLS, Permission.LEAD_TEAM)


def _is_in_group(person: Person, handover: Handover, on: date) -> bool:
    """Members of its group work on it, whatever unit their role is for."""
    members = GroupMember.objects.valid_on(on).filter(group=handover.group_id, person=person)
    return handover.group_id is not None and bool(members.exists())


def _is_of_senders(person: Person, handover: Handover, on: date) -> bool:
    """Whether the person works in the centre that sent it or, of what came to no centre, in the unit that did."""
    at_desk = Permission.TAKE_CALLS if handover.centre else Permission.TAKE_HANDOVERS
    permissions = (at_desk, Permission.LEAD_TEAM)
    return any(may(person, each, unit, on) for each in permissions for unit in sides(handover))


def sides(handover: Handover) -> tuple[Unit, ...]:
    """The units that own and operate the centre it was sent from; of what came to no centre, the unit of the sender or,
    where that is unknown, the one that has it. There is always one, so nothing comes back to the sender alone."""
    if handover.centre is None:
        return (handover.from_unit or handover.unit,)
    return (handover.centre.owner, handover.centre.operator)
