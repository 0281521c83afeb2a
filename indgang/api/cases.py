"""Business cases as JSON, for those who see figures. Read only.

GET /api/cases/                                   every case, the municipality's own first
GET /api/cases/bc31/?scenario=no-buildings&fte=10   one case with its lines, and other values for assumptions
GET /api/cases/bc31/?price_year=2026                the same at another price level, where the case has an index for it
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.utils import translation
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission
from indgang.core.text import whole_number
from indgang.programme import known_cases, words
from indgang.programme.cases import evaluation, listing
from indgang.programme.cases.case import BusinessCase, CaseFault

#: of a typed value
_LARGEST = 1e9


@require_GET
@requires(Permission.SEE_FIGURES)
def case_list(_request: HttpRequest) -> JsonResponse:
    """Also those that cannot be computed, with the reason."""
    rows = [listing.summary(each, evaluation.table(each)) for each in known_cases.every()]
    faults = [{"case": code, "fault": fault} for code, fault in _faults().items()]
    return JsonResponse({"cases": rows, "faults": faults})


def _faults() -> dict[str, str]:
    with translation.override("en"):
        return known_cases.faults()


@require_GET
@requires(Permission.SEE_FIGURES)
def case(request: HttpRequest, code: str) -> JsonResponse:
    """400 for a scenario or a value that makes no sense, and 409 for a text that cannot be computed, in words.

    `uncertain_fault` says why there is no tornado and no simulation: a line cannot be computed at an end of an
    interval.
    """
    found = known_cases.by_code(code)
    if found is None:
        if fault := _faults().get(code):
            return JsonResponse({"error": fault}, status=409)
        raise Http404
    scenario = request.GET.get("scenario", "")
    try:
        given, year = _given(request, found), _price_year(request)
        return JsonResponse(listing.complete(found, scenario=scenario, given=given, price_year=year, told=_told))
    except CaseFault as fault:
        return JsonResponse({"error": _told(fault)}, status=400)


def _told(fault: CaseFault) -> str:
    with translation.override("en"):
        return words.sentence(fault)


def _given(request: HttpRequest, shown: BusinessCase) -> dict[str, float]:
    """The assumptions that the address gives. Raises CaseFault."""
    found = {}
    for name in [each.name for each in shown.assumptions if request.GET.get(each.name)]:
        try:
            found[name] = float(request.GET[name])
        except ValueError as error:
            raise CaseFault("number", where=name) from error
        if not -_LARGEST <= found[name] <= _LARGEST:
            raise CaseFault("range", where=name, least=f"{-_LARGEST:g}", most=f"{_LARGEST:g}")
    return found


def _price_year(request: HttpRequest) -> int | None:
    """The year whose prices the amounts are wanted in. Raises CaseFault."""
    typed = request.GET.get("price_year", "")
    year = whole_number(typed, 4)
    if typed and year is None:
        raise CaseFault("number", where="price_year")
    return year
