"""The phases of the roll-out, which flows test: the present, past and planned ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.access import everywhere
from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.entry.models import RolloutPhase
from indgang.entry.setup import phases
from indgang.ui.missing import not_found
from indgang.ui.refusals import show_refusal


class PhaseForm(forms.Form):
    """A new phase from a day on."""

    word = forms.CharField(
        label=gettext_lazy("Fasen hedder i forløbene"), max_length=40,
        help_text=gettext_lazy("Som betingelser og beskeder i opkaldsforløbene nævner den, for eksempel 2."),
    )  # fmt: skip
    valid_from = forms.DateField(
        label=gettext_lazy("Gælder fra"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@require_http_methods(["GET", "POST"])
@requires(P.PUBLISH_FLOWS)
def phase_list(request: HttpRequest) -> HttpResponseBase:
    """All phases; a POST adds one. They apply to the whole municipality."""
    person = person_of(request)
    if request.method == "POST" and not everywhere(person, P.PUBLISH_FLOWS):
        return refused(request, P.PUBLISH_FLOWS)
    form = PhaseForm(request.POST or None, initial={"valid_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        day: date = form.cleaned_data["valid_from"]
        try:
            phases.begin(form.cleaned_data["word"], day=day, by=person, at=clock.now())
            messages.success(request, _("Fasen gælder fra %(day)s.") % {"day": f"{day:%d.%m.%Y}"})
            return redirect("office:phases")
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    return _page(request, form)


@require_POST
@requires(P.PUBLISH_FLOWS)
def phase_removal(request: HttpRequest, phase: int) -> HttpResponseBase:
    """Remove a phase that has not begun."""
    person = person_of(request)
    if not everywhere(person, P.PUBLISH_FLOWS):
        return refused(request, P.PUBLISH_FLOWS)
    planned: RolloutPhase | None = RolloutPhase.objects.filter(pk=phase).first()
    if planned is None:
        raise not_found(RolloutPhase, phase)
    try:
        phases.call_off(planned, by=person, at=clock.now())
        messages.success(request, _("Den planlagte fase er fjernet."))
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    return redirect("office:phases")


def _page(request: HttpRequest, form: PhaseForm) -> HttpResponse:
    today = clock.today()
    rows = [
        {"row": row, "is_planned": row.valid_from > today, "holds": row.valid_on(today)}
        for row in RolloutPhase.objects.order_by("-valid_from")
    ]
    context: dict[str, Any] = {
        "form": form, "rows": rows, "may_set": everywhere(person_of(request), P.PUBLISH_FLOWS),
    }  # fmt: skip
    return render(request, "office/flows/phases.html", context, status=422 if form.errors else 200)
