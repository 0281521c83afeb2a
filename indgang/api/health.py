"""Whether this process is alive and whether it can serve, for load balancers, systemd and container engines."""

from __future__ import annotations

import time

from django.db import Error, ProgrammingError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from indgang.accounts.gate import public
from indgang.health import tables

#: seconds for which the result "up to date" is reused; only a restore or an upgrade can change it
_KNOWN_FOR = 30.0


class _UpToDate:
    until = 0.0


@require_safe
@public
def health(request: HttpRequest) -> JsonResponse:
    """This process responds. It checks nothing else, so that a database failure restarts no process."""
    return _answer(200, {"alive": True})


@require_safe
@public
def readiness(request: HttpRequest) -> JsonResponse:
    """This process can serve: the database responds and its tables have this version. Otherwise 503 with the reason."""
    try:
        fault = _fault_of_tables()
    except ProgrammingError:  # an empty database
        fault = {"reason": "migrations"}
    except Error:
        fault = {"reason": "database"}
    return _answer(503, {"ready": False, **fault}) if fault else _answer(200, {"ready": True})


def _fault_of_tables() -> dict[str, object]:
    """Why the tables do not fit this program; empty when they do. One query in all cases."""
    with connection.cursor() as cursor:
        if time.monotonic() < _UpToDate.until:
            cursor.execute("SELECT 1")
            return {}
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    if missing := len(tables.newest() - applied):
        return {"reason": "migrations", "missing": missing}
    if tables.foreign(applied):
        return {"reason": "newer"}
    _UpToDate.until = time.monotonic() + _KNOWN_FOR
    return {}


def _answer(status: int, content: dict[str, object]) -> JsonResponse:
    response = JsonResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response
