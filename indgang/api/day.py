"""The day of a centre and loans between centres as JSON, for those who plan there; a POST does what the page does.

GET  /api/shifts/tmf/day/                     who is there, the need for the rest of the day, moves, offers and loans
POST /api/shifts/tmf/day/move/                {"key": "…"} accepts a move
GET  /api/shifts/tmf/loans/                   what other centres can spare, and open loans
POST /api/shifts/tmf/loans/                   {"key": "…"} asks for somebody
POST /api/shifts/tmf/loans/3/answer/          {"answer": "yes", "person": "clara"} or {"answer": "no"}
POST /api/shifts/tmf/loans/3/end/             takes the person, or the request, back
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api import access
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.entry.models import AgentLoan
from indgang.entry.team import loans as actions
from indgang.planning import day_listing
from indgang.planning.day_now import DayNow, day_now
from indgang.ui.choices import offer


class KeyForm(forms.Form):
    """A suggestion by its key."""

    key = forms.CharField(max_length=200)


class LoanAnswerForm(forms.Form):
    """Whom the centre lends, or that it lends nobody."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    person = forms.ModelChoiceField(Person.objects.none(), required=False, to_field_name="username")

    def __init__(self, data: Mapping[str, Any] | None = None, *, people: QuerySet[Person]) -> None:
        super().__init__(data)
        offer(self, "person", people)
        self.fields["person"].required = self.data.get("answer") == "yes"


@declares(Operation("GET", "The day of a centre: need, adherence, people, moves, offers and loans"))
@require_GET
@requires(Permission.PLAN_STAFFING)
def day(request: HttpRequest, code: str) -> JsonResponse:
    return JsonResponse(day_listing.of_day(_now(request, code)))


@declares(Operation("POST", "Accept a suggested move", body=KeyForm))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def move(request: HttpRequest, code: str) -> JsonResponse:
    """The day after the move."""
    now = _now(request, code)
    now.accept(checked(KeyForm(values(request))).cleaned_data["key"], by=person_of(request))
    return JsonResponse(day_listing.of_day(day_now(now.centre, now.at)))


@declares(
    Operation("GET", "What other centres can spare, and the open loans of a centre"),
    Operation("POST", "Ask the centre of an offer for somebody", body=KeyForm, status=201),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def loans(request: HttpRequest, code: str) -> JsonResponse:
    now = _now(request, code)
    if request.method == "GET":
        return JsonResponse({"centre": code, **day_listing.of_loans(now)})
    made = now.ask(checked(KeyForm(values(request))).cleaned_data["key"], by=person_of(request))
    return JsonResponse(day_listing.of_loan(now, made), status=201)


@declares(Operation("POST", "Lend somebody, or say no", body=LoanAnswerForm))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def loan_answer(request: HttpRequest, code: str, pk: int) -> JsonResponse:
    now = _now(request, code)
    rows = AgentLoan.objects.select_related("borrower", "lender", "person")
    asked = get_object_or_404(rows, pk=pk, lender=now.centre)
    said = checked(LoanAnswerForm(values(request), people=now.free_for(asked))).cleaned_data
    if said["answer"] == "no":
        actions.refuse(asked, by=person_of(request), at=now.at)
    else:
        actions.accept(asked, said["person"], by=person_of(request), at=now.at)
    return _answered(now, asked)


@declares(Operation("POST", "End a loan, or take the request back; both centres may"))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def loan_end(request: HttpRequest, code: str, pk: int) -> JsonResponse:
    now = _now(request, code)
    loan = access.loan(now.centre, pk)
    actions.end(loan, by=person_of(request), at=now.at)
    return _answered(now, loan)


def _now(request: HttpRequest, code: str) -> DayNow:
    return day_now(access.centre(person_of(request), code), clock.now())


def _answered(now: DayNow, loan: AgentLoan) -> JsonResponse:
    loan.refresh_from_db()
    return JsonResponse(day_listing.of_loan(now, loan))
