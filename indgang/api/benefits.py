"""Benefit contracts as JSON, for those who see figures; their owners close months.

GET  /api/benefits/?case=bc31     expected, realised and forecast of each contract
GET  /api/benefits/3/             one contract with its months
POST /api/benefits/3/months/      {"month": "2026-02", "reason": "why it is so"} closes a month
GET  /api/benefits/cases/bc31/    the case computed again with what was measured
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import translation
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.programme import case_benefits
from indgang.programme.benefits import closing, contracts, course, listing
from indgang.programme.benefits.models import BenefitContract


class ClosedBenefitMonthForm(forms.Form):
    """A month that is over, and why it is as it is."""

    month = forms.RegexField(r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z", help_text="2026-02; one of `months_to_close`")
    reason = forms.CharField(max_length=1000)

    @property
    def chosen(self) -> date:
        return date.fromisoformat(f"{self.cleaned_data['month']}-01")


@declares(Operation("GET", "Expected and realised of each benefit contract", query={"case": "the code of one case"}))
@require_GET
@requires(Permission.SEE_FIGURES)
def benefit_list(request: HttpRequest) -> JsonResponse:
    """All contracts, or those about one case; 400 for a code that neither a case nor a contract has."""
    try:
        with translation.override("en"):
            rows = course.with_versions(case_benefits.contracts(request.GET.get("case", "")))
    except RefusedChange as refused:
        return JsonResponse({"error": str(refused)}, status=400)
    return JsonResponse({"benefits": [listing.as_data(each) for each in course.of_contracts(rows, clock.today())]})


@require_GET
@requires(Permission.SEE_FIGURES)
def benefit(_request: HttpRequest, pk: int) -> JsonResponse:
    found = contract_with_months(pk)
    if found is None:
        raise Http404
    return JsonResponse(found)


@declares(Operation("POST", "Close a month of a benefit with its owner's reason", body=ClosedBenefitMonthForm))
@require_POST
@requires(Permission.SEE_FIGURES)
@answers_refusals
def months(request: HttpRequest, pk: int) -> JsonResponse:
    """For the contract's owner; 404 for others. The answer is the contract with its months."""
    close_month(pk, values(request), person_of(request), clock.now())
    return JsonResponse(contract_with_months(pk))


@require_GET
@requires(Permission.SEE_FIGURES)
def benefit_case(_request: HttpRequest, code: str) -> JsonResponse:
    """The case computed again; 409 with the reason for one that cannot be."""
    try:
        with translation.override("en"):
            found = case_benefits.computed_again(code, clock.today())
    except RefusedChange as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    if found is None:
        raise Http404
    return JsonResponse(found)


# --- What `indgang benefits` does too --------------------------------------------------------------


def contract_with_months(pk: int) -> dict[str, Any] | None:
    found = course.with_versions(BenefitContract.objects.filter(pk=pk)).first()
    return listing.with_months(course.of_contract(found, clock.today(), both_ways=True)) if found else None


def close_month(pk: int, given: Mapping[str, Any], by: Person, at: datetime) -> None:
    """Raises Http404 for a contract of another owner, and RefusedChange."""
    contract = contracts.owned_by(by, pk)
    if contract is None:
        raise Http404
    form = checked(ClosedBenefitMonthForm(given))
    closing.close(contract, form.chosen, reason=form.cleaned_data["reason"], by=by, at=at)
