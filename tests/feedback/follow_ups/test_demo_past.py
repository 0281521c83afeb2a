"""The demo's past of follow-ups: some of each state, by those who may act on them, and improvements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from indgang.demo import followed_up
from indgang.feedback import answering
from indgang.feedback.follow_up_models import FollowUp, ImprovementItem
from indgang.feedback.models import SurveyInvitation
from tests.enquiries.told_calls import talked
from tests.world import MORNING, World


@pytest.mark.django_db
def test_the_past_has_follow_ups_in_every_state_and_improvements(
    world: World, invite: Callable[..., SurveyInvitation]
) -> None:
    followed_up.seed(world.centres, world.people, at=MORNING)
    for day in range(24):
        answered_at = MORNING + timedelta(hours=14 * day)
        about = {"enquiry": talked(world.anna, f"+45701020{day:02}"), "due_at": answered_at + timedelta(hours=72)}
        invitation = invite(**about, service=world.services["arrangement"])
        answering.answer(invitation, values={1: 1 + day % 9}, comment="", complete=True, at=answered_at)
    until = MORNING + timedelta(days=14)
    opened = followed_up.follow_past(world.people, until=until)
    rows = FollowUp.objects.all()
    assert opened == len(rows) > 5
    assert {row.state for row in rows} == set(FollowUp.State.values)
    assert all(row.cause and row.closed_at and row.closed_at <= until for row in rows if row.state == "followed_up")
    assert len({item.state for item in ImprovementItem.objects.all()}) == 4
    assert followed_up.follow_past(world.people, until=until) == 0
