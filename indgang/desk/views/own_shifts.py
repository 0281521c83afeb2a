"""Mine vagter: a person's published shifts, swaps, leave and wishes, and the address for their calendar."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, public, requires
from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.desk.own_shifts import OwnShifts
from indgang.desk.shift_forms import LeaveForm, OfferShiftForm, TakeShiftForm, WishForm
from indgang.ui.refusals import refusals_as_messages, refusals_on_form
from indgang.workforce.models import LeaveRequest, PlannedShift, SwapRequest, TimeWish
from indgang.workforce.shifts import contracts, feed, own, swaps
from indgang.workforce.shifts import leave as leave_actions

_MAY = Permission.REGISTER_ENQUIRIES


@require_GET
@requires(_MAY)
def own_shifts(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@requires(_MAY)
def leave(request: HttpRequest) -> HttpResponse:
    """Ask for leave."""
    form, person = LeaveForm(request.POST), person_of(request)
    if form.is_valid():
        said = form.cleaned_data
        with refusals_on_form(form):
            leave_actions.ask(
                person, kind=form.kind, first=said["first"], last=said["last"], note=said["remark"], at=clock.now()
            )
            messages.success(request, _("Ansøgningen er sendt."))
            return redirect("desk:own-shifts")
    return _page(request, leave_form=form, status=422)


@require_POST
@requires(_MAY)
def leave_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    asked = get_object_or_404(LeaveRequest, pk=pk, person=person)
    with refusals_as_messages(request):
        leave_actions.withdraw(asked, by=person, at=clock.now())
        messages.success(request, _("Ansøgningen er trukket tilbage."))
    return redirect("desk:own-shifts")


@require_POST
@requires(_MAY)
def wish(request: HttpRequest) -> HttpResponse:
    form, person = WishForm(request.POST), person_of(request)
    if form.is_valid():
        said = form.cleaned_data
        with refusals_on_form(form, day="wish_day"):
            contracts.wish(
                person, kind=form.kind, day=said["wish_day"], weekday=said["wish_weekday"], weight=said["wish_weight"],
                at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Ønsket er gemt. Det tæller med, når der lægges vagter."))
            return redirect("desk:own-shifts")
    return _page(request, wish_form=form, status=422)


@require_POST
@requires(_MAY)
def wish_removal(request: HttpRequest, pk: int) -> HttpResponse:
    contracts.take_back(get_object_or_404(TimeWish, pk=pk, person=person_of(request)), at=clock.now())
    return redirect("desk:own-shifts")


@require_POST
@requires(_MAY)
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a shift of one's own."""
    person = person_of(request)
    shift = get_object_or_404(PlannedShift, pk=pk, person=person)
    form = OfferShiftForm(request.POST, colleagues=own.colleagues(person, clock.now()))
    if not form.is_valid():
        messages.error(request, _("Vælg en kollega eller alle i centret."))
        return redirect("desk:own-shifts")
    with refusals_as_messages(request):
        swaps.offer(shift, to=form.cleaned_data["to"], at=clock.now())
        messages.success(request, _("Vagten er tilbudt. Du har den, indtil byttet er godkendt."))
    return redirect("desk:own-shifts")


@require_POST
@requires(_MAY)
def swap_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    swap = get_object_or_404(SwapRequest, pk=pk, asked_by=person)
    with refusals_as_messages(request):
        swaps.withdraw(swap, by=person, at=clock.now())
        messages.success(request, _("Du beholder vagten."))
    return redirect("desk:own-shifts")


@require_POST
@requires(_MAY)
def taking(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a shift that a colleague offers."""
    person, at = person_of(request), clock.now()
    with refusals_as_messages(request):
        swap = own.offered_swap(person, pk, at)
        mine = OwnShifts(person, at).own_in(swap)
        form = TakeShiftForm(request.POST, own=mine)
        if not form.is_valid():
            messages.error(request, _("Vælg en af dine egne vagter eller ingen."))
            return redirect("desk:own-shifts")
        given = next((each for each in mine if str(each.pk) == form.cleaned_data["in_return"]), None)
        swaps.take(swap, in_return=given, by=person, at=at)
        messages.success(request, _("Du tager vagten, når byttet er godkendt."))
    return redirect("desk:own-shifts")


@require_POST
@requires(_MAY)
def declining(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no to a shift that a colleague offers to this person alone."""
    person, at = person_of(request), clock.now()
    with refusals_as_messages(request):
        swaps.decline(own.offered_swap(person, pk, at), by=person, at=at)
        messages.success(request, _("Du har sagt nej. Din kollega kan se det."))
    return redirect("desk:own-shifts")


@require_POST
@requires(_MAY)
def calendar(request: HttpRequest) -> HttpResponse:
    """A new address for the person's calendar, which is shown once; or none."""
    person = person_of(request)
    if request.POST.get("close"):
        feed.close(person, at=clock.now())
        messages.success(request, _("Kalenderens adresse virker ikke længere."))
        return redirect("desk:own-shifts")
    secret = feed.make(person, at=clock.now())
    address = request.build_absolute_uri(reverse("desk:shift-feed", args=[secret]))
    return _page(request, address=address)


@public
@never_cache
@require_GET
def shift_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The shifts as iCalendar. Whoever knows the secret reads them; anything else is 404."""
    person = feed.person_of(secret)
    if person is None:
        raise Http404
    return HttpResponse(feed.calendar(person, clock.now()), content_type="text/calendar; charset=utf-8")


def _page(
    request: HttpRequest,
    *,
    leave_form: forms.Form | None = None,
    wish_form: forms.Form | None = None,
    address: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": OwnShifts(person_of(request), clock.now()), "days": own.DAYS, "leave_form": leave_form or LeaveForm(),
        "wish_form": wish_form or WishForm(), "address": address,
    }  # fmt: skip
    return render(request, "desk/own_shifts.html", context, status=status)
