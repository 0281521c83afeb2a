"""Making and changing cases of one's own, as a text with formulas."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.office.cases import access
from indgang.office.cases.access import EDIT, SeenCase
from indgang.office.cases.forms import CaseFilter, CaseTextForm
from indgang.programme import own_cases
from indgang.programme.cases import library
from indgang.ui.refusals import refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """A case of one's own: a small one, or another one (`?from=`) with the values that were tried."""
    origin = request.GET.get("from", "")
    text = _tried(request, access.case_for(origin), f"{origin[:34]}-egen") if origin else library.text(library.BLANK)
    form = CaseTextForm(request.POST or None, text=text)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = own_cases.begin(
                form.cleaned_data["case_text"],
                reason=form.cleaned_data["reason"],
                by=person_of(request),
                at=clock.now(),
            )
            return redirect("office:case", made.code)
    return _page(request, form, _("Nyt investeringsforslag"), reverse("office:cases"))


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The next version of a case of one's own, with the values that were tried."""
    own = access.own_case_for(code)
    form = CaseTextForm(request.POST or None, text=_tried(request, access.case_for(code), code))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            own_cases.change(
                own, form.cleaned_data["case_text"], reason=form.cleaned_data["reason"], by=person_of(request),
                at=clock.now(),
            )  # fmt: skip
            return redirect("office:case", code)
    return _page(request, form, _("Ret investeringsforslaget"), reverse("office:case", args=[code]))


def _tried(request: HttpRequest, seen: SeenCase, code: str) -> str:
    """The text of a case with the values of the address, when they make sense."""
    if seen.case is None:
        return seen.text
    tried = CaseFilter(request.GET, case=seen.case)
    return own_cases.text_with(seen.text, tried.given if tried.is_valid() else {}, code)


def _page(request: HttpRequest, form: CaseTextForm, heading: str, back: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back}
    return render(request, "office/cases/edit.html", context, status=422 if form.errors else 200)
