"""Whom a step of the escalation turns to, as far as there is anybody."""

from __future__ import annotations

from datetime import date

from indgang.accounts.access import holders
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit
from indgang.handover import recipients
from indgang.handover.escalation import Rung
from indgang.handover.models import Handover
from indgang.workforce.models import AvailabilityAgreement, GroupMember


def by_step(handover: Handover, rung: Rung, on: date) -> list[Person]:
    """The people of the rung; when there is nobody, those of the next one up. Empty when nobody is left at all."""
    rungs = list(Rung)
    for each in rungs[rungs.index(rung) :]:
        found = _PEOPLE[each](handover, on)
        if found:
            return found
    return []


def _owner(handover: Handover, on: date) -> list[Person]:
    if handover.state == Handover.State.RETURNED:
        return _active(handover.sent_by)
    return _active(handover.person) or _group(handover, on)


def _group(handover: Handover, on: date) -> list[Person]:
    """The members of the group, else the people of the unit. What came back is no longer with them: of what came to no
    centre it is with the people of the sender's unit."""
    if handover.state == Handover.State.RETURNED:
        return [] if handover.centre else people_of(_sender(handover, on), Permission.TAKE_HANDOVERS, on)
    members = GroupMember.objects.valid_on(on).filter(group=handover.group_id, person__is_active=True)
    found = [each.person for each in members.select_related("person")]
    return found or people_of(handover.unit, Permission.TAKE_HANDOVERS, on)


def _contact(handover: Handover, on: date) -> list[Person]:
    """The contact person of the nearest agreement; for what came back, the coordinator, who signed for the centre, or
    the contact person of the sender's unit."""
    is_back = handover.state == Handover.State.RETURNED
    is_direct = handover.centre is None
    agreement = _agreement(_sender(handover, on) if is_back and is_direct else handover.unit, on)
    if agreement is None:
        return []
    return _active(agreement.coordinator if is_back and not is_direct else agreement.contact)


def _leader(handover: Handover, on: date) -> list[Person]:
    """The leaders of the side that sent it; of what came to no centre also those of the unit that has it."""
    units = set(recipients.sides(handover, on))
    if handover.centre is None and handover.state != Handover.State.RETURNED:
        units.add(handover.unit)
    found = {person for unit in units for person in people_of(unit, Permission.LEAD_TEAM, on)}
    return sorted(found, key=lambda person: person.pk)


_PEOPLE = {Rung.OWNER: _owner, Rung.GROUP: _group, Rung.CONTACT: _contact, Rung.LEADER: _leader}


def people_of(unit: Unit, permission: Permission, on: date) -> list[Person]:
    """Those who have the permission for the unit, from the nearest level of the tree that has any."""
    reach = {
        person: max(len(path) for path in paths if unit.path.startswith(path))
        for person, paths in holders(permission, on).items()
        if any(unit.path.startswith(path) for path in paths)
    }
    nearest = max(reach.values(), default=0)
    able = [person for person, length in reach.items() if length == nearest]
    return list(Person.objects.filter(pk__in=able).order_by("pk"))


def _agreement(unit: Unit, on: date) -> AvailabilityAgreement | None:
    codes = unit.path.rstrip("/").split("/")
    rows = AvailabilityAgreement.objects.signed().valid_on(on).filter(unit__code__in=codes)
    found: AvailabilityAgreement | None = rows.select_related("contact", "coordinator").order_by("-unit__path").first()
    return found


def _sender(handover: Handover, on: date) -> Unit:
    """The unit that sent what came to no centre."""
    return recipients.sides(handover, on)[0]


def _active(person: Person | None) -> list[Person]:
    return [person] if person is not None and person.is_active else []
