"""Business cases as JSON, for those who see figures. Read only.

GET /api/cases/                                     every case, the municipality's own first
GET /api/cases/bc31/?scenario=no-buildings&fte=10   one case with its lines, and other values for assumptions
GET /api/cases/bc31/?price_year=2026                the same at another price level, where the case has an index for it
GET /api/cases/bc31/?seed=2&runs=1000               another simulation
GET /api/cases/own/?version=2                       an earlier version of one's own case; `versions` lists them
GET /api/cases/own/comparison/?before=1&after=2     what was changed between two versions, and what each comes to
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.utils import translation
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.programme import case_versions, known_cases, words
from indgang.programme.cases import evaluation, listing, uncertainty
from indgang.programme.cases.case import BusinessCase, CaseFault

#: of a typed value
_LARGEST = 1e9
#: of a whole number
_DIGITS = 6
#: simulated values of each line that an answer waits for; more are for `indgang case`
MOST_RUNS = 50_000


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
    try:
        with translation.override("en"):
            found = known_cases.required(code, _whole(request, "version"))
            if found is None:
                raise Http404
            told = listing.complete(
                found, scenario=request.GET.get("scenario", ""), given=_given(request, found),
                price_year=_whole(request, "price_year"), seed=_seed(_whole(request, "seed")),
                runs=_usual(_whole(request, "runs")), told=words.sentence,
            )  # fmt: skip
    except RefusedChange as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    except CaseFault as fault:
        return JsonResponse({"error": _told(fault)}, status=400)
    return JsonResponse({**told, "versions": case_versions.listed(code)})


@require_GET
@requires(Permission.SEE_FIGURES)
def comparison(request: HttpRequest, code: str) -> JsonResponse:
    """Two versions of one's own case: what was changed, and what each comes to; the latest two when none are named."""
    numbers = [each["version"] for each in case_versions.listed(code)]
    if not numbers:
        raise Http404
    try:
        after = _whole(request, "after") or numbers[0]
        before = _whole(request, "before") or max(after - 1, 1)
        with translation.override("en"):
            found = case_versions.compared(code, before, after)
    except RefusedChange as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    except CaseFault as fault:
        return JsonResponse({"error": _told(fault)}, status=400)
    if found is None:
        raise Http404
    return JsonResponse(found)


def _seed(given: int | None) -> int:
    return 1 if given is None else given


def _usual(runs: int | None) -> int:
    """Raises CaseFault for more than a page of the web can wait for."""
    if runs is not None and not 1 <= runs <= MOST_RUNS:
        raise CaseFault("runs", most=MOST_RUNS)
    return uncertainty.RUNS if runs is None else runs


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


def _whole(request: HttpRequest, name: str) -> int | None:
    """A whole number of the address; None where there is none. Raises CaseFault."""
    typed = request.GET.get(name, "")
    found = whole_number(typed, _DIGITS)
    if typed and found is None:
        raise CaseFault("number", where=name)
    return found
