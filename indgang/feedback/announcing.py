"""Callers in a queue are told that they will be asked how it went, where the rules say so, and their no is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from indgang.core import phone_numbers
from indgang.enquiries.models import Enquiry
from indgang.feedback import opting_out, rules, spoken_questions
from indgang.feedback.models import OptOut


def by_queue(at: datetime) -> dict[str, tuple[str, str]]:
    """What is said in the queues of the centres with a rule that is announced."""
    said = (spoken_questions.ANNOUNCEMENT, spoken_questions.NOT_ASKED)
    return dict.fromkeys(rules.queues_after_calls(at, announced=True), said)


def keep_no(enquiries: Iterable[UUID], *, at: datetime) -> None:
    """Keep the no of the callers of these enquiries."""
    for enquiry in Enquiry.objects.filter(pk__in=enquiries):
        number = "" if phone_numbers.is_anonymous(enquiry.caller_number) else enquiry.caller_number
        opting_out.opt_out(how=OptOut.How.KEY, at=at, address=number, party=enquiry.party_id)
