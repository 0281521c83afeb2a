"""Changes to many people at once, as a table of people makes them: a few statements for thousands of people.

Each change is recorded in the audit trail as if it had been made alone, and the listeners of `people` are told once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts import people
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.roles import ROLES
from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.catalogue.models import DirectoryEntry, Unit
from indgang.core.refusals import RefusedChange

#: rows in a statement
_BATCH = 1000
#: what `edit` may change
FIELDS = ("name", "email", "language")


@dataclass(frozen=True, slots=True)
class RoleGift:
    """A role for a unit and everything below it; None: the whole municipality."""

    person: Person
    role: str
    unit: Unit | None


@transaction.atomic
def create(new: Sequence[Person], *, by: trail.Actor, at: datetime, why: str) -> None:
    """Save these new people. Nobody can sign in as one until they get a password, except at an identity provider.

    Raises RefusedChange when a user name is taken.
    """
    for person in new:
        person.must_change_password = True
        person.set_unusable_password()
    taken = ("", _("Et af brugernavnene er lige blevet taget i brug. Læs tabellen ind igen."))
    names = {f"accounts_person_{column}_key": taken for column in ("username", "username_folded")}
    with collisions.refused_in_words(RefusedChange, names):
        Person.objects.bulk_create(new, batch_size=_BATCH)
    values = [trail.values_of(person, ("username", *FIELDS)) for person in new]
    made: list[trail.Difference] = [
        ("person.create", person, {}, after) for person, after in zip(new, values, strict=True)
    ]
    trail.record_all(made, by=by, at=at, why=why)


@transaction.atomic
def edit(edits: Sequence[tuple[Person, Mapping[str, str]]], *, by: trail.Actor, at: datetime, why: str) -> None:
    """Set any of FIELDS for each person; a person whose values stay the same is left out."""
    changed: list[_Edit] = []
    for person, wanted in edits:
        before = {name: getattr(person, name) for name, value in wanted.items() if getattr(person, name) != value}
        for name in before:
            setattr(person, name, wanted[name])
        if before:
            changed.append((person, before, {name: wanted[name] for name in before}))
    _save(changed, FIELDS, by=by, at=at, why=why)


@transaction.atomic
def link_entries(links: Sequence[tuple[Person, DirectoryEntry]], *, by: trail.Actor, at: datetime, why: str) -> None:
    """Connect each directory entry with its person; one that is connected already stays.

    Raises RefusedChange for the entry of somebody else.
    """
    new = [(person, entry) for person, entry in links if person.entry_id != entry.pk]
    owners = {owner.entry_id: owner for owner in people.owners_of(entry for _person, entry in new)}
    changed: list[_Edit] = []
    for person, entry in new:
        if (owner := owners.setdefault(entry.pk, person)) != person:
            raise people.not_theirs(owner)
        changed.append((person, {"entry": str(person.entry or "")}, {"entry": str(entry)}))
        person.entry = entry
    _save(changed, ("entry",), by=by, at=at, why=why)


@transaction.atomic
def give_roles(gifts: Sequence[RoleGift], *, valid_from: date, by: trail.Actor, at: datetime, why: str) -> None:
    """Give each role from a day until further notice. Raises KeyError for an unknown role, and RefusedChange when
    somebody already has one of them on one of the days."""
    rows = [
        RoleAssignment(person=each.person, role=ROLES[each.role].code, unit=each.unit, valid_from=valid_from)
        for each in gifts
    ]
    has_it = {
        "accounts_roleassignment_once": ("", _("En af medarbejderne har lige fået rollen. Læs tabellen ind igen."))
    }
    with collisions.refused_in_words(RefusedChange, has_it, in_turn=True):
        RoleAssignment.objects.bulk_create(rows, batch_size=_BATCH)
    given: list[trail.Difference] = [("role.give", row.person, {}, people.plain_role(row)) for row in rows]
    trail.record_all(given, by=by, at=at, why=why)
    people.rights_changed([each.person for each in gifts], by=by, at=at)


#: a person and the values that differ, before and after
_Edit = tuple[Person, dict[str, str], dict[str, str]]


def _save(changed: Sequence[_Edit], fields: Sequence[str], *, by: trail.Actor, at: datetime, why: str) -> None:
    Person.objects.bulk_update([person for person, _before, _after in changed], fields, batch_size=_BATCH // 2)
    trail.record_all([("person.edit", *each) for each in changed], by=by, at=at, why=why)
