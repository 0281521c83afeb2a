"""The risks of a plan with the figures that they watch."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.office.access import part_of
from indgang.office.rollout import access, pictures
from indgang.office.rollout.access import EDIT, READERS
from indgang.office.rollout.forms import RolloutRiskForm
from indgang.office.rollout.rows import about, kept_page
from indgang.plots.plot import TimePlot
from indgang.programme.rollout import keeping, overview, watching, words
from indgang.programme.rollout.models import RolloutPlan, RolloutRisk
from indgang.programme.rollout.overview import StandingPlan
from indgang.ui.refusals import refusals_as_messages


@require_GET
@requires(*READERS)
def risks(request: HttpRequest, pk: int) -> HttpResponse:
    plan = access.plan_for(person_of(request), pk)
    shown = overview.standing(plan, today=clock.today())
    found = overview.risks(shown)
    rows = [(each, words.SIZES[each.size], words.DIPS[each.figure.dip] if each.figure else "") for each in found]
    watched = watching.indicators(each.risk for each in found)
    context = about(request, plan, "risks") | {
        "rows": rows, "first_live": shown.first_live, "before_days": watching.BEFORE, "now_days": watching.NOW,
        "plots": [(each, plot) for each in watched if (plot := _plot(shown, each)) is not None],
    }  # fmt: skip
    return render(request, "office/rollout/risks.html", context)


def _plot(shown: StandingPlan, indicator: str) -> TimePlot | None:
    """None while there is nothing to see."""
    weeks = watching.weekly(shown.plan, indicator, shown.today)
    if not any(index for _monday, index in weeks):
        return None
    return pictures.watched(shown, str(RolloutRisk.Watched(indicator).label), weeks)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def risk_new(request: HttpRequest, pk: int) -> HttpResponse:
    plan = access.plan_to_edit(person_of(request), pk)
    return _risk(request, plan, RolloutRisk(plan=plan))


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def risk(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    plan = access.plan_to_edit(person_of(request), pk)
    return _risk(request, plan, part_of(plan.risks.select_related("plan"), row))


def _risk(request: HttpRequest, plan: RolloutPlan, row: RolloutRisk) -> HttpResponse:
    return kept_page(
        request, plan, RolloutRiskForm(request.POST or None, row=row), row, heading=row.title or _("Ny risiko"),
        back=_list(plan), removal="rollout-risk-removal",
    )  # fmt: skip


@require_POST
@requires(EDIT)
def risk_removal(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_to_edit(person, pk)
    with refusals_as_messages(request):
        keeping.remove(part_of(plan.risks.select_related("plan"), row), by=person, at=clock.now())
    return redirect(_list(plan))


def _list(plan: RolloutPlan) -> str:
    return reverse("office:rollout-risks", args=[plan.pk])
