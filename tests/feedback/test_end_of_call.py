"""Who stays on the line after the conversation is asked by the rule, once; also through a running switchboard."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from indgang.core import clock
from indgang.core.clock import day_of
from indgang.enquiries.models import Enquiry, State
from indgang.entry.models import RobotCall
from indgang.feedback import inviting, parts, robot_asking, spoken_comments
from indgang.feedback.end_of_call import EndOfCall
from indgang.feedback.models import AskingRule, QuestionnaireVersion, Rating, SpokenComment, SurveyInvitation
from tests.enquiries.told_calls import talked
from tests.entry.asterisk_house import NUMBER
from tests.entry.running import running, told
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(world: World, asked: QuestionnaireVersion) -> AskingRule:
    return AskingRule.objects.create(
        questionnaire=asked.questionnaire, centre=world.centres["tmf"], way="end_of_call", valid_from=day_of(MORNING)
    )


def test_a_caller_on_the_line_is_asked_once_and_not_planned_again(world: World, rule: AskingRule) -> None:
    enquiry = talked(world.anna)
    begun = EndOfCall().begin(str(enquiry.pk), MORNING)
    assert begun is not None
    call = RobotCall.objects.get(pk=begun[0])
    invitation = SurveyInvitation.objects.get()
    assert (invitation.state, invitation.way, call.reference) == ("asking", "end_of_call", f"feedback:{invitation.pk}")
    enquiry.refresh_from_db()
    (part,) = parts.of_calls([enquiry])
    inviting.plan(part, at=MORNING)
    assert EndOfCall().begin(str(enquiry.pk), MORNING) is None
    assert SurveyInvitation.objects.get().state == "asking"


def test_only_the_queues_of_the_rules_centre_are_asked(world: World, rule: AskingRule) -> None:
    queues = EndOfCall().queues(MORNING)
    assert "tmf-byggeri" in queues
    assert not any(code.startswith("bif") for code in queues)


def test_without_a_rule_the_line_is_hung_up(world: World, asked: QuestionnaireVersion) -> None:
    assert not EndOfCall().queues(MORNING)
    assert EndOfCall().begin(str(talked(world.anna).pk), MORNING) is None


@pytest.mark.django_db(transaction=True)
def test_a_caller_who_stays_answers_by_keys_and_speaks_and_is_hung_up_then(
    world: World, rule: AskingRule, tmp_path: Path
) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            leg = house.simulator.call(dialled=NUMBER, caller_number="+4520304050")
            await house.until(lambda: Enquiry.objects.exists())
            house.simulator.press(leg, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.filter(state=State.TALKING).exists())
            await house.give("hang_up", world.anna)
            await house.until(lambda: RobotCall.objects.exists())
            for key in "589791#":  # the first cuts the introduction short, and the last two record a comment
                await asyncio.sleep(1.0)  # a key pressed sooner would count as the one before
                house.simulator.press(leg, key)
            await house.until(lambda: RobotCall.objects.exclude(outcome="").exists())
            assert leg not in house.simulator.legs
            await house.db(lambda: robot_asking.collect(at=clock.now()))
            await house.until(lambda: spoken_comments.take() or SpokenComment.objects.exists())

    told(story())
    assert {each.question.indicator: each.value for each in Rating.objects.select_related("question")} == {
        "satisfaction": 8, "courtesy": 9, "waiting": 7, "resolution": 9,
    }  # fmt: skip
    invitation = SurveyInvitation.objects.get()
    assert (invitation.state, invitation.response.spoken.state) == ("answered", "to_write")
