"""The wishes of the person who is signed in, as on *Mine vagter*, as JSON.

GET  /api/own-wishes/               what is wished, and what the plans of the next six weeks make of it
POST /api/own-wishes/               {"kind": "free", "day": "2026-03-16", "weight": 2}, or "weekday" instead of the day
POST /api/own-wishes/3/removal/     takes one back
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.ui.parameters import DayField
from indgang.workforce.models import TimeWish
from indgang.workforce.shifts import contracts, listing, wishes

#: of the plans that are looked at
_DAYS = timedelta(days=42)


class OwnWishForm(forms.Form):
    """A wish for a day, or for a weekday of every week."""

    kind = forms.TypedChoiceField(coerce=TimeWish.Kind, choices=TimeWish.Kind.choices)
    day = DayField(required=False)
    weekday = forms.IntegerField(min_value=0, max_value=6, required=False, help_text="0 for Monday")
    weight = forms.IntegerField(min_value=1, max_value=3, help_text="2 is important, 3 very important")


@declares(
    Operation("GET", "One's own wishes, with what the plans of the next six weeks make of them"),
    Operation("POST", "Wish a day off, an early or a late shift", body=OwnWishForm, status=201),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_ENQUIRIES)
@answers_refusals
def own_wishes(request: HttpRequest) -> JsonResponse:
    person = person_of(request)
    if request.method == "POST":
        return JsonResponse(listing.wish(wish(person, values(request), clock.now()), None), status=201)
    return JsonResponse(of_person(person, clock.now()))


@declares(Operation("POST", "Take a wish back"))
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def removal(request: HttpRequest, pk: int) -> JsonResponse:
    person = person_of(request)
    take_back(person, pk, clock.now())
    return JsonResponse(of_person(person, clock.now()))


# --- What `indgang ownshifts` does too -------------------------------------------------------------


def of_person(person: Person, at: datetime) -> dict[str, Any]:
    today = day_of(at)
    rows = wishes.of_person(person, today, today + _DAYS)
    return {"wishes": [listing.wish(each, outcome) for each, outcome in rows]}


def wish(person: Person, given: Mapping[str, Any], at: datetime) -> TimeWish:
    """Raises RefusedChange."""
    return contracts.wish(person, **checked(OwnWishForm(given)).cleaned_data, at=at)


def take_back(person: Person, pk: int, at: datetime) -> None:
    """Raises Http404 for a wish of somebody else."""
    contracts.take_back(get_object_or_404(TimeWish, pk=pk, person=person), at=at)
