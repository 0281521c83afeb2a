"""Answers are figures, recounted to the same, and no single contact stands behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from indgang.feedback import answering
from indgang.feedback.models import SurveyInvitation
from indgang.measures.definitions import Figure, definition
from indgang.measures.period import Period
from indgang.measures.rollups import contacts_behind, counting, reading, recomputing
from indgang.measures.rollups.contacts_behind import BehindWhat
from indgang.measures.rollups.reading import GroupBy
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
