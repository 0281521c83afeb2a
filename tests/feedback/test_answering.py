"""Answers are counted once, completed later, and refused when they do not count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from indgang.events.models import StoredEvent
from indgang.feedback import answering, invitations, opting_out, questionnaires
from indgang.feedback.answering import AnsweredPage, AnswerRefused
from indgang.feedback.models import AskingRule, Comment, OptOut, Rating, Response, SurveyInvitation
from tests.enquiries.told_calls import BAKERY
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
Invite = Callable[..., SurveyInvitation]
ALL = {1: 9, 2: 8, 3: 5, 4: 7}


def events(subject: SurveyInvitation | Response) -> list[StoredEvent]:
    return list(StoredEvent.objects.filter(stream=subject.pk).order_by("number"))


def test_a_whole_answer_is_stored_with_its_place_and_told_to_the_log(invite: Invite, world: World) -> None:
    invitation = invite()
    response = answering.answer(invitation, values=ALL, comment="Fin hjælp", complete=True, at=MORNING)
    assert response is not None
    assert {each.question.indicator: each.value for each in response.ratings.all()} == {
        "satisfaction": 9, "courtesy": 8, "waiting": 5, "resolution": 7,
    }  # fmt: skip
    assert (response.employee, response.queue, response.complete) == (world.anna, world.queues["tmf-byggeri"], True)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.address) == ("answered", "")
    (event,) = events(invitation)
    assert (event.kind, event.queue, event.channel, event.centre) == ("survey_answered", "tmf-byggeri", "phone", "tmf")
    assert event.data["indexes"] == {"satisfaction": 10000, "courtesy": 8750, "waiting": 5000, "resolution": 7500}
    assert event.person is None


def test_the_same_answer_twice_counts_once_and_what_was_said_first_stands(invite: Invite) -> None:
    invitation = invite()
    for values in (ALL, ALL, {1: 1, 2: 1, 3: 1, 4: 1}):
        answering.answer(invitation, values=values, complete=True, at=MORNING)
    assert Response.objects.count() == 1
    assert sorted(Rating.objects.values_list("value", flat=True)) == [5, 7, 8, 9]
    assert len(events(invitation)) == 1


def test_who_hangs_up_in_question_three_has_answered_two_and_can_complete_it_later(invite: Invite) -> None:
    invitation = invite()
    answering.answer(invitation, values={1: 9, 2: 8}, complete=False, at=MORNING)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.address) == ("partly", BAKERY)
    response = answering.answer(invitation, values={2: 1, 3: 5, 4: 7}, complete=False, at=MORNING + timedelta(hours=1))
    assert response is not None
    assert (response.complete, response.ratings.get(question__position=2).value) == (True, 8)
    invitation.refresh_from_db()
    assert invitation.state == "answered"
    assert [len(each.data["indexes"]) for each in events(invitation)] == [2, 4]


def test_a_part_of_an_answer_stays_one_when_the_time_is_over(invite: Invite) -> None:
    invitation = invite()
    answering.answer(invitation, values={1: 9}, complete=False, at=MORNING)
    ended = invitations.end(invitation, state="expired", at=MORNING + timedelta(hours=72))
    assert (ended.state, ended.address, Response.objects.get().complete) == ("partly", "", False)


def test_nothing_is_no_answer(invite: Invite) -> None:
    assert answering.answer(invite(), values={}, comment="  ", complete=False, at=MORNING) is None
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("values", "more", "code"),
    [
        ({1: 10}, {}, "value"), ({1: 0}, {}, "value"), ({7: 5}, {}, "value"), ({5: 5}, {}, "value"),
        ({1: True}, {}, "value"),
        (ALL, {"due_at": MORNING}, "late"), (ALL, {"state": "expired"}, "late"),
        (ALL, {"state": "refused"}, "over"), (ALL, {"state": "not_asked"}, "over"),
    ],
)  # fmt: skip
def test_what_does_not_count_is_refused_with_a_sentence(
    invite: Invite, values: dict[int, int], more: dict[str, object], code: str
) -> None:
    with pytest.raises(AnswerRefused) as refused:
        answering.answer(invite(**more), values=values, complete=True, at=MORNING)
    assert refused.value.code == code
    assert not Response.objects.exists()


def test_the_second_level_is_asked_about_its_own_part_alone(invite: Invite) -> None:
    invitation = invite(level=2)
    with pytest.raises(AnswerRefused):
        answering.answer(invitation, values={3: 5}, complete=True, at=MORNING)
    response = answering.answer(invitation, values={6: 9, 7: 9}, complete=False, at=MORNING)
    assert response is not None
    assert response.complete, "satisfaction and courtesy are all that it is asked about"


def test_a_comment_is_kept_without_numbers_of_people(invite: Invite) -> None:
    answering.answer(invite(), values={1: 2}, comment="Ring 20 30 40 50, cpr 010190-1234\0", complete=True, at=MORNING)
    text = Comment.objects.get().text
    assert "010190" not in text
    assert "20 30 40 50" not in text
    assert text.startswith("Ring ")


def test_a_page_is_answered_once_for_each_form_that_was_sent(world: World, asked: object) -> None:
    version = questionnaires.in_use("article", MORNING.date())
    assert version is not None
    page = AnsweredPage("article", "byggetilladelse", "3", service=next(iter(world.services.values())))
    visited = [f"/side-{number}?navn=Anna" for number in range(14)]
    sent = [
        answering.answer_page(version, page, values={1: 10, 2: 1}, visited=visited, key="abc", at=MORNING)
        for _twice in range(2)
    ]
    assert sent[0] == sent[1] == Response.objects.get()
    response = Response.objects.get()
    assert response.visited == [f"/side-{number}" for number in range(10)]
    (event,) = events(response)
    assert event.data["page"] == "article:byggetilladelse"
    assert event.data["indexes"] == {"navigation": 10000, "information": 0}


def test_two_forms_without_a_key_are_two_answers_and_an_empty_one_none(asked: object) -> None:
    version = questionnaires.in_use("self_service", MORNING.date())
    assert version is not None
    page = AnsweredPage("self_service", "flytning")
    for values in ({1: 3}, {1: 4}, {}):
        answering.answer_page(version, page, values=values, at=MORNING)
    assert Response.objects.count() == 2


def test_an_attempt_is_taken_by_one_and_tried_again_until_the_attempts_are_used(invite: Invite, world: World) -> None:
    invitation = invite(state="planned")
    rule = AskingRule.objects.create(questionnaire=invitation.version.questionnaire, attempts=2, pause_minutes=60)
    invitation.rule = rule
    invitation.save()
    assert invitations.begin(invitation, at=MORNING) is not None
    assert invitations.begin(invitation, at=MORNING) is None, "somebody else asks already"
    again = invitations.try_again(invitation, state="not_reached", at=MORNING)
    assert (again.state, again.planned_at) == ("planned", MORNING + timedelta(hours=1))
    invitations.begin(invitation, at=again.planned_at)
    ended = invitations.try_again(invitation, state="machine", reason="beep", at=again.planned_at)
    assert (ended.state, ended.address, ended.reason, ended.attempts) == ("machine", "", "beep", 2)
    assert [each.kind for each in events(invitation)] == ["survey_tried"] * 3 + ["survey_ended"]


def test_who_opts_out_is_kept_by_a_hash_and_what_is_planned_is_cancelled(invite: Invite) -> None:
    invitation = invite(state="planned")
    opting_out.opt_out_of(invitation, how="key", at=MORNING)
    opting_out.opt_out(how="said", address=f" {BAKERY}", at=MORNING)
    out = OptOut.objects.get()
    assert BAKERY not in out.digest
    assert opting_out.is_out([invitation.address_digest])
    invitation.refresh_from_db()
    assert (invitation.state, invitation.reason, invitation.address) == ("refused", "opted_out", "")
