"""Open hand-overs of the units that somebody answers for, who has them, and the rules of escalation."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.handover import recipients, work
from indgang.handover import rules as escalation_rules
from indgang.office.handovers import access, open_handovers
from indgang.office.handovers.forms import EscalationForm, ListFilter, PlaceForm
from indgang.ui.refusals import refusals_on_form

PER_PAGE = 50


@require_GET
@requires(*access.FOLLOW)
def handovers(request: HttpRequest) -> HttpResponse:
    """What is open, the next due first."""
    person, at = person_of(request), clock.now()
    form = ListFilter(request.GET, units=access.units_followed(person))
    chosen = form.cleaned_data if form.is_valid() else {}
    unit = chosen.get("unit")
    found = open_handovers.rows(
        access.seen(person), at, unit=unit, state=chosen.get("state", ""), number=chosen.get("number")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": page.object_list, "page": page, "form": form, "figures": open_handovers.figures(found),
        "ruled": unit if unit and access.may_rule(person, unit) else None,
        "placeable": {row.handover.pk for row in page.object_list
                      if recipients.may_place(person, row.handover, clock.today())},
    }  # fmt: skip
    return render(request, "office/handovers/handovers.html", context)


@require_http_methods(["GET", "POST"])
@requires(*access.FOLLOW)
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide who has it."""
    person, row = person_of(request), access.one(person_of(request), pk)
    form = PlaceForm(request.POST or None, handover=row)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            why, note = form.cleaned_data["why"], form.cleaned_data["note"]
            work.place(row, to=form.recipient, why=why, note=note, by=person, at=clock.now())
            messages.success(request, _("Overlevering %(number)s er givet videre.") % {"number": row.number})
            return redirect("office:handovers")
    context = {"row": open_handovers.of_one(row, clock.now()), "form": form}
    return render(request, "office/handovers/place.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.MAKE_AGREEMENTS)
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """Whom a deadline of the unit's hand-overs is told to, and when."""
    unit = access.unit_to_rule(person_of(request), code)
    known = escalation_rules.read()
    form = EscalationForm(request.POST or None, steps=list(known.steps_of(unit)))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            escalation_rules.save(unit, form.minutes, by=person_of(request), at=clock.now())
            messages.success(request, _("Rykkerreglerne er gemt."))
            return redirect("office:escalation-rules", code)
    source = known.source_of(unit)
    context = {"unit": unit, "form": form, "source": access.named(source), "is_own": source == code}
    return render(request, "office/handovers/rules.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.MAKE_AGREEMENTS)
def rules_removal(request: HttpRequest, code: str) -> HttpResponse:
    """Follow the unit above again."""
    unit = access.unit_to_rule(person_of(request), code)
    escalation_rules.clear(unit, by=person_of(request), at=clock.now())
    messages.success(request, _("Enheden følger nu de overordnede regler."))
    return redirect("office:escalation-rules", code)
