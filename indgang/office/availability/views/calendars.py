"""Calendars of a unit's people in Microsoft 365: the switch for the unit, and how each was read."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office.availability import access, read_calendars
from indgang.office.availability.forms import SwitchForm
from indgang.workforce.calendars import free_busy, graph


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PEOPLE)
def calendars(request: HttpRequest, code: str) -> HttpResponse:
    """The people of the unit and how their calendars were read; a POST switches it for the unit."""
    person, at = person_of(request), clock.now()
    unit, form = access.unit_to_switch_for(person, code), SwitchForm(request.POST)
    if request.method == "POST" and form.is_valid():
        free_busy.switch_unit(unit, is_on=form.cleaned_data["is_on"], by=person, at=at)
        messages.success(request, _("Gemt."))
        return redirect("office:unit-calendars", code)
    context = {
        "unit": unit,
        "rows": read_calendars.of(access.people_in(unit), at),
        "switch": read_calendars.switch_of(unit),
        "has_microsoft": graph.application() is not None,
    }
    return render(request, "office/availability/calendars.html", context)
