"""Whom the job invites, by the events of real calls and hand-overs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from indgang.enquiries import registration
from indgang.enquiries.models import Enquiry, Party, PartyNumber
from indgang.enquiries.registration import QuestionData
from indgang.entry.event_kinds import Kind
from indgang.events import cursor
from indgang.events.models import StoredEvent
from indgang.feedback import answering, inviting, opting_out, questionnaires
from indgang.feedback.models import AskingRule, Questionnaire, QuestionnaireVersion, SurveyInvitation
from indgang.handover import work
from indgang.handover.models import Handover
from tests.enquiries.told_calls import BAKERY, abandoned, happen, talked, talking
from tests.handover import sent
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(minutes=10)
MOBILE = "+4520304050"


@pytest.fixture
def rule(asked: QuestionnaireVersion) -> AskingRule:
    return AskingRule.objects.create(questionnaire=asked.questionnaire)


def follow(at: datetime = LATER) -> int:
    """Decide about everything that has ended, as if the job had read all of it (again)."""
    calls, handed = (set(model.objects.values_list("pk", flat=True)) for model in (Enquiry, Handover))
    found = inviting.ended_parts(calls, handed)
    for part in found:
        inviting.plan(part, at=at)
    return len(found)


def with_both_levels(world: World, number: str = MOBILE, start: datetime = MORNING) -> Enquiry:
    """Anna answers, and transfers the caller to David of the second level, who talks with them."""
    enquiry = talking(world.anna, number, start=start)
    return happen(
        str(enquiry.pk),
        (Kind.TRANSFERRED, 100, {"queue": "tmf-byggeri", "person": world.david, "name": "David", "warm": True}),
        (Kind.ENDED, 300, {"queue": "tmf-byggeri", "person": world.david, "by": "caller"}), start=start,
    )  # fmt: skip


def test_an_ended_call_is_asked_about_after_the_delay(world: World, rule: AskingRule) -> None:
    enquiry = talked(world.anna, MOBILE)
    assert follow() > 0
    invitation = SurveyInvitation.objects.get()
    assert (invitation.state, invitation.way, invitation.level) == ("planned", "robot", 1)
    assert (invitation.employee, invitation.queue, invitation.address) == (world.anna, enquiry.queue, MOBILE)
    assert invitation.wait_seconds == enquiry.wait_seconds > 0
    assert enquiry.ended_at is not None
    assert invitation.planned_at == max(enquiry.ended_at + timedelta(minutes=5), LATER)
    assert list(SurveyInvitation.objects.due(LATER)) == [invitation]
    assert [each.kind for each in StoredEvent.objects.filter(stream=invitation.pk)] == ["survey_planned"]


def test_who_hung_up_in_the_queue_and_who_still_talks_are_not_asked(world: World, rule: AskingRule) -> None:
    abandoned(MOBILE)
    talking(world.anna)
    follow()
    assert not SurveyInvitation.objects.exists()


def test_without_a_rule_nothing_is_kept(world: World, asked: QuestionnaireVersion) -> None:
    talked(world.anna)
    follow()
    assert not SurveyInvitation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_killed_has_done_nothing_and_repeated_it_invites_nobody_twice(
    world: World, rule: AskingRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        talked(world.anna, f"+452030405{number}")
    real = inviting.plan
    planned: list[Any] = []

    def dies(part: Any, *, at: datetime) -> object:
        if len(planned) == 3:
            raise SystemExit
        planned.append(part)
        return real(part, at=at)

    with monkeypatch.context() as patch:
        patch.setattr(inviting, "plan", dies)
        with pytest.raises(SystemExit):
            inviting.follow(at=LATER)
    assert not SurveyInvitation.objects.exists()
    inviting.follow(at=LATER)
    cursor.forget(inviting.READER)
    inviting.follow(at=LATER)
    assert SurveyInvitation.objects.filter(state="planned").count() == 6
    assert StoredEvent.objects.filter(kind="survey_planned").count() == 6


def test_each_level_is_asked_about_its_own_part_and_one_of_a_call(world: World, rule: AskingRule) -> None:
    for number in range(12):
        with_both_levels(world, f"+45203040{number:02}")
    follow()
    rows = SurveyInvitation.objects.order_by("part")
    assert rows.count() == 24
    planned = rows.filter(state="planned")
    assert planned.values("enquiry").distinct().count() == planned.count() == 12
    assert {(each.level, each.employee) for each in planned} == {(1, world.anna), (2, world.david)}
    assert {each.reason for each in rows.filter(state="not_asked")} == {"other_part"}


def test_a_question_that_the_second_level_answered_later_is_asked_about(world: World, rule: AskingRule) -> None:
    """Chance picks the part of each call, so calls are made until both have been picked."""
    levels: set[tuple[int, object]] = set()
    for number in range(40):
        enquiry = talked(world.anna, f"+452030{number:04}")
        handover = sent.send(world, enquiry=enquiry)
        follow()
        work.accept(handover, by=world.david, at=LATER)
        work.close(handover, outcome="answered", by=world.david, at=LATER)
        follow()
        (invitation,) = SurveyInvitation.objects.filter(enquiry=enquiry, state="planned")
        levels.add((invitation.level, invitation.unit))
        if len(levels) == 2:
            break
    assert levels == {(1, None), (2, world.units["ctb-byliv"])}


def test_the_same_person_on_two_numbers_is_one_when_the_party_is_known(world: World, rule: AskingRule) -> None:
    party = Party.objects.create(kind="business", name="Kiosken", created_at=MORNING)
    for number in (MOBILE, BAKERY):
        PartyNumber.objects.get_or_create(party=party, number=number)
    PartyNumber.objects.filter(number=BAKERY).exclude(party=party).delete()
    talked(world.anna, MOBILE)
    follow()
    talked(world.anna, BAKERY, start=MORNING + timedelta(hours=1))
    talked(world.anna, "+4520304059", start=MORNING + timedelta(hours=1))
    follow(LATER + timedelta(hours=1))
    reasons = {each.enquiry.caller_number: each.reason for each in SurveyInvitation.objects.all() if each.enquiry}
    assert reasons == {MOBILE: "", BAKERY: "recently", "+4520304059": ""}


def test_who_opted_out_and_who_withholds_their_number_are_not_asked(world: World, rule: AskingRule) -> None:
    opting_out.opt_out(address=MOBILE, how="key", at=MORNING)
    talked(world.anna, MOBILE)
    talked(world.anna, "anonymous")
    follow()
    rows = SurveyInvitation.objects.all()
    assert {(each.state, each.reason) for each in rows} == {("not_asked", "opted_out"), ("not_asked", "no_address")}
    assert {(each.address, each.address_digest, each.token) for each in rows} == {("", "", None)}


def test_the_rule_that_names_most_holds_and_what_it_is_about_may_be_known_later(world: World, rule: AskingRule) -> None:
    service = world.services["arrangement"]
    own = AskingRule.objects.create(questionnaire=rule.questionnaire, service=service, way="sms", delay_minutes=30)
    enquiry = talked(world.anna, MOBILE)
    follow()
    assert SurveyInvitation.objects.get().rule == rule
    register(enquiry, world)
    follow()
    invitation = SurveyInvitation.objects.get()
    assert (invitation.rule, invitation.way, invitation.service) == (own, "sms", service)
    assert invitation.version.questionnaire.code == "after-call-link", "a link is answered on the web's scale"


def test_answers_count_for_as_long_as_the_questions_of_the_way_that_was_taken_say(
    world: World, asked: QuestionnaireVersion
) -> None:
    QuestionnaireVersion.objects.filter(pk=asked.pk).update(deadline_hours=5)
    AskingRule.objects.create(questionnaire=asked.questionnaire, way="in_turn", turn=["mail", "robot"])
    talked(world.anna, MOBILE)
    follow()
    invitation = SurveyInvitation.objects.get()
    assert (invitation.way, invitation.version) == ("robot", asked), "there is no mail address"
    assert invitation.due_at - invitation.planned_at == timedelta(hours=5)


def register(enquiry: Enquiry, world: World) -> None:
    question = QuestionData(
        service=world.services["arrangement"], purpose=world.purposes["vejledning"], character="general",
        outcome="resolved",
    )  # fmt: skip
    registration.register(enquiry, questions=[question], by=world.anna, at=LATER)


def test_an_answer_before_the_registration_is_counted_for_the_service_afterwards(
    world: World, rule: AskingRule
) -> None:
    enquiry = talked(world.anna, MOBILE)
    follow()
    response = answering.answer(SurveyInvitation.objects.get(), values={1: 9}, complete=True, at=LATER)
    register(enquiry, world)
    follow()
    assert response is not None
    response.refresh_from_db()
    assert response.service == world.services["arrangement"]
    told = StoredEvent.objects.filter(kind="survey_answered").order_by("number")
    assert [each.data["service"] for each in told] == ["", "arrangement"]


def test_invitations_end_when_their_time_is_over(world: World, rule: AskingRule) -> None:
    talked(world.anna, MOBILE)
    follow()
    assert inviting.expire(at=LATER) == 0
    due = SurveyInvitation.objects.get().due_at
    assert inviting.expire(at=due) == 1
    invitation = SurveyInvitation.objects.get()
    assert (invitation.state, invitation.address) == ("expired", "")


def test_a_call_that_was_to_be_asked_on_the_line_and_was_not_is_not_rung(world: World, rule: AskingRule) -> None:
    AskingRule.objects.update(way="end_of_call")
    talked(world.anna, MOBILE)
    follow()
    assert SurveyInvitation.objects.get().reason == "not_on_line"


def test_a_new_version_leaves_invitations_their_own(
    world: World, rule: AskingRule, asked: QuestionnaireVersion
) -> None:
    talked(world.anna, MOBILE)
    follow()
    draft = questionnaires.draft(asked.questionnaire, by=world.finn, at=LATER)
    assert draft.questions.count() == asked.questions.count()
    questionnaires.publish(draft, valid_from=MORNING.date(), by=world.finn, at=LATER)
    talked(world.anna, "+4520304059")
    follow()
    assert [each.version.number for each in SurveyInvitation.objects.order_by("pk")] == [1, 2]


def test_every_preset_can_be_asked(world: World, asked: QuestionnaireVersion) -> None:
    assert Questionnaire.objects.count() == len({*Questionnaire.objects.values_list("code", flat=True)}) == 8
    questionnaires.begin_with_all(by=world.finn, at=LATER)
    assert QuestionnaireVersion.objects.filter(published_at__isnull=False).count() == 8


def test_a_partial_answer_ends_once(world: World, rule: AskingRule) -> None:
    talked(world.anna, MOBILE)
    follow()
    invitation = SurveyInvitation.objects.get()
    answering.answer(invitation, values={1: 9}, complete=False, at=LATER)
    due = invitation.due_at
    assert [inviting.expire(at=due + timedelta(minutes=minute)) for minute in range(3)] == [1, 0, 0]
    invitation.refresh_from_db()
    assert (invitation.state, invitation.ended_at) == ("partly", due)
    assert StoredEvent.objects.filter(kind="survey_ended").count() == 1


def test_who_has_opted_out_is_recognised_after_the_secret_key_has_changed(
    world: World, rule: AskingRule, settings: Any
) -> None:
    opting_out.opt_out(address=MOBILE, how="key", at=MORNING)
    settings.FORMER_SECRET_KEYS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    talked(world.anna, MOBILE)
    follow()
    assert SurveyInvitation.objects.get().reason == "opted_out"


def test_a_no_in_the_queue_holds_also_when_the_number_is_withheld(world: World, rule: AskingRule) -> None:
    AskingRule.objects.update(way="end_of_call")
    enquiry = talked(world.anna, "anonymous")
    happen(str(enquiry.pk), (Kind.SURVEY_DECLINED, 10, {"queue": "tmf-byggeri"}))
    (part,) = inviting.ended_parts({enquiry.pk}, set())
    invitation = inviting.plan(part, on_line=True, at=LATER)
    assert invitation is not None
    assert (invitation.state, invitation.reason) == ("not_asked", "opted_out")
