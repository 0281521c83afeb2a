"""The life of an invitation: asked, tried again, ended. The ways of asking call these; `answering` takes the answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from indgang.entry import robot_calls
from indgang.entry.models import RobotCall
from indgang.feedback import sampling, stream
from indgang.feedback.event_kinds import FeedbackKind
from indgang.feedback.models import AskingRule, SurveyInvitation

State = SurveyInvitation.State
#: how the references of our robot calls begin
REFERENCE = "feedback:"


def locked(invitation: SurveyInvitation) -> SurveyInvitation:
    """The row as it is now, locked until the transaction ends."""
    rows = SurveyInvitation.objects.select_for_update(of=("self",)).with_names()
    found: SurveyInvitation = rows.get(pk=invitation.pk)
    return found


def link_after(enquiry: UUID, *, at: datetime) -> str:
    """The token of the questions at the end of the page of this chat; "" when nobody is asked there any more."""
    asked = SurveyInvitation.objects.taking_answers(at).filter(enquiry=enquiry, way=AskingRule.Way.PAGE)
    found = asked.values_list("token", flat=True).first()
    return found or ""


def postponed(invitation: SurveyInvitation, *, at: datetime) -> bool:
    """Whether its rule asks nobody at this hour; it is then planned for the next one in which it does."""
    rule = invitation.rule
    later = sampling.in_hours(at, rule.asks_from, rule.asks_until) if rule else at
    if later <= at:
        return False
    SurveyInvitation.objects.filter(pk=invitation.pk, state=State.PLANNED).update(planned_at=later)
    return True


@transaction.atomic
def begin(invitation: SurveyInvitation, *, at: datetime) -> SurveyInvitation | None:
    """Take a planned invitation to ask now; None when somebody else has, or it is over. Written before the call."""
    found = locked(invitation)
    if found.state != State.PLANNED or not found.takes_answers(at):
        return None
    found.state, found.attempts, found.asked_at = State.ASKING, found.attempts + 1, found.asked_at or at
    stream.append(found, FeedbackKind.TRIED, at=at, attempt=found.attempts, result="asking")
    found.save()
    return found


@transaction.atomic
def try_again(invitation: SurveyInvitation, *, state: str, reason: str = "", at: datetime) -> SurveyInvitation:
    """Nobody could be asked this time (`State.NOT_REACHED`, `State.MACHINE`): again after the rule's pause, or ended
    as `state` when the attempts or the time are used up."""
    found = locked(invitation)
    if found.state != State.ASKING:
        return found
    rule = found.rule
    again = _next_attempt(rule, at) if rule else at
    if rule is None or found.attempts >= rule.attempts or again >= found.due_at:
        return _ended(found, state=state, reason=reason, at=at)
    found.state, found.planned_at = State.PLANNED, again
    stream.append(found, FeedbackKind.TRIED, at=at, attempt=found.attempts, result=state)
    found.save()
    return found


def _next_attempt(rule: AskingRule, at: datetime) -> datetime:
    return sampling.in_hours(at + timedelta(minutes=rule.pause_minutes), rule.asks_from, rule.asks_until)


@transaction.atomic
def end(invitation: SurveyInvitation, *, state: str, reason: str = "", at: datetime) -> SurveyInvitation:
    """End it without an answer. What is answered stays answered."""
    found = locked(invitation)
    return _ended(found, state=state, reason=reason, at=at) if found.state in SurveyInvitation.OPEN else found


@transaction.atomic
def give_back(invitation: SurveyInvitation, *, at: datetime) -> SurveyInvitation:
    """The present attempt has not disturbed anybody, and counts for nothing."""
    found = locked(invitation)
    if found.state != State.ASKING:
        return found
    stream.append(found, FeedbackKind.TRIED, at=at, attempt=found.attempts, result="no_attempt")
    found.attempts -= 1
    found.asked_at = found.asked_at if found.attempts else None
    found.save(update_fields=["attempts", "asked_at", "events"])
    return found


def reference_of(invitation: SurveyInvitation) -> str:
    """By which its robot calls are found: one for each time that somebody was to be rung."""
    return f"{REFERENCE}{invitation.pk}"


def calls_of(invitation: SurveyInvitation) -> QuerySet[RobotCall]:
    found: QuerySet[RobotCall] = RobotCall.objects.filter(reference=reference_of(invitation))
    return found


def _ended(found: SurveyInvitation, *, state: str, reason: str, at: datetime) -> SurveyInvitation:
    if found.ended_at is not None:  # partly answered, and over already
        return found
    if found.state == State.PARTLY:
        state = State.PARTLY
    close(found, state=state, at=at)
    found.reason = reason[:20]
    stream.append(found, FeedbackKind.ENDED, at=at, state=state, reason=found.reason, **stream.place(found))
    found.save()
    return found


def close(found: SurveyInvitation, *, state: str, at: datetime) -> None:
    """Set the state that it ends with, and forget the address; the caller writes the event and saves.

    A robot call that waits to be rung is cancelled: the person has said no, or has answered.
    """
    if found.way == AskingRule.Way.ROBOT and found.attempts:
        for call in calls_of(found).filter(outcome=""):
            robot_calls.cancel(call, at=at)
    found.state, found.ended_at, found.address = state, at, ""
