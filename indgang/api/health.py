"""Whether this process is alive and whether it can serve, for load balancers, systemd and container engines."""

from __future__ import annotations

import time
from functools import cache

from django.db import Error, ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from indgang.accounts.gate import public

#: seconds for which the result "up to date" is reused; only a restore can change it
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
        missing = _missing_migrations()
    except ProgrammingError:  # an empty database
        return _answer(503, {"ready": False, "reason": "migrations"})
    except Error:
        return _answer(503, {"ready": False, "reason": "database"})
    if missing:
        return _answer(503, {"ready": False, "reason": "migrations", "missing": missing})
    return _answer(200, {"ready": True})


def _missing_migrations() -> int:
    """The number of migrations that the database lacks. One query in both cases."""
    with connection.cursor() as cursor:
        if time.monotonic() < _UpToDate.until:
            cursor.execute("SELECT 1")
            return 0
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = len(_ours() - set(cursor.fetchall()))
    if not missing:
        _UpToDate.until = time.monotonic() + _KNOWN_FOR
    return missing


@cache
def _ours() -> frozenset[tuple[str, str]]:
    """The newest migration of each app."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _answer(status: int, content: dict[str, object]) -> JsonResponse:
    response = JsonResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response
