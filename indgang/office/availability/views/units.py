"""Units and what has been agreed with them: the list, and one unit with the history of its agreements."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.office.availability import access
from indgang.office.availability import overview as listed
from indgang.office.availability.forms import AgreementFilter, DraftForm
from indgang.ui.refusals import refusals_on_form
from indgang.workforce import agreements
from indgang.workforce.calendars import graph

PER_PAGE = 50


@require_GET
@requires(P.SEE_CATALOGUE, P.MAKE_AGREEMENTS)
def overview(request: HttpRequest) -> HttpResponse:
    person, today = person_of(request), clock.today()
    form = AgreementFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = Paginator(listed.units(person, today, **chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {"rows": listed.rows(page.object_list, person, today), "page": page, "form": form}
    return render(request, "office/availability/agreements.html", context)


@require_GET
@requires(P.SEE_CATALOGUE, P.MAKE_AGREEMENTS)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    return _unit(request, access.unit_for(person_of(request), code))


@require_POST
@requires(P.MAKE_AGREEMENTS)
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft as a copy of the agreement in force."""
    person, shown = person_of(request), access.unit_to_make_for(person_of(request), code)
    form = _draft_form(request, shown)
    if form.is_valid():
        with refusals_on_form(form):
            made = agreements.draft(shown, **form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Kladden er oprettet. Skriv tiderne, og lad begge underskrive."))
            return redirect("office:agreement", made.pk)
    return _unit(request, shown, form)


def _draft_form(request: HttpRequest, unit: Unit) -> DraftForm:
    before = agreements.in_force(unit, clock.today())
    return DraftForm(request.POST or None, unit=unit, person=person_of(request), before=before)


def _unit(request: HttpRequest, shown: Unit, form: DraftForm | None = None) -> HttpResponse:
    """Drafts first, then the agreements from the newest to the oldest."""
    person, today = person_of(request), clock.today()
    rows = access.agreements_seen(person).filter(unit=shown).order_by("-valid_from", "-pk")
    states = [(row, row.state_on(today)) for row in rows]
    may_make = access.may_make(person, shown)
    has_draft = any(state == "draft" for _row, state in states)
    context = {
        "unit": shown,
        "agreements": sorted(states, key=lambda each: each[1] != "draft"),
        "may_make": may_make,
        "may_switch_calendars": graph.application() is not None and access.may_switch_calendars(person, shown),
        "form": form or (_draft_form(request, shown) if may_make and not has_draft else None),
        "is_copy": any(state == "in_force" for _row, state in states),
    }
    return render(request, "office/availability/unit.html", context, status=422 if form else 200)
