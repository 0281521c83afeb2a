"""Rollout plans are begun from the documents' stages and activities, and moved; stages get services and go live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.programme.rollout import reference
from indgang.programme.rollout.models import (
    MOST_STAGES,
    ActivityNeed,
    RolloutActivity,
    RolloutMilestone,
    RolloutPlan,
    RolloutRisk,
    RolloutService,
    RolloutStage,
)
from indgang.programme.rollout.timing import StageTime, stage_days


@transaction.atomic
def begin(
    centre: ContactCentre, *, name: str, granted_on: date, first: Unit | None, by: Person, at: datetime
) -> RolloutPlan:
    """A plan with the stages, activities, milestones and risks of the documents. The services of the unit `first` and
    of those below it move first, the owner's other services later. Raises RefusedChange when the centre has an open
    plan."""
    if _has_open(centre):
        said = _("%(centre)s har allerede en plan. Luk den først.")
        raise RefusedChange({"centre": said % {"centre": centre.name}})
    made = RolloutPlan(centre=centre, name=name, granted_on=granted_on, created_by=by, created_at=at)
    changes.save(made, {"name": name, "granted_on": granted_on, "centre": centre}, by=by, at=at)
    given = reference.plan()
    stages = [RolloutStage.objects.create(plan=made, **each) for each in given.stages]
    _share_services(made, stages, first, day_of(at))
    _add_activities(made)
    RolloutMilestone.objects.bulk_create(RolloutMilestone(plan=made, **each) for each in given.milestones)
    RolloutRisk.objects.bulk_create(RolloutRisk(plan=made, **each) for each in given.risks)
    return made


def _has_open(centre: ContactCentre) -> bool:
    """Whether the centre has an open plan. Whoever asks at the same time waits until this transaction has ended."""
    ContactCentre.objects.select_for_update(of=("self",)).get(pk=centre.pk)
    return RolloutPlan.objects.filter(centre=centre, closed_at=None).exists()


def _share_services(plan: RolloutPlan, stages: list[RolloutStage], first: Unit | None, today: date) -> None:
    owned = Service.objects.valid_on(today).filter(unit__path__startswith=plan.centre.owner.path)
    switched = _switched(plan.centre)
    for each in owned.select_related("unit").order_by("name", "pk"):
        is_first = first is None or (each.unit is not None and first.contains(each.unit))
        stage = stages[0 if is_first else -1]
        RolloutService.objects.create(plan=plan, stage=stage, service=each, switched_on=switched.get(each.pk))


def _add_activities(plan: RolloutPlan) -> None:
    rows = RolloutActivity.objects.bulk_create(
        RolloutActivity(plan=plan, **each) for each in reference.plan().activities
    )
    by_code = {each.code: each for each in rows}
    ActivityNeed.objects.bulk_create(
        ActivityNeed(activity=by_code[code], needs=by_code[needed])
        for code, codes in reference.needs().items() for needed in codes
    )  # fmt: skip


def opened(plan: RolloutPlan) -> RolloutPlan:
    """The plan, locked. Raises RefusedChange when it is closed."""
    locked = RolloutPlan.objects.select_for_update(of=("self",)).select_related("centre__owner").get(pk=plan.pk)
    if locked.closed_at is not None:
        raise RefusedChange({"": _("Planen er lukket.")})
    return locked


@transaction.atomic
def change(plan: RolloutPlan, values: Mapping[str, Any], *, why: str, by: Person, at: datetime) -> RolloutPlan:
    """Another name, or another day of the grant: what follows from it moves too."""
    locked = opened(plan)
    if values.get("granted_on", locked.granted_on) != locked.granted_on and not why:
        raise RefusedChange({"why": _("Skriv, hvorfor datoen flyttes.")})
    return changes.save(locked, values, by=by, at=at, why=why)


@transaction.atomic
def close(plan: RolloutPlan, *, by: Person, at: datetime) -> RolloutPlan:
    """The rollout is over; everything can still be read."""
    return changes.save(opened(plan), {"closed_at": at}, by=by, at=at)


@transaction.atomic
def reopen(plan: RolloutPlan, *, by: Person, at: datetime) -> RolloutPlan:
    """Raises RefusedChange when the centre has got another plan since."""
    locked = RolloutPlan.objects.select_for_update().get(pk=plan.pk)
    if locked.closed_at is not None and _has_open(locked.centre):
        raise RefusedChange({"": _("Kontaktcentret har fået en anden plan.")})
    return changes.save(locked, {"closed_at": None}, by=by, at=at)


@transaction.atomic
def add_stage(
    plan: RolloutPlan, values: Mapping[str, Any], *, why: str, by: Person, at: datetime
) -> RolloutStage:  # fmt: skip
    """A stage after the last one."""
    locked = opened(plan)
    number = locked.stages.count() + 1
    if number > MOST_STAGES:
        raise RefusedChange({"": _("En plan kan højst have %(most)s etaper.") % {"most": MOST_STAGES}})
    return changes.save(RolloutStage(plan=locked, number=number), _checked(values, at), by=by, at=at, why=why)


@transaction.atomic
def change_stage(
    stage: RolloutStage, values: Mapping[str, Any], *, why: str, by: Person, at: datetime
) -> RolloutStage:  # fmt: skip
    """Raises RefusedChange, by field: a day moves for a reason, and nothing has gone live in the future."""
    opened(stage.plan)
    locked = RolloutStage.objects.select_for_update().get(pk=stage.pk)
    checked = _checked(values, at)
    moves = any(name in checked and checked[name] != getattr(locked, name) for name in ("after_months", "moved_to"))
    if moves and not why:
        raise RefusedChange({"why": _("Skriv, hvorfor datoen flyttes.")})
    return changes.save(locked, checked, by=by, at=at, why=why)


def _checked(values: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    live_on, latest = values.get("live_on"), values.get("latest_months")
    if live_on is not None and live_on > day_of(at):
        raise RefusedChange({"live_on": _("Vælg i dag eller en dag før.")})
    if latest is not None and latest < values["after_months"]:
        raise RefusedChange({"latest_months": _("Det seneste kan ikke ligge før det tidligste.")})
    return dict(values)


@transaction.atomic
def remove_stage(stage: RolloutStage, *, by: Person, at: datetime) -> None:
    """Raises RefusedChange unless it is the last, has no services, and no day follows from it."""
    locked = opened(stage.plan)
    if stage.services.exists():
        raise RefusedChange({"": _("Flyt først etapens ydelser til en anden etape.")})
    follow = locked.activities.filter(from_stage=stage.number) | locked.activities.filter(until_stage=stage.number)
    is_last = not locked.stages.filter(number__gt=stage.number).exists()
    if not is_last or follow.exists() or locked.milestones.filter(from_stage=stage.number).exists():
        raise RefusedChange({"": _("Etapen kan ikke fjernes: andre datoer følger af den.")})
    trail.record(by=by, at=at, action="rolloutstage.remove", target=stage, before={"name": stage.name})
    stage.delete()


@transaction.atomic
def place(stage: RolloutStage, services: Iterable[Service], *, by: Person, at: datetime) -> list[RolloutService]:
    """Let services move in this stage, and in no other. Raises RefusedChange when there is nothing to place."""
    locked = opened(stage.plan)
    there = {each.service_id: each for each in locked.services.select_related("service", "stage")}
    wanted = [each for each in services if each.pk not in there or there[each.pk].stage_id != stage.pk]
    if not wanted:
        raise RefusedChange({"": _("Der er ingen ydelser at flytte til etapen.")})
    switched = _switched(locked.centre)
    placed = [_placed(there.get(each.pk), each, locked, stage, switched.get(each.pk)) for each in wanted]
    names = {"services": [each.name for each in wanted]}
    trail.record(by=by, at=at, action="rolloutstage.services", target=stage, after=names)
    return placed


def _switched(centre: ContactCentre) -> dict[int, date]:
    """The day on which each service was switched to the centre, the last time, unless that was taken back. Switches
    know of plans, so they are read from the service."""
    moved = Service.objects.filter(switchovers__centre=centre, switchovers__state="done")
    rows = moved.order_by("switchovers__carried_out_at").values_list("pk", "switchovers__carried_out_at")
    return {service: day_of(at) for service, at in rows if at is not None}


def _placed(
    row: RolloutService | None, service: Service, plan: RolloutPlan, stage: RolloutStage, switched_on: date | None
) -> RolloutService:
    """One that was switched before it came into the plan is marked with the day."""
    if row is None:
        made: RolloutService = RolloutService.objects.create(
            plan=plan, stage=stage, service=service, switched_on=switched_on
        )
        return made
    row.stage = stage
    row.save(update_fields=["stage"])
    return row


@transaction.atomic
def mark_switched(row: RolloutService, day: date | None, *, by: trail.Actor, at: datetime) -> None:
    """The service was switched on this day; None: its switch was taken back."""
    if row.switched_on == day:
        return
    before, row.switched_on = row.switched_on, day
    row.save(update_fields=["switched_on"])
    trail.record(
        by=by, at=at, action="rolloutservice.change", target=row, before={"switched_on": before},
        after={"switched_on": day},
    )  # fmt: skip


@transaction.atomic
def take_out(row: RolloutService, *, by: Person, at: datetime) -> None:
    """The service does not move in this plan."""
    opened(row.plan)
    trail.record(
        by=by, at=at, action="rolloutservice.remove", target=row, before={"service": row.service.code},
    )  # fmt: skip
    row.delete()


def days_of(plan: RolloutPlan, stages: Iterable[RolloutStage] | None = None) -> dict[int, date]:
    """The day of the grant (0) and the go-live of each stage: the day on which it went live, or is planned to."""
    rows = plan.stages.all() if stages is None else stages
    times = [StageTime(each.number, each.after_months, each.live_on or each.moved_to) for each in rows]
    return stage_days(plan.granted_on, times)
