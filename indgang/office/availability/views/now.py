"""Træffetid nu: who can be asked about the services of one unit, or of all."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office.availability import access, now
from indgang.office.availability.forms import NowFilter
from indgang.routing.availability.windows import Medium


@require_GET
@requires(P.SEE_CATALOGUE, P.MAKE_AGREEMENTS)
def availability_now(request: HttpRequest) -> HttpResponse:
    """Of one unit every service; of all units those that somebody promises to answer for."""
    units, at = access.units_seen(person_of(request)), clock.now()
    form = NowFilter(request.GET, units=units)
    chosen = form.cleaned_data if form.is_valid() else {}
    unit = chosen.get("unit")
    rows = now.of(units.filter(pk=unit.pk) if unit else units, Medium(chosen.get("medium") or Medium.PHONE), at)
    shown = [row for row in rows if unit or row.has_windows]
    return render(request, "office/availability/now.html", {"form": form, "rows": shown, "at": at})
