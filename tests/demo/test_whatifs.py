"""The what-if of the demo that is measured on its past weeks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.demo import whatifs
from indgang.planning import played_staffing, scenarios
from indgang.planning.models import Scenario
from tests.measures.test_reading import published, write
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_it_is_made_once_when_calls_are_counted_and_says_what_the_change_alone_saves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(played_staffing, "MOST_CALLS", 0)
    people, until = {"gerda": world.gerda}, MORNING + timedelta(days=1)
    whatifs.measure_past(people, world.centres, until=until)
    assert not Scenario.objects.exists(), "nothing is counted yet"
    write(*published())
    for _again in range(2):
        whatifs.measure_past(people, world.centres, until=until)
    made = Scenario.objects.get()
    assert (made.centre, made.owner, bool(made.fits)) == (world.centres["tmf"], world.gerda, True)
    assert scenarios.found_in(made.runs.select_related("scenario").get()).fte_effect.value < 0
