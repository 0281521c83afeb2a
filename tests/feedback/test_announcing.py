"""Which queues announce that callers will be asked, and what becomes of their no."""

from __future__ import annotations

import pytest

from indgang.core.clock import day_of
from indgang.entry.event_kinds import Kind
from indgang.events import log
from indgang.feedback import announcing, inviting
from indgang.feedback.models import AskingRule, OptOut, QuestionnaireVersion
from tests.enquiries.told_calls import talked
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_the_queues_of_a_centre_with_an_announced_rule_announce(world: World, asked: QuestionnaireVersion) -> None:
    assert not announcing.by_queue(MORNING)
    rule = AskingRule.objects.create(
        questionnaire=asked.questionnaire, centre=world.centres["tmf"], valid_from=day_of(MORNING)
    )
    found = announcing.by_queue(MORNING)
    assert "tmf-byggeri" in found
    assert not any(code.startswith("bif") for code in found)
    AskingRule.objects.filter(pk=rule.pk).update(announced=False)
    assert not announcing.by_queue(MORNING)


def test_a_no_in_the_queue_is_kept_for_the_number(world: World) -> None:
    enquiry = talked(world.anna)
    event = Kind.SURVEY_DECLINED.event(str(enquiry.pk), MORNING)
    log.append(log.row(event, number=90))
    inviting.follow(at=MORNING)
    announcing.keep_no([enquiry.pk], at=MORNING)  # once more changes nothing
    assert OptOut.objects.filter(how="key").exists()
    assert OptOut.objects.count() == len({enquiry.caller_number, enquiry.party_id} - {None, ""})
