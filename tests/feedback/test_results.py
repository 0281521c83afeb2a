"""Results of stored answers: by groups, with what they rest on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
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
        answering.answer(invitation, values={1: 7, 2: 9} if level == 1 else {6: 7, 7: 9}, complete=True, at=MORNING)
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
    for state in ("asking", "not_reached", "machine", "refused", "expired"):
        invite(state=state, asked_at=MORNING)
    invite(state="planned")
    invite(state="not_asked", reason="not_drawn", way="")
    answering.answer(invite(), values={1: 7}, complete=False, at=MORNING)
    found = results.asked(Chosen(MARCH))
    assert (found.parts, found.asked, found.answered, found.rate) == (8, 5, 1, 20)
    assert found.reasons == {"not_drawn": 1}
    assert results.asked(Chosen(Period.month((MORNING - timedelta(days=60)).date()))).rate is None


def test_who_was_never_rung_is_not_among_those_asked(world: World, invite: Invite) -> None:
    answering.answer(invite(asked_at=MORNING), values={1: 7}, complete=True, at=MORNING)
    for state in ("expired", "not_reached"):
        invite(state=state, attempts=0)
    invite(state="expired", way="page")
    found = results.asked(Chosen(MARCH))
    assert (found.parts, found.missed, found.asked, found.rate) == (4, 2, 2, 50), "a chat shows its link at once"
    assert SurveyInvitation.objects.asked().count() == 2, "whom nobody disturbed is in no quarantine"


def test_the_database_counts_who_resembles_all(world: World, invite: Invite) -> None:
    at_noon = MORNING.replace(hour=11, minute=30)
    answering.answer(
        invite(asked_at=MORNING, service=world.services["arrangement"]), values={1: 7}, complete=True, at=MORNING
    )
    answering.answer(invite(asked_at=MORNING, wait_seconds=60), values={1: 9}, complete=True, at=MORNING)
    invite(state="expired", level=2, wait_seconds=601, part_ended_at=at_noon)
    invite(state="not_asked", reason="not_drawn", way="", wait_seconds=180)
    sample = results.sample(Chosen(MARCH))
    assert sample.everybody["wait"] == {"0-1": 1, "1-3": 1, "3-10": 1, "10-": 1}
    assert sample.everybody["service"] == {"arrangement": 1, "": 3}
    early, late = (f"{each.astimezone(COPENHAGEN):%H}" for each in (MORNING, at_noon))
    assert sample.everybody["hour"] == {early: 3, late: 1}
    assert +sample.asked["level"] == {"1": 2}
    assert +sample.answered["wait"] == {"0-1": 1, "1-3": 1}
    assert {each: of.total for each, of in sample.ratings["wait"].items()} == {"0-1": 75, "1-3": 100}


@pytest.mark.parametrize(
    ("code", "way", "turn", "field"),
    [
        ("after-mail", "in_turn", ["mail", "robot"], "turn"), ("after-call", "in_turn", ["sms", "page"], "turn"),
        ("after-call", "page", [], "way"), ("after-mail", "robot", [], "way"), ("after-chat", "page", [], ""),
        ("after-call", "in_turn", ["sms", "robot"], ""),
    ],
)  # fmt: skip
def test_no_rule_asks_in_a_way_that_its_contacts_cannot_meet(
    world: World, asked: QuestionnaireVersion, code: str, way: str, turn: list[str], field: str
) -> None:
    usual = AskingRule(questionnaire=Questionnaire.objects.get(code=code), way=way, turn=turn)
    values = {name: getattr(usual, name) for name in rules.FIELDS}
    if not field:
        assert rules.make(values, by=world.finn, at=MORNING).way == way
        return
    with pytest.raises(RefusedChange) as refused:
        rules.make(values, by=world.finn, at=MORNING)
    assert set(refused.value.reasons) == {field}


def test_a_rule_that_has_held_keeps_what_it_said(world: World, asked: QuestionnaireVersion) -> None:
    values = {name: getattr(AskingRule(questionnaire=asked.questionnaire), name) for name in rules.FIELDS}
    rule = rules.make(values, by=world.finn, at=MORNING)
    same_day = rules.change(rule, values | {"share": 50}, by=world.finn, at=MORNING)
    later = rules.change(same_day, values | {"share": 20}, by=world.finn, at=MORNING + timedelta(days=3))
    assert same_day.pk == rule.pk != later.pk
    rows = AskingRule.objects.order_by("valid_from").values_list("share", "valid_from", "valid_to")
    day = MORNING.date()
    assert list(rows) == [(50, day, day + timedelta(days=3)), (20, day + timedelta(days=3), None)]
