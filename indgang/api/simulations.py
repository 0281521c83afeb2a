"""Simulations of described centres as JSON, for planners who are signed in. Nothing is kept.

GET /api/simulations/                                 the studies that ship, and their scenarios
GET /api/simulations/?preset=second-level             one of them played: each scenario, and what it changes
POST /api/simulations/?replications=10                {"code": "day", "queues": [...], ...} plays scenarios of one's own

The body is that of a file of `indgang simulate` (docs/algorithms/simulation.md), and so is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import requires
from indgang.api.operations import Operation, declares
from indgang.core.text import whole_number
from indgang.planning import simulations
from indgang.planning.rights import PLANNERS
from indgang.staffing.twin.presets import PRESETS
from indgang.staffing.twin.scenario import BadScenario, TwinScenario

#: days of an answer
MOST_REPLICATIONS = 100
_QUERY = {
    "replications": f"days that are played, 1 to {MOST_REPLICATIONS}; {simulations.REPLICATIONS} if left out",
    "seed": "a whole number: the same one gives the same answer; 1 if left out",
}


@declares(
    Operation("GET", "The studies that ship, or one of them played", query={"preset": "the code of one"} | _QUERY),
    Operation("POST", "Play one scenario or several, written as a file of indgang simulate", query=_QUERY),
)
@require_http_methods(["GET", "POST"])
@requires(*PLANNERS)
def simulation(request: HttpRequest) -> JsonResponse:
    """What each scenario gives, and how it differs from the first. 400 for what cannot be played, in words."""
    try:
        if request.method == "POST":
            return _played(request, simulations.read(request.body.decode("utf-8", "replace")))
        if preset := request.GET.get("preset", ""):
            return _played(request, simulations.shipped(preset))
    except BadScenario as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse({"presets": [_named(code, scenarios) for code, scenarios in PRESETS.items()]})


def _named(code: str, scenarios: Sequence[TwinScenario]) -> dict[str, object]:
    return {"preset": code, "scenarios": [{"scenario": each.code, "title": each.title} for each in scenarios]}


def _played(request: HttpRequest, scenarios: Sequence[TwinScenario]) -> JsonResponse:
    replications = _number(request, "replications", simulations.REPLICATIONS)
    if not 1 <= replications <= MOST_REPLICATIONS:
        raise BadScenario(f"replications is a whole number from 1 to {MOST_REPLICATIONS}")
    simulations.check_size(scenarios, replications)
    return JsonResponse(simulations.as_data(simulations.play(scenarios, replications, _number(request, "seed", 1))))


def _number(request: HttpRequest, name: str, usual: int) -> int:
    text = request.GET.get(name, "")
    found = whole_number(text) if text else usual
    if found is None:
        raise BadScenario(f"{name} is a whole number, 0 or more")
    return found
