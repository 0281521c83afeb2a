"""Asks by robot call: planned invitations become robot calls of `entry`, and their results become answers.

A robot call is placed in the transaction that begins the invitation, and its result is collected in the transaction
that stores the answer. So nobody is rung twice for one attempt, and no answer is lost or counted twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.ids import uuid7
from indgang.entry import robot_calls
from indgang.entry.board.robot_script import RobotOutcome, Script
from indgang.entry.models import EntryPoint, RobotCall
from indgang.feedback import answering, invitations, opting_out, spoken_questions
from indgang.feedback.models import AskingRule, OptOut, SurveyInvitation
from indgang.feedback.sampling import WhyNot

logger = logging.getLogger(__name__)
Outcome, State = RobotOutcome, SurveyInvitation.State
#: placed in one turn of the job
AT_ONCE = 200
#: placed for one invitation at the most, beside its rule's attempts: a number that never rings is left alone then
MORE_CALLS = 4

#: outcomes after which somebody may be rung again, with the state in which the invitation ends when nobody is
_AGAIN: Mapping[str, str] = {
    Outcome.NO_ANSWER: State.NOT_REACHED, Outcome.BUSY: State.NOT_REACHED, Outcome.EXPIRED: State.NOT_REACHED,
    Outcome.NOT_RUNG: State.NOT_REACHED, Outcome.MACHINE: State.MACHINE,
}  # fmt: skip
#: outcomes of calls that have disturbed nobody; a call with a `why` was never dialled either
_DISTURBED_NOBODY = frozenset({Outcome.EXPIRED, Outcome.NOT_RUNG})
#: outcomes after which nobody is rung again: they were disturbed, do not want to answer, or cannot be rung
_ENDS: Mapping[str, str] = {
    Outcome.SILENT: State.NOT_REACHED, Outcome.INTERRUPTED: State.NOT_REACHED, Outcome.FORWARDED: State.NOT_REACHED,
    Outcome.FAILED: State.NOT_REACHED, Outcome.DECLINED: State.REFUSED, Outcome.CANCELLED: State.CANCELLED,
}  # fmt: skip


def ask_due(*, at: datetime) -> int:
    """Have those rung whose time has come; returns how many."""
    due = SurveyInvitation.objects.due(at).filter(way=AskingRule.Way.ROBOT).select_related("rule", "version")
    return sum(_ask(each, at) for each in due[:AT_ONCE])


def collect(*, at: datetime) -> int:
    """Store the answers of the robot calls that are over; returns how many there were.

    Each in a transaction of its own: one that cannot be stored is tried again in the next turn and holds up no other.
    """
    return sum(_collect(call, at) for call in robot_calls.finished(invitations.REFERENCE, at=at))


def _collect(call: UUID, at: datetime) -> bool:
    try:
        with transaction.atomic():
            found = robot_calls.collect(call, at=at)
            if found is not None:
                _take(found, at)
            return found is not None
    except Exception as error:  # noqa: BLE001  # only its kind: the database's message quotes the answer
        logger.error("the result of robot call %s cannot be stored (%s)", call, type(error).__name__)
        return False


@transaction.atomic
def _ask(invitation: SurveyInvitation, at: datetime) -> bool:
    if invitations.postponed(invitation, at=at):
        return False
    rule, until = invitation.rule, invitation.due_at
    if rule is not None:
        local = at.astimezone(COPENHAGEN)
        until = min(until, datetime.combine(local.date(), rule.asks_until, COPENHAGEN).astimezone(at.tzinfo))
    begun = invitations.begin(invitation, at=at)
    if begun is None:
        return False
    robot_calls.place(
        uuid7(), number=begun.address, ours=_our_number(begun, at), script=script_of(begun),
        until=until, reference=invitations.reference_of(begun), at=at,
    )  # fmt: skip
    return True


def _our_number(invitation: SurveyInvitation, at: datetime) -> str:
    """The number that was dialled, else one of the centre's."""
    numbers = EntryPoint.objects.valid_on(day_of(at)).filter(centre=invitation.centre).order_by("number")
    known = list(numbers.values_list("number", flat=True))
    dialled = invitation.enquiry.dialled if invitation.enquiry else ""
    return dialled if dialled in known else next(iter(known), "")


def script_of(invitation: SurveyInvitation) -> Script:
    """What is said and asked, in the language of the conversation."""
    return spoken_questions.script(
        invitation.version, invitation.level, centre=invitation.centre.code if invitation.centre else "",
        language=invitation.language,
    )  # fmt: skip


def _take(call: RobotCall, at: datetime) -> None:
    """What the result means for the invitation."""
    key = call.reference.removeprefix(invitations.REFERENCE)
    invitation = SurveyInvitation.objects.filter(pk=key).select_related("version", "rule").first()
    if invitation is None:
        return
    when = call.ended_at or at
    _answer(invitation, call, when)
    if call.outcome == Outcome.OPTED_OUT:
        opting_out.opt_out_of(invitation, how=OptOut.How.KEY, at=when)
        return
    if call.outcome in _DISTURBED_NOBODY or call.why:
        invitations.give_back(invitation, at=when)
    if call.outcome in _AGAIN and _may_be_placed(invitation):
        invitations.try_again(invitation, state=_AGAIN[call.outcome], reason=call.outcome, at=when)
    elif call.outcome in _AGAIN:
        invitations.end(invitation, state=_AGAIN[call.outcome], reason=call.outcome, at=when)
    elif call.outcome == Outcome.CANCELLED and invitation.way == AskingRule.Way.END_OF_CALL:
        invitations.end(invitation, state=State.NOT_ASKED, reason=WhyNot.NOT_ON_LINE, at=when)
    elif call.outcome in _ENDS:
        invitations.end(invitation, state=_ENDS[call.outcome], reason=call.outcome, at=when)


def _may_be_placed(invitation: SurveyInvitation) -> bool:
    """Whether another call may be placed."""
    attempts = invitation.rule.attempts if invitation.rule else 1
    return invitations.calls_of(invitation).count() < attempts + MORE_CALLS


def _answer(invitation: SurveyInvitation, call: RobotCall, at: datetime) -> None:
    values = _values(invitation, call)
    if not values:
        return
    try:
        with transaction.atomic():
            answering.answer(invitation, values=values, complete=call.outcome == Outcome.ANSWERED, at=at)
    except answering.AnswerRefused as refusal:
        logger.info("the answer to %s does not count: %s", invitation.pk, refusal.code)


def _values(invitation: SurveyInvitation, call: RobotCall) -> dict[int, int]:
    """The keys by the position of their questions."""
    asked = spoken_questions.asked(invitation.version, invitation.level)
    return {question.position: mark for question, mark in zip(asked, call.marks, strict=False) if mark is not None}
