"""Writes the events of invitations and responses. Each belongs in the transaction of its change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from indgang.events import log
from indgang.events.event import EventKind
from indgang.feedback.event_kinds import FeedbackKind
from indgang.feedback.models import Rating, Response, SurveyInvitation


def append(subject: SurveyInvitation | Response, kind: EventKind[Any], *, at: datetime, **data: Any) -> None:
    """Write the next event of the stream and count it; the caller saves the row."""
    queue = subject.queue.code if subject.queue else ""
    event = kind.event(str(subject.pk), at, queue, data=data)
    row = log.row(
        event, number=subject.events, channel=subject.channel, level=subject.level or 1,
        centre=subject.centre.code if subject.centre else "",
    )  # fmt: skip
    log.append(row)
    subject.events += 1


def place(subject: SurveyInvitation | Response) -> dict[str, str]:
    """The codes of the service and unit, as they are now."""
    return {
        "service": subject.service.code if subject.service else "",
        "unit": subject.unit.code if subject.unit else "",
    }


def append_answer(
    subject: SurveyInvitation | Response, response: Response, *, at: datetime, ratings: Iterable[Rating] | None = None
) -> None:
    """Write all that has been answered until now, in the stream of the invitation or of the response itself.

    `ratings` are those of the response, where they are known.
    """
    known = response.ratings.select_related("question") if ratings is None else ratings
    invitation = response.invitation
    append(
        subject, FeedbackKind.ANSWERED, at=at, questionnaire=response.version.questionnaire.code,
        number=response.version.number, asked_about=response.kind, way=invitation.way if invitation else "",
        enquiry=str(invitation.enquiry_id or "") if invitation else "",
        page=f"{response.page_kind}:{response.page_ref}" if response.page_kind else "", complete=response.complete,
        indexes={str(each.question.indicator): round(100 * each.index) for each in known}, **place(response),
    )  # fmt: skip
