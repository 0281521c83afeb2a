"""Why and how long each kind of personal data is kept, and what has been scrubbed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.access import everywhere
from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.office.privacy.forms import RetentionForm
from indgang.privacy import kinds, plan
from indgang.privacy.kinds import PersonalData
from indgang.privacy.models import Scrubbing
from indgang.ui.refusals import show_refusal

PER_PAGE = 50


@require_GET
@requires(P.SET_RETENTION)
def kinds_page(request: HttpRequest) -> HttpResponse:
    """Every kind of personal data with its purpose, legal basis and retention period."""
    rows = [
        {"kind": kind, "times": [_time_words(kind, each) for each in times]}
        for kind, times in plan.kinds_with_times(clock.today())
    ]
    return render(request, "office/privacy/kinds.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@requires(P.SET_RETENTION)
def kind_page(request: HttpRequest, kind: str) -> HttpResponseBase:
    """One kind: its content, its present and past periods; a POST sets another."""
    person, shown = person_of(request), _kind(kind)
    may_set = bool(shown.days) and everywhere(person, P.SET_RETENTION)
    if request.method == "POST" and not may_set:
        return refused(request, P.SET_RETENTION)
    form = RetentionForm(request.POST or None, kind=shown, initial={"valid_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            plan.decide(
                shown, days=data["days"], outcome=data.get("outcome", ""), why=data["why"], day=data["valid_from"],
                by=person, at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Tiden er gemt. Den bruges første gang natten efter, at den gælder."))
            return redirect("office:privacy-kind", kind)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    context = _context(shown) | {"form": form, "may_set": may_set}
    return render(request, "office/privacy/kind.html", context, status=422 if form.errors else 200)


@require_GET
@requires(P.SET_RETENTION)
def scrubbed_page(request: HttpRequest) -> HttpResponse:
    """The scrubbed data, day by day."""
    page = Paginator(Scrubbing.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/privacy/scrubbed.html", {"rows": [named(each) for each in page], "page": page})


def _kind(name: str) -> PersonalData:
    try:
        return kinds.named(name)
    except KeyError:
        raise Http404 from None


def _context(kind: PersonalData) -> dict[str, Any]:
    times = plan.times(kind, clock.today()) if kind.days else []
    decisions = [{"rule": each, "outcome": kind.outcomes.get(each.outcome, "")} for each in plan.history(kind)]
    lately = [named(each) for each in Scrubbing.objects.filter(kind=kind.name)[:10]]
    return {
        "kind": kind,
        "times": [_time_words(kind, each) for each in times],
        "decisions": decisions,
        "lately": lately,
    }


def _time_words(kind: PersonalData, each: plan.Time) -> dict[str, Any]:
    return {"outcome": kind.outcomes.get(each.outcome, ""), "days": each.days}


def named(row: Scrubbing) -> dict[str, Any]:
    """A row of the log with the kind and the outcome in words."""
    try:
        kind = kinds.named(row.kind)
    except KeyError:  # a kind of an earlier release
        return {"row": row, "title": row.kind, "outcome": row.outcome}
    return {"row": row, "title": kind.title, "outcome": kind.outcomes.get(row.outcome, row.outcome)}
