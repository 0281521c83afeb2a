"""The newest forecasts of queues as JSON, for planners who are signed in. Read only.

GET /api/forecasts/                        the queues that have one
GET /api/forecasts/tmf-byggeri/?days=28    its days with ranges and intervals, remarks, and how forecasts did
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.core.text import whole_number
from indgang.planning import forecasts
from indgang.planning.forecast_rights import queues_planned
from indgang.planning.rights import PLANNERS


@require_GET
@requires(*PLANNERS)
def forecast_list(request: HttpRequest) -> JsonResponse:
    queues = list(queues_planned(person_of(request)))
    made = forecasts.newest_of(queues)
    rows = [
        {"queue": each.code, "made_on": made[each.pk].made_on.isoformat(), "days": len(made[each.pk].calls)}
        for each in queues
        if each.pk in made
    ]
    return JsonResponse({"forecasts": rows})


@require_GET
@requires(*PLANNERS)
def forecast(request: HttpRequest, code: str) -> JsonResponse:
    queue = queues_planned(person_of(request)).filter(code=code).first()
    stored = forecasts.newest(queue) if queue else None
    if stored is None:
        raise Http404
    told = forecasts.as_data(stored, days=whole_number(request.GET.get("days", "")))
    return JsonResponse({**told, "accuracy": forecasts.accuracy_data(stored.queue)})
