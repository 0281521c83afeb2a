"""A shift plan from draft to publication as JSON, for those who plan for its centre; a POST does what the page does.

GET  /api/shifts/plans/3/                   the plan with its last run, what it lacks, and the rules that it breaks
GET  /api/shifts/plans/3/shifts/            its shifts with their parts, also those of a draft
GET  /api/shifts/plans/3/staffing/          the people needed and at work, quarter by quarter
GET  /api/shifts/plans/3/need/              the people who are needed, and where the numbers come from
POST /api/shifts/plans/3/need/              so many people between two times on these weekdays
GET  /api/shifts/plans/3/prices/            what soft rules cost; a POST changes those that it names
POST /api/shifts/plans/3/forecast-need/     the need of an activity from the forecast of these queues
POST /api/shifts/plans/3/run/               {"seconds": 60} has the shifts planned; run/7/stop/ keeps the best so far
POST /api/shifts/plans/3/publication/       publishes the draft
POST /api/shifts/plans/3/version/           a draft that begins as a copy of the published plan
POST /api/shifts/plans/3/removal/           discards the draft
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api import access
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.planning import shift_need, targets
from indgang.staffing.shifts.problem import UnusableProblem
from indgang.ui.choices import offer
from indgang.workforce.models import ShiftActivity, ShiftPlan, Workplace
from indgang.workforce.shifts import listing, plans, rule_words, running

_WEEKDAYS = [(str(number), number) for number in range(7)]


class _OfPlanForm(forms.Form):
    """What is done, and where."""

    activity = forms.ModelChoiceField(
        ShiftActivity.objects.none(), to_field_name="code", help_text="code of an activity of shift planning"
    )
    workplace = forms.ModelChoiceField(Workplace.objects.none(), to_field_name="code")

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: ShiftPlan) -> None:
        super().__init__(data)
        offer(self, "activity", ShiftActivity.objects.valid_on(plan.first))
        offer(self, "workplace", Workplace.objects.valid_on(plan.first))


class WrittenNeedForm(_OfPlanForm):
    """So many people between two times on these weekdays."""

    weekdays = forms.TypedMultipleChoiceField(coerce=int, choices=_WEEKDAYS, help_text="0 for Monday")
    opens = forms.TimeField()
    closes = forms.TimeField(help_text="00:00 is the end of the day")
    people = forms.FloatField(min_value=0, max_value=plans.MOST_PEOPLE)
    on_holidays = forms.BooleanField(required=False, help_text="also on public holidays")


class QueuesNeedForm(_OfPlanForm):
    """The queues that need people, for calls or for what is written."""

    queues = forms.ModelMultipleChoiceField(Queue.objects.none(), to_field_name="code")
    add = forms.MultipleChoiceField(
        choices=[(each, each) for each in shift_need.LOSSES], required=False,
        help_text="assumptions about time that is lost; one that nobody has decided is refused",
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: ShiftPlan) -> None:
        super().__init__(data, plan=plan)
        queues = Queue.objects.valid_on(plan.first).filter(centre=plan.centre_id, work__in=shift_need.WORKS)
        offer(self, "queues", queues.select_related("centre"))


class PlanPricesForm(forms.Form):
    """Prices of soft rules, in paid quarters; those that are left out stay as they are."""

    paid = forms.FloatField(min_value=0, max_value=10_000, required=False, help_text="a paid quarter")
    understaffed = forms.FloatField(min_value=0, max_value=10_000, required=False, help_text="a missing quarter")
    wish = forms.FloatField(min_value=0, max_value=10_000, required=False, help_text="a wish that is not met")
    change = forms.FloatField(min_value=0, max_value=10_000, required=False, help_text="a changed day")
    late = forms.FloatField(
        min_value=0, max_value=10_000, required=False, help_text="a late or weekend shift beyond an even share"
    )
    off_phone = forms.FloatField(
        min_value=0, max_value=10_000, required=False, help_text="a quarter too little off the phone"
    )


class OrderRunForm(forms.Form):
    """How long to look for a plan."""

    seconds = forms.IntegerField(
        min_value=5, max_value=running.LONGEST, required=False,
        help_text=f"{running.USUAL} when left out, {running.USUAL_OF_VERSION} in a version",
    )  # fmt: skip


@declares(Operation("GET", "A plan with its last run, what it lacks and costs, and the rules that it breaks"))
@require_GET
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def plan(request: HttpRequest, pk: int) -> JsonResponse:
    return _made(access.plan(person_of(request), pk))


@declares(Operation("GET", "The shifts of a plan with their parts, also those of a draft"))
@require_GET
@requires(Permission.PLAN_STAFFING)
def shifts(request: HttpRequest, pk: int) -> JsonResponse:
    shown = access.plan(person_of(request), pk)
    return JsonResponse({**listing.plan(shown), "shifts": listing.plan_shifts(shown)})


@declares(Operation("GET", "The people needed and at work by day, activity and workplace, quarter by quarter"))
@require_GET
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def staffing(request: HttpRequest, pk: int) -> JsonResponse:
    shown = access.plan(person_of(request), pk)
    try:
        return JsonResponse({**listing.plan(shown), "staffing": listing.staffing(shown, clock.now())})
    except UnusableProblem as error:
        raise RefusedChange({"": rule_words.of_unusable(error)}) from error


@declares(
    Operation("GET", "The people who are needed by day and quarter, and where the numbers come from"),
    Operation("POST", "Write the need of an activity into a draft", body=WrittenNeedForm),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def need(request: HttpRequest, pk: int) -> JsonResponse:
    """A POST answers how many days were changed."""
    shown = access.plan(person_of(request), pk)
    if request.method == "GET":
        return JsonResponse({**listing.plan(shown), "need": listing.needs(shown)})
    said = checked(WrittenNeedForm(values(request), plan=shown)).cleaned_data
    days = plans.set_need(shown, **said, by=person_of(request), at=clock.now())
    return JsonResponse({**listing.plan(shown), "days": days})


@declares(Operation("POST", "Take the need of an activity from the forecast", body=QueuesNeedForm))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def forecast_need(request: HttpRequest, pk: int) -> JsonResponse:
    """How many days were changed."""
    shown = access.plan(person_of(request), pk)
    said = checked(QueuesNeedForm(values(request), plan=shown)).cleaned_data
    days = shift_need.take(shown, **said, by=person_of(request), at=clock.now())
    remarks = targets.remarks(said["queues"], shown.first)
    return JsonResponse({**listing.plan(shown), "days": days, "remarks": remarks})


@declares(
    Operation("GET", "What the soft rules of a plan cost, in paid quarters"),
    Operation("POST", "Change prices of a draft", body=PlanPricesForm),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def prices(request: HttpRequest, pk: int) -> JsonResponse:
    shown = access.plan(person_of(request), pk)
    if request.method == "POST":
        set_prices(shown, values(request), person_of(request), clock.now())
        shown.refresh_from_db()
    return JsonResponse({**listing.plan(shown), "prices": listing.prices(shown)})


@declares(Operation("POST", "Have the shifts of a draft planned", body=OrderRunForm, status=202))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def run(request: HttpRequest, pk: int) -> JsonResponse:
    """The run, which the worker carries out; the plan says how far it is."""
    shown = access.plan(person_of(request), pk)
    seconds = checked(OrderRunForm(values(request))).cleaned_data["seconds"] or running.usual(shown)
    made = running.order(shown, seconds=seconds, by=person_of(request), at=clock.now())
    return JsonResponse(listing.run(made), status=202)


@declares(Operation("POST", "Stop a run with the best plan so far"))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def stop(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    going = get_object_or_404(access.plan(person_of(request), pk).runs.select_related("plan"), pk=number)
    running.stop(going, by=person_of(request), at=clock.now())
    return JsonResponse(listing.run(going))


@declares(Operation("POST", "Publish a draft"))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def publication(request: HttpRequest, pk: int) -> JsonResponse:
    made = plans.publish(access.plan(person_of(request), pk), by=person_of(request), at=clock.now())
    return JsonResponse(listing.plan(made))


@declares(Operation("POST", "Make a draft that begins as a copy of the published plan", status=201))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def version(request: HttpRequest, pk: int) -> JsonResponse:
    made = plans.follow(access.plan(person_of(request), pk), by=person_of(request), at=clock.now())
    return JsonResponse(listing.plan(made), status=201)


@declares(Operation("POST", "Discard a draft"))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def removal(request: HttpRequest, pk: int) -> JsonResponse:
    """The plan as it was."""
    shown = access.plan(person_of(request), pk)
    said = listing.plan(shown)
    plans.discard(shown, by=person_of(request), at=clock.now())
    return JsonResponse(said)


def set_prices(shown: ShiftPlan, given: Mapping[str, Any], by: Person, at: datetime) -> None:
    """Raises RefusedChange."""
    said = checked(PlanPricesForm(given)).cleaned_data
    changed = {name: value for name, value in said.items() if value is not None}
    plans.set_prices(shown, listing.prices(shown) | changed, by=by, at=at)


def _made(shown: ShiftPlan) -> JsonResponse:
    try:
        return JsonResponse(listing.made_plan(shown, clock.now()))
    except UnusableProblem as error:
        raise RefusedChange({"": rule_words.of_unusable(error)}) from error
