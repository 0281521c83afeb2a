"""Services of a rollout plan in the forecast of the queue that they move into: taken with their go-live and documented
volume, and held against the plan when it changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.planning import call_changes
from indgang.planning.models import MovedService
from indgang.programme.rollout import documented, plans
from indgang.programme.rollout.models import RolloutMove, RolloutPlan, RolloutService, RolloutStage
from indgang.programme.rollout.moved_volume import DocumentedVolume, MovedPart

_LONGEST_NAME, _LONGEST_SOURCE = 100, 300


class NotOffered(StrEnum):
    """Why a service of the plan cannot be taken."""

    NO_VOLUME = "no_volume"
    TAKEN = "taken"
    BY_HAND = "by_hand"
    FAR = "far"


class Misfit(StrEnum):
    """How a service that was taken differs from the plan by now."""

    DAY = "day"
    CALLS = "calls"
    GONE = "gone"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class OfferedService:
    """A service of the plan with the day on which it moves; when that is far away no forecast takes it. `taken` is its
    place in a forecast, of whatever queue."""

    row: RolloutService
    first: date
    volume: DocumentedVolume | None
    taken: RolloutMove | None
    is_by_hand: bool
    is_far: bool

    @property
    def service(self) -> Service:
        found: Service = self.row.service
        return found

    @property
    def stage(self) -> RolloutStage:
        found: RolloutStage = self.row.stage
        return found

    @property
    def why_not(self) -> NotOffered | None:
        if self.taken is not None:
            return NotOffered.TAKEN
        if self.is_by_hand:
            return NotOffered.BY_HAND
        if self.is_far:
            return NotOffered.FAR
        return None if self.volume is not None and self.volume.enquiries else NotOffered.NO_VOLUME


@dataclass(frozen=True, slots=True)
class FollowedMove:
    """A service that moves into the queue. `move` is how it was taken from a plan, if it was, and `now` what that plan
    says now; None when the service is no longer there."""

    moved: MovedService
    move: RolloutMove | None = None
    now: OfferedService | None = None

    @property
    def calls(self) -> int | None:
        """In a year, by what is documented now; None when nothing is."""
        if self.move is None or self.now is None or self.now.volume is None:
            return None
        return _calls(self.now.volume, self.move)

    @property
    def misfits(self) -> list[Misfit]:
        if self.move is None:
            return []
        if self.now is None:
            return [Misfit.GONE]
        found = [] if self.now.first == self.moved.first else [Misfit.DAY]
        found += [] if self.calls in (None, self.moved.calls_a_year) else [Misfit.CALLS]
        return [*found, Misfit.FAR] if found and self.now.is_far else found

    @property
    def can_follow(self) -> bool:
        """Whether the plan says what would make it fit, on a day that a forecast takes."""
        return bool(self.misfits) and self.now is not None and not self.now.is_far


def plan_of(queue: Queue) -> RolloutPlan | None:
    """The open plan of the queue's centre."""
    return RolloutPlan.objects.filter(centre=queue.centre_id, closed_at=None).select_related("centre").first()


def offered(queue: Queue, plan: RolloutPlan, *, today: date) -> list[OfferedService]:
    """The services of the plan, in the order of its stages. One that was taken from a closed plan of the centre is
    taken until somebody removes it there: its calls would count twice."""
    rows = list(
        plan.services.select_related("service__unit", "stage").order_by("stage__number", "service__name", "pk")
    )  # fmt: skip
    days, documents = plans.days_of(plan), documented.volumes([each.service for each in rows], today)
    taken = _taken_in(queue.centre_id, [each.service_id for each in rows])
    typed = {name.casefold() for name in MovedService.objects.filter(queue=queue).values_list("name", flat=True)}
    return [
        OfferedService(
            each, day := _day(each, days), documents.get(each.service_id), taken.get(each.service_id),
            each.service.name[:_LONGEST_NAME].casefold() in typed, call_changes.is_far(day, today),
        )
        for each in rows
    ]  # fmt: skip


def _taken_in(centre: int, services: Sequence[int]) -> dict[int, RolloutMove]:
    """How each service was taken last, from whichever plan of the centre."""
    found = RolloutMove.objects.filter(plan__centre=centre, service__in=services).select_related("moved__queue")
    return {each.service_id: each for each in found.order_by("pk")}


def _day(row: RolloutService, days: Mapping[int, date]) -> date:
    """The day of its switch, else the go-live of its stage."""
    return row.switched_on or days[row.stage.number]


