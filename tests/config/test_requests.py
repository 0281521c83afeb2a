"""Every answer has the id of its request; every request is counted by its view and never by its address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from indgang.telemetry import metrics

pytestmark = pytest.mark.django_db


def test_an_id_is_made_or_taken_over_when_it_looks_like_one(settings: Any) -> None:
    own = Client().get("/api/health/")["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", own)
    of_a_client = Client().get("/api/health/", headers={"X-Request-ID": "010180-1234"})["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", of_a_client), "without a proxy clients give it, and it stands in the log"
    settings.PROXIES = 1
    given = Client().get("/api/health/", headers={"X-Request-ID": "4f1c-aa00-0001"})["X-Request-ID"]
    assert given == "4f1c-aa00-0001"
    forged = Client().get("/api/health/", headers={"X-Request-ID": "a b ERROR the end"})["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", forged)


def test_a_request_is_counted_by_the_name_of_its_view() -> None:
    Client().get("/sign-in/?next=/desk/20304050/")
    Client().get("/nothing/20304050/")
    said = metrics.exposition().decode()
    assert re.search(r'indgang_request_seconds_count\{method="GET",status="200",view="sign-in"\} [1-9]', said)
    assert "20304050" not in said
