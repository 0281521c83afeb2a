"""How ready units are, point by point, and what a person states about one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.office.rollout import access
from indgang.office.rollout.access import READERS
from indgang.office.rollout.forms import StatementForm
from indgang.office.rollout.rows import about
from indgang.programme.rollout import keeping, rights, unit_facts, words
from indgang.programme.rollout.models import RolloutPlan
from indgang.programme.rollout.unit_facts import UnitReadiness
from indgang.ui.refusals import refusals_on_form


@require_GET
@requires(*READERS)
def readiness(request: HttpRequest, pk: int) -> HttpResponse:
    """A row for each unit of each stage, a column for each point."""
    plan = access.plan_for(person_of(request), pk)
    found = unit_facts.of_plan(plan, at=clock.now())
    by_stage = [(stage, found.of(stage)) for stage in plan.stages.all()]
    context = about(request, plan, "readiness") | {
        "points": [str(name) for name in words.POINTS.values()],
        "by_stage": [(stage, [(each, _cells(each)) for each in units]) for stage, units in by_stage if units],
        "homeless": found.homeless,
    }  # fmt: skip
    return render(request, "office/rollout/readiness.html", context)


def _cells(unit: UnitReadiness) -> list[dict[str, Any]]:
    return [
        {"name": words.POINTS[each.point], "state": each, "missing": [words.missing(lack) for lack in each.missing],
         "said": unit.said.get(each.point)}
        for each in unit.states
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def unit_readiness(request: HttpRequest, pk: int, unit: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_for(person, pk)
    found = access.moving_unit(plan, unit)
    may_state = rights.may_state(person, plan, found)
    form = StatementForm(request.POST or None) if may_state else None
    if request.method == "POST" and form is None:
        raise Http404
    if form is not None and form.is_valid():
        with refusals_on_form(form):
            keeping.state(plan, found, **form.values, by=person, at=clock.now())
            return redirect("office:rollout-unit", pk, unit)
    return _unit(request, plan, found, form)


def _unit(request: HttpRequest, plan: RolloutPlan, unit: Unit, form: StatementForm | None) -> HttpResponse:
    rows = [each for each in unit_facts.of_plan(plan, at=clock.now()).units if each.unit.pk == unit.pk]
    context = about(request, plan, "readiness") | {
        "unit": unit, "form": form, "by_stage": [(each, _cells(each)) for each in rows],
        "statements": plan.statements.filter(unit=unit).select_related("stated_by"),
    }  # fmt: skip
    refused = request.method == "POST"
    return render(request, "office/rollout/unit.html", context, status=422 if refused else 200)
