"""The end of a session: by signing out, by deactivation, or by time. The streams of live pages end with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from django.http import HttpRequest

from indgang.accounts import recognition
from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.live import revocation

#: the session key of the id of the provider at which somebody has signed in; missing after a sign-in here
SIGNED_IN_AT = "signed_in_at"

Listener = Callable[[Person, datetime], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Have `listener(person, at)` called after a person's session has ended, for example to sign out their phone.

    Adding it twice counts once.
    """
    if listener not in _listeners:
        _listeners.append(listener)


def end(request: HttpRequest, *, at: datetime) -> None:
    """Sign this browser out."""
    person = request.user if isinstance(request.user, Person) else None
    if key := request.session.session_key:
        revocation.end_session(key)
    recognition.forget()
    logout(request)
    if person:
        _tell(person, at)


def end_all(person: Person, *, at: datetime) -> None:
    """End every session of `person`, in all browsers. May be called inside a transaction."""
    for session in Session.objects.all():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()
    recognition.forget()
    revocation.end_person(person.pk)
    transaction.on_commit(lambda: _tell(person, at))


@transaction.atomic
def end_everywhere(person: Person, *, by: trail.Actor, at: datetime) -> None:
    """Sign `person` out in all browsers, at their own or an administrator's request."""
    trail.record(by=by, at=at, action="person.sign_out_everywhere", target=person)
    end_all(person, at=at)


@transaction.atomic
def end_others(request: HttpRequest, *, at: datetime) -> None:
    """End the sessions of the person signed in here in all other browsers, for example after a new password."""
    mine, key = str(getattr(request.user, "pk", "")), request.session.session_key
    _end_rows(_rows(lambda row, kept: row.session_key != key and kept.get(SESSION_KEY) == mine), at=at)


@transaction.atomic
def end_where(is_over: Callable[[Mapping[str, Any]], bool], *, at: datetime) -> None:
    """End the sessions with such data, in all browsers. A person with another session stays signed in there."""
    _end_rows(_rows(lambda _row, kept: is_over(kept)), at=at)


@transaction.atomic
def end_expired(*, at: datetime) -> int:
    """End the sessions that have run out, as if their people had signed out in them. Return how many.

    A person with a session in another browser stays signed in there. Sessions run out by the machine's clock. What
    somebody has typed in a session is deleted with it.
    """
    expired = list(Session.objects.select_for_update(skip_locked=True).filter(expire_date__lt=Now()))
    if expired:
        _end_rows(expired, at=at)
    return len(expired)


def _rows(is_over: Callable[[Session, Mapping[str, Any]], bool]) -> list[Session]:
    return [row for row in Session.objects.all() if is_over(row, row.get_decoded())]


def _end_rows(rows: Collection[Session], *, at: datetime) -> None:
    """Delete the sessions and tell the listeners of people who have no session left. The others go on elsewhere,
    perhaps in a call."""
    recognition.forget()
    Session.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        revocation.end_session(row.session_key)
    staying = _people_in(Session.objects.filter(expire_date__gte=Now()))
    for person in Person.objects.filter(pk__in=_people_in(rows) - staying):
        transaction.on_commit(partial(_tell, person, at))


def _people_in(rows: Iterable[Session]) -> set[str]:
    """The people signed in in these sessions; a session may belong to nobody."""
    return {row.get_decoded().get(SESSION_KEY, "") for row in rows} - {""}


def _tell(person: Person, at: datetime) -> None:
    for listener in _listeners:
        listener(person, at)
