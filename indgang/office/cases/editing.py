"""Making and changing cases of one's own: in a form that computes while it is filled in, or as a text with formulas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.submission import own_transactions
from indgang.core import clock, yaml_values
from indgang.office.cases import access, drafts
from indgang.office.cases.access import EDIT, SEE, SeenCase
from indgang.office.cases.draft_form import CaseForm
from indgang.office.cases.forms import CaseFilter, CaseTextForm
from indgang.programme import own_cases
from indgang.programme.cases import library
from indgang.programme.cases.reading import case_of
from indgang.ui.downloads import saved
from indgang.ui.pages import render_part_or_page
from indgang.ui.refusals import refusals_on_form

#: what htmx asks for: the rows after one was added or removed, and what the draft comes to
_PARTS = {"case-form": "form", "draft-result": "office/cases/_draft.html"}


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """A case of one's own: a small one, or another one (`?from=`) with the values that were tried."""
    form = _form_for_new(request)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form, case_text="code"):
            made = own_cases.begin(yaml_values.text_of(form.values), reason=form.cleaned_data["reason"],
                                   by=person_of(request), at=clock.now())  # fmt: skip
            return redirect("office:case", made.code)
    return _page(request, form)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The next version of a case of one's own, with the values that were tried."""
    own = access.own_case_for(code)
    form = _form_for(request, code)
    if form is None:
        messages.warning(request, _("Forslaget kan kun rettes som tekst."))
        return redirect("office:case-text", code)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            own_cases.change(own, yaml_values.text_of(form.values), reason=form.cleaned_data["reason"],
                             by=person_of(request), at=clock.now())  # fmt: skip
            return redirect("office:case", code)
    return _page(request, form, code)


@require_POST
@requires(EDIT)
@own_transactions
def new_draft(request: HttpRequest) -> HttpResponse:
    """What the new case comes to, or its form with a row more or less. Nothing is saved."""
    return _page(request, _form_for_new(request, is_draft=True))


@require_POST
@requires(EDIT)
@own_transactions
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The same for the next version of a case."""
    form = _form_for(request, code, is_draft=True)
    return redirect("office:case-text", code) if form is None else _page(request, form, code)


def _form_for_new(request: HttpRequest, *, is_draft: bool = False) -> CaseForm:
    base = own_cases.values_of(_text_for_new(request))
    change = request.POST.get("do", "") if is_draft else ""
    return CaseForm(request.POST or None, base=base, version="", change=change, is_draft=is_draft)


def _form_for(request: HttpRequest, code: str, *, is_draft: bool = False) -> CaseForm | None:
    """None for a text that has no form: it cannot be computed, or it is too large."""
    seen = access.case_for(code)
    if seen.case is None or seen.version is None or drafts.is_too_large(seen.case):
        return None
    base = own_cases.values_of(_tried(request, seen, code))
    change = request.POST.get("do", "") if is_draft else ""
    version = str(seen.version.number)
    return CaseForm(request.POST or None, base=base, version=version, change=change, is_draft=is_draft)


def _page(request: HttpRequest, form: CaseForm, code: str = "") -> HttpResponse:
    shown = form.drafted if form.is_bound else case_of(form.base)
    names = (code,) if code else ()
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    context: dict[str, Any] = {
        "form": form, "draft": drafts.draft_of(shown) if shown else None, "faults": list(drafts.faults(form)),
        "heading": _("Ret investeringsforslaget") if code else _("Nyt investeringsforslag"),
        "back": reverse("office:case", args=names) if code else reverse("office:cases"),
        "save": reverse("office:case-edit" if code else "office:case-new", args=names) + query,
        "again": reverse("office:case-draft" if code else "office:case-new-draft", args=names) + query,
        "as_text": reverse("office:case-text" if code else "office:case-new-text", args=names) + query,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render_part_or_page(request, "office/cases/edit.html", context, _PARTS, status)


# --- as a text --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def new_text(request: HttpRequest) -> HttpResponse:
    """A case of one's own from a text."""
    form = CaseTextForm(request.POST or None, text=_text_for_new(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = own_cases.begin(by=person_of(request), at=clock.now(), **_typed(form))
            return redirect("office:case", made.code)
    return _text_page(request, form, _("Nyt investeringsforslag"), reverse("office:cases"))


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def edit_text(request: HttpRequest, code: str) -> HttpResponse:
    """The next version, as a text."""
    own = access.own_case_for(code)
    form = CaseTextForm(request.POST or None, text=_tried(request, access.case_for(code), code))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            own_cases.change(own, by=person_of(request), at=clock.now(), **_typed(form))
            return redirect("office:case", code)
    return _text_page(request, form, _("Ret investeringsforslaget"), reverse("office:case", args=[code]))


@require_GET
@requires(SEE)
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The text of a case as a file, for another municipality or program."""
    seen = access.case_for(code, request.GET.get("version", ""))
    return saved(f"{code}.yaml", "application/yaml", seen.text.encode())


def _typed(form: CaseTextForm) -> Mapping[str, str]:
    return {"text": form.cleaned_data["case_text"], "reason": form.cleaned_data["reason"]}


def _text_for_new(request: HttpRequest) -> str:
    origin = request.GET.get("from", "")
    if not origin:
        return library.text(library.BLANK)
    return _tried(request, access.case_for(origin), f"{origin[:34]}-egen")


def _tried(request: HttpRequest, seen: SeenCase, code: str) -> str:
    """The text of a case with the values of the address, when they make sense."""
    if seen.case is None:
        return seen.text
    tried = CaseFilter(request.GET, case=seen.case)
    return own_cases.text_with(seen.text, tried.given if tried.is_valid() else {}, code)


def _text_page(request: HttpRequest, form: CaseTextForm, heading: str, back: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back}
    return render(request, "office/cases/text.html", context, status=422 if form.errors else 200)
