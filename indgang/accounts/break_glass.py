"""Break-glass accounts: local administrators whose password lies in an envelope for the day when the provider is down.

They sign in with a password even where nobody else may, and each use raises an alert.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from indgang.accounts import people
from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of

Listener = Callable[[Person, datetime], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Have `listener(person, at)` called when such an account is used, in the transaction that records the use.

    Adding it twice counts once.
    """
    if listener not in _listeners:
        _listeners.append(listener)


def passwords_are_for_everybody() -> bool:
    """Whether people sign in with passwords here; else only break-glass accounts do."""
    return bool(settings.LOCAL_PASSWORDS == "everybody")


def may_use_password(person: Person) -> bool:
    """Whether `person` may sign in with a password at all."""
    return passwords_are_for_everybody() or person.is_break_glass


@transaction.atomic
def make(*, username: str, name: str, by: trail.Actor, at: datetime) -> tuple[Person, str]:
    """Make a break-glass account with the administrator role. Return it and its password, which is shown once and never
    stored in plain text.

    Raises `people.NameTaken`.
    """
    password = "-".join(people.one_time_password() for _half in range(2))
    person = people.create(username=username, name=name, password=password, by=by, at=at)
    person.is_break_glass, person.must_change_password = True, False
    person.save(update_fields=["is_break_glass", "must_change_password"])
    trail.record(by=by, at=at, action="break_glass.make", target=person, after={"is_break_glass": True})
    people.give_role(person, role="administrator", unit=None, valid_from=day_of(at), by=by, at=at)
    return person, password


@transaction.atomic
def used(person: Person, *, at: datetime) -> None:
    """Record that somebody has signed in with the account, and call the listeners."""
    trail.record(by=person, at=at, action="break_glass.use", target=person)
    for listener in _listeners:
        listener(person, at)
