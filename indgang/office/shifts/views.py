"""Shift plans: the list, one plan with its need and run, and what it becomes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.text import whole_number
from indgang.office.shifts import access
from indgang.office.shifts.forms import NewPlanForm, PlanNeedForm, PricesForm, RunForm
from indgang.office.shifts.meeting_forms import FixedShiftForm, HeldShiftForm
from indgang.office.shifts.need_form import ForecastNeedForm
from indgang.office.shifts.plan_page import STATES, PlanChoice, PlanPage
from indgang.planning import shift_need, targets
from indgang.ui.refusals import refusals_as_messages, refusals_on_form
from indgang.workforce.models import ShiftPlan
from indgang.workforce.shifts import plans as actions
from indgang.workforce.shifts import running

#: plans of a centre that the list shows
_SHOWN = 30


@require_GET
@requires(P.PLAN_STAFFING)
def plans(request: HttpRequest) -> HttpResponse:
    """The centres for which the person plans; with one centre, its plans."""
    centres = list(access.centres(person_of(request)))
    if len(centres) == 1:
        return redirect("office:shift-plans", centres[0].code)
    return render(request, "office/shifts/centres.html", {"rows": centres})


@require_http_methods(["GET", "POST"])
@requires(P.PLAN_STAFFING)
def centre(request: HttpRequest, code: str) -> HttpResponse:
    """The plans of a centre; a POST makes a draft."""
    person = person_of(request)
    shown: ContactCentre = access.centre(person, code)
    form = NewPlanForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_on_form(form):
            made = actions.draft(shown, **form.cleaned_data, by=person, at=clock.now())
            return redirect("office:shift-plan", made.pk)
    rows = [(each, STATES[each.state]) for each in ShiftPlan.objects.filter(centre=shown)[:_SHOWN]]
    context = {"centre": shown, "rows": rows, "form": form}
    return render(request, "office/shifts/plans.html", context, status=422 if form.errors else 200)


@require_GET
@requires(P.PLAN_STAFFING)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    return plan_page(request, access.plan(person_of(request), pk))


@require_GET
@requires(P.PLAN_STAFFING)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How the run goes, fetched again and again while it does. When it is over, the plan is shown anew: the page that
    asks may be the answer to a form, which must not be sent again."""
    shown = PlanPage(access.plan(person_of(request), pk), clock.now())
    answer = render(request, "office/shifts/plan.html#progress", {"page": shown, "plan": shown.plan})
    if not (shown.run and shown.run.row.is_going):
        answer["HX-Redirect"] = reverse("office:shift-plan", args=[pk])
    return answer


