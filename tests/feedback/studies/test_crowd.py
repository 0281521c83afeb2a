"""A crowdsourcing session and what can go wrong in it: nothing is counted twice, and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from indgang.core.refusals import RefusedChange
from indgang.feedback import known_names
from indgang.feedback.studies import crowd, planning, session
from indgang.feedback.studies.models import (
    GIVEN_ON_THE_PAGE,
    CrowdAnswer,
    CrowdQuestion,
    CrowdRating,
    StudyParticipant,
)
from tests.feedback.studies import made
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_answers_are_counted_once_rated_by_others_and_shown_without_names(world: World) -> None:
    study, (one, two), (question, poll) = made.session(world)
    crowd.open_question(question, by=world.eva, at=MORNING)
    question.refresh_from_db()
    answer = crowd.answer_openly(one, question, text="En enkel side", at=MORNING)
    assert crowd.answer_openly(one, question, text="  en  ENKEL side ", at=MORNING) == answer
    crowd.answer_openly(two, question, text="En enkel side", at=MORNING)
    assert CrowdAnswer.objects.count() == 2, "two people may say the same"
    assert [each.pk for each in session.to_rate(two)] == [answer.pk]
    for value in (2, 4):
        crowd.rate(two, answer, value=value, at=MORNING)
    assert session.to_rate(two) == []
    assert CrowdRating.objects.get().value == 4
    with pytest.raises(RefusedChange, match="andres"):
        crowd.rate(one, answer, value=5, at=MORNING)
    crowd.open_question(poll, by=world.ida, at=MORNING)
    for option in (0, 1):
        crowd.vote(one, poll, option=option, at=MORNING)
    shown = session.board(study)
    assert [(each.answers, each.people) for each in shown.questions] == [(2, 2), (1, 1)]
    assert [each.votes for each in shown.questions[1].options] == [0, 1, 0]
    assert (shown.questions[0].texts[0].mean, shown.questions[0].texts[0].ratings) == (4.0, 1)


def test_what_was_being_typed_when_the_question_closed_is_kept_as_late(world: World) -> None:
    study, (one, two), (question, poll) = made.session(world)
    for each in (question, poll):
        crowd.open_question(each, by=world.eva, at=MORNING)
        crowd.vote(one, poll, option=0, at=MORNING) if each == poll else None
        crowd.close_question(each, by=world.eva, at=MORNING)
        each.refresh_from_db()
    late = crowd.answer_openly(two, question, text="Jeg nåede det ikke", at=MORNING)
    assert late.is_late
    assert crowd.vote(two, poll, option=2, at=MORNING).is_late
    assert crowd.vote(one, poll, option=1, at=MORNING).option == 0, "a late vote replaces none that was in time"
    assert [each.late for each in session.board(study).questions] == [1, 1]
    crowd.end(study, by=world.ida, at=MORNING)
    crowd.answer_openly(two, question, text="Og lidt mere", at=MORNING + timedelta(minutes=59))
    with pytest.raises(RefusedChange, match="afsluttet"):
        crowd.answer_openly(two, question, text="For sent", at=MORNING + timedelta(minutes=61))


def test_either_leader_goes_on_and_the_second_order_changes_nothing(world: World) -> None:
    study, _people, (question, _poll) = made.session(world)
    opened = crowd.open_question(question, by=world.eva, at=MORNING)
    again = crowd.open_question(question, by=world.ida, at=MORNING + timedelta(minutes=1))
    assert again.opened_at == opened.opened_at
    closed = crowd.close_question(question, by=world.ida, at=MORNING + timedelta(minutes=5))
    assert crowd.close_question(question, by=world.eva, at=MORNING + timedelta(minutes=6)).closed_at == closed.closed_at
    added = crowd.add_question(study, {"form": "open", "text": "Hvorfor?"}, by=world.ida, at=MORNING)
    assert added.is_added
    with pytest.raises(RefusedChange, match="stillet"):
        crowd.remove_question(closed, by=world.eva, at=MORNING)


def test_the_clock_closes_nothing(world: World) -> None:
    _study, (one, _two), (question, _poll) = made.session(world)
    crowd.open_question(question, by=world.eva, at=MORNING)
    question.refresh_from_db()
    assert question.seconds == 120
    assert not crowd.answer_openly(one, question, text="Efter lang tid", at=MORNING + timedelta(minutes=20)).is_late


def test_an_answer_may_fill_5000_characters_and_no_more(world: World) -> None:
    _study, (one, _two), (question, _poll) = made.session(world)
    crowd.open_question(question, by=world.eva, at=MORNING)
    question.refresh_from_db()
    assert len(crowd.answer_openly(one, question, text="æ" * 5_000, at=MORNING).text) == 5_000
    with pytest.raises(RefusedChange, match="5000 tegn"):
        crowd.answer_openly(one, question, text="æ" * 5_001, at=MORNING)
    assert "010190" not in crowd.answer_openly(one, question, text="Mit nummer er 010190-1234", at=MORNING).text
    for number in range(crowd.MOST_ANSWERS - 2):
        crowd.answer_openly(one, question, text=f"Svar {number}", at=MORNING)
    with pytest.raises(RefusedChange, match="10 svar"):
        crowd.answer_openly(one, question, text="Et til", at=MORNING)


def test_whoever_is_deleted_afterwards_leaves_counts_and_no_words(world: World) -> None:
    study, (one, two), (question, _poll) = made.session(world)
    crowd.open_question(question, by=world.eva, at=MORNING)
    question.refresh_from_db()
    answer = crowd.answer_openly(one, question, text="Jeg hedder Per", at=MORNING)
    other = crowd.answer_openly(two, question, text="Godt", at=MORNING)
    crowd.rate(one, other, value=5, at=MORNING)
    key = planning.url_key(one)
    planning.remove_participant(one, by=world.eva, at=MORNING)
    answer.refresh_from_db()
    assert (answer.text, answer.participant_id) == ("", None)
    shown = session.board(study).questions[0]
    assert (shown.answers, shown.people, len(shown.texts), shown.texts[0].ratings) == (2, 2, 1, 1)
    assert planning.participant_of(key) is None


def test_a_link_is_personal_and_made_by_us(world: World) -> None:
    _study, (one, two), _questions = made.session(world)
    assert planning.participant_of(planning.url_key(one)) == one
    assert planning.url_key(one) != planning.url_key(two)
    for forged in ("", "x", planning.url_key(one)[:-1], f"{one.pk}", "." * 400, "\x00"):
        assert planning.participant_of(forged) is None


def test_fifty_can_be_invited(world: World) -> None:
    study, _people, _questions = made.session(world)
    StudyParticipant.objects.bulk_create(
        StudyParticipant(study=study, number=number, delete_at=made.KEEP_UNTIL) for number in range(3, 51)
    )
    with pytest.raises(RefusedChange, match="50 deltagere"):
        made.participant(study, world)


@pytest.mark.parametrize("options", ["", "Ja", "Ja\nJa", "\n".join(map(str, range(11))), "Ja\n" + "x" * 201])
def test_a_poll_has_two_to_ten_different_choices(world: World, options: str) -> None:
    study = made.plan(world, kind="crowdsourcing")
    with pytest.raises(RefusedChange):
        crowd.add_question(study, {"form": "poll", "text": "Hvad?", "options": options}, by=world.eva, at=MORNING)
    assert not CrowdQuestion.objects.exists()


def test_what_others_are_shown_has_no_numbers_addresses_or_names_of_staff(world: World) -> None:
    _study, (one, two), (question, _poll) = made.session(world)
    crowd.open_question(question, by=world.eva, at=MORNING)
    known_names.forget()
    said = "Anna Agerbæk hjalp. Ring 20 30 40 50, mail kunde@example.org, 010190-1234"
    shown = crowd.answer_openly(one, question, text=said, at=MORNING).text
    for hidden in ("20 30 40 50", "kunde@example.org", "010190-1234", "Agerbæk"):
        assert hidden not in shown
    StudyParticipant.objects.filter(pk=two.pk).update(joined_at=None)
    with pytest.raises(RefusedChange, match="ja til"):
        crowd.rate(two, CrowdAnswer.objects.get(), value=3, at=MORNING)


def test_how_consent_was_given_is_said_in_the_readers_language(world: World) -> None:
    _study, (one, _two), _questions = made.session(world)
    one.consent = GIVEN_ON_THE_PAGE
    with translation.override("en"):
        assert one.consent_in_words == "on the page"
    one.consent = "Sagt i telefonen"
    assert one.consent_in_words == "Sagt i telefonen"
