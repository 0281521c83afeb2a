"""The targets of a service that came to the centre within a period count from its day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from indgang.agreements import reality, service_starts
from indgang.agreements.targets import TargetVerdict
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from tests.agreements.agreed import draft, target
from tests.agreements.measured import calls
from tests.agreements.test_baselines import MARCH
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_what_was_before_the_service_came_does_not_count_against_its_target(world: World) -> None:
    service, centre = world.services["byggetilladelse"], world.centres["tmf"]
    made = target(draft(world), world.hans, service=service, aim="at_least", value=Decimal(80), baseline=None)
    calls(date(2026, 3, 3), 0, 20)
    calls(date(2026, 3, 10), 20, 0)

    def found() -> reality.TargetReality:
        counted = reality.measure(["tmf"], [0, 1], reality.over(MARCH, today=day_of(MORNING)))
        (one,) = reality.of_agreement(made.agreement, counted)
        return one

    assert (found().verdict, found().figure.base, found().counts_from) == (TargetVerdict.MISSED, 40, None)
    service_starts.begin(centre, service, first_day=date(2026, 3, 10), by=world.finn, at=MORNING)
    since = found()
    assert (since.verdict, since.figure.base, since.counts_from) == (TargetVerdict.KEPT, 20, date(2026, 3, 10))
    with pytest.raises(RefusedChange, match="allerede"):
        service_starts.begin(centre, service, first_day=date(2026, 3, 11), by=world.finn, at=MORNING)
    service_starts.remove(centre, service, by=world.finn, at=MORNING)
    service_starts.begin(centre, service, first_day=date(2026, 6, 1), by=world.finn, at=MORNING)
    assert found().verdict is TargetVerdict.NO_DATA