@require_POST
@requires(P.PLAN_STAFFING)
def need(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    shown = access.plan(person, pk)
    form = PlanNeedForm(request.POST, plan=shown)
    if form.is_valid():
        with refusals_on_form(form):
            days = actions.set_need(shown, **form.cleaned_data, by=person, at=clock.now())
            text = ngettext("Behovet er skrevet på %(days)s dag.", "Behovet er skrevet på %(days)s dage.", days)
            messages.success(request, text % {"days": days})
            return redirect("office:shift-plan", pk)
    return plan_page(request, shown, need_form=form, status=422)


@require_POST
@requires(P.PLAN_STAFFING)
def forecast_need(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the need of an activity from the forecast."""
    person = person_of(request)
    shown = access.plan(person, pk)
    form = ForecastNeedForm(request.POST, plan=shown)
    if form.is_valid():
        with refusals_on_form(form):
            days = shift_need.take(shown, **form.cleaned_data, by=person, at=clock.now())
            text = ngettext(
                "Behovet er hentet fra prognosen på %(days)s dag.", "Behovet er hentet fra prognosen på %(days)s dage.",
                days,
            )  # fmt: skip
            messages.success(request, text % {"days": days})
            for each in targets.remarks(form.cleaned_data["queues"], shown.first):
                messages.warning(request, each)
            return redirect("office:shift-plan", pk)
    return plan_page(request, shown, forecast_form=form, status=422)


@require_POST
@requires(P.PLAN_STAFFING)
def prices(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    shown = access.plan(person, pk)
    form = PricesForm(request.POST, plan=shown)
    if form.is_valid():
        with refusals_on_form(form):
            actions.set_prices(shown, form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Priserne er gemt."))
            return redirect("office:shift-plan", pk)
    return plan_page(request, shown, prices_form=form, status=422)


@require_POST
@requires(P.PLAN_STAFFING)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the shifts planned."""
    person = person_of(request)
    shown = access.plan(person, pk)
    form = RunForm(request.POST, plan=shown)
    if form.is_valid():
        with refusals_on_form(form):
            running.order(shown, **form.cleaned_data, by=person, at=clock.now())
            return redirect("office:shift-plan", pk)
    return plan_page(request, shown, run_form=form, status=422)


@require_POST
@requires(P.PLAN_STAFFING)
def stop(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    person = person_of(request)
    running.stop(access.run(person, pk, number), by=person, at=clock.now())
    return redirect("office:shift-plan", pk)


@require_POST
@requires(P.PLAN_STAFFING)
def publication(request: HttpRequest, pk: int) -> HttpResponseBase:
    person = person_of(request)
    with refusals_as_messages(request):
        actions.publish(access.plan(person, pk), by=person, at=clock.now())
        messages.success(request, _("Planen gælder nu. Medarbejderne kan se deres vagter."))
    return redirect("office:shift-plan", pk)


@require_POST
@requires(P.PLAN_STAFFING)
def version(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A draft to change a published plan."""
    person = person_of(request)
    with refusals_as_messages(request):
        made = actions.follow(access.plan(person, pk), by=person, at=clock.now())
        messages.success(request, _("Kladden begynder med de vagter, der gælder. Læg dem igen, og udgiv kladden."))
        return redirect("office:shift-plan", made.pk)
    return redirect("office:shift-plan", pk)


@require_POST
@requires(P.PLAN_STAFFING)
def removal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Discard a draft."""
    person = person_of(request)
    shown = access.plan(person, pk)
    with refusals_as_messages(request):
        actions.discard(shown, by=person, at=clock.now())
        messages.success(request, _("Kladden er kasseret."))
        return redirect("office:shift-plans", shown.centre.code)
    return redirect("office:shift-plan", pk)


def plan_page(
    request: HttpRequest,
    shown: ShiftPlan,
    *,
    need_form: forms.Form | None = None,
    forecast_form: forms.Form | None = None,
    prices_form: forms.Form | None = None,
    run_form: forms.Form | None = None,
    fixed_form: forms.Form | None = None,
    held_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a plan, with the forms that were sent and refused."""
    page = PlanPage(shown, clock.now(), _choice(request))
    context: dict[str, Any] = {"page": page, "plan": shown}
    if shown.is_draft:
        people = access.contracted_in(shown)
        context |= {
            "fixed_form": fixed_form or FixedShiftForm(plan=shown, people=people),
            "held_form": held_form or HeldShiftForm(plan=shown, people=people),
            "need_form": need_form or PlanNeedForm(plan=shown), "prices_form": prices_form or PricesForm(plan=shown),
            "run_form": run_form or RunForm(plan=shown), "forecast_form": forecast_form or ForecastNeedForm(plan=shown),
        }  # fmt: skip
    return render(request, "office/shifts/plan.html", context, status=status)


def _choice(request: HttpRequest) -> PlanChoice:
    """What of the plan is shown; what cannot be read is left out."""
    week, day, workplace, activity = (request.GET.get(name, "") for name in ("week", "day", "workplace", "activity"))
    try:
        chosen = date.fromisoformat(day)
    except ValueError:
        chosen = None
    return PlanChoice(whole_number(week), chosen, workplace, activity)
