"""The staffing need and simulated days as JSON, for planners who are signed in.

GET /api/staffing-need/?preset=bc31&calls=80000&seats=curve   options as those of `indgang staffing`; also `decided`
GET /api/described-day/?calls=106&retry=30&mails=40           a day, simulated; as `indgang simulate day`
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.planning import assumptions, calculation, described_day
from indgang.planning.rights import PLANNERS
from indgang.staffing.need import Impossible
from indgang.staffing.presets import NUMBER_OPTIONS, changed


@require_GET
@requires(*PLANNERS)
def staffing_need(request: HttpRequest) -> JsonResponse:
    """The need of a preset with the assumptions that the address changes. 400 for what has no answer, in words."""
    try:
        preset = assumptions.sizing(request.GET.get("preset", "tmf-2020"), clock.today())
        intervals = _intervals(request.GET.get("intervals", ""))
        asked = changed(preset, _numbers(request.GET), request.GET.get("seats") or None, intervals)
        blocked = _number("blocked", request.GET["blocked"]) if request.GET.get("blocked") else None
        return JsonResponse(calculation.sized(asked, blocked=blocked))
    except ValueError as error:  # `Impossible` is one
        return _refused(str(error))


def _numbers(given: Mapping[str, str]) -> dict[str, float]:
    """The options that the address names. Raises `Impossible` for what is no number, is not finite or below 0."""
    found = {name: _number(name, given[name]) for name in NUMBER_OPTIONS if given.get(name)}
    if found.get("talk") == 0 or found.get("patience") == 0:
        raise Impossible("talk and patience are above 0 seconds")
    return found


def _intervals(text: str) -> list[float]:
    """Calls of the intervals of a day: `12,20,25.5`."""
    return [_number("intervals", each) for each in re.split(r"[,\s]+", text) if each]


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
