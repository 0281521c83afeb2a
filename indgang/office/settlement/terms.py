"""The terms between centres: new ones, others from a month on, and their end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.measures.models import SettlementTerms
from indgang.measures.settlement import terms
from indgang.office.settlement import access
from indgang.office.settlement.forms import MonthForm, NewTermsForm, TermsOfSettlementForm
from indgang.ui.refusals import refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(access.DECIDE)
def new(request: HttpRequest) -> HttpResponseBase:
    """Agree on terms between two centres."""
    person = person_of(request)
    form = NewTermsForm(request.POST or None, owners=access.centres_to_decide(person))
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    owner, answered_by, month = said["owner"], said["answered_by"], said["month"]
    with refusals_on_form(form):
        terms.agree(owner, answered_by, form.agreed(), month=month, is_new=True, by=person, at=clock.now())
        messages.success(request, _("Vilkårene er gemt."))
        return redirect("office:settlement")
    return _page(request, form, there=terms.between(owner, answered_by, month))


@require_http_methods(["GET", "POST"])
@requires(access.DECIDE)
def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Agree on other terms from a month on. Months that are closed keep theirs."""
    person, at = person_of(request), clock.now()
    row = access.terms_to_decide(person, pk)
    first = terms.first_open_month(row.owner, at)
    form = TermsOfSettlementForm(request.POST or None, holds=row, first=first)
    if request.method == "POST" and form.is_valid():
        month = form.cleaned_data["month"]
        with refusals_on_form(form):
            terms.agree(row.owner, row.answered_by, form.agreed(), month=month, by=person, at=at)
            messages.success(request, _("Vilkårene gælder fra %(month)s.") % {"month": date_format(month, "F Y")})
            return redirect("office:settlement")
    return _page(request, form, row, MonthForm(first=first, prefix="end"))


@require_POST
@requires(access.DECIDE)
def end(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let the terms no longer hold from a month on."""
    person, at = person_of(request), clock.now()
    row = access.terms_to_decide(person, pk)
    first = terms.first_open_month(row.owner, at)
    form = MonthForm(request.POST, first=first, prefix="end")
    if form.is_valid():
        with refusals_on_form(form):
            terms.end(row, month=form.cleaned_data["month"], by=person, at=at)
            messages.success(request, _("Vilkårene er stoppet."))
            return redirect("office:settlement")
    return _page(request, TermsOfSettlementForm(holds=row, first=first), row, form)


def _page(
    request: HttpRequest,
    form: TermsOfSettlementForm,
    row: SettlementTerms | None = None,
    end_form: MonthForm | None = None,
    *,
    there: SettlementTerms | None = None,
) -> HttpResponse:
    """The page; `there` are the terms that stand in the way of new ones."""
    wrong = form.errors or (end_form is not None and end_form.errors)
    context = {"form": form, "row": row, "end_form": end_form, "there": there}
    return render(request, "office/settlement/terms.html", context, status=422 if wrong else 200)
