"""A spoken comment, as it comes from a robot call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from indgang.enquiries.journal import DatabaseJournal
from indgang.entry.models import RobotCall
from indgang.feedback import robot_asking, spoken_comments
from indgang.feedback.models import SpokenComment, SurveyInvitation
from indgang.telephony import sound
from tests.world import MORNING

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
