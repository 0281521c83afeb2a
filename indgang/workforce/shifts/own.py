"""A person's own shifts, and what can be done with them: for *Mine vagter*, the API and a command."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.workforce.models import LeaveRequest, PlannedShift, ShiftPlan, SwapRequest, WorkContract
from indgang.workforce.shifts import swaps
from indgang.workforce.shifts.published import PARTS

#: days ahead that are shown
DAYS = 42
#: how long settled requests are shown
_SETTLED = timedelta(days=30)


def coming(person: Person, at: datetime) -> list[PlannedShift]:
    """The published shifts of the next days that are not over, with their parts, by beginning."""
    rows = PlannedShift.objects.filter(
        person=person, plan__state=ShiftPlan.State.PUBLISHED, ends_at__gt=at, starts_at__lt=at + timedelta(days=DAYS)
    )
    return list(rows.select_related("workplace", "plan").prefetch_related(*PARTS).order_by("starts_at"))


def colleagues(person: Person, at: datetime) -> QuerySet[Person]:
    """Those to whom the person can offer a shift, by name."""
    contracts = WorkContract.objects.valid_on(day_of(at))
    centres = contracts.filter(person=person).values("centre")
    people = contracts.filter(centre__in=centres).values("person")
    found: QuerySet[Person] = Person.objects.filter(pk__in=people, is_active=True)
    return found.exclude(pk=person.pk).order_by("name")


def in_return(swap: SwapRequest, shifts: list[PlannedShift], at: datetime) -> list[PlannedShift]:
    """Which of one's own shifts can be given for a colleague's: those of the same plan that have not begun. Those of
    the same day stand first: with another one the two would often work twice that day."""
    mine = [each for each in shifts if each.plan_id == swap.shift.plan_id and each.starts_at > at]
    day = day_of(swap.shift.starts_at)
    return sorted(mine, key=lambda each: (day_of(each.starts_at) != day, each.starts_at))


def offered_swap(person: Person, pk: int, at: datetime) -> SwapRequest:
    """A shift that a colleague offers to the person. Raises RefusedChange when it is offered no longer."""
    found = swaps.offered_to(person, at).filter(pk=pk).first()
    if found is None:
        raise RefusedChange({"": _("En anden har allerede taget vagten, eller den er ikke længere tilbudt.")})
    return found


def swaps_of(person: Person, at: datetime) -> QuerySet[SwapRequest]:
    """The swaps that the person has offered, taken or declined: those that are open, and those that were settled of
    late."""
    declined = Q(offered_to=person, state=SwapRequest.State.DECLINED)
    rows = SwapRequest.objects.filter(Q(asked_by=person) | Q(taken_by=person) | declined)
    return rows.filter(Q(decided_at=None) | Q(decided_at__gt=at - _SETTLED)).select_related(*swaps.READ)


def leave_of(person: Person, at: datetime) -> QuerySet[LeaveRequest]:
    """What the person has asked for, until some time after it is over."""
    return LeaveRequest.objects.filter(person=person, last__gte=day_of(at) - _SETTLED).select_related("person")
