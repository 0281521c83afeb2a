"""The activities of a plan by track, and the form of one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.office.access import part_of
from indgang.office.rollout import access, pictures
from indgang.office.rollout.access import EDIT, READERS
from indgang.office.rollout.forms import ActivityFilter, RolloutActivityForm
from indgang.office.rollout.rows import about, row_page
from indgang.programme.rollout import activities, overview, plans, words
from indgang.programme.rollout.models import RolloutActivity, RolloutPlan, RolloutTrack
from indgang.programme.rollout.overview import StandingActivity
from indgang.programme.rollout.timing import due
from indgang.ui.refusals import refusals_as_messages


@require_GET
@requires(*READERS)
def activity_list(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_for(person, pk)
    form = ActivityFilter(request.GET)
    shown = overview.standing(plan, today=clock.today())
    chosen = [each for each in shown.activities if _is_chosen(each, form, person)]
    context = about(request, plan, "activities") | {
        "form": form, "chosen": chosen, "all": len(shown.activities),
        "tracks": [(track.label, _of_track(chosen, track)) for track in RolloutTrack if _of_track(chosen, track)],
        "plot": pictures.activities(shown, chosen) if chosen else None,
    }  # fmt: skip
    return render(request, "office/rollout/activities.html", context)


def _of_track(chosen: list[StandingActivity], track: str) -> list[tuple[StandingActivity, str]]:
    return [(each, str(words.LATENESS[each.lateness])) for each in chosen if each.activity.track == track]


def _is_chosen(each: StandingActivity, form: ActivityFilter, person: Person) -> bool:
    if any(getattr(each.activity, name) != value for name, value in form.chosen.items()):
        return False
    if form.shows_only == ActivityFilter.LATE:
        return each.is_late
    return form.shows_only != ActivityFilter.MINE or each.activity.person_id == person.pk


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def activity_new(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_to_edit(person, pk)
    form = RolloutActivityForm(request.POST or None, row=RolloutActivity(plan=plan))

    def save() -> None:
        activities.add(plan, form.values, form.cleaned_data["needs"], by=person, at=clock.now())

    return row_page(request, plan, form, save, heading=_("Ny aktivitet"), back=_list(plan))


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def activity(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_to_edit(person, pk)
    found = part_of(plan.activities.select_related("plan"), row)
    days = plans.days_of(plan)
    planned = (
        due(days, found.from_stage, found.from_months, None), due(days, found.until_stage, found.until_months, None)
    )  # fmt: skip
    form = RolloutActivityForm(request.POST or None, row=found, planned=planned)

    def save() -> None:
        needs = form.cleaned_data["needs"]
        activities.change(found, form.values, needs, why=form.reason, by=person, at=clock.now())

    removal = "" if found.source else reverse("office:rollout-activity-removal", args=[pk, row])
    return row_page(request, plan, form, save, heading=str(found), back=_list(plan), row=found, removal=removal)


@require_POST
@requires(EDIT)
def activity_removal(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    person = person_of(request)
    plan = access.plan_to_edit(person, pk)
    with refusals_as_messages(request):
        activities.remove(part_of(plan.activities.select_related("plan"), row), by=person, at=clock.now())
    return redirect(_list(plan))


def _list(plan: RolloutPlan) -> str:
    return reverse("office:rollout-activities", args=[plan.pk])
