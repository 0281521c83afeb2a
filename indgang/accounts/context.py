"""What every page knows about the person who sees it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from indgang.accounts import session_limits
from indgang.accounts.access import permissions_of


def person(request: HttpRequest) -> dict[str, Any]:
    """`permissions`: the codes of all the person may do somewhere; read when a template first asks.

    `session_seconds`: how long the session still lasts; empty when that is not known. `session_idle`: how many seconds
    it lasts without a sign of life; empty when it does not matter.
    """
    return {
        "permissions": SimpleLazyObject(lambda: permissions_of(request.user)),
        "session_seconds": SimpleLazyObject(lambda: _seconds_left(request)),
        "session_idle": SimpleLazyObject(lambda: _idle_seconds(request)),
    }


def _seconds_left(request: HttpRequest) -> str:
    left = None if _is_part(request) else session_limits.seconds_left(request.session)
    return "" if left is None else str(left)


def _idle_seconds(request: HttpRequest) -> str:
    return "" if _is_part(request) else str(request.session.get(session_limits.IDLE) or "")


def _is_part(request: HttpRequest) -> bool:
    """Of a page, which knows these itself: the session need not be read."""
    return request.headers.get("HX-Request") == "true"
