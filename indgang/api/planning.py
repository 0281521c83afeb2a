"""The staffing need and simulated days as JSON, for planners who are signed in.

GET /api/staffing-need/?preset=bc31&calls=80000&seats=curve   options as those of `indgang staffing`
GET /api/described-day/?calls=106&retry=30&mails=40           a day, simulated; as `indgang simulate day`
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.api.operations import Operation, declares
from indgang.planning import calculation, described_day
from indgang.planning.calculation import of_preset
from indgang.planning.rights import PLANNERS
from indgang.staffing.need import Impossible
from indgang.staffing.presets import DEMAND_OPTIONS, PRESETS, SUPPLY_OPTIONS, TARGET_OPTIONS, changed
from indgang.staffing.sizing import Seats


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


@declares(
    Operation(
        "GET", "A day in numbers, simulated with and without breaks, retrials, mails, chats and the second level",
        query={name: f"{low:g} to {high:g}, {described_day.USUAL[name]:g} if left out"
               for name, (low, high) in described_day.LIMITS.items()},
    )
)  # fmt: skip
@require_GET
@requires(*PLANNERS)
def simulated_day(request: HttpRequest) -> JsonResponse:
    """What the address describes, played. 400 for what cannot be, in words."""
    try:
        day = described_day.read(request.GET.dict())
    except Impossible as error:
        return _refused(str(error))
    return JsonResponse(described_day.as_data(day, described_day.play(day)))
