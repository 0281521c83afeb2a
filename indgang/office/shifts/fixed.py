"""Fixed shifts of a draft: written by the planner, or held as they are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office.shifts import access
from indgang.office.shifts.meeting_forms import FixedShiftForm, HeldShiftForm
from indgang.office.shifts.views import plan_page
from indgang.ui.refusals import refusals_as_messages, refusals_on_form
from indgang.workforce.shifts import fixed as actions


@require_POST
@requires(P.PLAN_STAFFING)
def fixed(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person fixed shifts."""
    person = person_of(request)
    shown = access.plan(person, pk)
    form = FixedShiftForm(request.POST, plan=shown, people=access.contracted_in(shown))
    if form.is_valid():
        said = dict(form.cleaned_data)
        with refusals_on_form(form):
            days = actions.set_shifts(shown, said.pop("person"), **said, by=person, at=clock.now())
            text = ngettext("Vagten er fast på %(days)s dag.", "Vagten er fast på %(days)s dage.", days)
            messages.success(request, text % {"days": days})
            return redirect("office:shift-plan", pk)
    return plan_page(request, shown, fixed_form=form, status=422)


@require_POST
@requires(P.PLAN_STAFFING)
def held(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a shift as it is whenever the plan is made again."""
    person = person_of(request)
    shown = access.plan(person, pk)
    form = HeldShiftForm(request.POST, plan=shown, people=access.contracted_in(shown))
    if form.is_valid():
        with refusals_on_form(form):
            said = form.cleaned_data
            actions.hold_day(shown, said["person"], said["day"], by=person, at=clock.now())
            messages.success(request, _("Vagten bliver, som den er, når vagterne lægges igen."))
            return redirect("office:shift-plan", pk)
    return plan_page(request, shown, held_form=form, status=422)


@require_POST
@requires(P.PLAN_STAFFING)
def freed(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Let the next run decide again."""
    person = person_of(request)
    shift = access.shift(access.plan(person, pk), number)
    with refusals_as_messages(request):
        actions.free(shift, by=person, at=clock.now())
        messages.success(request, _("Vagten er ikke længere fast."))
    return redirect("office:shift-plan", pk)
