"""Remembers for a moment who sends the requests for parts of live pages, so that a burst of parts does not repeat the
same three queries.

An open page fetches parts in bursts, and hundreds of pages do so at once. Each fetch would read the session, the person
and their roles again. For htmx's GET requests alone, this process keeps the person for `SECONDS`. Every other request
reads them afresh. Signing out, deactivation and a change of roles take effect at once in this process, and within that
time in other processes. Other values that are read often, such as a person's rights or a short list that seldom
changes, may be kept in the same way (`Remembered`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from indgang.accounts.models import Person

SECONDS = 2.0
#: the most entries that are kept at once
MOST = 5000

V = TypeVar("V")


class Remembered(Generic[V]):
    """Results by key, each kept for `SECONDS` in this process."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[float, V]] = {}
        _memories.append(self)

    def find(self, key: Hashable) -> V | None:
        known = self._known.get(key)
        return known[1] if known and time.monotonic() < known[0] else None

    def keep(self, key: Hashable, value: V) -> V:
        if len(self._known) > MOST:
            self.clear()
        self._known[key] = (time.monotonic() + SECONDS, value)
        return value

    def clear(self) -> None:
        self._known.clear()


_memories: list[Remembered[Any]] = []
_people: Remembered[Person] = Remembered()


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Comes after Django's own AuthenticationMiddleware and replaces it for parts."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and request.headers.get("HX-Request") == "true":
            key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
            setattr(request, "user", SimpleLazyObject(lambda: _person(request, key)))  # noqa: B010  # as Django does
        return get_response(request)

    return respond


def forget() -> None:
    """Empty the cache: the next request reads the database."""
    for memory in _memories:
        memory.clear()


def _person(request: HttpRequest, key: str) -> Person | AnonymousUser:
    known = _people.find(key)
    if known is not None:
        return known
    person = get_user(request)
    return _people.keep(key, person) if isinstance(person, Person) else AnonymousUser()
