"""Rule lists of one's own: which there are, and a text with a day from which it holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.access import may
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.analysis import own_rules
from indgang.analysis.potential.presets import PRESETS, TMF
from indgang.analysis.potential.rule_texts import values_of
from indgang.analysis.rule_models import OwnRuleList, OwnRuleVersion
from indgang.core import clock, yaml_values
from indgang.core.refusals import RefusedChange
from indgang.office.potential.forms import RulesTextForm, rule_list_name
from indgang.ui.refusals import refusals_on_form


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
    origin = PRESETS.get(request.GET.get("from", ""), TMF)
    text = yaml_values.text_of(values_of(origin) | {"code": f"{origin.code}-egen"})
    form = RulesTextForm(request.POST or None, text=text, valid_from=clock.today())
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            own_rules.begin(form.cleaned_data["rules_text"], **_dated(form), by=person_of(request), at=clock.now())
            return redirect("office:potential-rules")
    return _page(request, form, _("Nye regler"))


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PROGRAMME)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The next version of a list of one's own."""
    own = OwnRuleList.objects.filter(code=code).first()
    if own is None:
        raise Http404
    latest = own.versions.latest("number")
    form = RulesTextForm(request.POST or None, text=latest.text, valid_from=max(latest.valid_from, clock.today()))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            own_rules.change(
                own, form.cleaned_data["rules_text"], **_dated(form), by=person_of(request), at=clock.now()
            )
            return redirect("office:potential-rules")
    return _page(request, form, _("Ret reglerne"))


def _dated(form: RulesTextForm) -> dict[str, Any]:
    valid_from: date = form.cleaned_data["valid_from"]
    return {"valid_from": valid_from, "reason": form.cleaned_data["reason"]}


def _page(request: HttpRequest, form: RulesTextForm, heading: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": reverse("office:potential-rules")}
    return render(request, "office/potential/rules_form.html", context, status=422 if form.errors else 200)
