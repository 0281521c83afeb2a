"""What somebody wanted to know, as a question of the register."""

from __future__ import annotations

from indgang.catalogue.models import LocalPurpose, Purpose, Service
from indgang.demo.day import Wish
from indgang.enquiries.models import Character, Outcome
from indgang.enquiries.registration import QuestionData


def question_of(wish: Wish, *, can_be_rung: bool) -> QuestionData:
    """The question in a form that the desk accepts: a task for somebody else is a callback, which needs a number."""
    service = Service.objects.get(code=wish.service)
    owed = wish.outcome in (Outcome.MESSAGE, Outcome.CALLBACK)
    return QuestionData(
        service=service,
        purpose=Purpose.objects.get(code=wish.purpose),
        local_purpose=LocalPurpose.objects.filter(
            service=service, name=wish.local, purpose__code=wish.purpose, valid_to=None
        ).first(),
        character=Character.CASE_SPECIFIC if wish.case_specific else Character.GENERAL,
        outcome=(Outcome.CALLBACK if can_be_rung else Outcome.OTHER) if owed else wish.outcome,
        should_be_digital=wish.should_be_digital,
    )
