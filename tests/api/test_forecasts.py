"""Forecasts as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client

from indgang.core import clock
from indgang.core.clock import day_of
from indgang.planning import forecasts
from tests.planning.counted import count
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TODAY = day_of(MORNING)
SignIn = Callable[[str], Client]


@pytest.fixture
def as_person(world: World) -> Iterator[SignIn]:
    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(getattr(world, username))
        return client

    with clock.frozen(MORNING):
        yield sign_in


def test_a_planner_reads_days_with_ranges_and_intervals(as_person: SignIn, world: World) -> None:
    queue = world.queues["tmf-byggeri"]
    count(queue, TODAY - timedelta(days=60), TODAY)
    forecasts.store(queue, at=MORNING)
    gerda = as_person("gerda")
    assert gerda.get("/api/forecasts/").json()["forecasts"] == [
        {"queue": "tmf-byggeri", "made_on": TODAY.isoformat(), "days": 365}
    ]
    told = gerda.get("/api/forecasts/tmf-byggeri/?days=7").json()
    assert [len(told["days"]), len(told["days"][0]["intervals"]), told["interval_minutes"]] == [7, 96, 15]
    assert told["days"][0]["range_95"][0] <= told["days"][0]["calls"] <= told["days"][0]["range_95"][1]
    assert [each["days_ahead"] for each in told["accuracy"]["by_days_ahead"]][:2] == [[1, 1], [2, 7]]
    assert told["accuracy"]["by_forecast"] == [], "none of its days has come"
    assert gerda.get("/api/forecasts/bif-erhverv/").status_code == 404
    assert as_person("anna").get("/api/forecasts/").status_code == 403
