"""Whom a hand-over can be sent to: a person, a group or a whole unit. The unit always owns it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.utils.translation import gettext as _

from indgang.accounts.access import may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.handover import windows
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
    return any(may(person, Permission.LEAD_TEAM, unit, on) for unit in (handover.unit, *sides(handover, on)))


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
    rows = handover.participants.filter(person=person).select_related("unit")
    return bool(still_taking_part(_as_rows_of(person, rows), on))


def taken_part_in(person: Person, on: date, most: int) -> list[UUID]:
    """The open hand-overs in which this person takes part, those joined last first."""
    rows = Participant.objects.filter(person=person, handover__state__in=Handover.OPEN).select_related("unit")
    newest = _as_rows_of(person, rows.order_by("-since", "-pk")[:most])
    return [row.handover_id for row in still_taking_part(newest, on)]


def still_taking_part(rows: Iterable[Participant], on: date) -> list[Participant]:
    """Those who still work for the unit for which they could read it when they joined, wherever it is now. Who could
    read it for no unit takes part as long as it lies with them, a group of theirs or in promised windows that lead to
    them, and they work with callers at all. A fixed number of queries beside the rights of each person."""
    able = [row for row in rows if row.person.is_active and any(may(row.person, p, row.unit, on) for p in _JOINING)]
    loose = [row for row in able if row.unit is None]
    reached = _in_reach(loose, on) if loose else frozenset()
    return [row for row in able if row.unit is not None or row.pk in reached]


def _as_rows_of(person: Person, rows: Iterable[Participant]) -> list[Participant]:
    """The rows with this object as their person, whose rights are read once."""
    found = list(rows)
    for row in found:
        row.person = person
    return found


def _in_reach(rows: Collection[Participant], on: date) -> frozenset[int]:
    """Those of the participants to whom the hand-over leads as it lies on the day."""
    cards = Handover.objects.filter(pk__in={row.handover_id for row in rows}).select_related("unit", "service__unit")
    lying = {card.pk: card for card in cards}
    in_windows = windows.people_of(lying.values(), datetime.combine(on, time(0), COPENHAGEN))
    groups = {card.group_id for card in lying.values() if card.group_id is not None}
    members = set(GroupMember.objects.valid_on(on).filter(group__in=groups).values_list("group", "person"))
    return frozenset(
        row.pk
        for row in rows
        if (card := lying[row.handover_id])
        and (
            row.person_id in (card.person_id, card.sent_by_id)
            or (card.group_id, row.person_id) in members
            or row.person_id in in_windows[card.pk]
        )
    )


def joining_unit(person: Person, handover: Handover, on: date) -> Unit | None:
    """The unit of the hand-over or of its senders for which this person works; None when it is neither."""
    units = (handover.unit, *sides(handover, on))
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
    return any(may(person, each, unit, on) for each in permissions for unit in sides(handover, on))


def sides(handover: Handover, on: date) -> tuple[Unit, ...]:
    """The units that own and operate the centre it was sent from; of what came to no centre, the unit of the sender or,
    where that is unknown, the one that has it; when it has ended, the nearest above that exists. There is always one,
    so nothing comes back to the sender alone."""
    if handover.centre is None:
        return (_still_there(handover.from_unit or handover.unit, on),)
    return (handover.centre.owner, handover.centre.operator)


def _still_there(unit: Unit, on: date) -> Unit:
    """The unit, or the nearest above that exists; the unit itself when none does."""
    if unit.valid_on(on):
        return unit
    codes = unit.path.rstrip("/").split("/")
    above = Unit.objects.valid_on(on).filter(code__in=codes[:-1]).order_by("-path")
    return above.first() or unit
