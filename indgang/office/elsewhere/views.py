"""Calls from other municipalities: how many, where to, from which, and what became of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from indgang.accounts.access import may
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.enquiries import elsewhere
from indgang.office.elsewhere import access
from indgang.ui.parameters import DayField

#: days of a period; the events of so many are counted in a moment
LONGEST = 92
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CountedDaysForm(forms.Form):
    first = DayField(label=gettext_lazy("Fra"), widget=_DAY)
    last = DayField(label=gettext_lazy("Til og med"), widget=_DAY)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and not 0 <= (last - first).days < LONGEST:
            self.add_error("last", _("Vælg højst %(days)s dage, og den første først.") % {"days": LONGEST})
        return data


@require_GET
@requires(P.SEE_FIGURES)
def elsewhere_page(request: HttpRequest) -> HttpResponse:
    person, today = person_of(request), clock.today()
    usual = {"first": today - timedelta(days=6), "last": today}
    form = CountedDaysForm(request.GET if request.GET else usual)
    rows = []
    if form.is_valid():
        data = form.cleaned_data
        rows = elsewhere.counts(data["first"], data["last"], access.entry_points_of(person))
    totals = {name: sum(getattr(row, name) for row in rows) for name in ("calls", "by_menu", "told", "transferred")}
    context = {"form": form, "rows": rows, "totals": totals, "may_edit": may(person, P.EDIT_CATALOGUE)}
    return render(request, "office/elsewhere/elsewhere.html", context, status=422 if form.errors else 200)
