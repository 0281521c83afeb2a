"""The page on which a planner takes the services of a rollout stage into a queue's forecast, and has them follow the
plan."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.entry.models import Queue
from indgang.office.planning import forecast_access, rollout_words
from indgang.office.planning.rollout_form import StageChoice, StageMovesForm
from indgang.programme.rollout import forecast_moves, plans
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(P.PLAN_STAFFING)
def stage_moves(request: HttpRequest, code: str) -> HttpResponse:
    """The stages of the plan of the queue's centre; a POST takes the services that are chosen."""
    queue = forecast_access.queue_planned(person_of(request), code, (P.PLAN_STAFFING,))
    plan = forecast_moves.plan_of(queue)
    if plan is None:
        return render(request, "office/planning/forecast_rollout.html", {"queue": queue})
    offers = forecast_moves.offered(queue, plan, today=clock.today())
    stages, days = list(plan.stages.all()), plans.days_of(plan)
    stage = StageChoice(request.GET).chosen(stages, offers)
    of_stage = [each for each in offers if stage is not None and each.row.stage_id == stage.pk]
    form = StageMovesForm(request.POST or None, offers=of_stage)
    if request.method == "POST" and stage is not None and form.is_valid():
        with refusals_on_form(form):
            made = forecast_moves.take(queue, stage, **form.values, by=person_of(request), at=clock.now())
            _thank(request, len(made))
            return redirect("office:forecast-knowledge", code)
    context: dict[str, Any] = {
        "queue": queue, "plan": plan, "stage": stage, "form": form,
        "stages": [(each, days[each.number]) for each in stages],
        "others": [rollout_words.why_not(each) for each in of_stage if each.why_not is not None],
    }  # fmt: skip
    return render(request, "office/planning/forecast_rollout.html", context, status=422 if form.errors else 200)


def _thank(request: HttpRequest, number: int) -> None:
    said = ngettext(
        "%(number)s ydelse er taget med. Prognosen bruger den næste gang, den bliver lavet.",
        "%(number)s ydelser er taget med. Prognosen bruger dem næste gang, den bliver lavet.", number,
    )  # fmt: skip
    messages.success(request, said % {"number": number})


@require_POST
@requires(P.PLAN_STAFFING)
def following(request: HttpRequest, code: str) -> HttpResponse:
    """Give what was taken from a plan the days and numbers that the plan has now."""
    queue: Queue = forecast_access.queue_planned(person_of(request), code, (P.PLAN_STAFFING,))
    with refusals_as_messages(request):
        number = forecast_moves.follow_plan(queue, by=person_of(request), at=clock.now())
        said = ngettext("%(number)s ydelse følger nu planen.", "%(number)s ydelser følger nu planen.", number)
        messages.success(request, said % {"number": number})
    return redirect("office:forecast-knowledge", code)
