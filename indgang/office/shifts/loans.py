"""Borrowing somebody from another centre on the page of the day: asked for, answered, and ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.entry.team import loans
from indgang.office.shifts import access
from indgang.office.shifts.day import day_page
from indgang.ui.choices import offer
from indgang.ui.refusals import refusals_as_messages


class LoanForm(forms.Form):
    """Whom the centre lends."""

    person = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Hvem"), empty_label=gettext_lazy("Vælg"), to_field_name="username"
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, people: QuerySet[Person]) -> None:
        super().__init__(data)
        offer(self, "person", people)


@require_POST
@requires(P.PLAN_STAFFING)
def loan_requests(request: HttpRequest, code: str) -> HttpResponseBase:
    """Ask a centre that can spare somebody."""
    person, at = person_of(request), clock.now()
    page = day_page(access.centre(person, code), at)
    with refusals_as_messages(request):
        asked = page.ask(request.POST.get("key", ""), by=person)
        messages.success(request, _("%(centre)s er spurgt. Svaret kommer her.") % {"centre": asked.lender.name})
    return redirect("office:shift-day", code)


@require_POST
@requires(P.PLAN_STAFFING)
def loan_answer(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Lend somebody, or say no."""
    person, at = person_of(request), clock.now()
    centre = access.centre(person, code)
    loan = access.loan_asked_of(centre, pk)
    form = LoanForm(request.POST, people=day_page(centre, at).free_for(loan))
    with refusals_as_messages(request):
        if request.POST.get("answer") == "no":
            loans.refuse(loan, by=person, at=at)
            messages.success(request, _("%(centre)s kan se, at I ikke kan nu.") % {"centre": loan.borrower.name})
        elif form.is_valid():
            loans.accept(loan, form.cleaned_data["person"], by=person, at=at)
            messages.success(request, _("%(name)s er lånt ud.") % {"name": form.cleaned_data["person"].name})
        else:
            messages.error(request, _("Vælg, hvem I låner ud."))
    return redirect("office:shift-day", code)


@require_POST
@requires(P.PLAN_STAFFING)
def loan_end(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """End a loan, or take the request back. Both centres may."""
    person, at = person_of(request), clock.now()
    loan = access.loan(access.centre(person, code), pk)
    loans.end(loan, by=person, at=at)
    messages.success(request, _("Lånet er slut."))
    return redirect("office:shift-day", code)
