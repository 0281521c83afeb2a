"""Changes to people who sign in and to their roles. Each change is recorded in the audit trail."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts import sessions
from indgang.accounts.access import forget
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.accounts.roles import ROLES
from indgang.audit import trail
from indgang.catalogue import collisions, end_days
from indgang.catalogue.models import DirectoryEntry, Unit
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.core.text import folded

Listener = Callable[[Sequence[Person], trail.Actor, datetime], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Have `listener(people, by, at)` called when the rights of people change, in the transaction of the change.

    Adding it twice counts once.
    """
    if listener not in _listeners:
        _listeners.append(listener)


class NameTaken(ValueError):
    """The user name is taken (case is ignored)."""


def is_free(username: str) -> bool:
    """Whether the user name is free."""
    return not Person.objects.filter(username_folded=folded(username)).exists()


@transaction.atomic
def create(
    *,
    username: str,
    name: str,
    email: str = "",
    language: str = "da",
    password: str | None,
    by: trail.Actor,
    at: datetime,
) -> Person:
    """Create a person, who must choose a password of their own at first sign-in. Raises `NameTaken`.

    Without a password the person can only sign in at an identity provider.
    """
    if not is_free(username):
        raise NameTaken(username)
    person = Person(username=username, name=name, email=email, language=language)
    person.must_change_password = password is not None
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise NameTaken(username) from error
    after = {"username": username, "name": name, "email": email, "language": language}
    trail.record(by=by, at=at, action="person.create", target=person, after=after)
    return person


@transaction.atomic
def edit(person: Person, *, name: str, email: str, language: str, by: trail.Actor, at: datetime) -> None:
    """Change a person's name, e-mail address and language."""
    after = {"name": name, "email": email, "language": language}
    before = {field: getattr(person, field) for field in after}
    if before == after:
        return
    for field, value in after.items():
        setattr(person, field, value)
    person.save(update_fields=list(after))
    trail.record(by=by, at=at, action="person.edit", target=person, before=before, after=after)


@transaction.atomic
def link_entry(person: Person, entry: DirectoryEntry | None, *, by: trail.Actor, at: datetime) -> None:
    """Connect the directory entry, with its number, title and unit, to this person; None removes the connection.

    Raises RefusedChange for the entry of somebody else: calls to them would ring here.
    """
    before = person.entry
    if before == entry:
        return
    if entry is not None and (owner := _other_owner(person, entry)):
        raise not_theirs(owner)
    person.entry = entry
    person.save(update_fields=["entry"])
    facts = {"before": {"entry": str(before or "")}, "after": {"entry": str(entry or "")}}
    trail.record(by=by, at=at, action="person.edit", target=person, before=facts["before"], after=facts["after"])


def entries_that_fit(person: Person, on: date) -> QuerySet[DirectoryEntry]:
    """The directory entries of a day that may belong to this person: their present entry, and those with the same name
    or mail that belong to nobody else."""
    same = Q(name__iexact=person.name) | Q(people=person)
    if person.email:
        same |= Q(email__iexact=person.email)
    taken = Person.objects.filter(is_active=True, entry__isnull=False).exclude(pk=person.pk)
    that_day = DirectoryEntry.objects.valid_on(on).filter(same).exclude(pk__in=taken.values("entry"))
    found: QuerySet[DirectoryEntry] = that_day.select_related("unit").distinct().order_by("name", "pk")
    return found


def _other_owner(person: Person, entry: DirectoryEntry) -> Person | None:
    """Somebody else with an open account to whom the entry belongs; see `owners_of`."""
    return next((owner for owner in owners_of([entry]) if owner != person), None)


