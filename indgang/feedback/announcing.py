"""Callers in a queue are told that they will be asked how it went, where the rules say so, and their no is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from indgang.core import phone_numbers
from indgang.core.clock import day_of
from indgang.enquiries.models import Enquiry
from indgang.entry.models import Queue
from indgang.feedback import opting_out, spoken_questions
from indgang.feedback.models import AskingRule, OptOut, SurveyKind


def by_queue(at: datetime) -> dict[str, tuple[str, str]]:
    """The queues of the centres with a rule that is announced. What a call is about is not known yet, so that a rule
    for one service is announced to all its centre's callers."""
    day = day_of(at)
    rules = AskingRule.objects.valid_on(day).filter(announced=True, share__gt=0)
    centres = set(rules.filter(questionnaire__kind=SurveyKind.AFTER_CALL).values_list("centre", flat=True))
    queues = Queue.objects.valid_on(day).exclude(is_safe=True)
    if None not in centres:
        queues = queues.filter(centre__in=centres)
    said = (spoken_questions.ANNOUNCEMENT, spoken_questions.NOT_ASKED)
    return dict.fromkeys(queues.values_list("code", flat=True), said)


def keep_no(enquiries: Iterable[UUID], *, at: datetime) -> None:
    """Keep the no of the callers of these enquiries."""
    for enquiry in Enquiry.objects.filter(pk__in=enquiries):
        number = "" if phone_numbers.is_anonymous(enquiry.caller_number) else enquiry.caller_number
        opting_out.opt_out(how=OptOut.How.KEY, at=at, address=number, party=enquiry.party_id)
