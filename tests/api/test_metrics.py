"""Metrics are for whoever has the token, hold the state of the centre, and name nobody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from indgang.api import state
from indgang.core import clock
from indgang.enquiries.models import Channel, Enquiry, State
from indgang.entry.models import Alert, Command, ExchangeStatus, Presence
from indgang.live.models import Mark, RunningProcess
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

_TOKEN = "et-langt-og-tilfaeldigt-tegn"


@pytest.fixture
def said(world: World, settings: Any) -> str:
    settings.METRICS_TOKEN = _TOKEN
    queue = world.queues["tmf-byggeri"]
    for _ in range(3):
        Enquiry.objects.create(
            channel=Channel.PHONE, state=State.WAITING, arrived_at=MORNING, queued_at=MORNING, queue=queue,
            centre=queue.centre, caller_number="+4520304050",
        )  # fmt: skip
    Presence.objects.update_or_create(person=world.anna, defaults={"state": "ready", "since": MORNING})
    ExchangeStatus.objects.create(name="asterisk", up=True, since=MORNING, heartbeat=clock.now())
    ExchangeStatus.objects.create(name="silent", up=True, since=MORNING, heartbeat=clock.now() - timedelta(minutes=1))
    _runs("web", silent=3)
    _runs("switchboard", silent=2)
    _runs("switchboard", silent=4)
    _runs("live", silent=70)
    Alert.objects.create(at=MORNING, code="x", text="x")
    Command.objects.create(kind="ready", person=world.anna, at=MORNING)
    Mark.objects.create(part="all/x")
    answer = Client().get("/api/metrics/", headers={"Authorization": f"Bearer {_TOKEN}"})
    assert answer.status_code == 200
    return answer.content.decode()


def _runs(name: str, silent: int) -> None:
    heartbeat = Now() - timedelta(seconds=silent)
    RunningProcess.objects.create(name=name, host="h", pid=1, version="1", started_at=MORNING, heartbeat=heartbeat)


def test_only_who_has_the_token_may_read_them(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get("/api/metrics/").status_code == 404
    settings.METRICS_TOKEN = _TOKEN
    assert Client().get("/api/metrics/").status_code == 401
    wrong = Client().get("/api/metrics/", headers={"Authorization": "Bearer æøå"})
    assert wrong.status_code == 401
    assert b"indgang_" not in wrong.content


def test_they_say_how_the_centre_stands(said: str) -> None:
    values = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }
    assert values["indgang_queue_waiting", "tmf-byggeri"] == 3
    assert values["indgang_queue_waiting", "tmf-byliv"] == 0
    assert values["indgang_queue_longest_wait_seconds", "tmf-byggeri"] > 0
    assert values["indgang_agents", "ready"] == 1
    assert values["indgang_telephone_system_up", "asterisk"] == 1
    assert values["indgang_telephone_system_up", "silent"] == 0, "its switchboard was killed"
    running = {name[1]: value for name, value in values.items() if name[0] == "indgang_processes_running"}
    assert running == {"web": 1, "switchboard": 2, "live": 0, "worker": 0}
    assert values["indgang_alerts_open",] == values["indgang_orders_waiting",] == 1
    assert values["indgang_changes_unannounced",] >= 1
    assert values["indgang_database_up",] == 1
    assert values["indgang_database_bytes",] > 1_000_000
    assert any(name[0] == "indgang_database_connections" for name in values)


def test_they_name_nobody(said: str) -> None:
    assert not re.search(r"20304050|anna|Agerbæk", said, re.IGNORECASE)


def test_while_the_database_is_away_they_say_so(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Any:
        raise OperationalError("gone")

    settings.METRICS_TOKEN = _TOKEN
    monkeypatch.setattr(state, "_queues", away)
    answer = Client().get("/api/metrics/", headers={"Authorization": f"Bearer {_TOKEN}"})
    assert "indgang_database_up 0.0" in answer.content.decode()
