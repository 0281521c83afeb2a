"""Duty rotas: turns are planned and shared fairly, and centres swap them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import end_days, hours, planned_days
from indgang.catalogue.models import Schedule as HoursRow
from indgang.catalogue.models import not_ended
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.core.schedule import Schedule
from indgang.core.text import slug
from indgang.entry.models import DutyRota, DutyShift, Queue, RotaMember, ShiftSwap
from indgang.entry.setup.changes import record_change
from indgang.routing import duty
from indgang.routing.duty import DutyMember, Slot

#: most days planned at once
MOST_DAYS = 370
#: earlier duty that counts when new turns are shared
LOOK_BACK = timedelta(days=180)
_SATURDAY = 5


@transaction.atomic
def create(*, name: str, hours: HoursRow, by: Person, at: datetime) -> DutyRota:
    """A new rota, whose turns are the spans of `hours`. Raises RefusedChange for a name that is taken."""
    code = slug(name)
    if not code or DutyRota.objects.filter(code=code).exists():
        raise RefusedChange({"name": _("Der findes allerede en vagtordning med det navn. Vælg et andet.")})
    made = DutyRota.objects.create(code=code, name=name, hours=hours, valid_from=day_of(at))
    record_change("duty_rota.create", made, by=by, at=at, after={"name": name, "hours": hours.code})
    return made


@transaction.atomic
def join(rota: DutyRota, queue: Queue, *, weight: Decimal, valid_from: date, by: Person, at: datetime) -> RotaMember:
    """Let the centre of a queue take part from a day. Raises RefusedChange for a passed day and for a queue that
    takes part already."""
    planned_days.refuse_day(valid_from, at)
    _lock(rota.pk)
    there = rota.members.filter(not_ended(valid_from), queue=queue)
    if there.exists():
        raise RefusedChange({"queue": _("Køen deltager allerede i vagtordningen.")})
    made = RotaMember.objects.create(rota=rota, queue=queue, weight=weight, valid_from=valid_from)
    record_change("rotamember.add", made, by=by, at=at, after={"queue": queue.code, "weight": str(weight)})
    return made


@transaction.atomic
def leave(member: RotaMember, *, on: date, by: Person, at: datetime) -> None:
    """Let a centre take part until a day, which is not included. Its later shifts are free to be shared again.

    Raises RefusedChange for a day that has passed or lies after the present end.
    """
    _lock(member.rota_id)
    locked = RotaMember.objects.select_for_update(of=("self",)).select_related("queue", "rota").get(pk=member.pk)
    end_days.refuse(locked, on, at)
    begins = max(datetime.combine(on, datetime.min.time(), COPENHAGEN), at)
    freed = DutyShift.objects.filter(rota=locked.rota, queue=locked.queue, starts_at__gte=begins).delete()[0]
    record_change("rotamember.end", locked, by=by, at=at, after={"on": on.isoformat(), "shifts": freed})
    end_days.apply(locked, on)


@transaction.atomic
def plan(rota: DutyRota, *, first: date, last: date, by: Person, at: datetime) -> int:
    """Share the turns from `first` to `last` (included) that nobody has yet; returns how many were given out.

    Shifts that exist stay as they are. Raises RefusedChange for days that have passed or are too many, and without
    members.
    """
    _refuse_days(first, last, at)
    locked = _lock(rota.pk)
    lasting = not_ended(first)
    members = list(locked.members.filter(lasting, valid_from__lte=last).select_related("queue"))
    if not members:
        raise RefusedChange({"": _("Vælg først, hvem der deltager i vagtordningen.")})
    queues = {each.queue.code: each.queue for each in members}
    taken = list(locked.shifts.filter(ends_at__gt=_midnight(first)).values_list("starts_at", "ends_at"))
    turns = _turns(hours.schedule_of(locked.hours), first, last)
    free = [turn for turn in turns if not any(begins < turn.ends and ends > turn.starts for begins, ends in taken)]
    given = [each for each in duty.share(free, _as_members(members), _burdens(members, first)) if each.member]
    shared = DutyShift.objects.bulk_create(
        DutyShift(rota=locked, queue=queues[each.member], starts_at=each.starts, ends_at=each.ends, burden=each.burden)
        for each in given
    )
    after = {"first": first.isoformat(), "last": last.isoformat(), "shifts": len(shared)}
    record_change("duty_rota.plan", locked, by=by, at=at, after=after)
    return len(shared)


def _refuse_days(first: date, last: date, at: datetime) -> None:
    if first < day_of(at):
        raise RefusedChange({"first": _("Vælg i dag eller en senere dag.")})
    if last < first:
        raise RefusedChange({"last": _("Slutdagen skal ligge efter startdagen.")})
    if (last - first).days >= MOST_DAYS:
        raise RefusedChange({"last": _("Planlæg højst et år ad gangen.")})


def _turns(schedule: Schedule, first: date, last: date) -> Iterator[Slot]:
    day = first
    while day <= last:
        for span in schedule.spans(day):
            if span.start is not None and span.end is not None:
                yield Slot(span.start, span.end, span.seconds() / 3600 * _factor(schedule, day))
        day += timedelta(days=1)


def _factor(schedule: Schedule, day: date) -> float:
    """How much an hour of the day weighs. A rota that is manned on holidays still finds them heavy."""
    if Schedule(exceptions=schedule.exceptions).holiday(day):
        return duty.HOLIDAY_FACTOR
    return duty.WEEKEND_FACTOR if day.weekday() >= _SATURDAY else 1.0


def _as_members(rows: Iterable[RotaMember]) -> list[DutyMember]:
    return [
        DutyMember(
            each.queue.code,
            float(each.weight),
            _midnight(each.valid_from),
            _midnight(each.valid_to) if each.valid_to else None,
        )
        for each in rows
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), COPENHAGEN)


def _burdens(members: Iterable[RotaMember], first: date) -> dict[str, float]:
    """By queue, the burden of the shifts, also planned ones, of those who take part on the first day.

    It is counted since the newest of them joined, and at most for half a year back, so that all have had the same time.
    """
    there = [each for each in members if each.valid_on(first)]
    if not there:
        return {}
    since = max(_midnight(first) - LOOK_BACK, *(_midnight(each.valid_from) for each in there))
    shifts = DutyShift.objects.filter(rota=there[0].rota_id, starts_at__gte=since).order_by()
    counted = dict(shifts.values_list("queue__code").annotate(Sum("burden")))
    return {each.queue.code: counted.get(each.queue.code, 0.0) for each in there}


def balances(rota: DutyRota, shifts: Iterable[DutyShift], on: date) -> list[duty.Balance]:
    """How far each centre that takes part on a day is from its share of these shifts."""
    members = RotaMember.objects.valid_on(on).filter(rota=rota).values_list("queue__code", "weight")
    turns = [Slot(each.starts_at, each.ends_at, each.burden, each.queue.code) for each in shifts]
    return duty.balances(turns, {code: float(weight) for code, weight in members})


@transaction.atomic
def offer(shift: DutyShift, *, by: Person, at: datetime) -> ShiftSwap:
    """Ask the other centres to take the shift. Asking twice is one question. Raises RefusedChange when it is over."""
    _lock(shift.rota_id)
    locked = _coming(shift, at)
    found = ShiftSwap.objects.filter(shift=locked, taken_at=None, withdrawn_at=None).first()
    if found is not None:
        return found
    made = ShiftSwap.objects.create(shift=locked, queue=locked.queue, offered_at=at, offered_by=by)
    trail.record(by=by, at=at, action="shift_swap.offer", target=made, after={"queue": locked.queue.code})
    return made


@transaction.atomic
def withdraw(swap: ShiftSwap, *, by: Person, at: datetime) -> None:
    """Keep the shift after all. Raises RefusedChange when somebody has taken it."""
    _lock(swap.shift.rota_id)
    locked = _open(swap)
    locked.withdrawn_at = at
    locked.save(update_fields=["withdrawn_at"])
    trail.record(by=by, at=at, action="shift_swap.withdraw", target=locked)


@transaction.atomic
def take(swap: ShiftSwap, *, queue: Queue, in_return: DutyShift | None = None, by: Person, at: datetime) -> DutyShift:
    """Take the shift for the centre of `queue`, and give one of its own coming shifts in return, or none.

    Raises RefusedChange when the swap is over, a shift has begun, what is given is not the centre's, or one of the two
    does not take part on the day of what it gets.
    """
    _lock(swap.shift.rota_id)
    found = _open(swap)
    shift = _coming(found.shift, at)
    if queue.pk == shift.queue_id:
        raise RefusedChange({"": _("Vagten kan kun tages af et andet center i vagtordningen.")})
    if in_return is not None:
        given = _coming(in_return, at)
        if given.rota_id != shift.rota_id or given.queue_id != queue.pk:
            raise RefusedChange({"in_return": _("Den vagt er ikke centrets egen.")})
        ShiftSwap.objects.filter(shift=given, taken_at=None, withdrawn_at=None).update(withdrawn_at=at)
        _give(given, shift.queue)
    former = shift.queue
    _give(shift, queue)
    found.taken_at, found.taken_by, found.in_return = at, by, in_return
    found.save(update_fields=["taken_at", "taken_by", "in_return"])
    before, after = {"queue": former.code}, {"queue": queue.code}
    record_change("shift_swap.take", found, by=by, at=at, before=before, after=after)
    return shift


@transaction.atomic
def assign(shift: DutyShift, *, queue: Queue, by: Person, at: datetime) -> DutyShift:
    """Give a coming shift to the centre of `queue` by decision. An open swap of it ends. Raises RefusedChange."""
    _lock(shift.rota_id)
    locked = _coming(shift, at)
    if queue.pk != locked.queue_id:
        before = {"queue": locked.queue.code}
        ShiftSwap.objects.filter(shift=locked, taken_at=None, withdrawn_at=None).update(withdrawn_at=at)
        _give(locked, queue)
        after = {"queue": queue.code}
        record_change("duty_shift.assign", locked, by=by, at=at, before=before, after=after)
    return locked


def _lock(rota: int) -> DutyRota:
    """The rota, locked: whoever changes its shifts or members locks it first, so that nobody waits in a circle."""
    found: DutyRota = DutyRota.objects.select_for_update(of=("self",)).select_related("hours").get(pk=rota)
    return found


def _give(shift: DutyShift, queue: Queue) -> None:
    """Raises RefusedChange when the centre does not take part on the day of the shift."""
    if not shift.rota.members.valid_on(day_of(shift.starts_at)).filter(queue=queue).exists():
        raise RefusedChange({"": _("%(name)s deltager ikke i vagtordningen den dag.") % {"name": queue.name}})
    shift.queue = queue
    shift.save(update_fields=["queue"])


def _coming(shift: DutyShift, at: datetime) -> DutyShift:
    """The shift, locked; raises RefusedChange when it has begun."""
    locked = DutyShift.objects.select_for_update(of=("self",)).select_related("queue", "rota").get(pk=shift.pk)
    if locked.starts_at <= at:
        raise RefusedChange({"": _("Vagten er begyndt.")})
    return locked


def _open(swap: ShiftSwap) -> ShiftSwap:
    rows = ShiftSwap.objects.select_for_update(of=("self",)).select_related("shift__queue")
    found = rows.filter(pk=swap.pk, taken_at=None, withdrawn_at=None).first()
    if found is None:
        raise RefusedChange({"": _("Byttet er allerede afgjort.")})
    return found


def coming(at: datetime, *, days: int) -> QuerySet[DutyShift]:
    """The shifts that last at `at` or begin within so many days, of all rotas."""
    soon = Q(ends_at__gt=at, starts_at__lt=at + timedelta(days=days))
    return DutyShift.objects.filter(soon).select_related("rota", "queue__centre__owner").order_by("starts_at")
