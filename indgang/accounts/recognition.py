"""Who asks, for parts of live pages: remembered for a second, so that a burst of parts does not ask three times each.

An open page fetches parts in bursts, and hundreds of pages at once. Each fetch would read the session, the person and
their roles again. For htmx's GET requests alone the person is kept for `SECONDS` in this process; everything that
changes something, and every page, reads afresh. Signing out and shutting out forget at once here, and within that
second in other processes.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from indgang.accounts.models import Person

SECONDS = 1.0

_known: dict[str, tuple[float, Person]] = {}


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Stands behind Django's own AuthenticationMiddleware and takes its place for parts."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and request.headers.get("HX-Request") == "true":
            key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
            setattr(request, "user", SimpleLazyObject(lambda: _person(request, key)))  # noqa: B010  # as Django does
        return get_response(request)

    return respond


def forget() -> None:
    """Ask the database again the next time."""
    _known.clear()


def _person(request: HttpRequest, key: str) -> Person | AnonymousUser:
    now = time.monotonic()
    known = _known.get(key)
    if known and now < known[0]:
        return known[1]
    person = get_user(request)
    if isinstance(person, Person):
        if len(_known) > 5000:
            _known.clear()
        _known[key] = (now + SECONDS, person)
    return person if isinstance(person, Person) else AnonymousUser()
