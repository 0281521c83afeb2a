"""The staffing need and scenarios as JSON, for planners who are signed in. Read only.

GET /api/staffing-need/?preset=bc31&calls=80000&seats=curve   options as those of `indgang staffing`
GET /api/scenarios/                                           people and kroner of the newest runs
GET /api/scenarios/3/                                         one scenario with its newest run
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.core.text import whole_number
from indgang.planning import calculation, scenarios
from indgang.planning.calculation import of_preset
from indgang.planning.models import ScenarioRun
from indgang.planning.rights import PLANNERS, scenarios_seen
from indgang.planning.storing import base_of, changes_of
from indgang.staffing.need import Impossible
from indgang.staffing.presets import DEMAND_OPTIONS, PRESETS, SUPPLY_OPTIONS, TARGET_OPTIONS, changed
from indgang.staffing.sizing import Seats

#: scenarios of one answer
MOST = 100


@require_GET
@requires(*PLANNERS)
def staffing_need(request: HttpRequest) -> JsonResponse:
    """The need of a preset with the assumptions that the address changes. 400 for what has no answer, in words."""
    preset = PRESETS.get(request.GET.get("preset", "tmf-2020"))
    if preset is None:
        return _refused(f"preset is one of {', '.join(PRESETS)}")
    try:
        options = _numbers(request.GET)
        seats = request.GET.get("seats", "")
        question = of_preset(changed(preset, options, Seats(seats).value if seats else None))
        if calculation.excess(question):
            return _refused("more than 2,000 agents at once, or nobody would hang up with so much patience")
        found = calculation.answer(question)
    except ValueError as error:  # `Impossible` is one
        return _refused(str(error))
    sources = {**preset.sources, **dict.fromkeys(options, "given")}
    return JsonResponse({"preset": preset.code, **calculation.as_data(found), "sources": sources})


def _numbers(given: Mapping[str, str]) -> dict[str, float]:
    """The options that the address names. Raises `Impossible` for what is no number, is not finite or below 0."""
    found = {}
    for name in (*DEMAND_OPTIONS, *SUPPLY_OPTIONS, *TARGET_OPTIONS):
        if given.get(name):
            found[name] = _number(name, given[name])
    if found.get("talk") == 0 or found.get("patience") == 0:
        raise Impossible("talk and patience are above 0 seconds")
    return found


def _number(name: str, text: str) -> float:
    try:
        found = float(text)
    except ValueError as error:
        raise Impossible(f"{name} is a number") from error
    if not 0 <= found < float("inf"):
        raise Impossible(f"{name} is a number, 0 or more")
    return found


def _refused(why: str) -> JsonResponse:
    return JsonResponse({"error": why}, status=400)


@require_GET
@requires(*PLANNERS)
def scenario_list(request: HttpRequest) -> JsonResponse:
    """What the newest run of each open scenario says about people and kroner."""
    seen = scenarios_seen(person_of(request)).filter(closed_at=None)[:MOST]
    found = [scenarios.estimate(each).as_data() for each in scenarios.newest_runs(list(seen))]
    return JsonResponse({"scenarios": found})


@require_GET
@requires(*PLANNERS)
def scenario(request: HttpRequest, pk: int) -> JsonResponse:
    """One scenario: its base, and its newest run (or `run`) with changes, results and the simulation."""
    seen = scenarios_seen(person_of(request)).filter(pk=pk).first()
    number = whole_number(request.GET.get("run", ""))
    rows = seen.runs.select_related("scenario") if seen else ScenarioRun.objects.none()
    run = (rows.filter(number=number) if number else rows).first()
    if run is None:
        raise Http404
    found = scenarios.imported(run.scenario)
    data: dict[str, Any] = {"imported": found.sentence if found else None}
    data["remarks"] = scenarios.remarks(base_of(run.scenario.base), changes_of(run.changes))
    data |= {"changes": run.changes, "result": run.result, "simulated": run.simulated, "base": run.scenario.base}
    return JsonResponse({**scenarios.estimate(run).as_data(), **data})
