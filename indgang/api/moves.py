"""The services that move into a queue by a rollout plan as JSON, for those who plan for it; a POST does what the page
does.

GET  /api/forecasts/tmf-byggeri/moves/          what moves, held against the plan, and what the plan offers
POST /api/forecasts/tmf-byggeri/moves/          {"stage": 2} takes the services of a stage
POST /api/forecasts/tmf-byggeri/moves/follow/   updates what was taken to the plan of today
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.api import access
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.entry.models import Queue
from indgang.planning.models.forecasts import MOST_RAMP_DAYS
from indgang.programme.rollout import forecast_moves, moves_listing
from indgang.programme.rollout.models import RolloutMove, RolloutStage
from indgang.programme.rollout.moved_volume import MovedPart
from indgang.ui.choices import offer


class TakenStageForm(forms.Form):
    """The stage, and how many of the enquiries of its services come into the queue."""

    stage = forms.ModelChoiceField(
        RolloutStage.objects.none(), to_field_name="number", help_text="number of a stage of the centre's open plan"
    )
    services = forms.MultipleChoiceField(required=False, help_text="codes; all that can be taken when left out")
    counts = forms.ChoiceField(
        choices=RolloutMove.Counts.choices, required=False, help_text="`all` when left out: those not digital"
    )
    by_phone = forms.IntegerField(min_value=1, max_value=100, required=False, help_text="percent that are calls")
    ramp_days = forms.IntegerField(min_value=0, max_value=MOST_RAMP_DAYS, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, queue: Queue) -> None:
        super().__init__(data)
        plan = forecast_moves.plan_of(queue)
        offer(self, "stage", plan.stages.select_related("plan") if plan else RolloutStage.objects.none())
        codes = plan.services.values_list("service__code", flat=True) if plan else []
        offer(self, "services", [(each, each) for each in codes])


@declares(
    Operation("GET", "Services that move into a queue, held against the rollout plan, and what the plan offers"),
    Operation("POST", "Take the services of a rollout stage into the forecast", body=TakenStageForm, status=201),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def moves(request: HttpRequest, code: str) -> JsonResponse:
    queue = access.queue(person_of(request), code)
    if request.method == "POST":
        said = checked(TakenStageForm(values(request), queue=queue)).cleaned_data
        forecast_moves.take(
            queue, said["stage"], said["services"] or None, part=MovedPart(said["counts"] or MovedPart.ALL),
            by_phone=said["by_phone"], ramp_days=said["ramp_days"] or 0, by=person_of(request), at=clock.now(),
        )  # fmt: skip
    found = moves_listing.as_data(queue, today=clock.today())
    return JsonResponse(found, status=201 if request.method == "POST" else 200)


@declares(Operation("POST", "Update what was taken from the rollout plan to the plan of today"))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def following(request: HttpRequest, code: str) -> JsonResponse:
    """How many were changed."""
    queue = access.queue(person_of(request), code)
    changed = forecast_moves.follow_plan(queue, by=person_of(request), at=clock.now())
    return JsonResponse({**moves_listing.as_data(queue, today=clock.today()), "changed": changed})
