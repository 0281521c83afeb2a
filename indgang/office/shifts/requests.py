"""What employees ask for: leave, and swaps of shifts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office.shifts import access
from indgang.office.shifts.forms import RequestAnswerForm
from indgang.ui.refusals import refusals_as_messages
from indgang.workforce.models import LeaveRequest, SwapRequest
from indgang.workforce.shift_words import LEAVE_KINDS, LEAVE_STATES, SWAP_STATES, days_of, when
from indgang.workforce.shifts import leave, swaps

#: settled requests that are shown
_SHOWN = 20


@require_GET
@requires(P.PLAN_STAFFING)
def requests(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, and what was settled last."""
    person = person_of(request)
    asked = access.leave_requests(person).filter(state=LeaveRequest.State.ASKED)
    shifts = leave.shifts_in(asked)
    settled = access.leave_requests(person).exclude(state=LeaveRequest.State.ASKED).order_by("-decided_at")
    taken = access.swap_requests(person).filter(state=SwapRequest.State.TAKEN)
    over = access.swap_requests(person).exclude(state__in=[SwapRequest.State.TAKEN, SwapRequest.State.OFFERED])
    context = {
        "leave": [(each, LEAVE_KINDS[each.kind], days_of(each), shifts[each.pk]) for each in asked],
        "settled_leave": [(each, days_of(each), LEAVE_STATES[each.state]) for each in settled[:_SHOWN]],
        "swaps": [(each, when(each.shift), each.in_return and when(each.in_return)) for each in taken],
        "settled_swaps": [(each, when(each.shift), SWAP_STATES[each.state]) for each in over[:_SHOWN]],
    }
    return render(request, "office/shifts/requests.html", context)


@require_POST
@requires(P.PLAN_STAFFING)
def leave_decision(request: HttpRequest, pk: int) -> HttpResponseBase:
    person, form = person_of(request), RequestAnswerForm(request.POST)
    asked = access.leave(person, pk)
    if not form.is_valid():
        messages.error(request, _("Svaret er for langt, eller knappen findes ikke længere. Prøv igen."))
        return redirect("office:shift-requests")
    said = form.cleaned_data
    with refusals_as_messages(request):
        is_approved = said["decision"] == "approve"
        leave.decide(asked, is_approved=is_approved, answer=said["answer"], by=person, at=clock.now())
        messages.success(request, _("Svaret er gemt. Medarbejderen kan se det."))
    return redirect("office:shift-requests")


@require_POST
@requires(P.PLAN_STAFFING)
def swap_decision(request: HttpRequest, pk: int) -> HttpResponseBase:
    person, form = person_of(request), RequestAnswerForm(request.POST)
    asked = access.swap(person, pk)
    if not form.is_valid():
        messages.error(request, _("Svaret er for langt, eller knappen findes ikke længere. Prøv igen."))
        return redirect("office:shift-requests")
    said = form.cleaned_data
    with refusals_as_messages(request):
        is_approved = said["decision"] == "approve"
        swaps.decide(asked, is_approved=is_approved, answer=said["answer"], by=person, at=clock.now())
        messages.success(request, _("Svaret er gemt. Begge kan se det."))
    return redirect("office:shift-requests")
