"""Whether personal data are scrubbed every night, as `indgang doctor` tells it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.config.checks import personal_data
from indgang.config.models import RoutineState
from indgang.core import clock
from indgang.health.finding import Level
from indgang.privacy.models import ScrubbingProgress
from tests.world import MORNING

pytestmark = pytest.mark.django_db

TODAY = MORNING.date()


def level() -> Level:
    with clock.frozen(MORNING):
        (found,) = personal_data.look()
    return found.level


def scrubbed(days_ago: int, *, done: bool = True) -> None:
    ScrubbingProgress.objects.create(
        kind="call_events", table=f"t{days_ago}{done}", night=TODAY - timedelta(days=days_ago), done=done
    )


def test_before_the_first_night_nothing_is_wrong() -> None:
    assert level() is Level.OK


@pytest.mark.parametrize(("days_ago", "expected"), [(0, Level.OK), (1, Level.OK), (2, Level.WARNING)])
def test_a_missed_night_is_told(days_ago: int, expected: Level) -> None:
    scrubbed(days_ago)
    assert level() is expected


def test_a_job_that_is_ordered_every_night_and_never_ends_is_told() -> None:
    RoutineState.objects.create(name="personal-data-goes", done_for=MORNING - timedelta(days=3))
    scrubbed(0, done=False)
    assert level() is Level.WARNING
