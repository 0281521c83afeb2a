"""Rule lists of one's own: which there are, and making and changing them in a form or as a text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.access import may
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.analysis import own_rules
from indgang.analysis.potential.presets import PRESETS, TMF
from indgang.analysis.potential.rule_texts import list_of, values_of
from indgang.analysis.potential.rules import RuleList
from indgang.analysis.rule_models import OwnRuleList, OwnRuleVersion
from indgang.core import clock, yaml_values
from indgang.core.refusals import RefusedChange
from indgang.office.potential import effects
from indgang.office.potential.forms import RulesTextForm, rule_list_name
from indgang.office.potential.rules_form import RuleListForm
from indgang.ui.pages import render_part_or_page
from indgang.ui.refusals import refusals_on_form

#: what htmx asks for: the rows after one was added or removed, and what the draft does
_PARTS = {"rules-form": "form", "draft-result": "office/potential/_draft.html"}


@require_GET
@requires(P.SEE_FIGURES)
def rules(request: HttpRequest) -> HttpResponse:
    """The lists of the documents, and one's own with every version."""
    own = OwnRuleVersion.objects.select_related("rule_list", "made_by").order_by("rule_list__code", "-number")
    context = {
        "presets": [(each, rule_list_name(each)) for each in PRESETS.values()],
        "rows": [(each, _fault(each)) for each in own], "may_edit": may(person_of(request), P.EDIT_PROGRAMME),
    }  # fmt: skip
    return render(request, "office/potential/rules.html", context)


def _fault(version: OwnRuleVersion) -> str:
    """Why a stored text is no longer read."""
    try:
        own_rules.read(version.text, valid_from=version.valid_from)
    except RefusedChange as refused:
        return str(refused)
    return ""


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PROGRAMME)
def new(request: HttpRequest) -> HttpResponse:
    """A list of one's own, from one of the documents' (`?from=`)."""
    form = _form_for_new(request)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form, rules_text="code"):
            own_rules.begin(yaml_values.text_of(form.values), **_dated(form), by=person_of(request), at=clock.now())
            return redirect("office:potential-rules")
    return _page(request, form)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PROGRAMME)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The next version of a list of one's own."""
    own = _own(code)
    form = _form_for(request, own)
    if form is None:
        messages.warning(request, _("Reglerne kan kun rettes som tekst."))
        return redirect("office:potential-rules-text", code)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            text = yaml_values.text_of(form.values)
            own_rules.change(own, text, **_dated(form), by=person_of(request), at=clock.now())
            return redirect("office:potential-rules")
    return _page(request, form, code)


@require_POST
@requires(P.EDIT_PROGRAMME)
@own_transactions
def new_draft(request: HttpRequest) -> HttpResponse:
    """What new rules leave out, decide twice and move, or their form with a row more or less. Nothing is saved."""
    return _page(request, _form_for_new(request, is_draft=True))


@require_POST
@requires(P.EDIT_PROGRAMME)
@own_transactions
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The same for the next version of a list."""
    form = _form_for(request, _own(code), is_draft=True)
    return redirect("office:potential-rules-text", code) if form is None else _page(request, form, code)


def _own(code: str) -> OwnRuleList:
    own: OwnRuleList | None = OwnRuleList.objects.filter(code=code).first()
    if own is None:
        raise Http404
    return own


def _form_for_new(request: HttpRequest, *, is_draft: bool = False) -> RuleListForm:
    change = request.POST.get("do", "") if is_draft else ""
    return RuleListForm(
        request.POST or None, base=_values_for_new(request), valid_from=clock.today(), version="", change=change,
        is_draft=is_draft,
    )  # fmt: skip


def _values_for_new(request: HttpRequest) -> dict[str, Any]:
    origin = PRESETS.get(request.GET.get("from", ""), TMF)
    return values_of(origin) | {"code": f"{origin.code}-egen"}


def _form_for(request: HttpRequest, own: OwnRuleList, *, is_draft: bool = False) -> RuleListForm | None:
    """None for a stored text that is no longer read."""
    latest = own.versions.latest("number")
    if _fault(latest):
        return None
    change = request.POST.get("do", "") if is_draft else ""
    return RuleListForm(
        request.POST or None, base=yaml_values.values_of(latest.text), change=change, is_draft=is_draft,
        valid_from=max(latest.valid_from, clock.today()), version=str(latest.number),
    )  # fmt: skip


def _dated(form: RuleListForm | RulesTextForm) -> dict[str, Any]:
    valid_from: date = form.cleaned_data["valid_from"]
    return {"valid_from": valid_from, "reason": form.cleaned_data["reason"]}


def _page(request: HttpRequest, form: RuleListForm, code: str = "") -> HttpResponse:
    stored = list_of(form.base, valid_from=clock.today())
    drafted: RuleList | None = form.drafted if form.is_bound else None
    names, query = ((code,) if code else ()), f"?{request.GET.urlencode()}" if request.GET else ""
    context = {
        "form": form, "effect": effects.of_draft(person_of(request), stored, drafted) if drafted else None,
        "heading": _("Ret reglerne") if code else _("Nye regler"), "back": reverse("office:potential-rules"),
        "loses_comments": bool(code) and yaml_values.has_comments(_own(code).versions.latest("number").text),
        **_addresses(names, query),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render_part_or_page(request, "office/potential/rules_form.html", context, _PARTS, status)


def _addresses(names: tuple[str, ...], query: str) -> Mapping[str, str]:
    kind = "edit" if names else "new"
    return {
        "save": reverse(f"office:potential-rules-{kind}", args=names) + query,
        "again": reverse("office:potential-rules-draft" if names else "office:potential-rules-new-draft", args=names)
        + query,
        "as_text": reverse("office:potential-rules-text" if names else "office:potential-rules-new-text", args=names)
        + query,
    }


# --- as a text --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PROGRAMME)
def new_text(request: HttpRequest) -> HttpResponse:
    """A list of one's own from a text."""
    text = yaml_values.text_of(_values_for_new(request))
    form = RulesTextForm(request.POST or None, text=text, valid_from=clock.today())
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            own_rules.begin(form.cleaned_data["rules_text"], **_dated(form), by=person_of(request), at=clock.now())
            return redirect("office:potential-rules")
    return _text_page(request, form, _("Nye regler"))


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PROGRAMME)
def edit_text(request: HttpRequest, code: str) -> HttpResponse:
    """The next version, as a text."""
    own = _own(code)
    latest = own.versions.latest("number")
    form = RulesTextForm(request.POST or None, text=latest.text, valid_from=max(latest.valid_from, clock.today()))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            text = form.cleaned_data["rules_text"]
            own_rules.change(own, text, **_dated(form), by=person_of(request), at=clock.now())
            return redirect("office:potential-rules")
    return _text_page(request, form, _("Ret reglerne"))


def _text_page(request: HttpRequest, form: RulesTextForm, heading: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": reverse("office:potential-rules")}
    return render(request, "office/potential/rules_text.html", context, status=422 if form.errors else 200)
