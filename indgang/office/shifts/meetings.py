"""Meetings, training with a mentor, and other tasks that people of a centre have at set times."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.office.last_day import LastDayForm, in_time
from indgang.office.shifts import access
from indgang.office.shifts.meeting_forms import AppointmentForm, rhythms
from indgang.ui.refusals import refusals_on_form
from indgang.workforce.models import ShiftAppointment
from indgang.workforce.shifts import appointments


@require_http_methods(["GET", "POST"])
@requires(P.PLAN_STAFFING)
def meetings(request: HttpRequest, code: str) -> HttpResponse:
    """What holds or will hold; a POST adds one."""
    person = person_of(request)
    centre = access.centre(person, code)
    form = AppointmentForm(request.POST if request.method == "POST" else None, people=access.contracted(centre))
    if form.is_bound and form.is_valid():
        with refusals_on_form(form, valid_to="last"):
            appointments.add(centre, **form.values(), by=person, at=clock.now())
            messages.success(request, _("Det er gemt. Planer, der lægges fra nu af, sætter tiden af."))
            return redirect("office:shift-meetings", code)
    return _page(request, centre, form, status=422 if form.errors else 200)


@require_POST
@requires(P.PLAN_STAFFING)
def meeting_end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """End one, or remove one that has not begun."""
    person = person_of(request)
    centre = access.centre(person, code)
    ended = access.appointment(centre, pk)
    form = LastDayForm(request.POST, row=ended)
    if form.is_valid():
        with refusals_on_form(form):
            appointments.end(ended, on=form.cleaned_data["on"], by=person, at=clock.now())
            messages.success(request, _("%(title)s er afsluttet.") % {"title": ended.title})
            return redirect("office:shift-meetings", code)
    return _page(request, centre, AppointmentForm(people=access.contracted(centre)), status=422, ending={pk: form})


def _page(
    request: HttpRequest, centre: ContactCentre, form: AppointmentForm, *, status: int,
    ending: dict[int, LastDayForm] | None = None,
) -> HttpResponse:  # fmt: skip
    """`ending` holds the forms that were sent and refused, by appointment."""
    today, often = clock.today(), dict(rhythms())
    rows = [
        in_time(row, today)
        | {
            "row": row,
            "end_form": (ending or {}).get(row.pk) or LastDayForm(row=row),
            "when": _when(row),
            "often": often[str(row.every_weeks)],
        }
        for row in access.appointments_of(centre)
    ]
    context = {"centre": centre, "form": form, "rows": rows}
    return render(request, "office/shifts/meetings.html", context, status=status)


def _when(row: ShiftAppointment) -> str:
    """ "mandag og onsdag kl. 9.00–10.00"."""
    names = [str(WEEKDAYS[each]).lower() for each in row.weekdays]
    days = names[0] if len(names) == 1 else _("%(first)s og %(last)s") % {
        "first": ", ".join(names[:-1]), "last": names[-1],
    }  # fmt: skip
    return _("%(days)s kl. %(opens)s–%(closes)s") % {
        "days": days, "opens": f"{row.opens:%H.%M}", "closes": f"{row.closes:%H.%M}",
    }  # fmt: skip
