"""What employees ask for, leave and swaps, as JSON, for those who plan for their centre.

GET  /api/shifts/requests/             what waits for an answer
POST /api/shifts/requests/leave/3/     {"decision": "approve"} or {"decision": "refuse", "answer": "why"}
POST /api/shifts/requests/swaps/3/     the same of a swap that a colleague has taken
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api import access
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.workforce.models import LeaveRequest, SwapRequest
from indgang.workforce.shifts import leave, listing, swaps


class RequestDecisionForm(forms.Form):
    """Yes or no, with a sentence; a refusal says why."""

    decision = forms.ChoiceField(choices=[("approve", "approve"), ("refuse", "refuse")])
    answer = forms.CharField(max_length=500, required=False)


@declares(Operation("GET", "Leave and swaps that wait for an answer"))
@require_GET
@requires(Permission.PLAN_STAFFING)
def requests(request: HttpRequest) -> JsonResponse:
    return JsonResponse(waiting(access.centres(person_of(request))))


@declares(Operation("POST", "Approve or refuse leave", body=RequestDecisionForm))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def leave_decision(request: HttpRequest, pk: int) -> JsonResponse:
    person = person_of(request)
    asked = decide_leave(access.centres(person), pk, values(request), person, clock.now())
    return JsonResponse(listing.leave_request(asked))


@declares(Operation("POST", "Approve or refuse a swap", body=RequestDecisionForm))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def swap_decision(request: HttpRequest, pk: int) -> JsonResponse:
    person = person_of(request)
    asked = decide_swap(access.centres(person), pk, values(request), person, clock.now())
    return JsonResponse(listing.swap_request(asked))


# --- What `indgang requests` does too --------------------------------------------------------------


def waiting(centres: QuerySet[ContactCentre]) -> dict[str, Any]:
    """What waits for an answer in these centres; `shifts` are the published shifts in the days of leave, for which
    others have to be found."""
    asked = leave.of_centres(centres).filter(state=LeaveRequest.State.ASKED)
    taken, shifts = swaps.of_centres(centres).filter(state=SwapRequest.State.TAKEN), leave.shifts_in(asked)
    return {
        "leave": [listing.leave_request(each) | {"shifts": shifts[each.pk]} for each in asked],
        "swaps": [listing.swap_request(each) for each in taken],
    }


def decide_leave(
    centres: QuerySet[ContactCentre], pk: int, given: Mapping[str, Any], by: Person, at: datetime
) -> LeaveRequest:
    """Raises Http404 for leave of another centre, and RefusedChange."""
    asked = get_object_or_404(leave.of_centres(centres), pk=pk)
    leave.decide(asked, **_decision(given), by=by, at=at)
    asked.refresh_from_db()
    return asked


def decide_swap(
    centres: QuerySet[ContactCentre], pk: int, given: Mapping[str, Any], by: Person, at: datetime
) -> SwapRequest:
    """Raises Http404 for a swap of another centre, and RefusedChange."""
    asked = get_object_or_404(swaps.of_centres(centres), pk=pk)
    swaps.decide(asked, **_decision(given), by=by, at=at)
    asked.refresh_from_db()
    return asked


def _decision(given: Mapping[str, Any]) -> dict[str, Any]:
    said = checked(RequestDecisionForm(given)).cleaned_data
    return {"is_approved": said["decision"] == "approve", "answer": said["answer"]}
