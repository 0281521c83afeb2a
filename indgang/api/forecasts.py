"""The newest forecasts of queues as JSON, for planners who are signed in.

GET  /api/forecasts/                                  the queues that have one
GET  /api/forecasts/tmf-byggeri/?days=28&minutes=30   its days and intervals with ranges, and how forecasts did
POST /api/forecasts/tmf-byggeri/renewal/              makes today's forecast anew, with what is known now
"""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.api import access
from indgang.api.bodies import answers_refusals, checked
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.planning import forecast_listing, forecasts
from indgang.planning.forecast_intervals import MINUTES
from indgang.planning.forecast_rights import queues_planned
from indgang.planning.models import StoredForecast
from indgang.planning.rights import PLANNERS
from indgang.ui.parameters import DayField


class ForecastDaysForm(forms.Form):
    """Which days are shown, and how long an interval is."""

    first = DayField(required=False)
    days = forms.IntegerField(min_value=1, max_value=forecasts.DAYS_AHEAD, required=False)
    minutes = forms.TypedChoiceField(coerce=int, choices=[(each, each) for each in MINUTES], required=False)


@require_GET
@requires(*PLANNERS)
def forecast_list(request: HttpRequest) -> JsonResponse:
    queues = list(queues_planned(person_of(request)))
    made = forecasts.newest_of(queues)
    return JsonResponse({"forecasts": [_row(each, made[each.pk]) for each in queues if each.pk in made]})


@declares(
    Operation(
        "GET", "The newest forecast of a queue, with ranges, remarks and accuracy",
        query={"first": "the first day that is shown", "days": "how many are; else all", "minutes": "15 or 30"},
    )
)  # fmt: skip
@require_GET
@requires(*PLANNERS)
@answers_refusals
def forecast(request: HttpRequest, code: str) -> JsonResponse:
    """422 for a day that it does not reach."""
    stored = forecasts.newest(access.queue(person_of(request), code, PLANNERS))
    if stored is None:
        raise Http404
    asked = checked(ForecastDaysForm(request.GET)).cleaned_data
    first = asked["first"] or stored.first
    if not stored.first <= first < stored.first + timedelta(days=len(stored.calls)):
        raise RefusedChange({"first": _("Prognosen har ikke den dag.")})
    skip = (first - stored.first).days
    minutes = asked["minutes"] or MINUTES[0]
    return JsonResponse(forecast_listing.as_data(stored, skip=skip, days=asked["days"], minutes=minutes))


@declares(Operation("POST", "Make today's forecast of a queue anew, with what is known now", status=201))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def renewal(request: HttpRequest, code: str) -> JsonResponse:
    """The queue with its forecast, as in the list. 422 with too little to go by."""
    queue = access.queue(person_of(request), code)
    return JsonResponse(_row(queue, renew(queue)), status=201)


def renew(queue: Queue) -> StoredForecast:
    """What `indgang forecast --renew` does too. Raises RefusedChange."""
    made = forecasts.store(queue, at=clock.now())
    if isinstance(made, str):
        raise RefusedChange({"": forecasts.TOO_LITTLE})
    return made


def _row(queue: Queue, made: StoredForecast) -> dict[str, object]:
    return {"queue": queue.code, "made_on": made.made_on.isoformat(), "days": len(made.calls)}