@transaction.atomic
def take(
    queue: Queue, stage: RolloutStage, services: Collection[str] | None = None, *, part: MovedPart,
    by_phone: int | None, ramp_days: int, by: Person, at: datetime,
) -> list[RolloutMove]:  # fmt: skip
    """Take services of a stage (codes; None: all that can be taken) into the forecast of a queue. `by_phone` percent of
    their enquiries are calls; None: as counted, else all. Raises RefusedChange when there is nothing to take, and for a
    service that is named and cannot be taken."""
    plan = plans.opened(stage.plan)
    if plan.centre_id != queue.centre_id:
        raise RefusedChange({"stage": _("Planen gælder et andet kontaktcenter end køens.")})
    with translation.override("da"):  # what volumes say of their source is stored
        of_stage = [each for each in offered(queue, plan, today=day_of(at)) if each.row.stage_id == stage.pk]
    chosen = [each for each in of_stage if each.why_not is None and (services is None or each.service.code in services)]
    if not chosen:
        raise RefusedChange({"services": _("Ingen af ydelserne kan tages med i prognosen.")})
    if others := sorted(set(services or ()) - {each.service.code for each in chosen}):
        said = _("Disse ydelser kan ikke tages med i prognosen: %(services)s.")
        raise RefusedChange({"services": said % {"services": ", ".join(others)}})
    return [_taken(queue, each, RolloutMove(
        plan=plan, service=each.service, counts=part.value, by_phone=by_phone
    ), ramp_days, by, at) for each in chosen]  # fmt: skip


def _taken(
    queue: Queue, offer: OfferedService, move: RolloutMove, ramp_days: int, by: Person, at: datetime
) -> RolloutMove:
    assert offer.volume is not None
    moved = MovedService(
        queue=queue, name=offer.service.name[:_LONGEST_NAME], first=offer.first, ramp_days=ramp_days,
        calls_a_year=_calls(offer.volume, move), source=_source(offer, move),
    )  # fmt: skip
    move.moved = call_changes.add_move(moved, by=by, at=at)
    move.save()
    return move


def _calls(volume: DocumentedVolume, move: RolloutMove) -> int:
    return max(volume.calls(MovedPart(move.counts), move.phone_share), 1)


def _source(offer: OfferedService, move: RolloutMove) -> str:
    """`Etape 1: kataloget …; 91 % flytter, 80 % ringer`. In Danish, whoever takes it: it is stored and read by all."""
    assert offer.volume is not None
    with translation.override("da"):
        said = _("%(stage)s: %(source)s; %(moved)s %% flytter, %(phoned)s %% ringer") % {
            "stage": offer.stage.name[:60], "source": offer.volume.source,
            "moved": _percent(offer.volume.moved(MovedPart(move.counts))),
            "phoned": _percent(offer.volume.phoned(move.phone_share)),
        }  # fmt: skip
    return said[:_LONGEST_SOURCE]


def _percent(share: float) -> str:
    return number_format(round(100 * share), 0)


# --- When the plan changes -----------------------------------------------------------------------


def followed(queue: Queue, *, today: date) -> list[FollowedMove]:
    """All services that move into the queue or out of it, each held against the plan that it was taken from."""
    rows = list(MovedService.objects.filter(queue=queue))
    taken = RolloutMove.objects.filter(moved__in=rows).select_related("plan", "service__unit")
    moves = {each.moved_id: each for each in taken}
    there = _in_plans(list(moves.values()), today)
    return [
        FollowedMove(each, move, there.get((move.plan_id, move.service_id)) if move else None)
        for each, move in ((each, moves.get(each.pk)) for each in rows)
    ]


_InPlans = Mapping[tuple[int, int], OfferedService]


def _in_plans(moves: Sequence[RolloutMove], today: date) -> _InPlans:
    """By plan and service, what the plans say now."""
    found = {}
    for plan in {each.plan_id: each.plan for each in moves}.values():
        of_plan = {each.service_id for each in moves if each.plan_id == plan.pk}
        rows = list(plan.services.filter(service__in=of_plan).select_related("service__unit", "stage"))
        days, documents = plans.days_of(plan), documented.volumes([each.service for each in rows], today)
        for row in rows:
            day, volume = _day(row, days), documents.get(row.service_id)
            is_far = call_changes.is_far(day, today)
            found[plan.pk, row.service_id] = OfferedService(row, day, volume, None, False, is_far)
    return found


@transaction.atomic
def follow_plan(queue: Queue, *, by: Person, at: datetime) -> int:
    """Give the services that were taken from a plan the days and volumes that it has now; how many were changed. Those
    that are no longer in the plan stay, for somebody to remove, and so do those with a day that is far away."""
    Queue.objects.select_for_update(of=("self",)).get(pk=queue.pk)
    changed = 0
    with translation.override("da"):
        rows = followed(queue, today=day_of(at))
    for each in rows:
        if each.can_follow and each.move is not None and each.now is not None:
            call_changes.change_move(each.moved, _values(each, each.now, each.move), by=by, at=at)
            changed += 1
    return changed


def _values(followed_move: FollowedMove, now: OfferedService, move: RolloutMove) -> dict[str, Any]:
    values: dict[str, Any] = {"first": now.first}
    if followed_move.calls is not None:
        values |= {"calls_a_year": followed_move.calls, "source": _source(now, move)}
    return values
