"""Fagsystemer: the list, one agreement, a look-up that tries it, and its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.office.case_systems import access
from indgang.office.case_systems.forms import CaseSystemForm, NewCaseSystemForm, TrialForm
from indgang.office.last_day import LastDayForm
from indgang.registers import agreements, fault_words, look_up
from indgang.registers.models import CaseAgreement
from indgang.ui.refusals import refusals_on_form


@require_GET
@requires(P.SET_CASE_SYSTEMS)
def systems(request: HttpRequest) -> HttpResponse:
    rows = access.case_agreements(person_of(request))
    return render(request, "office/case_systems/systems.html", {"rows": rows, "today": clock.today()})


@require_http_methods(["GET", "POST"])
@requires(P.SET_CASE_SYSTEMS)
def system_new(request: HttpRequest) -> HttpResponse:
    access.case_agreements(person_of(request))
    form = NewCaseSystemForm(request.POST or None)
    if saved := _saved(request, form, CaseAgreement()):
        return saved
    return _page(request, None, form)


@require_http_methods(["GET", "POST"])
@requires(P.SET_CASE_SYSTEMS)
def system(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.case_agreement(person_of(request), pk)
    form = CaseSystemForm(request.POST or None, row=shown)
    if saved := _saved(request, form, shown):
        return saved
    return _page(request, shown, form)


@own_transactions
@require_POST
@requires(P.SET_CASE_SYSTEMS)
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Look one case up, to see whether the system answers. The look is logged."""
    shown, form = access.case_agreement(person_of(request), pk), TrialForm(request.POST)
    answer = None
    if form.is_valid():
        with refusals_on_form(form):
            answer = look_up.look_up(
                shown, *form.asked(), subject=shown, page="office.case_system", by=person_of(request), at=clock.now()
            )
    said = f"{shown.name} {fault_words.WORDS[answer.fault]}" if answer and answer.fault else ""
    return _page(request, shown, CaseSystemForm(row=shown), trial_form=form, answer=answer, said=said)


@require_POST
@requires(P.SET_CASE_SYSTEMS)
def system_end(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.case_agreement(person_of(request), pk)
    form = LastDayForm(request.POST, row=shown)
    if form.is_valid():
        with refusals_on_form(form):
            agreements.end(shown, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
            messages.success(request, _("Aftalen slutter %(day)s.") % {"day": f"{form.cleaned_data['on']:%d.%m.%Y}"})
            return redirect("office:case-systems")
    return _page(request, shown, CaseSystemForm(row=shown), end_form=form)


def _saved(request: HttpRequest, form: NewCaseSystemForm, row: CaseAgreement) -> HttpResponse | None:
    """The redirect after a save; None when the form has to be shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    with refusals_on_form(form, searches="search_number"):
        agreements.save(
            row, form.values(), units=form.cleaned_data["units"], services=form.cleaned_data["services"],
            secret=form.cleaned_data["secret"], by=person_of(request), at=clock.now(),
        )  # fmt: skip
        messages.success(request, _("Fagsystemet er gemt. Prøv et opslag."))
        return redirect("office:case-system", row.pk)
    return None


def _page(request: HttpRequest, shown: CaseAgreement | None, form: NewCaseSystemForm, **more: Any) -> HttpResponse:
    forms = {"form": form, "trial_form": TrialForm(), "end_form": LastDayForm(row=shown) if shown else None} | more
    context = {"row": shown, "today": clock.today()} | forms
    wrong = any(getattr(each, "errors", None) for each in forms.values())
    return render(request, "office/case_systems/system.html", context, status=422 if wrong else 200)
