"""Leave: people ask, a leader or planner answers, and approved days are never planned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre, not_ended
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.workforce.models import LeaveRequest, PlannedShift, ShiftPlan, WorkContract

MOST_DAYS, MOST_AHEAD = 180, 550
_OPEN = (LeaveRequest.State.ASKED, LeaveRequest.State.APPROVED)


@transaction.atomic
def ask(person: Person, *, kind: LeaveRequest.Kind, first: date, last: date, note: str, at: datetime) -> LeaveRequest:
    """Ask for days off, both included. Raises RefusedChange for days that are over, and for those asked for already."""
    today = day_of(at)
    if first < today:
        raise RefusedChange({"first": _("Vælg i dag eller en senere dag.")})
    if last < first:
        raise RefusedChange({"last": _("Slutdagen skal ligge efter startdagen.")})
    if (last - first).days >= MOST_DAYS or last > today + timedelta(days=MOST_AHEAD):
        raise RefusedChange({"last": _("Søg om højst et halvt år ad gangen og højst halvandet år frem.")})
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if LeaveRequest.objects.filter(person=person, state__in=_OPEN, first__lte=last, last__gte=first).exists():
        raise RefusedChange({"first": _("Du har allerede søgt om nogle af de dage.")})
    made = LeaveRequest.objects.create(
        person=person, kind=kind, first=first, last=last, note=mask_cpr(note), asked_at=at
    )
    after = {"kind": kind, "first": first.isoformat(), "last": last.isoformat()}
    trail.record(by=person, at=at, action="leave_request.ask", target=made, after=after)
    return made


@transaction.atomic
def withdraw(request: LeaveRequest, *, by: Person, at: datetime) -> None:
    """Take back a request, or leave that has not begun. Raises RefusedChange."""
    locked = _locked(request)
    if not may_withdraw(locked, at):
        raise RefusedChange({"": _("Fraværet er begyndt eller afgjort og kan ikke trækkes tilbage.")})
    _settle(locked, LeaveRequest.State.WITHDRAWN, "leave_request.withdraw", answer="", by=by, at=at)


def may_withdraw(request: LeaveRequest, at: datetime) -> bool:
    """Whether it can be taken back: while nobody has answered, and after that until it begins."""
    if request.state == LeaveRequest.State.APPROVED:
        return request.first > day_of(at)
    return request.state == LeaveRequest.State.ASKED


@transaction.atomic
def decide(request: LeaveRequest, *, is_approved: bool, answer: str, by: Person, at: datetime) -> None:
    """Approve or refuse. Raises RefusedChange for one's own, for one that is settled, and for a refusal without why."""
    locked = _locked(request)
    if locked.person_id == by.pk:
        raise RefusedChange({"": _("En anden skal svare på dit eget fravær.")})
    if locked.state != LeaveRequest.State.ASKED:
        raise RefusedChange({"": _("Der er allerede svaret på ansøgningen.")})
    if not is_approved and not answer.strip():
        raise RefusedChange({"answer": _("Skriv hvorfor, så medarbejderen kan se det.")})
    state = LeaveRequest.State.APPROVED if is_approved else LeaveRequest.State.REFUSED
    action = "leave_request.approve" if is_approved else "leave_request.refuse"
    _settle(locked, state, action, answer=mask_cpr(answer), by=by, at=at)


def of_centres(centres: QuerySet[ContactCentre]) -> QuerySet[LeaveRequest]:
    """The requests of people who have a contract in one of these centres on some of the days."""
    contracts = WorkContract.objects.filter(
        not_ended(OuterRef("first")), centre__in=centres, person=OuterRef("person"),
        valid_from__lte=OuterRef("last"),
    )  # fmt: skip
    return LeaveRequest.objects.filter(Exists(contracts)).select_related("person")


def shifts_in(requests: Iterable[LeaveRequest]) -> dict[int, int]:
    """By request, how many published shifts lie in the days asked for: who approves has to find others for them."""
    published = PlannedShift.objects.alias(day=TruncDate("starts_at", tzinfo=COPENHAGEN)).filter(
        person=OuterRef("person"), plan__state=ShiftPlan.State.PUBLISHED, day__gte=OuterRef("first"),
        day__lte=OuterRef("last"),
    )  # fmt: skip
    number = published.order_by().values("person").annotate(number=Count("pk")).values("number")
    rows = LeaveRequest.objects.filter(pk__in=[each.pk for each in requests])
    return dict(rows.annotate(shifts=Coalesce(Subquery(number), 0)).values_list("pk", "shifts"))


def _locked(request: LeaveRequest) -> LeaveRequest:
    return LeaveRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request.pk)


def _settle(
    locked: LeaveRequest, state: LeaveRequest.State, action: str, *, answer: str, by: Person, at: datetime
) -> None:
    locked.state, locked.answer, locked.decided_by, locked.decided_at = state, answer, by.audit_label, at
    locked.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    trail.record(by=by, at=at, action=action, target=locked)
