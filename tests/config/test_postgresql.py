"""Whether a kept connection still is one, told without a question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_connection() -> Iterator[None]:
    connection.close()
    connection.ensure_connection()
    yield
    connection.close()


def _asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What psycopg's own cursors are asked from now on."""
    asked: list[str] = []
    execute: Any = psycopg.ClientCursor.execute

    def noting(self: Any, query: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(str(query))
        return execute(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.ClientCursor, "execute", noting)
    return asked


def test_a_living_connection_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _asked(monkeypatch)
    assert connection.is_usable()
    assert asked == []


def test_one_that_the_server_has_ended_is_seen_to_be_dead_and_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 20000)", [pid])
            assert cursor.fetchone() == (True,)
    finally:
        other.close()
    assert not connection.is_usable()
    connection.close_if_unusable_or_obsolete()
    monkeypatch.setattr(connection, "health_check_enabled", True, raising=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_after_an_error_the_server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.errors_occurred = True
    asked = _asked(monkeypatch)
    assert connection.is_usable()
    assert asked == ["SELECT 1"]
