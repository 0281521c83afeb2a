"""Who stands in for the people of a unit."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.office.availability import access
from indgang.office.availability.standing_in import SubstituteForm
from indgang.office.last_day import LastDayForm, in_time
from indgang.ui.refusals import refusals_on_form
from indgang.workforce import substitutes as substitute_actions


@require_http_methods(["GET", "POST"])
@requires(P.MAKE_AGREEMENTS)
def substitutes(request: HttpRequest, code: str) -> HttpResponse:
    """The substitutes of today and later; a POST adds one."""
    unit = access.unit_to_make_for(person_of(request), code)
    form = SubstituteForm(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = substitute_actions.add(**form.cleaned_data, by=person_of(request), at=clock.now())
            names = {"substitute": made.substitute.name, "name": made.person.name}
            messages.success(request, _("%(substitute)s er stedfortræder for %(name)s.") % names)
            return redirect("office:substitutes", code)
    return _substitutes(request, unit, form, status=422 if form.errors else 200)


@require_POST
@requires(P.MAKE_AGREEMENTS)
def substitute_end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    unit = access.unit_to_make_for(person_of(request), code)
    ended = access.substitute_for(unit, pk)
    form = LastDayForm(request.POST, row=ended)
    if form.is_valid():
        with refusals_on_form(form):
            substitute_actions.end(ended, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
            messages.success(request, _("Stedfortræderen er afsluttet."))
            return redirect("office:substitutes", code)
    return _substitutes(request, unit, SubstituteForm(unit=unit), status=422, ending={ended.pk: form})


def _substitutes(
    request: HttpRequest, unit: Unit, form: SubstituteForm, *, status: int,
    ending: dict[int, LastDayForm] | None = None,
) -> HttpResponse:  # fmt: skip
    today = clock.today()
    there = list(access.substitutes_of(unit))
    rows = [
        in_time(row, today) | {"row": row, "end_form": (ending or {}).get(row.pk) or LastDayForm(row=row)}
        for row in there
    ]
    listed = {row.person_id for row in there}
    rings = [ring for ring in substitute_actions.rings(today) if listed & {person.pk for person in ring}]
    context = {"unit": unit, "rows": rows, "form": form, "rings": rings}
    return render(request, "office/availability/substitutes.html", context, status=status)