def owners_of(entries: Iterable[DirectoryEntry]) -> QuerySet[Person]:
    """The people with an open account to whom the entries belong. Nobody else can get one until the end of the
    transaction."""
    pks = {entry.pk for entry in entries}
    list(DirectoryEntry.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk").values_list("pk"))
    found: QuerySet[Person] = Person.objects.filter(entry__in=pks, is_active=True)
    return found


def not_theirs(owner: Person) -> RefusedChange:
    """The refusal to give the entry of `owner` to somebody else."""
    return RefusedChange({"entry": _("Opslaget tilhører %(name)s.") % {"name": owner.name}})


@transaction.atomic
def deactivate(person: Person, *, by: trail.Actor, at: datetime, why: str = "") -> None:
    """Deactivate a person and end every session at once. The history stays. An inactive person stays as they are.

    Raises RefusedChange for the last person who can give roles for the whole municipality.
    """
    _refuse_last_administrator(person.roles.all(), day_of(at), by)
    _set_active(person, False, "person.deactivate", by, at, why)
    sessions.end_all(person, at=at)


@transaction.atomic
def reactivate(person: Person, *, by: trail.Actor, at: datetime, why: str = "") -> None:
    """Activate a person again; an active person stays as they are. A directory entry that belongs to somebody else by
    now stays with them."""
    if person.entry is not None and _other_owner(person, person.entry):
        link_entry(person, None, by=by, at=at)
    _set_active(person, True, "person.reactivate", by, at, why)


@transaction.atomic
def change_password(person: Person, password: str, *, by: trail.Actor, at: datetime) -> None:
    """Set the password that the person has chosen. It must have passed the password rules."""
    _set_password(person, password, must_change=False)
    trail.record(by=by, at=at, action="person.change_password", target=person)


@transaction.atomic
def reset_password(person: Person, password: str, *, by: trail.Actor, at: datetime) -> None:
    """Give a person a one-time password; every session ends."""
    _set_password(person, password, must_change=True)
    trail.record(by=by, at=at, action="person.reset_password", target=person)
    sessions.end_all(person, at=at)


@transaction.atomic
def remove_password(person: Person, *, by: trail.Actor, at: datetime) -> None:
    """From now on the person signs in at an identity provider alone. A person with a password is signed out
    everywhere."""
    if not person.has_usable_password():
        return
    person.set_unusable_password()
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    trail.record(by=by, at=at, action="person.remove_password", target=person)
    sessions.end_all(person, at=at)


def one_time_password() -> str:
    """A password for one sign-in: four groups of letters that are not easily confused."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvxyz") for _letter in range(4)) for _group in range(4))


def choose_language(person: Person, language: str) -> None:
    """Set the person's own language. It is a preference, so the audit trail does not record it."""
    person.language = language
    person.save(update_fields=["language"])
    forget(person)


@transaction.atomic
def give_role(
    person: Person,
    *,
    role: str,
    unit: Unit | None,
    valid_from: date,
    valid_to: date | None = None,
    provider: str = "",
    by: trail.Actor,
    at: datetime,
) -> RoleAssignment:
    """Give a role for a unit and everything below it (None: the whole municipality). Raises KeyError for an unknown
    role.

    `provider` is the one whose groups give the role and take it away again; empty: somebody gives it by hand.

    Raises RefusedChange when the person already has the role for the unit on one of the days.
    """
    has_it = {"accounts_roleassignment_once": ("role", _("Medarbejderen har allerede rollen for enheden i den tid."))}
    with collisions.refused_in_words(RefusedChange, has_it, in_turn=True):
        assignment = RoleAssignment.objects.create(
            person=person, role=ROLES[role].code, unit=unit, valid_from=valid_from, valid_to=valid_to, provider=provider
        )
    trail.record(by=by, at=at, action="role.give", target=person, after=plain_role(assignment))
    rights_changed([person], by=by, at=at)
    return assignment


@transaction.atomic
def end_role(assignment: RoleAssignment, *, on: date, by: trail.Actor, at: datetime) -> None:
    """End a role on a day (the day itself not included). A role that has not begun by then is deleted.

    Raises RefusedChange for a day that has passed, for a day after the one on which it ends anyway, and for the last
    role with which somebody can give roles for the whole municipality.
    """
    _refuse_last_administrator(RoleAssignment.objects.filter(pk=assignment.pk), on, by)
    row = RoleAssignment.objects.select_for_update(of=("self",)).select_related("unit").get(pk=assignment.pk)
    end_days.refuse(row, on, at)
    before = plain_role(row)
    after = plain_role(row) if end_days.apply(row, on) else {}
    trail.record(by=by, at=at, action="role.end", target=assignment.person, before=before, after=after)
    rights_changed([assignment.person], by=by, at=at)


def _refuse_last_administrator(ending: QuerySet[RoleAssignment], on: date, by: trail.Actor) -> None:
    """Refuse that roles end on a day when nobody active could give roles for the whole municipality from then on. What
    the groups of a provider give and take away is not refused."""
    if not isinstance(by, Person):
        return
    collisions.wait_for_turn("accounts_last_administrator")
    giving = [code for code, role in ROLES.items() if Permission.EDIT_PEOPLE in role.permissions]
    lasting = RoleAssignment.objects.filter(
        role__in=giving, unit=None, valid_from__lte=on, valid_to=None, person__is_active=True
    )
    if lasting.filter(pk__in=ending).exists() and not lasting.exclude(pk__in=ending).exists():
        raise RefusedChange({"on": _("Ingen andre kan give roller i hele kommunen. Giv først en anden den rolle.")})


def rights_changed(changed: Sequence[Person], *, by: trail.Actor, at: datetime) -> None:
    """Forget what is cached of these people's rights, and tell the listeners, once for all of them."""
    for person in changed:
        forget(person)
    for listener in _listeners if changed else ():
        listener(changed, by, at)


def plain_role(assignment: RoleAssignment) -> dict[str, object]:
    """A role as the audit trail stores it."""
    return {
        "role": assignment.role,
        "unit": assignment.unit.code if assignment.unit else None,
        "valid_from": assignment.valid_from,
        "valid_to": assignment.valid_to,
        **({"provider": assignment.provider} if assignment.provider else {}),
    }


def _set_active(person: Person, active: bool, action: str, by: trail.Actor, at: datetime, why: str) -> None:
    was_active = Person.objects.select_for_update().get(pk=person.pk).is_active
    person.is_active = active
    if was_active == active:
        return
    person.save(update_fields=["is_active"])
    before, after = {"is_active": was_active}, {"is_active": active}
    trail.record(by=by, at=at, action=action, target=person, before=before, after=after, why=why)
    rights_changed([person], by=by, at=at)


def _set_password(person: Person, password: str, *, must_change: bool) -> None:
    person.set_password(password)
    person.must_change_password = must_change
    person.save(update_fields=["password", "must_change_password"])
