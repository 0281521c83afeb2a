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
    log.append(_row(subject, kind, at, data))
    subject.events += 1


def _row(subject: SurveyInvitation | Response, kind: EventKind[Any], at: datetime, data: dict[str, Any]) -> log.Row:
    event = kind.event(str(subject.pk), at, subject.queue.code if subject.queue else "", data=data)
    return log.row(
        event, number=subject.events, channel=subject.channel, level=subject.level or 1,
        centre=subject.centre.code if subject.centre else "",
    )  # fmt: skip


def place(subject: SurveyInvitation | Response) -> dict[str, str]:
    """The codes of the service and unit, as they are now."""
    return {
        "service": subject.service.code if subject.service else "",
        "unit": subject.unit.code if subject.unit else "",
    }


def append_answer(subject: SurveyInvitation, response: Response, *, at: datetime) -> None:
    """Write all that has been answered until now, in the stream of the invitation."""
    append(subject, FeedbackKind.ANSWERED, at=at, **_said(response, response.ratings.select_related("question")))


def row_of_page(response: Response, ratings: Iterable[Rating], *, at: datetime) -> log.Row:
    """The row of the only event of an answer about a page, whose stream is the response itself."""
    return _row(response, FeedbackKind.ANSWERED, at, _said(response, ratings))


def _said(response: Response, ratings: Iterable[Rating]) -> dict[str, Any]:
    invitation = response.invitation
    return {
        "questionnaire": response.version.questionnaire.code, "number": response.version.number,
        "asked_about": response.kind, "way": invitation.way if invitation else "",
        "enquiry": str(invitation.enquiry_id or "") if invitation else "",
        "page": f"{response.page_kind}:{response.page_ref}" if response.page_kind else "",
        "complete": response.complete,
        "indexes": {str(each.question.indicator): round(100 * each.index) for each in ratings}, **place(response),
    }  # fmt: skip
