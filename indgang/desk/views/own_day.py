"""Min dag: when the person can be asked, and when not."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.desk import access
from indgang.desk.forms import CalendarForm, DayLineForm, FreeBusyForm, QuickDayForm
from indgang.desk.own_day import OwnDay
from indgang.ui.refusals import refusals_on_form
from indgang.workforce import own_day
from indgang.workforce.calendars import feeds, free_busy


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_ENQUIRIES)
def day(request: HttpRequest) -> HttpResponse:
    """The person's own day; a posted line is added to it."""
    person, at = person_of(request), clock.now()
    form = DayLineForm(request.POST or None, at=at)
    if form.is_bound and form.is_valid():
        own_day.note(person, form.parts, by=person, at=at)
        messages.success(request, _("Gemt: %(day)s") % {"day": "; ".join(form.sentences)})
        return redirect("desk:own-day")
    return _page(request, form, CalendarForm(), status=422 if form.is_bound else 200)


@own_transactions
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def reading(request: HttpRequest) -> HttpResponse:
    """How a line is read, while it is typed. Posted, because logs hold addresses, and the line may speak of illness."""
    form = DayLineForm(request.POST, at=clock.now())
    form.is_valid()
    return render(request, "desk/own_day.html#reading", {"form": form})


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def shortcut(request: HttpRequest) -> HttpResponse:
    """One button: a kind from now on, for some minutes or for the rest of the day."""
    person, at = person_of(request), clock.now()
    form = QuickDayForm(request.POST, at=at)
    if not form.is_valid():
        messages.error(request, _("Den knap findes ikke længere. Prøv igen."))
        return redirect("desk:own-day")
    own_day.note(person, form.parts, by=person, at=at)
    return redirect("desk:own-day")


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def presence(request: HttpRequest) -> HttpResponse:
    """Back: what is noted of this moment is over."""
    person = person_of(request)
    own_day.present(person, by=person, at=clock.now())
    return redirect("desk:own-day")


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a note away."""
    own_day.remove(access.day_note(request, pk), by=person_of(request), at=clock.now())
    return redirect("desk:own-day")


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def calendar(request: HttpRequest) -> HttpResponse:
    """Connect the person's calendar; without an address, disconnect it."""
    person, at = person_of(request), clock.now()
    form = CalendarForm(request.POST)
    with refusals_on_form(form):
        if form.is_valid() and form.cleaned_data["address"]:
            feeds.connect(person, form.cleaned_data["address"], by=person, at=at)
        elif form.is_valid():
            feeds.disconnect(person, by=person, at=at)
    if form.errors:
        return _page(request, DayLineForm(at=at), form, status=422)
    return redirect("desk:own-day")


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def microsoft(request: HttpRequest) -> HttpResponse:
    """Switch on or off that the person's times are read from Microsoft 365."""
    person, form = person_of(request), FreeBusyForm(request.POST)
    if form.is_valid():
        free_busy.choose(person, is_on=form.cleaned_data["is_on"], by=person, at=clock.now())
    return redirect("desk:own-day")


def _page(request: HttpRequest, form: DayLineForm, calendar: CalendarForm, *, status: int) -> HttpResponse:
    context = {"day": OwnDay(person_of(request), clock.now()), "form": form, "calendar_form": calendar}
    return render(request, "desk/own_day.html", context, status=status)
