"""Answers are figures, recounted to the same, and no single contact stands behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from indgang.feedback import answering
from indgang.feedback.counted import facts
from indgang.feedback.event_kinds import FeedbackKind
from indgang.feedback.models import SurveyInvitation
from indgang.measures.definitions import Figure, definition
from indgang.measures.period import Period
from indgang.measures.rollups import contacts_behind, counting, reading, recomputing
from indgang.measures.rollups.contacts_behind import BehindWhat
from indgang.measures.rollups.facts import Measure
from indgang.measures.rollups.reading import GroupBy
from tests.measures.histories import history
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)
DAY = MORNING.date()


def test_answers_are_figures_by_level_and_service_and_are_counted_once(
    world: World, invite: Callable[..., SurveyInvitation]
) -> None:
    invitation = invite(service=world.services["arrangement"])
    answering.answer(invitation, values={1: 9, 2: 5}, complete=False, at=MORNING)
    counting.follow()
    answering.answer(invitation, values={3: 1, 4: 7}, complete=True, at=MORNING + timedelta(hours=1))
    answering.answer(invite(level=2), values={6: 5}, complete=True, at=MORNING)
    answering.answer(invite(), values={4: 6}, complete=True, at=MORNING)
    counting.follow()
    period = Period.day(DAY)
    totals = reading.totals(period)[""]

    def figure(code: str) -> Figure:
        return definition(code, on=DAY).of(totals)

    assert figure("satisfaction") == Figure(75.0, 2)
    assert figure("courtesy") == Figure(50.0, 1)
    assert figure("waiting_satisfaction") == Figure(0.0, 1)
    assert figure("resolution_by_contact") == Figure(68.75, 2)
    assert figure("first_contact_resolution_by_contact") == Figure(50.0, 2)
    assert not list(recomputing.differences(period))
    by_level = reading.totals(period, by=GroupBy.LEVEL)
    assert {level: each.answers.satisfaction.count for level, each in by_level.items() if each.answers} == {
        "1": 1, "2": 1,
    }  # fmt: skip
    by_service = reading.totals(period, by=GroupBy.SERVICE)
    assert by_service["arrangement"].answers.satisfaction.mean == 100
    behind = contacts_behind.behind(BehindWhat(definition("satisfaction", on=DAY), period, {}))
    assert behind.rows == []


_PLANNED: Any = (FeedbackKind.PLANNED, 0, {"way": "robot", "service": "arrangement"})
_ASKING: Any = (FeedbackKind.TRIED, 1_000, {"attempt": 1, "result": "asking"})
_IN_VAIN: Any = (FeedbackKind.TRIED, 1_060, {"attempt": 1, "result": "not_reached"})
_ANSWERED: Any = (FeedbackKind.ANSWERED, 1_100, {"service": "arrangement", "indexes": {"satisfaction": 7500}})


def _ended(state: str) -> Any:
    return FeedbackKind.ENDED, 9_000, {"state": state, "service": "arrangement"}


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([_PLANNED, _ASKING, _ANSWERED], (True, False)),
        ([_PLANNED, _ASKING, _IN_VAIN, (FeedbackKind.TRIED, 5_000, {"result": "asking"}), _ANSWERED], (True, False)),
        ([_PLANNED, _ASKING, _ended("refused")], (False, False)),
        ([_PLANNED, _ASKING, _ended("expired")], (False, False)),
        ([_PLANNED, _ASKING, _ended("machine")], (False, True)),
        ([_PLANNED, _ASKING, _IN_VAIN, _ended("expired")], (False, True)),
        ([_PLANNED, _ended("expired")], (False, True)),
        ([(FeedbackKind.PLANNED, 0, {"way": "page"}), _ended("expired")], (False, False)),
        ([_PLANNED, _ended("cancelled")], None),
        ([_PLANNED, _ASKING, _ended("not_asked")], None),
        ([_PLANNED, _ASKING], None),
        ([_ANSWERED], None),
    ],
)
def test_who_was_to_be_asked_counts_once_it_is_over(steps: list[Any], told: tuple[bool, bool] | None) -> None:
    """Answered or not, and (short) whether nobody could be reached."""
    found = [each for each in facts(history(*steps)) if each.key.measure == Measure.ASKED]
    assert [(each.part, each.short) for each in found] == ([] if told is None else [told])
