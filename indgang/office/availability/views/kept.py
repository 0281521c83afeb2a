"""Aftalt og holdt: the month's proof by unit, by window and by day, and the attempts behind it, alike to both sides."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office.availability import access, kept
from indgang.office.availability import attempts as attempt_rows
from indgang.office.availability.attempts import AttemptFilter
from indgang.office.availability.forms import KeptFilter
from indgang.office.months import MonthFilter
from indgang.ui import downloads
from indgang.workforce.models import ProvenAttempt

PER_PAGE = 50


@require_GET
@requires(P.SEE_CATALOGUE, P.MAKE_AGREEMENTS)
def units(request: HttpRequest) -> HttpResponse:
    """The units that the person sees, or the windows of one."""
    seen = access.units_seen(person_of(request))
    form = KeptFilter(request.GET, units=seen, today=clock.today())
    unit = form.chosen
    rows = kept.by_window(unit, form.days) if unit else kept.by_unit(seen, form.days)
    context = {
        "form": form, "unit": unit, "rows": rows, "total": kept.total(rows),
        "subjects": kept.by_subject(unit, form.days) if unit else [],
    }  # fmt: skip
    return render(request, "office/availability/kept.html", context)


@require_GET
@requires(P.SEE_CATALOGUE, P.MAKE_AGREEMENTS)
def window(request: HttpRequest, pk: int) -> HttpResponse:
    """One window, day by day."""
    shown = access.window_seen(person_of(request), pk)
    form = MonthFilter(request.GET, today=clock.today())
    rows = kept.by_day(shown, form.days)
    context = {
        "form": form, "window": shown, "about": kept.of_window(shown), "rows": rows, "total": kept.total(rows),
        "about_one": any(row.hides_minutes for row in rows),
    }  # fmt: skip
    return render(request, "office/availability/kept_window.html", context)


@require_GET
@requires(P.SEE_CATALOGUE, P.MAKE_AGREEMENTS)
def attempts(request: HttpRequest) -> HttpResponse:
    """The attempts behind a figure, one by one."""
    form, found = _attempts(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "rows": [attempt_rows.line_of(row) for row in page], "page": page,
        "query": request.GET.urlencode(), "figure": attempt_rows.OpenedFigure(request.GET),
    }  # fmt: skip
    return render(request, "office/availability/kept_attempts.html", context)


@require_GET
@requires(P.SEE_CATALOGUE, P.MAKE_AGREEMENTS)
def attempts_file(request: HttpRequest) -> HttpResponseBase:
    """The same attempts for a spreadsheet."""
    form, found = _attempts(request)
    unit = f"-{form.chosen.code}" if form.chosen else ""
    name = f"spurgt{unit}-{form.days.start:%Y-%m}.csv"
    return downloads.table(map(str, attempt_rows.COLUMNS), attempt_rows.file_rows(found), name)


def _attempts(request: HttpRequest) -> tuple[AttemptFilter, QuerySet[ProvenAttempt]]:
    seen = access.units_seen(person_of(request))
    form = AttemptFilter(request.GET, units=seen, today=clock.today())
    return form, attempt_rows.behind(seen, form, attempt_rows.OpenedFigure(request.GET))
