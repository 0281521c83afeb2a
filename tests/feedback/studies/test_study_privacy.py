"""Participants are deleted on their day, get a copy, and are erased with what they wrote; results stay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.feedback.studies import crowd, session
from indgang.feedback.studies.models import CrowdAnswer, StudyParticipant
from indgang.privacy import erasure, nightly
from indgang.privacy.store import DjangoStore
from indgang.privacy.subjects import DataSubject, copy_of
from tests.feedback.studies import made
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def night(days: float) -> None:
    assert nightly.run(DjangoStore(), at=MORNING + timedelta(days=days), rest=0)


def test_each_participant_goes_on_the_day_that_was_set(world: World) -> None:
    study, (one, two), (question, poll) = made.session(world)
    for each in (question, poll):
        crowd.open_question(each, by=world.eva, at=MORNING)
    crowd.answer_openly(one, question, text="Jeg hedder Per", at=MORNING)
    crowd.vote(one, poll, option=0, at=MORNING)
    crowd.rate(two, CrowdAnswer.objects.exclude(text="").get(), value=4, at=MORNING)
    StudyParticipant.objects.filter(pk=one.pk).update(delete_at=MORNING + timedelta(days=5))
    night(4)
    assert StudyParticipant.objects.count() == 2
    night(6)
    assert list(StudyParticipant.objects.all()) == [two]
    night(201)
    assert not StudyParticipant.objects.exists()
    assert not CrowdAnswer.objects.exclude(text="").exists()
    shown = session.board(study).questions
    assert [(each.answers, each.people) for each in shown] == [(1, 1), (1, 1)]
    assert shown[1].options[0].votes == 1


def test_a_participant_gets_a_copy_and_is_erased(world: World) -> None:
    _study, (one, two), (question, _poll) = made.session(world)
    StudyParticipant.objects.filter(pk=one.pk).update(email="Per@cafe.example", phone="+4520203040")
    crowd.open_question(question, by=world.eva, at=MORNING)
    crowd.answer_openly(one, question, text="En enkel side", at=MORNING)
    by_mail, by_phone = DataSubject(emails=("per@cafe.example",)), DataSubject(numbers=("+4520203040",))
    for subject in (by_mail, by_phone):
        (held,) = copy_of(subject).held
        assert held.rows[0]["svar"] == ["En enkel side"]
        assert held.rows[0]["undersøgelse"] == "Én indgang til byggeri"
    erasure.ask(by_mail, why="anmodning 12", by=world.finn, at=MORNING)
    erasure.carry_out(DjangoStore(), at=MORNING)
    assert list(StudyParticipant.objects.all()) == [two]
    assert CrowdAnswer.objects.get().text == ""
