"""The shifts of the person who is signed in, as on *Mine vagter*, with swaps and leave, as JSON.

GET  /api/own-shifts/                        one's shifts, what colleagues offer, one's swaps and leave
POST /api/own-shifts/17/offer/               {"to": "bo"} offers a shift to a colleague; without, to all of the centre
POST /api/own-shifts/swaps/3/taking/         {"in_return": 18} takes a colleague's shift, for one in return or none
POST /api/own-shifts/swaps/3/refusal/        says no to a shift that is offered to oneself alone
POST /api/own-shifts/swaps/3/withdrawal/     keeps a shift that was offered
POST /api/own-shifts/leave/                  {"kind": "holiday", "first": "2026-03-16", "last": "2026-03-20"}
POST /api/own-shifts/leave/4/withdrawal/     takes it back
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.core.clock import local_text
from indgang.entry.team import loans
from indgang.ui.choices import offer as offer_choices
from indgang.ui.parameters import DayField
from indgang.workforce.models import LeaveRequest, PlannedShift, SwapRequest
from indgang.workforce.shifts import leave as leave_actions
from indgang.workforce.shifts import listing, own, swaps

Given = Mapping[str, Any]


class SwapOfferForm(forms.Form):
    """To whom a shift is offered."""

    to = forms.ModelChoiceField(
        Person.objects.none(), required=False, to_field_name="username", help_text="without it, all of the centre"
    )

    def __init__(self, data: Given | None = None, *, colleagues: QuerySet[Person]) -> None:
        super().__init__(data)
        offer_choices(self, "to", colleagues)


class SwapTakingForm(forms.Form):
    """Which shift is given for the one that is taken."""

    in_return = forms.ModelChoiceField(
        PlannedShift.objects.none(), required=False, help_text="number of a shift of one's own in the same plan"
    )

    def __init__(self, data: Given | None = None, *, own_shifts: QuerySet[PlannedShift]) -> None:
        super().__init__(data)
        offer_choices(self, "in_return", own_shifts)


class LeaveAskedForm(forms.Form):
    """The days off that a person asks for, both included."""

    kind = forms.TypedChoiceField(coerce=LeaveRequest.Kind, choices=LeaveRequest.Kind.choices)
    first = DayField()
    last = DayField()
    note = forms.CharField(max_length=500, required=False)


@declares(Operation("GET", "One's own shifts of the next six weeks, what colleagues offer, and one's swaps and leave"))
@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def own_shifts(request: HttpRequest) -> JsonResponse:
    return JsonResponse(of_person(person_of(request), clock.now()))


@declares(Operation("POST", "Offer a shift to a colleague, or to all of the centre", body=SwapOfferForm, status=201))
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
@answers_refusals
def offer(request: HttpRequest, pk: int) -> JsonResponse:
    return _swap(offer_shift(person_of(request), pk, values(request), clock.now()), status=201)


@declares(Operation("POST", "Take a shift that a colleague offers", body=SwapTakingForm))
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
@answers_refusals
def taking(request: HttpRequest, pk: int) -> JsonResponse:
    return _swap(take_shift(person_of(request), pk, values(request), clock.now()))


@declares(Operation("POST", "Say no to a shift that a colleague offers to oneself alone"))
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
@answers_refusals
def declining(request: HttpRequest, pk: int) -> JsonResponse:
    return _swap(decline_shift(person_of(request), pk, clock.now()))


@declares(Operation("POST", "Keep a shift that was offered"))
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
@answers_refusals
def swap_withdrawal(request: HttpRequest, pk: int) -> JsonResponse:
    return _swap(keep_shift(person_of(request), pk, clock.now()))


@declares(Operation("POST", "Ask for leave", body=LeaveAskedForm, status=201))
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
@answers_refusals
def leave(request: HttpRequest) -> JsonResponse:
    made = ask_for_leave(person_of(request), values(request), clock.now())
    return JsonResponse(listing.leave_request(made), status=201)


@declares(Operation("POST", "Take back leave that was asked for, or that has not begun"))
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
@answers_refusals
def leave_withdrawal(request: HttpRequest, pk: int) -> JsonResponse:
    return JsonResponse(listing.leave_request(withdraw_leave(person_of(request), pk, clock.now())))


# --- What `indgang ownshifts` does too -------------------------------------------------------------


def of_person(person: Person, at: datetime) -> dict[str, Any]:
    """What the page *Mine vagter* shows, without wishes."""
    shifts = own.coming(person, at)
    return {
        "person": person.username,
        "shifts": [listing.own_shift(each) for each in shifts],
        "offered": [
            listing.swap_request(each) | {"could_return": [one.pk for one in own.in_return(each, shifts, at)]}
            for each in swaps.offered_to(person, at)
        ],
        "swaps": [listing.swap_request(each) for each in own.swaps_of(person, at)],
        "leave": [listing.leave_request(each) for each in own.leave_of(person, at)],
        "loans": [
            {
                "borrower": each.borrower.code, "starts_at": local_text(each.starts_at),
                "ends_at": local_text(each.ends_at),
            }
            for each in loans.of_person(person, at)
        ],
    }  # fmt: skip


def offer_shift(person: Person, pk: int, given: Given, at: datetime) -> SwapRequest:
    """Raises Http404 for a shift of somebody else, and RefusedChange."""
    shift = get_object_or_404(PlannedShift, pk=pk, person=person)
    said = checked(SwapOfferForm(given, colleagues=own.colleagues(person, at))).cleaned_data
    return swaps.offer(shift, to=said["to"], at=at)


def take_shift(person: Person, pk: int, given: Given, at: datetime) -> SwapRequest:
    """Raises RefusedChange, also for one that is not offered to the person any more."""
    swap = own.offered_swap(person, pk, at)
    could = [each.pk for each in own.in_return(swap, own.coming(person, at), at)]
    said = checked(SwapTakingForm(given, own_shifts=PlannedShift.objects.filter(pk__in=could))).cleaned_data
    swaps.take(swap, in_return=said["in_return"], by=person, at=at)
    return swap


def decline_shift(person: Person, pk: int, at: datetime) -> SwapRequest:
    """Raises RefusedChange, also for one that is not offered to the person any more, or is offered to all."""
    swap = own.offered_swap(person, pk, at)
    swaps.decline(swap, by=person, at=at)
    return swap


def keep_shift(person: Person, pk: int, at: datetime) -> SwapRequest:
    """Raises Http404 for a swap of somebody else, and RefusedChange."""
    swap = get_object_or_404(SwapRequest, pk=pk, asked_by=person)
    swaps.withdraw(swap, by=person, at=at)
    return swap


def ask_for_leave(person: Person, given: Given, at: datetime) -> LeaveRequest:
    """Raises RefusedChange."""
    said = checked(LeaveAskedForm(given)).cleaned_data
    return leave_actions.ask(person, **said, at=at)


def withdraw_leave(person: Person, pk: int, at: datetime) -> LeaveRequest:
    """Raises Http404 for leave of somebody else, and RefusedChange."""
    asked = get_object_or_404(LeaveRequest, pk=pk, person=person)
    leave_actions.withdraw(asked, by=person, at=at)
    asked.refresh_from_db()
    return asked


def _swap(swap: SwapRequest, status: int = 200) -> JsonResponse:
    swap.refresh_from_db()
    return JsonResponse(listing.swap_request(swap), status=status)
