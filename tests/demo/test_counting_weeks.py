"""The counting weeks of the demo, made by the actions of the product."""

from __future__ import annotations

import pytest

from indgang.analysis.counting import counted
from indgang.analysis.counting.models import CountingWeek
from indgang.core.clock import day_of
from indgang.demo import counting_weeks
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_week_that_is_closed_and_one_that_runs(world: World) -> None:
    for _again in range(2):
        counting_weeks.seed(world.units, world.people, at=MORNING)
    runs, over = CountingWeek.objects.all()
    today = day_of(MORNING)
    assert over.closed_at is not None
    assert runs.closed_at is None
    assert runs.starts_on <= today <= runs.ends_on
    year = counted.result(over, today=today)
    assert year is not None
    assert year.total.year.days == 5
    assert year.cross_cutting[-1].name == "", "a wording that is not decided"
    assert runs.enquiries.exists()
    assert not runs.enquiries.filter(counted_at__gt=MORNING).exists()
