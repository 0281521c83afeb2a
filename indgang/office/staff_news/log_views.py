"""The log of the day of a contact centre, day by day."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.entry.team import day_log
from indgang.office.staff_news import access
from indgang.office.staff_news.forms import DayFilter, DayLogEntryForm
from indgang.ui.refusals import refusals_on_form


@require_GET
@requires(*access.KEEPERS)
def centre_list(request: HttpRequest) -> HttpResponseBase:
    """The centres; whoever keeps one log alone goes straight to it."""
    centres = access.logs_of(person_of(request))
    if len(centres) == 1:
        return redirect("office:day-log", centres[0].code)
    return render(request, "office/staff_news/day_logs.html", {"rows": centres})


@require_http_methods(["GET", "POST"])
@requires(*access.KEEPERS)
def day_log_page(request: HttpRequest, code: str) -> HttpResponseBase:
    """The log of one day; a POST adds a line to that of today."""
    person, at = person_of(request), clock.now()
    centre = access.log_of(person, code)
    form = DayLogEntryForm(request.POST or None, centre=centre, at=at)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            data = form.cleaned_data
            day_log.add(centre, data["text"], about=form.linked.get(data["about"]), by=person, at=at)
            messages.success(request, _("Skrevet i loggen."))
            return redirect("office:day-log", code)
    asked = DayFilter(request.GET or None)
    today = clock.day_of(at)
    day = (asked.is_valid() and asked.cleaned_data["day"]) or today
    rows = [(each, access.may_remove(person, each)) for each in day_log.of_day(day).filter(centre=centre)]
    context = {
        "centre": centre, "form": form, "day": day, "today": today, "rows": rows, "filter": DayFilter({"day": day}),
        "before": day - timedelta(days=1), "after": day + timedelta(days=1),
    }  # fmt: skip
    return render(request, "office/staff_news/day_log.html", context, status=422 if form.errors else 200)


@require_POST
@requires(*access.KEEPERS)
def removal(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Delete a line: one's own, or any as somebody who may tidy up."""
    person = person_of(request)
    day_log.remove(access.entry_for(person, code, pk), by=person, at=clock.now())
    messages.success(request, _("Linjen er slettet."))
    return redirect("office:day-log", code)
