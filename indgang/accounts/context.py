"""Template context about the person who sees the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from indgang.accounts import break_glass, session_limits
from indgang.accounts.access import permissions_of


def person(request: HttpRequest) -> dict[str, Any]:
    """`permissions`: the codes of all permissions that the person has for any unit; read when a template first uses it.

    `has_password`: whether the person can sign in with a password here.

    `session_seconds`: seconds until the session ends; empty when unknown. `session_idle`: seconds until it ends without
    activity; empty when it has no idle limit.
    """
    return {
        "permissions": SimpleLazyObject(lambda: permissions_of(request.user)),
        "has_password": SimpleLazyObject(lambda: _has_password(request)),
        "session_seconds": SimpleLazyObject(lambda: _seconds_left(request)),
        "session_idle": SimpleLazyObject(lambda: _idle_seconds(request)),
    }


def _has_password(request: HttpRequest) -> bool:
    person = request.user
    return person.is_authenticated and person.has_usable_password() and break_glass.may_use_password(person)


def _seconds_left(request: HttpRequest) -> str:
    left = None if _is_part(request) else session_limits.seconds_left(request.session)
    return "" if left is None else str(left)


def _idle_seconds(request: HttpRequest) -> str:
    return "" if _is_part(request) else str(request.session.get(session_limits.IDLE) or "")


def _is_part(request: HttpRequest) -> bool:
    """Whether the response is a part of a page. The page already has these values, so the session is not read."""
    return request.headers.get("HX-Request") == "true"
