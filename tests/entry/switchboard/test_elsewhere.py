"""The switchboard's plan knows the number series of other municipalities, by the day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.entry.models import ElsewhereSeries
from indgang.entry.switchboard import plans
from indgang.routing.flows import Elsewhere
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_a_series_counts_from_its_first_day_to_its_last(world: World) -> None:
    today = MORNING.date()
    ElsewhereSeries.objects.create(
        first="+4539980000", last="+4539989999", municipality="Fjordby", number="+4539980000", valid_from=today,
        valid_to=today + timedelta(days=2),
    )  # fmt: skip
    found = [
        plans.read(MORNING + timedelta(days=days)).from_elsewhere("+4539981234") is not None for days in range(-1, 4)
    ]
    assert found == [False, True, True, False, False]
    assert plans.read(MORNING).from_elsewhere("+4539981234") == Elsewhere("Fjordby", "+4539980000")
    assert plans.read(MORNING).from_elsewhere("+4539971234") is None
