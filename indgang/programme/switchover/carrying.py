"""Carries out a decided switch, and takes it back: all of it in one transaction, or nothing.

Whoever comes second waits for the lock of the switch and finds it done. A worker that dies half-way leaves nothing; the
next one begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.audit.trail import System
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Alert
from indgang.events import log
from indgang.events.event import EventKind
from indgang.live import stale
from indgang.programme.rollout import plans
from indgang.programme.switchover import change, findings, rehearsing, setting_up, words
from indgang.programme.switchover.change import Plan
from indgang.programme.switchover.event_kinds import SwitchoverKind
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.parts import table
from indgang.programme.switchover.parts.place import Switcher, SwitchPlace

#: the job of the worker that carries out one switch
JOB = "config.carry_out_switchover"
#: the alert of a switch that could not be carried out
STOPPED_ALERT = "switchover_stopped"

State = Switchover.State


def begin_due(*, at: datetime, make_job: Callable[[str], object]) -> None:
    """Make a job for each decided switch whose time has come."""
    for key in Switchover.objects.filter(state=State.DECIDED, planned_at__lte=at).values_list("pk", flat=True):
        make_job(str(key))


def carry_out_due(key: UUID, *, at: datetime) -> bool:
    """Carry out the switch for whoever decided it, unless that is done, called off or put off. Where it is refused, it
    is stopped and an alert raised. Returns whether it was carried out."""
    try:
        with transaction.atomic(), translation.override("da"):
            locked = setting_up.locked_switch(Switchover(pk=key))
            if locked.state != State.DECIDED or locked.planned_at > at or locked.decided_by is None:
                return False
            _carry_out(locked, by=locked.decided_by, at=at)
    except RefusedChange as refused:
        _stop(key, str(refused), at=at)
        return False
    return True


@transaction.atomic
def carry_out(switch: Switchover, *, by: Person, at: datetime) -> Switchover:
    """Carry out a decided switch now. Raises RefusedChange: nothing is changed then."""
    locked = setting_up.locked_switch(switch)
    if locked.state != State.DECIDED:
        raise RefusedChange({"": _("Skiftet skal først besluttes.") if locked.is_open else _over(locked)})
    _carry_out(locked, by=by, at=at)
    return locked


@transaction.atomic
def take_back(switch: Switchover, *, because: str, by: Person, at: datetime) -> Switchover:
    """Let everything be as it was before the switch. Raises RefusedChange, also when somebody has changed any of it
    since: nothing is changed then."""
    locked = setting_up.locked_switch(switch)
    if locked.state != State.DONE:
        raise RefusedChange({"": _("Kun et skift, der er gennemført, kan tages tilbage.")})
    place = table.place_of(locked, at)
    back = table.on_day(change.taking_back(locked.plan), place)
    setting_up.refuse_right(locked, back, by)
    note = _("Skiftet af %(service)s er taget tilbage") % {"service": locked.service.name}
    _lock(back, place)
    _follow(back, place, Switcher(by, note[:300]))
    locked.state, locked.taken_back_by, locked.taken_back_at = State.TAKEN_BACK, by, at
    locked.taken_back_because = because
    _append(locked, SwitchoverKind.SWITCHED_BACK, at=at)
    locked.save()
    _mark(locked, None, by=by, at=at)
    trail.record(
        by=by, at=at, action="switchover.take_back", target=locked, after={"changes": len(back)}, why=because
    )  # fmt: skip
    return locked


def _carry_out(locked: Switchover, *, by: Person, at: datetime) -> None:
    place = table.place_of(locked, at)
    plan = table.on_day(locked.plan, place)
    setting_up.refuse_right(locked, plan, by)
    _lock(plan, place)
    other = rehearsing.brought(plan, locked, place)
    if other:
        raise RefusedChange({"": words.changed_sentence(other, place)})
    note = _("Skift af %(service)s til %(centre)s") % {"service": locked.service.name, "centre": locked.centre.name}
    _follow(plan, place, Switcher(by, note[:300]))
    late = findings.late_by(locked.planned_at, at)
    locked.state, locked.carried_out_at, locked.stopped = State.DONE, at, ""
    _append(locked, SwitchoverKind.SWITCHED, at=at, late_seconds=int(late.total_seconds()) if late else 0)
    locked.save()
    _mark(locked, day_of(at), by=by, at=at)
    after = {"changes": len(plan), "delay": words.late_words(late) if late else ""}
    trail.record(by=by, at=at, action="switchover.carry_out", target=locked, after=after)


def _mark(switch: Switchover, day: date | None, *, by: Person, at: datetime) -> None:
    """Tell the open rollout plan of the centre."""
    moving = rehearsing.stage_of(switch)
    if moving is not None:
        plans.mark_switched(moving, day, by=by, at=at)


def _lock(plan: Plan, place: SwitchPlace) -> None:
    """Let nobody else change the parts of the plan. Raises RefusedChange when any of them is not as the plan found
    it."""
    table.lock(plan)
    moved = change.moved(plan, table.present([each.part for each in plan], place))
    if moved:
        raise RefusedChange({"": words.moved_sentence(moved, place)})


def _follow(plan: Plan, place: SwitchPlace, who: Switcher) -> None:
    """Make the changes of the plan. Raises RefusedChange when something does not become as it says; the caller's
    transaction takes everything back."""
    for each in plan:
        table.put(each, place, who)
    back = change.taking_back(plan)
    left = change.moved(back, table.present([each.part for each in back], place))
    if left:
        what = ", ".join(words.part_words(each.part, place) for each in left)
        raise RefusedChange({"": _("Det kunne ikke gennemføres for %(what)s.") % {"what": what}})


def give_up(key: UUID, error: Exception, *, at: datetime) -> None:
    """Stop a due switch that failed again and again with an error that nobody expected, and raise an alert."""
    with translation.override("da"):
        why = _("Der er en fejl i systemet (%(error)s). Driften kan se mere i loggen.") % {
            "error": type(error).__qualname__,
        }  # fmt: skip
    _stop(key, why, at=at)


def _stop(key: UUID, why: str, *, at: datetime) -> None:
    with transaction.atomic(), translation.override("da"):
        locked = setting_up.locked_switch(Switchover(pk=key))
        if locked.state != State.DECIDED:
            return
        locked.state, locked.stopped = State.STOPPED, why[:1000]
        locked.save(update_fields=["state", "stopped"])
        by = System("worker")
        trail.record(by=by, at=at, action="switchover.stop", target=locked, why=locked.stopped)
        Alert.objects.create(at=at, code=STOPPED_ALERT, text=f"{locked}: {locked.stopped}", centre=locked.centre)
        stale.mark("all/alerts")


def _append(switch: Switchover, kind: EventKind[Any], *, at: datetime, **data: Any) -> None:
    said = {"service": switch.service.code, "kinds": [each.value for each in rehearsing.kinds_of(switch.plan)], **data}
    event = kind.event(str(switch.pk), at, "", data=said)
    log.append(log.row(event, number=switch.events, centre=switch.centre.code))
    switch.events += 1


def _over(switch: Switchover) -> str:
    return _("Skiftet er allerede “%(state)s”.") % {"state": switch.get_state_display().lower()}
