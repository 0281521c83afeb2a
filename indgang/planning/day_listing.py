"""The day of a centre and its loans as data, for the API and `indgang day` and `indgang loans`."""

from __future__ import annotations

from functools import partial
from typing import Any

from indgang.accounts.models import Person
from indgang.core.clock import local_text
from indgang.entry.models import AgentLoan
from indgang.entry.team.loans import OPEN
from indgang.planning.day_now import DayNow
from indgang.planning.loan_offers import LoanOffer, words
from indgang.staffing.shifts.moves import MoveKind, ShiftMove
from indgang.workforce.shifts.published import PublishedShift

_one_decimal = partial(round, ndigits=1)


def of_day(now: DayNow) -> dict[str, Any]:
    """`plan` is None, and the lists are empty, without a published plan of today. Hours are hours of people."""
    return {
        "centre": now.centre.code, "at": local_text(now.at), "plan": now.plan.pk if now.plan else None,
        "calls": _calls(now), "adherence": _adherence(now),
        "quarters": [
            {
                "starts_at": local_text(each.starts_at), "planned_need": _one_decimal(each.planned),
                "need": _one_decimal(each.need), "at_work": each.there,
            }
            for each in now.quarters
        ],
        "missing": [
            {
                "activity": each.activity.code, "workplace": each.workplace.code,
                "missing_hours": _one_decimal(each.missing_hours),
            }
            for each in now.lacking
        ],
        "people": _people(now),
        "moves": [_move(now, each) for each in now.day.moves] if now.day else [],
        **of_loans(now),
    }  # fmt: skip


def of_loans(now: DayNow) -> dict[str, Any]:
    """What other centres can spare for this one, and its open loans, to it and from it."""
    return {"offers": [_offer(each) for each in now.offers], "loans": [of_loan(now, each) for each in now.loans]}


def of_loan(now: DayNow, loan: AgentLoan) -> dict[str, Any]:
    """`could_lend` names whom the centre may answer with; it is empty for everything but a request to it."""
    return {
        "loan": loan.pk, "state": loan.state, "borrower": loan.borrower.code, "lender": loan.lender.code,
        "person": loan.person.username if loan.person else None, "starts_at": local_text(loan.starts_at),
        "ends_at": local_text(loan.ends_at),
        "could_lend": [each.username for each in now.free_for(loan)] if now.is_asked(loan) else [],
        "text": words(loan, now.centre) if loan.state in OPEN else "",
    }  # fmt: skip


def _calls(now: DayNow) -> dict[str, float] | None:
    """None without a forecast of today."""
    again = now.again
    if again is None:
        return None
    return {
        "came": _one_decimal(again.came), "expected": _one_decimal(again.expected), "left": _one_decimal(again.left),
        "left_corrected": _one_decimal(again.left_again),
    }  # fmt: skip


def _adherence(now: DayNow) -> dict[str, Any] | None:
    """Percent until now; None while too few people had shifts."""
    found = now.on_shift
    if found is None:
        return None
    return {"people": found.people, "adherence": found.adherence, "conformance": found.conformance}


def _people(now: DayNow) -> list[dict[str, Any]]:
    people = Person.objects.in_bulk({each.person for each in now.shifts})
    return [_person(now, each, people[each.person]) for each in now.shifts]


def _person(now: DayNow, shift: PublishedShift, person: Person) -> dict[str, Any]:
    part = shift.at(now.at)
    return {
        "person": person.username, "name": person.name, "starts_at": local_text(shift.starts_at),
        "ends_at": local_text(shift.ends_at), "workplace": shift.workplace, "state": now.state_of(shift),
        "kind": part.kind if part else None, "activity": part.activity if part else None,
    }  # fmt: skip


def _move(now: DayNow, move: ShiftMove) -> dict[str, Any]:
    assert now.day is not None
    moment = now.day.asked.calendar.moment
    is_break = move.kind is MoveKind.BREAK
    return {
        "key": move.key, "kind": move.kind, "person": now.day.asked.people[int(move.person)].username,
        "starts_at": local_text(moment(move.start)), "ends_at": local_text(moment(move.end)),
        "to": local_text(moment(int(move.to))) if is_break else move.to, "hours": move.gain / 4,
        "text": now.in_words(move),
    }  # fmt: skip


def _offer(offer: LoanOffer) -> dict[str, Any]:
    return {
        "key": offer.key, "lender": offer.lender.code, "starts_at": local_text(offer.starts_at),
        "ends_at": local_text(offer.ends_at), "people": offer.number, "text": offer.words,
    }  # fmt: skip
