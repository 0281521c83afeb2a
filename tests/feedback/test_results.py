"""Results of stored answers: by groups, with what they rest on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from indgang.feedback import answering, index, results, rules
from indgang.feedback.models import AskingRule, Questionnaire, QuestionnaireVersion, SurveyInvitation
from indgang.feedback.results import Chosen, FeedbackGroup
from indgang.measures.period import Period
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
Invite = Callable[..., SurveyInvitation]
MARCH = Period.month(MORNING.date())


def test_two_scales_are_one_index_and_never_averaged_raw(world: World, invite: Invite) -> None:
    link = Questionnaire.objects.get(code="after-call-link").versions.get() if invite(channel="phone") else None
    by_web = invite(version=link, way="sms")
    answering.answer(SurveyInvitation.objects.exclude(pk=by_web.pk).get(), values={1: 9}, complete=True, at=MORNING)
    answering.answer(by_web, values={1: 10}, complete=True, at=MORNING)
    found = results.ratings(Chosen(MARCH))[""]["satisfaction"]
    assert (found.count, found.total) == (2, 200)
    by_way = results.ratings(Chosen(MARCH), FeedbackGroup.WAY)
    assert {way: each["satisfaction"].total for way, each in by_way.items()} == {"robot": 100, "sms": 100}


def test_results_are_split_and_hidden_when_small(world: World, invite: Invite) -> None:
    for number in range(9):
        level = 1 if number < 6 else 2
        invitation = invite(level=level, service=world.services["arrangement"] if number < 6 else None)
        answering.answer(invitation, values={1: 7, 2: 9}, complete=True, at=MORNING)
    by_level = results.ratings(Chosen(MARCH), FeedbackGroup.LEVEL)
    assert {group: each["satisfaction"].count for group, each in by_level.items()} == {1: 6, 2: 3}
    shown = index.shown({str(group): each["satisfaction"] for group, each in by_level.items()})
    assert shown == {"1": None, "2": None}, "the small one could be worked out from the other"
    by_service = results.ratings(Chosen(MARCH), FeedbackGroup.SERVICE)
    assert set(by_service) == {"arrangement", None}
    by_month = results.ratings(Chosen(MARCH), FeedbackGroup.MONTH)
    assert [f"{month:%Y-%m}" for month in by_month] == ["2026-03"]
    assert results.of_employee(world.anna, MARCH)["courtesy"].count == 9
    assert results.of_employee(world.bo, MARCH) == {}


def test_the_rate_counts_who_was_asked_and_leaves_out_who_still_is(world: World, invite: Invite) -> None:
    for state in ("planned", "asking", "not_reached", "machine", "refused", "expired", "not_asked"):
        invite(state=state, reason="not_drawn" if state == "not_asked" else "")
    answering.answer(invite(), values={1: 7}, complete=False, at=MORNING)
    found = results.asked(Chosen(MARCH))
    assert (found.parts, found.asked, found.answered, found.rate) == (8, 5, 1, 20)
    assert found.reasons == {"not_drawn": 1}
    sample = results.sample(Chosen(MARCH))
    assert sample.everybody["level"].total() == 8
    assert sample.answered["wait"].total() == 1
    assert results.asked(Chosen(Period.month((MORNING - timedelta(days=60)).date()))).rate is None


def test_a_rule_that_has_held_keeps_what_it_said(world: World, asked: QuestionnaireVersion) -> None:
    values = {name: getattr(AskingRule(questionnaire=asked.questionnaire), name) for name in rules.FIELDS}
    rule = rules.make(values, by=world.finn, at=MORNING)
    same_day = rules.change(rule, values | {"share": 50}, by=world.finn, at=MORNING)
    later = rules.change(same_day, values | {"share": 20}, by=world.finn, at=MORNING + timedelta(days=3))
    assert same_day.pk == rule.pk != later.pk
    rows = AskingRule.objects.order_by("valid_from").values_list("share", "valid_from", "valid_to")
    day = MORNING.date()
    assert list(rows) == [(50, day, day + timedelta(days=3)), (20, day + timedelta(days=3), None)]
