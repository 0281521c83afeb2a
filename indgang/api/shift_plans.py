"""Shift plans with their fixed shifts and wishes as JSON, for those who plan for the centre.

GET  /api/shifts/tmf/plans/                            the newest 100 plans
POST /api/shifts/tmf/plans/                            {"first": "2026-03-16", "last": "2026-04-12"} makes a draft
GET  /api/shifts/plans/3/fixed-shifts/                 the fixed shifts of a plan
POST /api/shifts/plans/3/fixed-shifts/                 gives somebody fixed shifts in a draft
POST /api/shifts/plans/3/held-shifts/                  {"person": "anna", "day": "2026-03-16"} keeps a shift as it is
POST /api/shifts/plans/3/held-shifts/17/removal/       lets the next run decide again
GET  /api/shifts/plans/3/wishes/                       what people wish, and what of it the plan meets
"""

from __future__ import annotations

from collections.abc import Mapping
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
from indgang.staffing.shifts.problem import UnusableProblem
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.workforce.models import ShiftActivity, ShiftPlan, Workplace
from indgang.workforce.shifts import contracts, fixed, listing, rule_words
from indgang.workforce.shifts import plans as drafts
from indgang.workforce.shifts import wishes as reads
from indgang.workforce.shifts.question import PlanQuestion

#: plans of one answer
_MOST = 100
_WEEKDAYS = [(str(number), number) for number in range(7)]


class FixedShiftsForm(forms.Form):
    """A person works between two times on these weekdays; without days, in the whole plan."""

    person = forms.ModelChoiceField(Person.objects.none(), to_field_name="username")
    activity = forms.ModelChoiceField(
        ShiftActivity.objects.none(), to_field_name="code", help_text="code of an activity of shift planning"
    )
    workplace = forms.ModelChoiceField(Workplace.objects.none(), to_field_name="code")
    weekdays = forms.TypedMultipleChoiceField(coerce=int, choices=_WEEKDAYS, help_text="0 for Monday")
    opens = forms.TimeField()
    closes = forms.TimeField(help_text="00:00 is the end of the day")
    first = DayField(required=False)
    last = DayField(required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: ShiftPlan) -> None:
        super().__init__(data)
        self._plan = plan
        offer(self, "person", contracts.people_of(plan.centre_id, plan.first, plan.last))
        offer(self, "activity", ShiftActivity.objects.valid_on(plan.first))
        offer(self, "workplace", Workplace.objects.valid_on(plan.first))

    def values(self) -> dict[str, Any]:
        """The arguments of `fixed.set_shifts` beside the person."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "person"}
        return said | {"first": said["first"] or self._plan.first, "last": said["last"] or self._plan.last}


class PlanDaysForm(forms.Form):
    """The days of a new plan, both included."""

    first = DayField()
    last = DayField()


class HeldDayForm(forms.Form):
    """The shift of a person and day that the next run is to keep."""

    person = forms.ModelChoiceField(Person.objects.none(), to_field_name="username")
    day = DayField()

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: ShiftPlan) -> None:
        super().__init__(data)
        offer(self, "person", contracts.people_of(plan.centre_id, plan.first, plan.last))


@declares(
    Operation("GET", "The newest plans of a centre: drafts, published and replaced ones"),
    Operation("POST", "Make a draft for days without a plan", body=PlanDaysForm, status=201),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def plans(request: HttpRequest, code: str) -> JsonResponse:
    shown = access.centre(person_of(request), code)
    if request.method == "POST":
        said = checked(PlanDaysForm(values(request))).cleaned_data
        made = drafts.draft(shown, **said, by=person_of(request), at=clock.now())
        return JsonResponse(listing.plan(made), status=201)
    rows = ShiftPlan.objects.filter(centre=shown)[:_MOST]
    return JsonResponse({"centre": code, "plans": [listing.plan(each) for each in rows]})


@declares(
    Operation("GET", "The fixed shifts of a plan"),
    Operation("POST", "Give somebody fixed shifts in a draft", body=FixedShiftsForm),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def fixed_shifts(request: HttpRequest, pk: int) -> JsonResponse:
    shown = access.plan(person_of(request), pk)
    if request.method == "POST":
        form = checked(FixedShiftsForm(values(request), plan=shown))
        fixed.set_shifts(
            shown, form.cleaned_data["person"], **form.values(), by=person_of(request), at=clock.now()
        )  # fmt: skip
    return _fixed(shown)


@declares(Operation("POST", "Keep the shift of a person and day of a draft whenever it is planned", body=HeldDayForm))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def held_shifts(request: HttpRequest, pk: int) -> JsonResponse:
    shown = access.plan(person_of(request), pk)
    said = checked(HeldDayForm(values(request), plan=shown)).cleaned_data
    fixed.hold_day(shown, said["person"], said["day"], by=person_of(request), at=clock.now())
    return _fixed(shown)


@declares(Operation("POST", "Let the next run decide on a shift again"))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def freed(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    shown = access.plan(person_of(request), pk)
    shift = get_object_or_404(shown.shifts.select_related("plan"), pk=number)
    fixed.free(shift, by=person_of(request), at=clock.now())
    return _fixed(shown)


@declares(Operation("GET", "What each person wishes of the plan's days, and what of it the plan meets"))
@require_GET
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def wishes(request: HttpRequest, pk: int) -> JsonResponse:
    shown = access.plan(person_of(request), pk)
    try:
        found = reads.of_plan(PlanQuestion(shown, clock.now()))
    except UnusableProblem as error:
        raise RefusedChange({"": rule_words.of_unusable(error)}) from error
    return JsonResponse({**listing.plan(shown), "people": [listing.plan_wishes(each) for each in found]})


def _fixed(shown: ShiftPlan) -> JsonResponse:
    rows = shown.shifts.filter(is_fixed=True).select_related("person", "workplace")
    return JsonResponse({**listing.plan(shown), "fixed_shifts": [listing.fixed_shift(each) for each in rows]})
