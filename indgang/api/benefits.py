"""Benefit contracts as JSON, for those who see figures. Read only.

GET /api/benefits/?case=bc31   expected, realised and forecast of each contract
GET /api/benefits/3/           one contract with its months
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.programme.benefits import course, listing
from indgang.programme.benefits.models import BenefitContract


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
