"""Aftalt og holdt: the month's proof by unit, by window and by day, the same for both sides of the agreement."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office.availability import access, kept
from indgang.office.availability.forms import KeptFilter
from indgang.office.months import MonthFilter


@require_GET
@requires(P.SEE_CATALOGUE, P.MAKE_AGREEMENTS)
def units(request: HttpRequest) -> HttpResponse:
    """The units that the person sees, or the windows of one."""
    seen = access.units_seen(person_of(request))
    form = KeptFilter(request.GET, units=seen, today=clock.today())
    unit = form.chosen
    rows = kept.by_window(unit, form.days) if unit else kept.by_unit(seen, form.days)
    context = {"form": form, "unit": unit, "rows": rows, "total": kept.total(rows)}
    return render(request, "office/availability/kept.html", context)


@require_GET
@requires(P.SEE_CATALOGUE, P.MAKE_AGREEMENTS)
def window(request: HttpRequest, pk: int) -> HttpResponse:
    """One window, day by day."""
    shown = access.window_seen(person_of(request), pk)
    form = MonthFilter(request.GET, today=clock.today())
    rows = kept.by_day(shown, form.days)
    context = {"form": form, "window": shown, "about": kept.of_window(shown), "rows": rows, "total": kept.total(rows)}
    return render(request, "office/availability/kept_window.html", context)
