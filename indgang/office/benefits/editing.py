"""Writing, signing and following up on a benefit contract."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.office.benefits import access, views
from indgang.office.benefits.access import EDIT, SEE
from indgang.office.benefits.forms import (
    BenefitContractForm,
    BenefitSignatureForm,
    BenefitWithdrawalForm,
    ClosedMonthForm,
)
from indgang.programme.benefits import closing, contracts, course
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """A contract about a line of a case (`?case=`, and `?line=` for the first choice)."""
    case, person = access.case_for(request.GET.get("case", "")), person_of(request)
    form = BenefitContractForm(request.POST or None, case=case, person=person, line=request.GET.get("line", ""))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        with refusals_on_form(form):
            made = contracts.begin(
                case, values["line"], values["unit"], values, reason=values["reason"], by=person, at=clock.now()
            )
            return redirect("office:benefit", made.pk)
    heading = _("Ny gevinstkontrakt: %(case)s") % {"case": case.title}
    return _page(request, form, heading, f"{reverse('office:benefits')}?case={case.code}")


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The next version of a contract."""
    person = person_of(request)
    contract = access.contract_to_edit(person, pk)
    case, latest = access.case_for(contract.case), contract.versions.all()[0]
    form = BenefitContractForm(request.POST or None, case=case, person=person, version=latest)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = form.cleaned_data
        with refusals_on_form(form):
            contracts.change(contract, case, values, reason=values["reason"], by=person, at=clock.now())
            return redirect("office:benefit", pk)
    return _page(request, form, _("Ret gevinstkontrakten"), reverse("office:benefit", args=[pk]))


def _page(request: HttpRequest, form: BenefitContractForm, heading: str, back: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back}
    return render(request, "office/benefits/edit.html", context, status=422 if form.errors else 200)


@require_POST
@requires(SEE)
def signature(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner signs the version that was read."""
    person = person_of(request)
    contract = access.contract_of_owner(person, pk)
    form = BenefitSignatureForm(request.POST)
    if form.is_valid():
        with refusals_as_messages(request):
            contracts.sign(contract, form.cleaned_data["number"], by=person, at=clock.now())
            messages.success(request, _("Du har underskrevet. Kontrakten gælder nu."))
    return redirect("office:benefit", pk)


@require_POST
@requires(EDIT)
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """A contract that was written by mistake, or that nobody follows any more."""
    person = person_of(request)
    contract = access.contract_to_edit(person, pk)
    form = BenefitWithdrawalForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            contracts.withdraw(contract, reason=form.cleaned_data["reason"], by=person, at=clock.now())
            messages.success(request, _("Kontrakten er trukket tilbage."))
            return redirect("office:benefit", pk)
    return views.shown(request, pk, withdrawal=form)


@require_POST
@requires(SEE)
def months(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner closes a month with a reason."""
    person = person_of(request)
    contract = access.contract_of_owner(person, pk)
    form = ClosedMonthForm(request.POST, months=course.of_contract(contract, clock.today()).to_close)
    if form.is_valid():
        with refusals_on_form(form):
            closing.close(contract, form.chosen, reason=form.cleaned_data["reason"], by=person, at=clock.now())
            messages.success(request, _("Måneden er lukket."))
            return redirect("office:benefit", pk)
    return views.shown(request, pk, form)
