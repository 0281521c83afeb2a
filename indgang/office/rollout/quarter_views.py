"""The reports of quarters: written until they are frozen, and then as everything stood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.office.rollout import access
from indgang.office.rollout.access import EDIT, READERS
from indgang.office.rollout.forms import QuarterForm
from indgang.office.rollout.rows import about
from indgang.programme.rollout import overview, quarters, rights, unit_facts, words
from indgang.programme.rollout.models import QuarterReport, RolloutActivity, RolloutPlan, RolloutRisk
from indgang.programme.rollout.timing import next_quarter
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_GET
@requires(*READERS)
def quarter_list(request: HttpRequest, pk: int) -> HttpResponse:
    plan = access.plan_for(person_of(request), pk)
    written = {each.first_day: each for each in plan.reports.all()}
    days = quarters.quarters(plan, clock.today())
    days += [day for day in written if day not in days]
    rows = [written.get(day) or QuarterReport(plan=plan, first_day=day) for day in days]
    context = about(request, plan, "quarters") | {"rows": rows, "today": clock.today()}
    return render(request, "office/rollout/quarters.html", context)


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def quarter(request: HttpRequest, pk: int, year: int, number: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_for(person, pk)
    report = _report(plan, access.quarter_for(plan, year, number))
    may_write = rights.may_edit(person, plan) and report.frozen_at is None
    form = QuarterForm(request.POST or None, stored=report.text) if may_write else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            with refusals_on_form(form):
                quarters.write(plan, report.first_day, form.cleaned_data["text"], by=person, at=clock.now())
                return redirect("office:rollout-quarter", pk, year, number)
    return _page(request, plan, report, form)


def _page(request: HttpRequest, plan: RolloutPlan, report: QuarterReport, form: QuarterForm | None) -> HttpResponse:
    content = report.content
    if report.frozen_at is None:
        shown = overview.standing(plan, today=clock.today())
        content = overview.snapshot(shown, unit_facts.of_plan(plan, at=clock.now()), overview.risks(shown))
    context = about(request, plan, "quarters") | {
        "report": report, "form": form, "stages": _stages(content), "milestones": _milestones(content),
        "counts": [(name, content["activity_counts"].get(code, 0)) for code, name in RolloutActivity.State.choices],
        "late": content["late"], "risks": _risks(content),
        "may_freeze": form is not None and report.pk and clock.today() >= next_quarter(report.first_day),
    }  # fmt: skip
    return render(request, "office/rollout/quarter.html", context, status=422 if form and form.errors else 200)


@require_POST
@requires(EDIT)
def freezing(request: HttpRequest, pk: int, year: int, number: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_to_edit(person, pk)
    report = _report(plan, access.quarter_for(plan, year, number))
    if report.pk is None:
        raise Http404
    with refusals_as_messages(request):
        quarters.freeze(report, by=person, at=clock.now())
    return redirect("office:rollout-quarter", pk, year, number)


def _report(plan: RolloutPlan, first: date) -> QuarterReport:
    found = plan.reports.select_related("plan", "frozen_by").filter(first_day=first).first()
    return found or QuarterReport(plan=plan, first_day=first)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _stages(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**each, "day": _day(each["day"]), "live_on": _day(each["live_on"]), "all": len(each["units"]),
         "ready": sum(unit["is_ready"] for unit in each["units"])}
        for each in content["stages"]
    ]  # fmt: skip


def _milestones(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{**each, "due": _day(each["due"]), "reached": _day(each["reached"])} for each in content["milestones"]]


def _imported(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Where a baseline was imported from; quarters of an older release say nothing of it."""
    return {**told, "first": _day(told["first"]), "last": _day(told["last"])} if told else None


def _risks(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**each, "size": words.SIZES[each["size"]], "dip": words.DIPS.get(each["dip"] or "", ""),
         "watched": RolloutRisk.Watched(each["watched"]).label, "imported": _imported(each.get("imported"))}
        for each in content["risks"]
    ]  # fmt: skip
