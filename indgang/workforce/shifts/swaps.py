"""Swaps: a person offers a published shift, a colleague takes or declines it, and a leader or planner decides.

Taking and deciding check the hard rules of both people with the shifts as they would be.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.staffing.shifts.checker import HardRule
from indgang.staffing.shifts.problem import WorkShift
from indgang.workforce.models import PlannedShift, ShiftPlan, SwapRequest, WorkContract
from indgang.workforce.shifts import rule_words
from indgang.workforce.shifts.question import PlanQuestion

_OPEN = (SwapRequest.State.OFFERED, SwapRequest.State.TAKEN)
#: what is read with a swap
READ = ("shift__workplace", "asked_by", "taken_by", "offered_to", "in_return")


@transaction.atomic
def offer(shift: PlannedShift, *, to: Person | None, at: datetime) -> SwapRequest:
    """The person of a published shift that has not begun offers it, to one colleague or to all of the centre.

    Raises RefusedChange.
    """
    _lock_plan(shift.plan_id)
    locked = _shift(shift.pk)
    _refuse_begun(locked, at)
    if to is not None and to.pk == locked.person_id:
        raise RefusedChange({"to": _("Vælg en kollega.")})
    if SwapRequest.objects.filter(shift=locked, state__in=_OPEN).exists():
        raise RefusedChange({"": _("Vagten er allerede tilbudt.")})
    made = SwapRequest.objects.create(shift=locked, asked_by=locked.person, offered_to=to, asked_at=at)
    trail.record(by=locked.person, at=at, action="swap_request.offer", target=made)
    return made


@transaction.atomic
def withdraw(swap: SwapRequest, *, by: Person, at: datetime) -> None:
    """The person keeps the shift. Raises RefusedChange when it is settled."""
    locked = _locked(swap)
    _refuse_settled(locked)
    _settle(locked, SwapRequest.State.WITHDRAWN, "swap_request.withdraw", by=by, at=at)


@transaction.atomic
def take(swap: SwapRequest, *, in_return: PlannedShift | None, by: Person, at: datetime) -> None:
    """A colleague takes the shift, and gives one in return or none. Raises RefusedChange, also for broken rules."""
    locked = _locked(swap)
    if locked.state != SwapRequest.State.OFFERED:
        raise RefusedChange({"": _("En anden har allerede taget vagten, eller den er ikke længere tilbudt.")})
    if by.pk == locked.asked_by_id or locked.offered_to_id not in (None, by.pk):
        raise RefusedChange({"": _("Vagten er ikke tilbudt til dig.")})
    _refuse_begun(locked.shift, at)
    if in_return is not None:
        given = _shift(in_return.pk)
        if given.person_id != by.pk or given.plan_id != locked.shift.plan_id:
            raise RefusedChange({"in_return": _("Vælg en af dine egne vagter i den samme plan.")})
        _refuse_begun(given, at)
    refuse_broken(locked.shift, in_return, by, at)
    locked.state, locked.taken_by, locked.taken_at, locked.in_return = SwapRequest.State.TAKEN, by, at, in_return
    locked.save(update_fields=["state", "taken_by", "taken_at", "in_return"])
    trail.record(by=by, at=at, action="swap_request.take", target=locked)


@transaction.atomic
def decline(swap: SwapRequest, *, by: Person, at: datetime) -> None:
    """The only colleague who was asked says no, and the shift can be offered to others. Raises RefusedChange, also for
    a shift that is offered to all: whoever does not want it leaves it to the others."""
    locked = _locked(swap)
    if locked.state != SwapRequest.State.OFFERED:
        raise RefusedChange({"": _("En anden har allerede taget vagten, eller den er ikke længere tilbudt.")})
    if locked.offered_to_id != by.pk:
        raise RefusedChange({"": _("Vagten er ikke tilbudt til dig alene.")})
    _settle(locked, SwapRequest.State.DECLINED, "swap_request.decline", by=by, at=at)


@transaction.atomic
def decide(swap: SwapRequest, *, is_approved: bool, answer: str, by: Person, at: datetime) -> None:
    """Let the shifts change hands, or not. Raises RefusedChange for one's own, for shifts that have
    changed hands, and for rules broken meanwhile."""
    answer, locked = mask_cpr(answer), _locked(swap)
    if locked.state != SwapRequest.State.TAKEN or locked.taken_by is None:
        raise RefusedChange({"": _("Byttet er allerede afgjort, eller ingen har taget vagten endnu.")})
    if by.pk in (locked.asked_by_id, locked.taken_by_id):
        raise RefusedChange({"": _("En anden skal afgøre dit eget bytte.")})
    if not is_approved:
        if not answer.strip():
            raise RefusedChange({"answer": _("Skriv hvorfor, så begge kan se det.")})
        _settle(locked, SwapRequest.State.REFUSED, "swap_request.refuse", answer=answer, by=by, at=at)
        return
    _refuse_changed(locked.shift_id, locked.asked_by_id, at)
    if locked.in_return_id:
        _refuse_changed(locked.in_return_id, locked.taken_by_id, at)
    refuse_broken(locked.shift, locked.in_return, locked.taken_by, at)
    PlannedShift.objects.filter(pk=locked.shift_id).update(person=locked.taken_by)
    if locked.in_return_id:
        PlannedShift.objects.filter(pk=locked.in_return_id).update(person=locked.asked_by_id)
    ShiftPlan.objects.filter(pk=locked.shift.plan_id).update(revision=F("revision") + 1)
    _settle(locked, SwapRequest.State.APPROVED, "swap_request.approve", answer=answer, by=by, at=at)


def lapse(plan: ShiftPlan, *, by: Person, at: datetime) -> None:
    """End the open swaps of a plan that is replaced. Belongs in a transaction that has locked the plan."""
    for each in SwapRequest.objects.filter(shift__plan=plan, state__in=_OPEN).select_for_update(of=("self",)):
        _settle(each, SwapRequest.State.LAPSED, "swap_request.end", by=by, at=at)


def of_centres(centres: QuerySet[ContactCentre]) -> QuerySet[SwapRequest]:
    """The swaps of shifts that belong to a plan of these centres."""
    rows = SwapRequest.objects.filter(shift__plan__centre__in=centres)
    return rows.select_related(*READ)


def offered_to(person: Person, at: datetime) -> QuerySet[SwapRequest]:
    """The shifts that this person may take: those of the centre of the contract that holds now."""
    centres = WorkContract.objects.valid_on(day_of(at)).filter(person=person).values("centre")
    rows = SwapRequest.objects.filter(
        Q(offered_to=None) | Q(offered_to=person), state=SwapRequest.State.OFFERED, shift__starts_at__gt=at,
        shift__plan__centre__in=centres, shift__plan__state=ShiftPlan.State.PUBLISHED,
    )  # fmt: skip
    return rows.exclude(asked_by=person).select_related(*READ)


def refuse_broken(shift: PlannedShift, in_return: PlannedShift | None, taker: Person, at: datetime) -> None:
    """Raises RefusedChange with the rules that the swap would break and that are kept now."""
    asked = PlanQuestion(shift.plan, at)
    giver = str(shift.person_id)
    receivers = {taker.pk} if in_return is None else {taker.pk, shift.person_id}
    if not receivers <= {each.person_id for each in asked.contracts}:
        raise RefusedChange({"": _("Kollegaen har ingen ansættelse i det center.")})
    swapped = dict(asked.value)
    _move(swapped, asked, shift, giver, str(taker.pk))
    if in_return is not None:
        _move(swapped, asked, in_return, str(taker.pk), giver)
    now = {(each.person, each.rule) for each in asked.breaches()}
    # a single swap may leave somebody with fewer hours than agreed; that is between the two and their leader
    new = [
        each
        for each in asked.breaches(swapped)
        if (each.person, each.rule) not in now and each.rule is not HardRule.CONTRACT
    ]
    if new:
        said = [rule_words.of_breach(each, asked.names[each.person], asked.calendar) for each in new]
        raise RefusedChange({"": _("Byttet bryder regler: %(rules)s.") % {"rules": "; ".join(said)}})


def _move(
    value: dict[str, tuple[WorkShift, ...]], asked: PlanQuestion, row: PlannedShift, source: str, target: str
) -> None:
    start = asked.calendar.quarter(row.starts_at)
    moved = [each for each in value[source] if each.start == start]
    value[source] = tuple(each for each in value[source] if each.start != start)
    value[target] = tuple(sorted([*value.get(target, ()), *moved], key=lambda each: each.start))


def _locked(swap: SwapRequest) -> SwapRequest:
    """The plan first, as when it is replaced: two who wait for each other would wait for ever."""
    _lock_plan(swap.shift.plan_id)
    rows = SwapRequest.objects.select_for_update(of=("self",))
    return rows.select_related("shift__plan", "shift__person", "taken_by", "in_return").get(pk=swap.pk)


def _lock_plan(pk: int) -> None:
    ShiftPlan.objects.select_for_update().get(pk=pk)


def _shift(pk: int) -> PlannedShift:
    rows = PlannedShift.objects.select_for_update(of=("self",)).select_related("plan", "person")
    return rows.get(pk=pk)


def _refuse_begun(shift: PlannedShift, at: datetime) -> None:
    if shift.plan.state != ShiftPlan.State.PUBLISHED:
        raise RefusedChange({"": _("Planen er lavet om. Se dine vagter igen.")})
    if shift.starts_at <= at:
        raise RefusedChange({"": _("Vagten er begyndt og kan ikke byttes.")})


def _refuse_changed(pk: int, person: int | None, at: datetime) -> None:
    """Locks the shift. Raises RefusedChange when it has changed hands meanwhile, or has begun."""
    shift = _shift(pk)
    if shift.person_id != person:
        raise RefusedChange(
            {"": _("En af vagterne har fået en anden, mens byttet lå. Afvis det, og se vagterne igen.")}
        )
    _refuse_begun(shift, at)


def _refuse_settled(swap: SwapRequest) -> None:
    if swap.state not in _OPEN:
        raise RefusedChange({"": _("Byttet er allerede afgjort.")})


def _settle(
    locked: SwapRequest, state: SwapRequest.State, action: str, *, by: Person, at: datetime, answer: str = ""
) -> None:
    locked.state, locked.decided_by, locked.decided_at, locked.answer = state, by.audit_label, at, answer
    locked.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    trail.record(by=by, at=at, action=action, target=locked)
