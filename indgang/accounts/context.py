"""What every page knows about the person who sees it."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from indgang.accounts.access import permissions_of

#: the session's own note of when it ends (seconds since 1970, real time)
SESSION_ENDS = "ends"


def person(request: HttpRequest) -> dict[str, Any]:
    """`permissions`: the codes of all the person may do somewhere; read when a template first asks.

    `session_seconds`: how long the session still lasts; empty when that is not known.
    """
    return {
        "permissions": SimpleLazyObject(lambda: permissions_of(request.user)),
        "session_seconds": SimpleLazyObject(lambda: _seconds_left(request)),
    }


def _seconds_left(request: HttpRequest) -> str:
    if request.headers.get("HX-Request") == "true":
        return ""  # a part of a page: the page knows, and the session need not be read
    ends = request.session.get(SESSION_ENDS)
    return str(max(0, round(ends - time.time()))) if isinstance(ends, int) else ""
