"""The end of a session: signing out, or being shut out. Streams of live pages end with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from indgang.accounts import recognition
from indgang.accounts.models import Person
from indgang.live import revocation

Listener = Callable[[Person, datetime], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Be told (person, at) after a person's session has ended, e.g. to sign their phone out."""
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


def forget_expired(at: datetime) -> int:
    """Delete the sessions that have run out; returns how many. What is typed in a session goes with it."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]


def _tell(person: Person, at: datetime) -> None:
    for listener in _listeners:
        listener(person, at)
