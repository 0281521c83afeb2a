"""Duty rotas: planned, swapped, and followed by the switchboard."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from indgang.catalogue.models import OpenSpan, Schedule
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.entry.models import DutyRota, DutyShift, RotaMember, ShiftSwap
from indgang.entry.switchboard import plans
from indgang.entry.team import rotas
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 12)


@pytest.fixture
def rota(world: World) -> DutyRota:
    evenings = Schedule.objects.create(code="aften", name="Aften", closed_on_holidays=False)
    for weekday in range(7):
        OpenSpan.objects.create(schedule=evenings, weekday=weekday, opens=time(16), closes=time(22))
    made = DutyRota.objects.create(code="aftenvagt", name="Aftenvagten", hours=evenings)
    for code in ("tmf-byggeri", "bif-erhverv"):
        RotaMember.objects.create(rota=made, queue=world.queues[code])
    return made


def plan(world: World, rota: DutyRota, days: int = 14) -> list[DutyShift]:
    rotas.plan(rota, first=FIRST, last=FIRST + timedelta(days=days - 1), by=world.finn, at=MORNING)
    return list(rota.shifts.select_related("queue"))


def test_the_turns_of_two_weeks_are_shared_equally(world: World, rota: DutyRota) -> None:
    shifts = plan(world, rota)
    assert len(shifts) == 14
    assert shifts[0].starts_at == datetime(2026, 3, 12, 16, tzinfo=COPENHAGEN)
    found = rotas.balances(rota, shifts, FIRST)
    assert max(abs(each.difference) for each in found) <= 4.5  # half of the heaviest turn
    assert [each.burden for each in shifts if each.starts_at.weekday() >= 5] == [9.0] * 4


def test_planning_again_keeps_what_is_there(world: World, rota: DutyRota) -> None:
    before = {each.pk: each.queue_id for each in plan(world, rota, 7)}
    after = {each.pk: each.queue_id for each in plan(world, rota, 9)}
    assert len(after) == 9
    assert before.items() <= after.items()


def test_a_holiday_weighs_twice(world: World, rota: DutyRota) -> None:
    rotas.plan(rota, first=date(2026, 4, 2), last=date(2026, 4, 2), by=world.finn, at=MORNING)
    assert DutyShift.objects.get().burden == 12.0


def test_nobody_is_on_duty_twice_at_a_time(world: World, rota: DutyRota) -> None:
    first = plan(world, rota, 1)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyShift.objects.create(
            rota=rota, queue=world.queues["bif-erhverv"], burden=1.0, starts_at=first.starts_at + timedelta(hours=1),
            ends_at=first.ends_at + timedelta(hours=1),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 3, 10), FIRST), (FIRST, date(2026, 3, 11)), (FIRST, date(2028, 1, 1))]
)
def test_days_that_cannot_be_planned_are_refused(world: World, rota: DutyRota, first: date, last: date) -> None:
    with pytest.raises(RefusedChange):
        rotas.plan(rota, first=first, last=last, by=world.finn, at=MORNING)


def test_without_members_nothing_is_planned(world: World, rota: DutyRota) -> None:
    rota.members.all().delete()
    with pytest.raises(RefusedChange):
        plan(world, rota)


def of(shifts: list[DutyShift], code: str) -> DutyShift:
    return next(each for each in shifts if each.queue.code == code)


def test_a_shift_is_swapped_for_another(world: World, rota: DutyRota) -> None:
    shifts = plan(world, rota)
    mine, theirs = of(shifts, "bif-erhverv"), of(shifts, "tmf-byggeri")
    swap = rotas.offer(mine, by=world.eva, at=MORNING)
    assert rotas.offer(mine, by=world.eva, at=MORNING) == swap
    taker = world.queues["tmf-byggeri"]
    rotas.take(swap, queue=taker, in_return=theirs, by=world.eva, at=MORNING)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.queue.code, theirs.queue.code) == ("tmf-byggeri", "bif-erhverv")
    with pytest.raises(RefusedChange, match="afgjort"):
        rotas.take(swap, queue=taker, by=world.eva, at=MORNING)


def test_only_another_centre_takes_it_and_gives_its_own(world: World, rota: DutyRota) -> None:
    shifts = plan(world, rota)
    swap = rotas.offer(of(shifts, "bif-erhverv"), by=world.eva, at=MORNING)
    own, other = (world.queues[code] for code in ("bif-erhverv", "tmf-byggeri"))
    with pytest.raises(RefusedChange):
        rotas.take(swap, queue=own, by=world.eva, at=MORNING)
    with pytest.raises(RefusedChange) as refused:
        rotas.take(swap, queue=other, in_return=of(shifts, "bif-erhverv"), by=world.eva, at=MORNING)
    assert "in_return" in refused.value.reasons


def test_a_shift_that_has_begun_is_not_swapped_and_a_question_can_be_withdrawn(world: World, rota: DutyRota) -> None:
    shift = plan(world, rota)[0]
    swap = rotas.offer(shift, by=world.eva, at=MORNING)
    rotas.withdraw(swap, by=world.eva, at=MORNING)
    assert not ShiftSwap.objects.filter(taken_at=None, withdrawn_at=None).exists()
    with pytest.raises(RefusedChange, match="begyndt"):
        rotas.offer(shift, by=world.eva, at=shift.starts_at)


def test_a_leader_decides_and_the_open_question_ends(world: World, rota: DutyRota) -> None:
    shift = of(plan(world, rota), "bif-erhverv")
    rotas.offer(shift, by=world.eva, at=MORNING)
    rotas.assign(shift, queue=world.queues["tmf-byggeri"], by=world.finn, at=MORNING)
    shift.refresh_from_db()
    assert shift.queue.code == "tmf-byggeri"
    assert ShiftSwap.objects.get().withdrawn_at == MORNING


def test_the_plan_of_the_switchboard_says_who_is_on_duty(world: World, rota: DutyRota) -> None:
    shift = plan(world, rota)[0]
    found = plans.read(shift.starts_at - timedelta(hours=1))
    assert found.on_duty("aftenvagt", shift.starts_at) == shift.queue.code
    assert found.on_duty("aftenvagt", shift.starts_at - timedelta(seconds=1)) == ""
    assert found.on_duty("aftenvagt", shift.ends_at) == ""
    assert found.on_duty("ukendt", shift.starts_at) == ""


def test_a_centre_that_leaves_gets_no_later_shifts_and_one_that_joins_later_gets_some(
    world: World, rota: DutyRota
) -> None:
    plan(world, rota)
    ends, member = FIRST + timedelta(days=7), rota.members.get(queue__code="bif-erhverv")
    rotas.leave(member, on=ends, by=world.finn, at=MORNING)
    rotas.join(rota, world.queues["yds-refusion"], weight=Decimal(1), valid_from=ends, by=world.finn, at=MORNING)
    plan(world, rota)
    later = [each.queue.code for each in rota.shifts.select_related("queue") if each.starts_at.date() >= ends]
    assert len(later) == 7
    assert "bif-erhverv" not in later
    assert "yds-refusion" in later
