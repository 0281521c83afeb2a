"""The list of rollout plans, one plan with its time line, and its stages with the services that move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from indgang.office.rollout.forms import (
    NewRolloutForm,
    RolloutMilestoneForm,
    RolloutPlanForm,
    StageForm,
    StageServicesForm,
)
from indgang.office.rollout.rows import about, row_page
from indgang.programme.rollout import activities, overview, plans, rights, unit_facts
from indgang.programme.rollout.models import RolloutMilestone, RolloutPlan, RolloutStage
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_GET
@requires(*READERS)
def rollouts(request: HttpRequest) -> HttpResponse:
    person, today = person_of(request), clock.today()
    rows = [overview.standing(each, today=today) for each in rights.seen_by(person)]
    context = {"rows": rows, "may_begin": access.centres_to_plan(person).exists()}
    return render(request, "office/rollout/rollouts.html", context)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def new(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = NewRolloutForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = plans.begin(**form.cleaned_data, by=person, at=clock.now())
            return redirect("office:rollout", made.pk)
    context = {"form": form, "heading": _("Ny udrulningsplan"), "back": reverse("office:rollouts")}
    return render(request, "office/form.html", context, status=422 if form.errors else 200)


@require_GET
@requires(*READERS)
def rollout(request: HttpRequest, pk: int) -> HttpResponse:
    plan = access.plan_for(person_of(request), pk)
    shown = overview.standing(plan, today=clock.today())
    ready = unit_facts.of_plan(plan, at=clock.now())
    units = [(each, ready.of(each.stage)) for each in shown.stages]
    context = about(request, plan, "rollout") | {
        "shown": shown, "plot": pictures.stages(shown), "late": shown.late(), "homeless": ready.homeless,
        "dips": overview.dips(overview.risks(shown)),
        "may_reopen": access.may_reopen(person_of(request), plan),
        "ready": [(stage, rows, sum(each.is_ready for each in rows)) for stage, rows in units],
    }  # fmt: skip
    return render(request, "office/rollout/rollout.html", context)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_to_edit(person, pk)
    form = RolloutPlanForm(request.POST or None, plan=plan)

    def save() -> None:
        values = {name: value for name, value in form.cleaned_data.items() if name != "why"}
        plans.change(plan, values, why=form.cleaned_data["why"], by=person, at=clock.now())

    return row_page(request, plan, form, save, heading=plan.name, back=reverse("office:rollout", args=[pk]), row=plan)


@require_POST
@requires(EDIT)
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    return _plan_done(request, pk, plans.close)


@require_POST
@requires(EDIT)
def reopening(request: HttpRequest, pk: int) -> HttpResponse:
    return _plan_done(request, pk, plans.reopen)


def _plan_done(request: HttpRequest, pk: int, action: Callable[..., object]) -> HttpResponse:
    person = person_of(request)
    with refusals_as_messages(request):
        action(access.plan_to_edit(person, pk), by=person, at=clock.now())
    return redirect("office:rollout", pk)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def stage_new(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_to_edit(person, pk)
    form = StageForm(request.POST or None, row=RolloutStage(plan=plan))

    def save() -> None:
        plans.add_stage(plan, form.values, why="", by=person, at=clock.now())

    return row_page(request, plan, form, save, heading=_("Ny etape"), back=reverse("office:rollout", args=[pk]))


@require_GET
@requires(*READERS)
def stage(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    plan = access.plan_for(person_of(request), pk)
    return _stage(request, plan, access.stage_for(plan, number))


def _stage(request: HttpRequest, plan: RolloutPlan, shown: RolloutStage, form: Any = None) -> HttpResponse:
    standing = overview.standing(plan, today=clock.today())
    rows = shown.services.select_related("service__unit").order_by("service__unit__path", "service__name")
    context = about(request, plan, "rollout") | {
        "stage": next(each for each in standing.stages if each.stage.pk == shown.pk), "rows": rows,
        "form": form or StageServicesForm(plan=plan), "proposed": None if shown.live_on else shown.all_switched_on,
    }  # fmt: skip
    return render(request, "office/rollout/stage.html", context, status=422 if form else 200)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def stage_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_to_edit(person, pk)
    row = access.stage_for(plan, number)
    form = StageForm(request.POST or None, row=row)

    def save() -> None:
        plans.change_stage(row, form.values, why=form.reason, by=person, at=clock.now())

    return row_page(
        request, plan, form, save, heading=row.name, back=reverse("office:rollout-stage", args=[pk, number]), row=row,
        removal=reverse("office:rollout-stage-removal", args=[pk, number]),
    )  # fmt: skip


@require_POST
@requires(EDIT)
def stage_removal(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    person = person_of(request)
    row = access.stage_for(access.plan_to_edit(person, pk), number)
    with refusals_as_messages(request):
        plans.remove_stage(row, by=person, at=clock.now())
        return redirect("office:rollout", pk)
    return redirect("office:rollout-stage-edit", pk, number)


@require_POST
@requires(EDIT)
def stage_services(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_to_edit(person, pk)
    row, form = access.stage_for(plan, number), StageServicesForm(request.POST, plan=plan)
    if form.is_valid():
        with refusals_on_form(form):
            plans.place(row, form.services, by=person, at=clock.now())
            return redirect("office:rollout-stage", pk, number)
    return _stage(request, plan, row, form)


@require_POST
@requires(EDIT)
def service_removal(request: HttpRequest, pk: int, number: int, row: int) -> HttpResponse:
    person = person_of(request)
    shown = access.stage_for(access.plan_to_edit(person, pk), number)
    placed = part_of(shown.services.select_related("plan", "service"), row)
    with refusals_as_messages(request):
        plans.take_out(placed, by=person, at=clock.now())
    return redirect("office:rollout-stage", pk, number)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def milestone_new(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_to_edit(person, pk)
    return _milestone(request, plan, RolloutMilestone(plan=plan))


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def milestone(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    plan = access.plan_to_edit(person_of(request), pk)
    return _milestone(request, plan, part_of(plan.milestones.select_related("plan"), row))


def _milestone(request: HttpRequest, plan: RolloutPlan, row: RolloutMilestone) -> HttpResponse:
    person = person_of(request)
    form = RolloutMilestoneForm(request.POST or None, row=row)

    def save() -> None:
        activities.save_milestone(row, form.values, why=form.reason, by=person, at=clock.now())

    own = row.pk is not None and not row.source
    return row_page(
        request, plan, form, save, heading=row.title or _("Ny milepæl"),
        back=reverse("office:rollout", args=[plan.pk]), row=row if row.pk else None,
        removal=reverse("office:rollout-milestone-removal", args=[plan.pk, row.pk]) if own else "",
    )  # fmt: skip


@require_POST
@requires(EDIT)
def milestone_removal(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    person = person_of(request)
    found = part_of(access.plan_to_edit(person, pk).milestones.select_related("plan"), row)
    with refusals_as_messages(request):
        activities.remove_milestone(found, by=person, at=clock.now())
    return redirect("office:rollout", pk)
