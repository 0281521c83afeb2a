"""Whether personal data are scrubbed every night, as `indgang doctor` tells it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from indgang.config.checks import personal_data
from indgang.config.models import RoutineState
from indgang.core import clock
from indgang.health.finding import Level
from indgang.privacy import nightly
from indgang.privacy.models import ScrubbingProgress
from tests.world import MORNING

pytestmark = pytest.mark.django_db

TODAY = MORNING.date()


def level(at: datetime = MORNING) -> Level:
    with clock.frozen(at):
        (found,) = personal_data.look()
    return found.level


def scrubbed(*days_ago: int, done: bool = True) -> None:
    """Every pass came to its end so many days ago; with two figures, the first pass and all others. `done` is the first
    one's."""
    first, others = days_ago[0], days_ago[-1]
    for index, each in enumerate(nightly.passes(TODAY, MORNING)):
        night = TODAY - timedelta(days=others if index else first)
        ScrubbingProgress.objects.create(
            kind=each.kind.name, table=each.holding.table, outcome=each.outcome, night=night, done=bool(index) or done
        )


def test_before_the_first_night_nothing_is_wrong() -> None:
    assert level() is Level.OK


@pytest.mark.parametrize(("days_ago", "expected"), [(0, Level.OK), (1, Level.OK), (2, Level.WARNING)])
def test_a_missed_night_is_told(days_ago: int, expected: Level) -> None:
    scrubbed(days_ago)
    assert level() is expected


def test_a_night_that_comes_no_further_than_its_first_pass_is_told() -> None:
    scrubbed(0, 3)
    assert level() is Level.WARNING


@pytest.mark.parametrize(("at", "expected"), [(MORNING, Level.WARNING), (MORNING.replace(hour=1), Level.OK)])
def test_a_night_that_is_not_over_in_the_morning_is_told(at: datetime, expected: Level) -> None:
    scrubbed(0, 1, done=False)
    assert level(at) is expected


def test_a_job_that_is_ordered_every_night_and_never_ends_is_told() -> None:
    RoutineState.objects.create(name="personal-data-goes", done_for=MORNING - timedelta(days=3))
    first = next(nightly.passes(TODAY, MORNING))
    ScrubbingProgress.objects.create(kind=first.kind.name, table=first.holding.table, night=TODAY, done=True)
    assert level() is Level.WARNING
