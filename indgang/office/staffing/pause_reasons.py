"""Reasons for a pause: the list in the order of the desk, and one reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.entry.models import PauseReason
from indgang.entry.setup import pause_reasons
from indgang.office.staffing import access
from indgang.office.staffing.forms import PauseReasonForm, initial_of
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_GET
@requires(P.EDIT_QUEUES, P.LEAD_TEAM)
def reason_list(request: HttpRequest) -> HttpResponse:
    context = {
        "rows": PauseReason.objects.all(),
        "today": clock.today(),
        "may_edit": access.may_edit(person_of(request)),
    }
    return render(request, "office/staffing/pause_reasons.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_QUEUES)
def reason_new(request: HttpRequest) -> HttpResponse:
    if not access.may_edit(person_of(request)):
        return refused(request, P.EDIT_QUEUES)
    form = PauseReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form, code="name"):
            new = PauseReason(code=form.code())
            made = pause_reasons.save(new, form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Pauseårsagen er oprettet."))
            return redirect("office:pause-reason", made.pk)
    return _page(request, None, form)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_QUEUES, P.LEAD_TEAM)
def reason(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.pause_reason_for(pk)
    form = PauseReasonForm(request.POST or None, initial=initial_of(shown, PauseReasonForm))
    if request.method == "POST":
        if not access.may_edit(person_of(request)):
            return refused(request, P.EDIT_QUEUES)
        if form.is_valid():
            with refusals_on_form(form):
                pause_reasons.save(shown, form.cleaned_data, by=person_of(request), at=clock.now())
                messages.success(request, _("Ændringen er gemt."))
                return redirect("office:pause-reason", pk)
    return _page(request, access.pause_reason_for(pk), form)


@require_POST
@requires(P.EDIT_QUEUES)
def reason_removal(request: HttpRequest, pk: int) -> HttpResponse:
    removed = access.pause_reason_for(pk)
    if not access.may_edit(person_of(request)):
        return refused(request, P.EDIT_QUEUES)
    with refusals_as_messages(request):
        pause_reasons.remove(removed, by=person_of(request), at=clock.now())
        messages.success(request, _("Pauseårsagen er slettet."))
        return redirect("office:pause-reasons")
    return redirect("office:pause-reason", pk)


def _page(request: HttpRequest, shown: PauseReason | None, form: PauseReasonForm) -> HttpResponse:
    context = {
        "form": form,
        "reason": shown,
        "is_used": shown is not None and pause_reasons.is_used(shown),
        "may_edit": access.may_edit(person_of(request)),
    }
    return render(request, "office/staffing/pause_reason.html", context, status=422 if form.errors else 200)
