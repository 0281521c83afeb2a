"""The step between the password and the session: people who must show a second factor, or set one up, before they are
signed in."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

from django.http import HttpRequest

from indgang.accounts import carried, second_factor
from indgang.accounts.models import Person
from indgang.core import clock

_KEY = "second_step"
#: seconds that a correct password stays valid
_LASTS = 600


@dataclass(frozen=True, slots=True)
class SecondStep:
    """The person whose password was right, the time until which it counts, their destination and the form they
    carry."""

    person: int
    password: str
    until: int
    to: str
    sealed: str


def is_due(person: Person) -> bool:
    """Whether `person` needs more than the password."""
    return second_factor.has(person) or second_factor.is_needed(person, clock.today())


def begin(request: HttpRequest, person: Person, *, to: str, sealed: str) -> None:
    """Remember that the password was right. Nobody is signed in yet."""
    request.session.cycle_key()
    step = SecondStep(person.pk, person.get_session_auth_hash(), round(time.time()) + _LASTS, to, carried.short(sealed))
    request.session[_KEY] = asdict(step)


def waiting(request: HttpRequest) -> tuple[SecondStep, Person] | None:
    """The person who has shown only a password. None when there is none, when it was too long ago, or when the password
    has changed."""
    kept = request.session.get(_KEY)
    step = SecondStep(**kept) if kept else None
    if step is None or step.until < time.time():
        done(request)
        return None
    person = Person.objects.filter(pk=step.person, is_active=True).first()
    if person is None or person.get_session_auth_hash() != step.password:
        return None
    return step, person


def done(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
