"""A spoken comment, as it comes from a robot call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from indgang.core.clock import day_of
from indgang.enquiries.journal import DatabaseJournal
from indgang.entry.models import RobotCall
from indgang.feedback import answering, robot_asking, spoken_comments, spoken_questions
from indgang.feedback.models import Questionnaire, SpokenComment, SurveyInvitation
from indgang.telephony import sound
from tests.world import MORNING, World

SECONDS = 3.0
#: when the calls are over
ENDED = MORNING + timedelta(minutes=1)


def call(invite: Callable[..., SurveyInvitation], **more: Any) -> RobotCall:
    """Somebody has been rung, has answered all questions and has spoken; the sound has not come yet."""
    invitation = invite(state="planned", **more)
    assert robot_asking.ask_due(at=MORNING) == 1
    made = RobotCall.objects.get(reference=f"feedback:{invitation.pk}")
    marks = [8, 9, 7, 9][: len(made.script["questions"])]
    RobotCall.objects.filter(pk=made.pk).update(outcome="answered", marks=marks, ended_at=ENDED, has_comment=True)
    assert robot_asking.collect(at=ENDED) == 1
    return made


def sound_comes(of: RobotCall, wav: bytes | None = None) -> None:
    DatabaseJournal().keep_comment(str(of.pk), sound.tone(SECONDS) if wav is None else wav)


def comment(invite: Callable[..., SurveyInvitation], **more: Any) -> SpokenComment:
    made = call(invite, **more)
    sound_comes(made)
    assert spoken_comments.take() == 1
    return SpokenComment.objects.get(call=made.pk)


def without_call(world: World, *, at: datetime) -> SpokenComment:
    """One of an answer about the centre tmf, whose call was no call of the tests."""
    asked = Questionnaire.objects.get(code="after-call")
    version = asked.versions.in_use(day_of(at)).get()
    invitation = SurveyInvitation.objects.create(
        part="spoken", version=version, centre=world.centres["tmf"], state="asking", part_ended_at=at,
        planned_at=at, due_at=at + timedelta(hours=1),
    )  # fmt: skip
    response = answering.answer(invitation, values={1: 9}, complete=True, at=at)
    assert response is not None
    question = spoken_questions.open_question(version, 1)
    wav = sound.tone(SECONDS)
    made = spoken_comments.keep(response, wav, question=question, call=invitation.pk, days=30, at=at)
    assert made is not None
    return made
