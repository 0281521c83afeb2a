"""Health asks nobody; readiness knows database and migrations and says why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from indgang.api import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health._UpToDate, "until", 0.0)


def test_health_asks_nobody(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/api/health/")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})
    assert not answer.cookies


def test_readiness_is_one_query(django_assert_num_queries: Callable[..., Any]) -> None:
    for _ in range(2):
        with django_assert_num_queries(1):
            answer = Client().get("/api/readiness/")
        assert (answer.status_code, answer.json()) == (200, {"ready": True})


def test_missing_migrations_are_a_reason_not_to_serve() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'entry'")
    answer = Client().get("/api/readiness/")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "reason": "migrations", "missing": 1}


def test_tables_of_a_newer_version_are_a_reason_not_to_serve() -> None:
    MigrationRecorder(connection).record_applied("entry", "9001_future")
    answer = Client().get("/api/readiness/")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reason": "newer"})


def test_a_database_that_is_away_is_a_reason_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> dict[str, object]:
        raise OperationalError("connection to server at 10.0.0.7 failed for user indgang_app")

    monkeypatch.setattr(health, "_fault_of_tables", away)
    answer = Client().get("/api/readiness/")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reason": "database"})
    assert Client().get("/api/health/").status_code == 200
