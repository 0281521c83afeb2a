"""The shift plans, contracts and requests of the centres for which a person plans."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.entry.models import AgentLoan
from indgang.entry.team import loans
from indgang.office.access import centre_for, centres_of
from indgang.workforce.models import (
    LeaveRequest,
    PlannedShift,
    PlanRun,
    ShiftAppointment,
    ShiftPlan,
    SwapRequest,
    WorkContract,
)
from indgang.workforce.shifts import appointments, contracts, swaps
from indgang.workforce.shifts import leave as requests


def centres(person: Person) -> QuerySet[ContactCentre]:
    return centres_of(person, P.PLAN_STAFFING).order_by("name")


def centre(person: Person, code: str) -> ContactCentre:
    return centre_for(person, code, P.PLAN_STAFFING)


def plan(person: Person, pk: int) -> ShiftPlan:
    """The plan, if the person plans for its centre; otherwise 404."""
    rows = ShiftPlan.objects.filter(centre__in=centres(person)).select_related("centre", "follows")
    return get_object_or_404(rows, pk=pk)


def run(person: Person, pk: int, number: int) -> PlanRun:
    return get_object_or_404(plan(person, pk).runs.select_related("plan"), pk=number)


def people_of(shown: ContactCentre) -> QuerySet[Person]:
    """The people who serve the centre, or have a contract in it, by name."""
    return contracts.possible_people(shown, clock.today())


def contracted(shown: ContactCentre) -> QuerySet[Person]:
    """The people who have a contract in the centre today or later, by name."""
    return contracts.people_of(shown.pk, clock.today())


def contracted_in(shown: ShiftPlan) -> QuerySet[Person]:
    """The people with a contract of the centre on some day of the plan, by name."""
    return contracts.people_of(shown.centre_id, shown.first, shown.last)


def appointments_of(shown: ContactCentre) -> QuerySet[ShiftAppointment]:
    """What people of the centre have at set times today or later."""
    return appointments.of_centre(shown, clock.today())


def appointment(shown: ContactCentre, pk: int) -> ShiftAppointment:
    return get_object_or_404(appointments_of(shown), pk=pk)


def shift(shown: ShiftPlan, pk: int) -> PlannedShift:
    return get_object_or_404(shown.shifts.select_related("plan"), pk=pk)


def loan(shown: ContactCentre, pk: int) -> AgentLoan:
    """A loan to the centre or from it, also one that is over."""
    return get_object_or_404(loans.of_centre(shown), pk=pk)


def loan_asked_of(shown: ContactCentre, pk: int) -> AgentLoan:
    """A loan for which another centre has asked this one."""
    return get_object_or_404(AgentLoan.objects.select_related("borrower", "lender"), pk=pk, lender=shown)


def person_of_centre(shown: ContactCentre, username: str) -> Person:
    found = people_of(shown).filter(username=username).first()
    if found is None:
        raise Http404
    return found


def contracts_of(shown: ContactCentre, person: Person) -> QuerySet[WorkContract]:
    """The person's contracts in the centre that hold or will hold."""
    return contracts.of_centre(shown, clock.today()).filter(person=person)


def contract(shown: ContactCentre, person: Person, pk: int) -> WorkContract:
    return get_object_or_404(contracts_of(shown, person), pk=pk)


def leave(person: Person, pk: int) -> LeaveRequest:
    """A request of somebody who has a contract on some of its days, in a centre for which the person plans."""
    return get_object_or_404(leave_requests(person), pk=pk)


def leave_requests(person: Person) -> QuerySet[LeaveRequest]:
    return requests.of_centres(centres(person))


def swap(person: Person, pk: int) -> SwapRequest:
    return get_object_or_404(swap_requests(person), pk=pk)


def swap_requests(person: Person) -> QuerySet[SwapRequest]:
    return swaps.of_centres(centres(person))
