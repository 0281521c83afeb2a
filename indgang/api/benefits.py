"""Benefit contracts as JSON, for those who see figures. Read only.

GET /api/benefits/?case=bc31   expected, realised and forecast of each contract
GET /api/benefits/3/           one contract with its months
GET /api/benefits/cases/bc31/  the case computed again with what was measured
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.programme import known_cases
from indgang.programme import words as case_words
from indgang.programme.benefits import again, course, listing
from indgang.programme.benefits.models import BenefitContract
from indgang.programme.cases.case import CaseFault


@require_GET
@requires(Permission.SEE_FIGURES)
def benefit_list(request: HttpRequest) -> JsonResponse:
    """All contracts, or those about one case."""
    rows = course.with_versions(BenefitContract.objects.all())
    if code := request.GET.get("case", ""):
        rows = rows.filter(case=code)
    return JsonResponse({"benefits": [listing.as_data(each) for each in course.of_contracts(rows, clock.today())]})


@require_GET
@requires(Permission.SEE_FIGURES)
def benefit(request: HttpRequest, pk: int) -> JsonResponse:
    found = course.with_versions(BenefitContract.objects.filter(pk=pk)).first()
    if found is None:
        raise Http404
    return JsonResponse(listing.with_months(course.of_contract(found, clock.today(), both_ways=True)))


@require_GET
@requires(Permission.SEE_FIGURES)
def benefit_case(request: HttpRequest, code: str) -> JsonResponse:
    """The case computed again; 409 with the reason for one that cannot be."""
    case, today = known_cases.by_code(code), clock.today()
    if case is None:
        raise Http404
    try:
        found = [again.of_case(case, today, goes_on=goes_on) for goes_on in (False, True)]
    except CaseFault as fault:
        return JsonResponse({"error": case_words.sentence(fault)}, status=409)
    return JsonResponse(listing.case_again(case, *found))
