"""Invitations become robot calls, and what is keyed there becomes an answer: once, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DataError

from indgang.core.clock import COPENHAGEN
from indgang.core.ids import uuid7
from indgang.core.refusals import RefusedChange
from indgang.entry import robot_calls
from indgang.entry.models import Command, RobotCall
from indgang.events.models import StoredEvent
from indgang.feedback import answering, invitations, opting_out, questionnaires, robot_asking, spoken_questions
from indgang.feedback.event_kinds import FeedbackKind
from indgang.feedback.models import AskingRule, OptOut, QuestionnaireVersion, Rating, Response, SurveyInvitation
from indgang.feedback.questionnaires import QuestionText
from tests.enquiries.told_calls import BAKERY
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
Invite = Callable[..., SurveyInvitation]


@pytest.fixture
def rule(asked: QuestionnaireVersion) -> AskingRule:
    return AskingRule.objects.create(
        questionnaire=asked.questionnaire, way="robot", attempts=2, pause_minutes=60, valid_from=MORNING.date(),
    )  # fmt: skip


@pytest.fixture
def ring(world: World, invite: Invite, rule: AskingRule) -> Callable[..., tuple[SurveyInvitation, RobotCall]]:
    """Have somebody rung; the call is over with this outcome and these marks."""

    def rung(outcome: str, *marks: int | None, **more: Any) -> tuple[SurveyInvitation, RobotCall]:
        invitation = invite(state="planned", rule=rule, **more)
        assert robot_asking.ask_due(at=MORNING) == 1
        call = RobotCall.objects.get(reference=f"feedback:{invitation.pk}")
        over(call, outcome, *marks)
        assert robot_asking.collect(at=MORNING) == 1
        invitation.refresh_from_db()
        return invitation, call

    return rung


def over(call: RobotCall, outcome: str, *marks: int | None) -> None:
    at = MORNING + timedelta(minutes=1)
    RobotCall.objects.filter(pk=call.pk).update(outcome=outcome, marks=list(marks), ended_at=at)


def values() -> dict[str, int]:
    return {each.question.indicator: each.value for each in Rating.objects.select_related("question")}


def test_a_planned_invitation_is_rung_once_from_the_number_of_its_centre(invite: Invite, rule: AskingRule) -> None:
    invitation = invite(state="planned", rule=rule)
    assert [robot_asking.ask_due(at=MORNING) for _ in range(2)] == [1, 0]
    (call,) = RobotCall.objects.all()
    assert (call.number, call.ours) == (BAKERY, "+4533661000")
    assert Command.objects.filter(kind="robot_call").count() == 1
    assert len(call.script["questions"]) == 4
    invitation.refresh_from_db()
    assert (invitation.state, invitation.attempts) == ("asking", 1)


def test_everything_that_is_said_is_there_to_be_spoken(invite: Invite, rule: AskingRule) -> None:
    invite(state="planned", rule=rule)
    robot_asking.ask_due(at=MORNING)
    script = RobotCall.objects.get().script
    said = {script[name] for name in ("intro", "again", "wrong_key", "thanks", "opted_out", "comment")}
    texts = {(code, language): text for code, language, text in spoken_questions.texts(MORNING)}
    for code in said | set(script["questions"]):
        assert len({texts[code, "da"], texts[code, "en"]} - {""}) == 2


def test_nobody_is_rung_outside_the_hours_of_the_rule(invite: Invite, rule: AskingRule) -> None:
    invitation = invite(state="planned", rule=rule)
    night = MORNING.replace(hour=22)
    assert robot_asking.ask_due(at=night) == 0
    invitation.refresh_from_db()
    assert invitation.state == "planned"
    assert invitation.planned_at > night


def test_keys_become_ratings_of_their_questions(ring: Any) -> None:
    invitation, _call = ring("answered", 8, 9, 7, 9)
    assert invitation.state == "answered"
    assert values() == {"satisfaction": 8, "courtesy": 9, "waiting": 7, "resolution": 9}
    assert robot_asking.collect(at=MORNING) == 0


def test_of_who_hung_up_in_question_3_two_answers_count(ring: Any) -> None:
    invitation, _call = ring("partly", 8, 9)
    assert invitation.state == "partly"
    assert values() == {"satisfaction": 8, "courtesy": 9}
    assert not invitation.response.complete


def test_at_the_second_level_what_it_cannot_know_is_not_asked(ring: Any) -> None:
    ring("answered", 6, 5, level=2)
    assert values() == {"satisfaction": 6, "courtesy": 5}


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("silent", "not_reached"),
        ("declined", "refused"),
        ("interrupted", "not_reached"),
        ("forwarded", "not_reached"),
        ("failed", "not_reached"),
        ("cancelled", "cancelled"),
    ],
)
def test_who_was_disturbed_or_cannot_be_rung_is_not_rung_again(ring: Any, outcome: str, state: str) -> None:
    invitation, _call = ring(outcome)
    assert (invitation.state, invitation.reason, invitation.address) == (state, outcome, "")
    assert not Response.objects.exists()


@pytest.mark.parametrize(("outcome", "state"), [("no_answer", "not_reached"), ("machine", "machine")])
def test_who_was_not_there_is_rung_again_after_the_pause_and_then_no_more(ring: Any, outcome: str, state: str) -> None:
    invitation, first = ring(outcome)
    assert invitation.state == "planned"
    later = MORNING + timedelta(minutes=61)
    assert robot_asking.ask_due(at=later) == 1
    second = RobotCall.objects.exclude(pk=first.pk).get()
    over(second, outcome)
    robot_asking.collect(at=later)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.attempts) == (state, 2)
    assert not Response.objects.exists()


@pytest.mark.parametrize("outcome", ["expired", "not_rung"])
def test_a_call_that_rang_nobody_is_no_attempt_and_is_placed_again(ring: Any, outcome: str) -> None:
    invitation, first = ring(outcome)
    assert (invitation.state, invitation.attempts, invitation.asked_at) == ("planned", 0, None)
    assert not SurveyInvitation.objects.filter(SurveyInvitation.objects.was_asked()).exists()
    tried = StoredEvent.objects.filter(stream=invitation.pk, kind=FeedbackKind.TRIED).order_by("number")
    assert [each.event.payload.result for each in tried] == ["asking", "no_attempt", "not_reached"]
    later = MORNING + timedelta(minutes=61)
    assert robot_asking.ask_due(at=later) == 1
    second = RobotCall.objects.exclude(pk=first.pk).get()
    assert Command.objects.filter(kind="robot_call").count() == 2
    over(second, "answered", 8, 9, 7, 9)
    robot_asking.collect(at=later)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.attempts, invitation.asked_at) == ("answered", 1, later)


def test_what_rang_before_stays_asked(ring: Any) -> None:
    invitation, _first = ring("no_answer")
    later = MORNING + timedelta(minutes=61)
    robot_asking.ask_due(at=later)
    over(RobotCall.objects.get(outcome=""), "not_rung")
    robot_asking.collect(at=later)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.attempts, invitation.asked_at) == ("planned", 1, MORNING)


def test_a_number_that_never_rings_is_left_alone_and_nobody_was_asked(ring: Any, rule: AskingRule) -> None:
    invitation, _first = ring("not_rung")
    for hour in range(1, 9):
        at = MORNING + timedelta(minutes=61 * hour)
        robot_asking.ask_due(at=at)
        for call in RobotCall.objects.filter(outcome=""):
            over(call, "not_rung")
        robot_asking.collect(at=at)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.reason, invitation.asked_at) == ("not_reached", "not_rung", None)
    assert RobotCall.objects.count() == rule.attempts + robot_asking.MORE_CALLS


def test_a_number_that_may_not_be_rung_was_not_asked(invite: Invite, rule: AskingRule) -> None:
    invitation = invite(state="planned", rule=rule)
    robot_asking.ask_due(at=MORNING)
    RobotCall.objects.update(outcome="failed", why="emergency", ended_at=MORNING)
    robot_asking.collect(at=MORNING)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.asked_at) == ("not_reached", None)


def test_the_key_that_opts_out_is_kept_and_what_was_answered_counts(ring: Any) -> None:
    ring("opted_out", 3)
    assert OptOut.objects.get().how == "key"
    assert values() == {"satisfaction": 3}


def test_each_level_is_asked_in_words_about_its_own_part(invite: Invite, rule: AskingRule) -> None:
    texts = {code: text for code, language, text in spoken_questions.texts(MORNING) if language == "da"}
    first, second = (robot_asking.script_of(invite(level=level, part=str(level), token=str(level))) for level in (1, 2))
    assert not {first.intro, *first.questions} & {second.intro, *second.questions}
    for code in (second.intro, *second.questions):
        assert "den medarbejder i fagenheden" in texts[code]
    for code in (first.intro, *first.questions):
        assert "fagenhed" not in texts[code]


def test_an_indicator_is_asked_once_at_each_level(world: World, asked: QuestionnaireVersion) -> None:
    questions = [QuestionText("satisfaction", "keys_1_9", "Hvor tilfreds?", level=level) for level in (1, 2)]
    questionnaires.save_draft(asked.questionnaire, questions=questions, by=world.finn, at=MORNING)
    both = QuestionText("satisfaction", "keys_1_9", "Hvor tilfreds?")
    with pytest.raises(RefusedChange, match="kun en gang"):
        questionnaires.save_draft(asked.questionnaire, questions=[*questions, both], by=world.finn, at=MORNING)


def test_a_draft_that_is_refused_is_not_begun(world: World, asked: QuestionnaireVersion) -> None:
    twice = [QuestionText("satisfaction", "keys_1_9", "Hvor tilfreds?")] * 2
    with pytest.raises(RefusedChange, match="kun en gang"):
        questionnaires.save_draft(asked.questionnaire, questions=twice, by=world.finn, at=MORNING)
    assert asked.questionnaire.versions.get() == asked


def test_a_robot_call_is_kept_for_30_days_after_its_result_was_taken(ring: Any) -> None:
    ring("silent")
    assert robot_calls.delete_old(at=MORNING + timedelta(days=30)) == 0
    assert robot_calls.delete_old(at=MORNING + timedelta(days=31)) == 1
    assert not RobotCall.objects.exists()


@pytest.mark.parametrize("ends", ["opted_out", "expired"])
def test_a_call_that_still_waits_is_cancelled_when_its_invitation_ends(
    invite: Invite, rule: AskingRule, ends: str
) -> None:
    invitation = invite(state="planned", rule=rule)
    robot_asking.ask_due(at=MORNING)
    if ends == "opted_out":
        opting_out.opt_out(how=OptOut.How.KEY, at=MORNING, address=BAKERY)
    else:
        invitations.end(invitation, state="expired", at=MORNING)
    call = RobotCall.objects.get()
    assert [each.payload["call"] for each in Command.objects.filter(kind="robot_cancel")] == [str(call.pk)]
    over(call, "cancelled")
    robot_asking.collect(at=MORNING)
    invitation.refresh_from_db()
    assert invitation.state == {"opted_out": "refused"}.get(ends, ends)


def test_a_second_attempt_waits_for_the_next_working_day(invite: Invite, rule: AskingRule) -> None:
    invitation = invite(rule=rule, attempts=1)
    friday = MORNING.replace(day=13, hour=18, minute=30)
    SurveyInvitation.objects.update(due_at=friday + timedelta(hours=72))
    found = invitations.try_again(invitation, state="not_reached", at=friday)
    assert found.planned_at.astimezone(COPENHAGEN) == datetime(2026, 3, 16, 9, tzinfo=COPENHAGEN)


def test_one_result_that_cannot_be_stored_holds_up_no_other(
    invite: Invite, rule: AskingRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        invite(state="planned", rule=rule, part=f"part:{number}", token=f"token-{number}")
    assert robot_asking.ask_due(at=MORNING) == 2
    first, second = RobotCall.objects.order_by("pk")
    for call in (first, second):
        over(call, "answered", 8, 9, 7, 9)
    store, bad = answering.answer, first.reference.removeprefix("feedback:")

    def fails_once(invitation: SurveyInvitation, **more: Any) -> Response | None:
        if str(invitation.pk) == bad:
            raise DataError("cannot be stored")
        return store(invitation, **more)

    with monkeypatch.context() as broken:
        broken.setattr(answering, "answer", fails_once)
        assert robot_asking.collect(at=MORNING) == 1
    assert Response.objects.count() == 1
    assert robot_asking.collect(at=MORNING) == 1
    assert Response.objects.count() == 2


def test_a_call_rung_in_the_last_second_is_not_taken_for_expired(invite: Invite, rule: AskingRule) -> None:
    invite(state="planned", rule=rule)
    robot_asking.ask_due(at=MORNING)
    until = MORNING + timedelta(minutes=5)
    RobotCall.objects.update(until=until)
    assert robot_asking.collect(at=until + timedelta(minutes=9)) == 0
    assert robot_asking.collect(at=until + timedelta(minutes=11)) == 1


def test_who_hung_up_before_they_could_be_asked_was_not_asked(invite: Invite, rule: AskingRule) -> None:
    invitation = invite(way="end_of_call", attempts=1)
    call = robot_calls.begin_on_line(
        uuid7(), script=robot_asking.script_of(invitation),
        reference=invitations.reference_of(invitation), at=MORNING,
    )  # fmt: skip
    over(call, "cancelled")
    robot_asking.collect(at=MORNING)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.reason) == ("not_asked", "not_on_line")
    assert not SurveyInvitation.objects.asked().exists()
