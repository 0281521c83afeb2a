"""Opening hours: the list with their present state, and one page to change each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue import hours, timetable
from indgang.catalogue.models import Schedule
from indgang.core import clock
from indgang.entry.setup import schedule_uses
from indgang.office.catalogue import access
from indgang.office.catalogue.forms import (
    CopyDayForm,
    ExceptionEndForm,
    ExceptionForm,
    NewScheduleForm,
    ScheduleForm,
    WeekForm,
    carry_out,
    hours_shown,
    values_of,
)


@require_GET
@requires(P.SEE_CATALOGUE)
def schedule_list(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    values, used = hours.all_schedules(), schedule_uses.uses(clock.today())
    rows = [
        {
            "schedule": row,
            "opening": hours.opening(values[row.code], at),
            "week": _week_text(row),
            "uses": used.get(row.code, []),
        }
        for row in Schedule.objects.prefetch_related("weekly")
    ]
    context = {"rows": rows, "may_add": access.may_edit(person_of(request), None)}
    return render(request, "office/catalogue/schedules.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def schedule_new(request: HttpRequest) -> HttpResponse:
    if not access.may_edit(person_of(request), None):
        return refused(request, P.EDIT_CATALOGUE)
    form = NewScheduleForm(request.POST or None, new=True)
    made = Schedule()
    if request.method == "POST" and carry_out(
        form, timetable.save, schedule=made, by=person_of(request), at=clock.now()
    ):
        messages.success(request, _("Åbningstiden er oprettet."))
        return redirect("office:schedule", made.code)
    context = {
        "form": form,
        "title": _("Ny åbningstid"),
        "back": "office:schedules",
        "back_label": _("Åbningstider"),
        "may_edit": True,
    }
    return render(request, "office/catalogue/row.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.SEE_CATALOGUE)
def schedule(request: HttpRequest, code: str) -> HttpResponse:
    """The page of a schedule; a POST changes its name and holidays."""
    shown = access.schedule_for(code)
    if request.method == "GET":
        return _schedule(request, shown)
    form = ScheduleForm(request.POST, initial=values_of(shown, ScheduleForm))
    return _changed(request, shown, form, "form", timetable.save)


@require_POST
@requires(P.EDIT_CATALOGUE)
def schedule_week(request: HttpRequest, code: str) -> HttpResponse:
    shown = access.schedule_for(code)
    form = _week_form(shown, request.POST)

    def set_week(*, schedule: Schedule, by: Person, at: Any, **given: Any) -> None:
        timetable.set_days(schedule, form.week(), from_day=given["from_day"], plans=given["plans"], by=by, at=at)

    return _changed(request, shown, form, "week_form", set_week)


@require_POST
@requires(P.EDIT_CATALOGUE)
def schedule_copy_day(request: HttpRequest, code: str) -> HttpResponse:
    return _changed(request, access.schedule_for(code), CopyDayForm(request.POST), "copy_form", timetable.copy_day)


@require_POST
@requires(P.EDIT_CATALOGUE)
def schedule_exceptions(request: HttpRequest, code: str) -> HttpResponse:
    form = ExceptionForm(request.POST)
    return _changed(request, access.schedule_for(code), form, "exception_form", timetable.set_exception)


@require_POST
@requires(P.EDIT_CATALOGUE)
def schedule_exception_end(request: HttpRequest, code: str) -> HttpResponse:
    form = ExceptionEndForm(request.POST)
    return _changed(request, access.schedule_for(code), form, "end_form", timetable.remove_exception)


def _changed(request: HttpRequest, shown: Schedule, form: forms.Form, name: str, action: Any) -> HttpResponse:
    """Carry out the change, or show the page again with the typed values and their errors."""
    person = person_of(request)
    if not access.may_edit_schedule(person, shown):
        return refused(request, P.EDIT_CATALOGUE)
    if carry_out(form, action, schedule=shown, by=person, at=clock.now()):
        messages.success(request, _("Åbningstiden er ændret."))
        return redirect("office:schedule", shown.code)
    shown.refresh_from_db()
    return _schedule(request, shown, status=422, **{name: form})


def _schedule(request: HttpRequest, shown: Schedule, status: int = 200, **more: Any) -> HttpResponse:
    value, at, today = hours.schedule_of(shown), clock.now(), clock.today()
    context: dict[str, Any] = {
        "schedule": shown,
        "opening": hours.opening(value, at),
        "days": [{"day": day, "text": hours_shown(day.spans)} for day in hours.days(value, today)],
        "today": today,
        "uses": schedule_uses.uses(today).get(shown.code, []),
        "may_edit": access.may_edit_schedule(person_of(request), shown),
        "form": ScheduleForm(initial=values_of(shown, ScheduleForm)),
        "week_form": _week_form(shown),
        "copy_form": CopyDayForm(),
        "exception_form": ExceptionForm(),
        "exceptions": [
            {"day": each.date, "text": hours_shown(each.spans), "reason": each.reason, "mark": f"day-{each.date}"}
            for each in value.exceptions
            if each.date >= today
        ],
        "planned": [
            {"day": each.day, "weekday": each.weekday, "text": hours_shown(each.spans)}
            for each in timetable.planned(shown, after=today)
        ],
    }
    return render(request, "office/catalogue/schedule.html", context | more, status=status)


def _week_form(shown: Schedule, data: QueryDict | None = None) -> WeekForm:
    plans = "; ".join(str(each) for each in timetable.planned(shown, after=clock.today()))
    return WeekForm(data, initial=_week(shown), also={_("Planlagte ændringer"): plans})


def _week(shown: Schedule) -> dict[str, str]:
    today = clock.today()
    spans: dict[str, list[Any]] = {str(number): [] for number in range(7)}
    for row in sorted(shown.weekly.all(), key=lambda row: row.opens):
        if row.valid_on(today):
            spans[str(row.weekday)].append((row.opens, row.closes))
    return {number: hours_shown(each) for number, each in spans.items()}


def _week_text(shown: Schedule) -> str:
    """The week in one line; equal hours on all working days are written once."""
    week = list(_week(shown).values())
    if not any(week):
        return _("Altid lukket")
    if len(set(week[:5])) == 1 and not any(week[5:]):
        return _("Hverdage %(hours)s") % {"hours": week[0]}
    return _("Forskelligt fra dag til dag")
