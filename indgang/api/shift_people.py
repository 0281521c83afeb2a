"""Contracts, workplaces and activities of shift planning as JSON, for those who plan there.

GET  /api/shifts/tmf/contracts/            the contracts of a centre that hold today or later
POST /api/shifts/tmf/contracts/            a contract of a person from a day on; the one before ends there
POST /api/shifts/tmf/contracts/3/end/      {"on": "2026-04-01"}, the first day without it
GET  /api/shifts/workplaces/               where shifts are worked; all centres share them
POST /api/shifts/workplaces/               {"name": "Islands Brygge"}
GET  /api/shifts/activities/               what is done in shifts
POST /api/shifts/activities/               {"name": "Telefon", "kind": "phone"}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api import access
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.staffing.shifts.activities import ActivityKind
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.workforce.models import ShiftActivity, Skill, WorkContract, Workplace
from indgang.workforce.shifts import contracts as actions
from indgang.workforce.shifts import listing

Given = Mapping[str, Any]
_KINDS = [(each.value, each.value) for each in ActivityKind if each is not ActivityKind.BREAK]


class AgreedContractForm(forms.Form):
    """The contract of a person from a day on."""

    person = forms.ModelChoiceField(Person.objects.none(), to_field_name="username")
    valid_from = DayField()
    weekly_hours = forms.DecimalField(min_value=1, max_value=48, max_digits=4, decimal_places=2)
    days_a_week = forms.IntegerField(min_value=1, max_value=6)
    shortest = forms.IntegerField(min_value=60, max_value=780, step_size=15, help_text="minutes of a shift")
    longest = forms.IntegerField(min_value=60, max_value=780, step_size=15, help_text="minutes of a shift")
    earliest = forms.TimeField()
    latest = forms.TimeField(help_text="00:00 is the end of the day")
    weekends_off = forms.IntegerField(min_value=0, max_value=4, help_text="of any four")
    off_phone_share = forms.DecimalField(min_value=0, max_value=Decimal("0.9"), max_digits=3, decimal_places=2)
    workplaces = forms.ModelMultipleChoiceField(
        Workplace.objects.none(), required=False, to_field_name="code", help_text="without any, all of them"
    )

    def __init__(self, data: Given | None = None, *, centre: ContactCentre) -> None:
        super().__init__(data)
        offer(self, "person", actions.possible_people(centre, clock.today()))
        offer(self, "workplaces", Workplace.objects.valid_on(clock.today()))


class ContractEndForm(forms.Form):
    """The first day without it."""

    on = DayField()


class NewWorkplaceForm(forms.Form):
    """A place where shifts are worked."""

    name = forms.CharField(max_length=200)


class NewActivityForm(forms.Form):
    """Something that is done in shifts; with a skill, only those who have it do it."""

    name = forms.CharField(max_length=200)
    kind = forms.TypedChoiceField(coerce=ActivityKind, choices=_KINDS)
    skill = forms.ModelChoiceField(Skill.objects.none(), required=False, to_field_name="code")

    def __init__(self, data: Given | None = None) -> None:
        super().__init__(data)
        offer(self, "skill", Skill.objects.valid_on(clock.today()))


@declares(
    Operation("GET", "The contracts of a centre that hold today or later"),
    Operation("POST", "Agree on a contract; the one before ends there", body=AgreedContractForm, status=201),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def contracts(request: HttpRequest, code: str) -> JsonResponse:
    by = person_of(request)
    shown = access.centre(by, code)
    if request.method == "POST":
        made = agree(shown, values(request), by, clock.now())
        return JsonResponse(listing.contract(made), status=201)
    return JsonResponse(of_centre(shown))


@declares(Operation("POST", "End a contract, or remove one that has not begun", body=ContractEndForm))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def contract_end(request: HttpRequest, code: str, pk: int) -> JsonResponse:
    """The contracts that are left."""
    by = person_of(request)
    shown = access.centre(by, code)
    end(shown, pk, values(request), by, clock.now())
    return JsonResponse(of_centre(shown))


@declares(
    Operation("GET", "The workplaces of today"),
    Operation("POST", "Add a workplace", body=NewWorkplaceForm, status=201),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def workplaces(request: HttpRequest) -> JsonResponse:
    if request.method == "POST":
        made = add_workplace(values(request), person_of(request), clock.now())
        return JsonResponse(listing.workplace(made), status=201)
    rows = Workplace.objects.valid_on(clock.today())
    return JsonResponse({"workplaces": [listing.workplace(each) for each in rows]})


@declares(
    Operation("GET", "The activities of today"),
    Operation("POST", "Add an activity", body=NewActivityForm, status=201),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def activities(request: HttpRequest) -> JsonResponse:
    if request.method == "POST":
        made = add_activity(values(request), person_of(request), clock.now())
        return JsonResponse(listing.activity(made), status=201)
    rows = ShiftActivity.objects.valid_on(clock.today()).select_related("skill")
    return JsonResponse({"activities": [listing.activity(each) for each in rows]})


# --- What commands do too --------------------------------------------------------------------------


def of_centre(shown: ContactCentre) -> dict[str, Any]:
    rows = actions.of_centre(shown, clock.today())
    return {"centre": shown.code, "contracts": [listing.contract(each) for each in rows]}


def agree(shown: ContactCentre, given: Given, by: Person, at: datetime) -> WorkContract:
    """Raises RefusedChange."""
    said = dict(checked(AgreedContractForm(given, centre=shown)).cleaned_data)
    person, places, since = said.pop("person"), said.pop("workplaces"), said.pop("valid_from")
    return actions.agree(person, said | {"centre": shown}, list(places), valid_from=since, by=by, at=at)


def end(shown: ContactCentre, pk: int, given: Given, by: Person, at: datetime) -> None:
    """Raises Http404 for a contract of another centre, and RefusedChange."""
    ended = get_object_or_404(actions.of_centre(shown, clock.today()), pk=pk)
    actions.end(ended, on=checked(ContractEndForm(given)).cleaned_data["on"], by=by, at=at)


def add_workplace(given: Given, by: Person, at: datetime) -> Workplace:
    """Raises RefusedChange, also for somebody who plans for no centre."""
    _refuse_without_centre(by)
    return actions.add_workplace(checked(NewWorkplaceForm(given)).cleaned_data["name"], by=by, at=at)


def add_activity(given: Given, by: Person, at: datetime) -> ShiftActivity:
    """Raises RefusedChange, also for somebody who plans for no centre."""
    _refuse_without_centre(by)
    said = checked(NewActivityForm(given)).cleaned_data
    return actions.add_activity(said["name"], kind=said["kind"], skill=said["skill"], by=by, at=at)


def _refuse_without_centre(by: Person) -> None:
    if not access.centres(by).exists():
        raise RefusedChange({"": _("Kun den, der planlægger for et center, kan oprette det.")})
