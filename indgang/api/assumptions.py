"""What is assumed about calls and employees as JSON, for planners who are signed in.

GET  /api/assumptions/?centre=tmf&on=2026-12-01   what holds on a day, for a centre or for all, with source and validity
POST /api/assumptions/                            {"assumption": "talk", "value": 240, "source": "Målt i oktober"}
GET  /api/assumptions/talk/?centre=tmf            what was decided of one, the newest first
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.planning import assumption_listing, rights
from indgang.planning import assumptions as actions
from indgang.planning.assumption_kinds import KINDS
from indgang.planning.models.assumptions import LONGEST_SOURCE
from indgang.planning.rights import PLANNERS
from indgang.ui.parameters import DayField

_WRITERS = (Permission.PLAN_STAFFING,)


class AssumedDayForm(forms.Form):
    """The day that is asked about."""

    on = DayField(required=False)


class DecidedAssumptionForm(forms.Form):
    """A value with its source, from a day on."""

    assumption = forms.ChoiceField(choices=[(code, code) for code in KINDS])
    value = forms.DecimalField(max_digits=14, decimal_places=4, help_text="in the unit of its name")
    source = forms.CharField(max_length=LONGEST_SOURCE, help_text="a measurement, a document or an estimate")
    valid_from = DayField(required=False, help_text="today when left out")
    centre = forms.CharField(max_length=60, required=False, help_text="its code; none for all centres")


@declares(
    Operation(
        "GET", "What is assumed on a day, for a centre or for all, with source and validity",
        query={"centre": "the code of one; else all", "on": "a day; else today"},
    ),
    Operation("POST", "Let a value hold from a day on", body=DecidedAssumptionForm, status=201),
)  # fmt: skip
@require_http_methods(["GET", "POST"])
@requires(*PLANNERS)
@answers_refusals
def assumptions(request: HttpRequest) -> JsonResponse:
    """A POST answers with what holds on the first day of the value."""
    person = person_of(request)
    if request.method == "POST":
        return JsonResponse(decide(person, values(request), clock.now()), status=201)
    day = checked(AssumedDayForm(request.GET)).cleaned_data["on"] or clock.today()
    return JsonResponse(assumption_listing.as_data(day, _seen(person, request)))


@declares(
    Operation(
        "GET", "What was decided of an assumption, the newest first", query={"centre": "the code of one; else all"}
    )
)
@require_GET
@requires(*PLANNERS)
def assumption(request: HttpRequest, code: str) -> JsonResponse:
    if code not in KINDS:
        raise Http404
    return JsonResponse(assumption_listing.history(code, _seen(person_of(request), request)))


def decide(person: Person, given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What `indgang assumptions --set` does too. Raises RefusedChange, and Http404 for somebody who does not plan for
    the centre."""
    said = checked(DecidedAssumptionForm(given)).cleaned_data
    centre, day = _planned(person, said["centre"], at), said["valid_from"] or day_of(at)
    actions.decide(
        said["assumption"], said["value"], source=said["source"], centre=centre, day=day, by=person, at=at
    )  # fmt: skip
    return assumption_listing.as_data(day, centre)


def _planned(person: Person, code: str, at: datetime) -> ContactCentre | None:
    if not code and rights.may_assume_for_all(person):
        return None
    return _centre(person, code, at, _WRITERS)


def _seen(person: Person, request: HttpRequest) -> ContactCentre | None:
    """What holds for all centres is for all who plan."""
    code = request.GET.get("centre", "")
    return _centre(person, code, clock.now(), PLANNERS) if code else None


def _centre(person: Person, code: str, at: datetime, permissions: tuple[Permission, ...]) -> ContactCentre:
    found = rights.centres_planned(person, day_of(at), permissions).filter(code=code).first()
    if found is None:
        raise Http404
    return found
