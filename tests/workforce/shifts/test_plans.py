"""From a draft to published shifts, and what changes afterwards."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from indgang.audit.models import Change
from indgang.core.clock import COPENHAGEN
from indgang.core.ranges import TimeRange
from indgang.core.refusals import RefusedChange
from indgang.staffing.shifts.activities import ActivityKind
from indgang.staffing.shifts.problem import ShiftPerson, ShiftProblem, UnusableProblem, days_from
from indgang.workforce import own_day, shifts
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import (
    Competence,
    LeaveRequest,
    PlannedShift,
    PlanRun,
    ShiftPlan,
    SwapRequest,
    TimeWish,
    WorkContract,
)
from indgang.workforce.shifts import contracts, feed, leave, plans, rule_words, running, swaps
from indgang.workforce.shifts.question import PlanQuestion
from tests.workforce.shifts.rows import activity, plan, ready, shift, solve, workplace
from tests.workforce.shifts.rows import contracts as contracted
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def published(world: World) -> ShiftPlan:
    made = ready(world)
    assert solve(made, world).state == PlanRun.State.DONE
    return plans.publish(made, by=world.gerda, at=MORNING)


def test_a_need_becomes_published_shifts(world: World, published: ShiftPlan) -> None:
    monday = datetime.combine(published.first, time(0), COPENHAGEN)
    people = [world.anna.pk, world.bo.pk, world.clara.pk]
    there = shifts.planned(people, monday, monday + 7 * DAY)
    noon = [each.at(monday + timedelta(days=2, hours=11)) for each in there]
    assert ActivityKind.PHONE in [part.kind for part in noon if part]
    run = PlanRun.objects.get()
    assert run.cost is not None
    assert run.bound is not None
    assert run.cost >= run.bound > 0
    assert run.course
    assert list(Change.objects.order_by("pk").values_list("action", flat=True)) == [
        "shift_plan.draft", "shift_plan.need", "shift_plan.run", "shift_plan.publish",
    ]  # fmt: skip


def test_a_skill_counts_on_the_days_on_which_somebody_has_it(world: World) -> None:
    """Anna learns it on Wednesday, Bo has it until then, and Clara never."""
    made = ready(world)
    wednesday = made.first + 2 * DAY
    phone = activity(ActivityKind.PHONE)
    phone.skill = world.skills["erhverv"]
    phone.save()
    Competence.objects.filter(skill=phone.skill).delete()
    Competence.objects.create(person=world.anna, skill=phone.skill, valid_from=wednesday)
    Competence.objects.create(person=world.bo, skill=phone.skill, valid_to=wednesday)
    problem = PlanQuestion(made, MORNING).problem
    able = {
        each.key: [phone.code in each.can_do(day.start, day.end) for day in problem.days[:4]] for each in problem.people
    }
    assert able[str(world.anna.pk)] == [False, False, True, True]
    assert able[str(world.bo.pk)] == [True, True, False, False]
    assert able[str(world.clara.pk)] == [False] * 4


def test_who_calls_in_sick_is_replaced_by_a_version_that_changes_little(world: World, published: ShiftPlan) -> None:
    monday = datetime.combine(published.first, time(7), COPENHAGEN)
    ill = shifts.planned([world.anna.pk, world.bo.pk, world.clara.pk], monday, monday + DAY)[0]
    person = next(each for each in (world.anna, world.bo, world.clara) if each.pk == ill.person)
    sick = DayPart(DayKind.SICK, TimeRange(monday - timedelta(hours=1), monday + timedelta(hours=17)))
    own_day.note(person, [sick], by=person, at=monday - timedelta(hours=1))
    draft = plans.follow(published, by=world.eva, at=monday)
    with pytest.raises(RefusedChange, match="fravær"):
        plans.publish(draft, by=world.eva, at=monday)
    run = solve(draft, world, seconds=4)
    assert run.state == PlanRun.State.DONE, run.answer
    plans.publish(draft, by=world.eva, at=monday)
    published.refresh_from_db()
    assert published.state == ShiftPlan.State.REPLACED
    assert not shifts.planned([person.pk], monday, monday + timedelta(hours=16))


def test_a_draft_does_not_undo_what_changed_hands_since_it_was_copied(world: World) -> None:
    contracted(world, world.anna, world.bo, weekly_hours=10)
    made = plan(world, ShiftPlan.State.PUBLISHED, days=7)
    whole = (ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    first, second = (shift(made, world.anna, MORNING + number * DAY, *whole) for number in (1, 3))
    swap, other = swaps.offer(first, to=None, at=MORNING), swaps.offer(second, to=None, at=MORNING)
    swaps.take(swap, in_return=None, by=world.bo, at=MORNING)
    late = plans.follow(made, by=world.gerda, at=MORNING)
    swaps.decide(swap, is_approved=True, answer="Aftalt med 010190-1234", by=world.eva, at=MORNING)
    with pytest.raises(RefusedChange, match="byttet eller flyttet"):
        plans.publish(late, by=world.gerda, at=MORNING)
    swap.refresh_from_db()
    assert "1234" not in swap.answer
    plans.discard(late, by=world.gerda, at=MORNING)
    newer = plans.publish(plans.follow(made, by=world.gerda, at=MORNING), by=world.gerda, at=MORNING)
    assert newer.shifts.filter(person=world.bo, starts_at=first.starts_at).exists()
    other.refresh_from_db()
    assert other.state == SwapRequest.State.LAPSED
    assert Change.objects.filter(action="swap_request.end").count() == 1


def test_the_days_are_known_on_which_a_version_needs_others(world: World) -> None:
    made = ready(world)
    assert not PlanQuestion(made, MORNING).changed_days
    ShiftPlan.objects.filter(pk=made.pk).update(state=ShiftPlan.State.PUBLISHED, published_at=MORNING)
    draft = plans.follow(made, by=world.gerda, at=MORNING)
    assert PlanQuestion(draft, MORNING).changed_days == frozenset()
    plans.set_need(
        draft, activity=activity(ActivityKind.PHONE), workplace=workplace(), weekdays=[2, 6], opens=time(16),
        closes=time(18), people=1, by=world.gerda, at=MORNING,
    )  # fmt: skip
    assert PlanQuestion(draft, MORNING).changed_days == {2, 6}


def test_nobody_is_needed_on_a_public_holiday_unless_it_is_asked_for(world: World) -> None:
    made = plan(world, ShiftPlan.State.DRAFT, days=28)
    good_friday = made.first + 23 * DAY
    sent: dict[str, Any] = {
        "activity": activity(ActivityKind.PHONE), "workplace": workplace(), "weekdays": [4], "opens": time(8),
        "closes": time(16), "people": 1, "by": world.gerda, "at": MORNING,
    }  # fmt: skip
    assert plans.set_need(made, **sent) == 3
    assert not made.needs.filter(day=good_friday).exists()
    assert plans.set_need(made, **sent, on_holidays=True) == 4


def test_nobody_is_planned_after_the_last_day_of_the_contract(world: World) -> None:
    made = ready(world)
    WorkContract.objects.filter(person=world.anna).update(valid_to=made.first + 2 * DAY)
    run = solve(made, world)
    assert run.state == PlanRun.State.DONE, run.answer
    rows = made.shifts.filter(person=world.anna)
    assert rows
    assert {each.starts_at.astimezone(COPENHAGEN).date() for each in rows} <= {made.first, made.first + DAY}


def test_what_cannot_be_worked_out_is_said_in_danish() -> None:
    people = tuple(ShiftPerson(str(each), 37.0) for each in range(501))
    with pytest.raises(UnusableProblem) as caught:
        ShiftProblem(days_from(MORNING.date(), 7), people, {})
    assert "flere end 500 medarbejdere" in rule_words.of_unusable(caught.value)
    assert "Spørg den" in rule_words.of_unusable(UnusableProblem("shifts begin every 15 minutes"))


def test_an_impossible_contract_ends_the_run_with_its_rules(world: World) -> None:
    made = ready(world)
    WorkContract.objects.filter(person=world.bo).update(days_a_week=1)
    run = solve(made, world)
    assert (run.state, run.answer["person"], run.answer["rules"]) == (
        PlanRun.State.IMPOSSIBLE, str(world.bo.pk), ["contract", "days_a_week"],
    )  # fmt: skip
    with pytest.raises(RefusedChange, match="ingen vagter"):
        plans.publish(made, by=world.gerda, at=MORNING)


def test_a_run_that_is_stopped_keeps_its_plan_and_a_lost_one_is_given_up(world: World) -> None:
    made = ready(world)
    run = running.order(made, seconds=600, by=world.gerda, at=MORNING)
    with pytest.raises(RefusedChange, match="allerede"):
        running.order(made, seconds=5, by=world.gerda, at=MORNING)
    running.stop(run, by=world.gerda, at=MORNING)
    running.carry_out(run.pk, lambda: MORNING)
    run.refresh_from_db()
    assert run.state == PlanRun.State.CANCELLED
    assert made.shifts.exists()
    lost = running.order(made, seconds=5, by=world.gerda, at=MORNING)
    assert running.give_up_lost(MORNING + timedelta(minutes=10)) == 0, "the worker may be busy for long"
    PlanRun.objects.filter(pk=lost.pk).update(state=PlanRun.State.RUNNING, begun_at=MORNING)
    assert running.give_up_lost(MORNING + timedelta(minutes=3)) == 0
    assert running.give_up_lost(MORNING + timedelta(minutes=4)) == 1
    running.carry_out(lost.pk, lambda: MORNING)
    lost.refresh_from_db()
    assert lost.state == PlanRun.State.FAILED, "a run that was given up is not begun any more"
    waiting = running.order(made, seconds=5, by=world.gerda, at=MORNING)
    running.stop(waiting, by=world.gerda, at=MORNING + timedelta(minutes=10))
    assert running.give_up_lost(MORNING + timedelta(minutes=11)) == 1, "the draft is free again for who has stopped it"


def test_what_a_run_answers_after_it_was_given_up_is_not_kept(world: World) -> None:
    made = ready(world)
    run = running.order(made, seconds=600, by=world.gerda, at=MORNING)
    running.stop(run, by=world.gerda, at=MORNING)
    asked = iter([False, False, True])

    def clock() -> datetime:
        """The third time is that of the answer."""
        if next(asked):
            assert running.give_up_lost(MORNING + DAY) == 1
        return MORNING

    running.carry_out(run.pk, clock)
    run.refresh_from_db()
    assert run.state == PlanRun.State.FAILED
    assert not made.shifts.exists()


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (-1, 5, "I dag|i dag"),
        (5, 4, "efter startdagen"),
        (5, 60, "højst 42 dage"),
        (900, 905, "et år"),
        (3, 6, "allerede"),
    ],
)
def test_days_that_cannot_be_planned_are_refused(world: World, first: int, last: int, words: str) -> None:
    ready(world)
    today = MORNING.date()
    with pytest.raises(RefusedChange, match=words):
        plans.draft(
            world.queues["tmf-byggeri"].centre, first=today + first * DAY, last=today + last * DAY, by=world.gerda,
            at=MORNING,
        )  # fmt: skip


def test_a_published_plan_is_not_changed(world: World, published: ShiftPlan) -> None:
    for change in (
        lambda: plans.publish(published, by=world.gerda, at=MORNING),
        lambda: plans.discard(published, by=world.gerda, at=MORNING),
        lambda: plans.set_prices(published, {"paid": 2}, by=world.gerda, at=MORNING),
        lambda: running.order(published, seconds=5, by=world.gerda, at=MORNING),
    ):
        with pytest.raises(RefusedChange):
            change()


# --- Leave -----------------------------------------------------------------------------------------


def test_approved_leave_is_not_planned(world: World) -> None:
    made = ready(world)
    asked = leave.ask(
        world.anna, kind=LeaveRequest.Kind.HOLIDAY, first=made.first, last=made.first + DAY, note="", at=MORNING
    )
    with pytest.raises(RefusedChange, match="dit eget"):
        leave.decide(asked, is_approved=True, answer="", by=world.anna, at=MORNING)
    leave.decide(asked, is_approved=True, answer="", by=world.eva, at=MORNING)
    assert solve(made, world).state == PlanRun.State.DONE
    days = {each.starts_at.astimezone(COPENHAGEN).date() for each in made.shifts.filter(person=world.anna)}
    assert days
    assert not days & {made.first, made.first + DAY}


def test_a_refusal_says_why_and_leave_is_asked_for_once(world: World) -> None:
    first = MORNING.date() + 7 * DAY
    asked = leave.ask(world.anna, kind=LeaveRequest.Kind.HOLIDAY, first=first, last=first, note="Bryllup", at=MORNING)
    with pytest.raises(RefusedChange, match="allerede søgt"):
        leave.ask(world.anna, kind=LeaveRequest.Kind.OTHER, first=first - DAY, last=first, note="", at=MORNING)
    with pytest.raises(RefusedChange, match="hvorfor"):
        leave.decide(asked, is_approved=False, answer=" ", by=world.eva, at=MORNING)
    leave.decide(asked, is_approved=False, answer="Vi er for få", by=world.eva, at=MORNING)
    with pytest.raises(RefusedChange):
        leave.withdraw(asked, by=world.anna, at=MORNING)


# --- Swaps -----------------------------------------------------------------------------------------


def test_a_shift_changes_hands_when_a_colleague_takes_it_and_a_leader_agrees(world: World) -> None:
    contracted(world, world.anna, world.bo)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    row = shift(made, world.anna, MORNING + DAY, ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    asked = swaps.offer(row, to=None, at=MORNING)
    assert [each.pk for each in swaps.offered_to(world.bo, MORNING)] == [asked.pk]
    assert not swaps.offered_to(world.anna, MORNING)
    swaps.take(asked, in_return=None, by=world.bo, at=MORNING)
    with pytest.raises(RefusedChange, match="dit eget bytte"):
        swaps.decide(asked, is_approved=True, answer="", by=world.bo, at=MORNING)
    swaps.decide(asked, is_approved=True, answer="", by=world.eva, at=MORNING)
    row.refresh_from_db()
    assert row.person == world.bo
    assert Change.objects.filter(action="swap_request.approve").exists()


def test_a_swap_that_breaks_the_rest_of_a_colleague_is_refused(world: World) -> None:
    contracted(world, world.anna, world.bo)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    row = shift(made, world.anna, MORNING + DAY, ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    shift(made, world.bo, MORNING + timedelta(hours=9), ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    asked = swaps.offer(row, to=world.bo, at=MORNING)
    with pytest.raises(RefusedChange, match="11 timers hvil"):
        swaps.take(asked, in_return=None, by=world.bo, at=MORNING)
    with pytest.raises(RefusedChange, match="ikke tilbudt til dig"):
        swaps.take(asked, in_return=None, by=world.clara, at=MORNING)
    assert SwapRequest.objects.get().state == SwapRequest.State.OFFERED


def test_a_shift_that_was_given_away_meanwhile_is_not_given_again(world: World) -> None:
    contracted(world, world.anna, world.bo, world.clara)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    whole = (ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    annas, bos = shift(made, world.anna, MORNING + DAY, *whole), shift(made, world.bo, MORNING + 3 * DAY, *whole)
    swap = swaps.offer(annas, to=None, at=MORNING)
    swaps.take(swap, in_return=bos, by=world.bo, at=MORNING)
    other = swaps.offer(bos, to=None, at=MORNING)
    swaps.take(other, in_return=None, by=world.clara, at=MORNING)
    swaps.decide(other, is_approved=True, answer="", by=world.eva, at=MORNING)
    with pytest.raises(RefusedChange, match="fået en anden"):
        swaps.decide(swap, is_approved=True, answer="", by=world.eva, at=MORNING)
    bos.refresh_from_db()
    assert bos.person == world.clara


def test_a_shift_of_somebody_without_a_contract_is_seen_and_taken(world: World) -> None:
    contracted(world, world.anna, world.bo, weekly_hours=1)
    made = plan(world, ShiftPlan.State.PUBLISHED, days=7)
    whole = (ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    row, bos = shift(made, world.anna, MORNING + DAY, *whole), shift(made, world.bo, MORNING + 3 * DAY, *whole)
    swap = swaps.offer(row, to=None, at=MORNING)
    WorkContract.objects.filter(person=world.anna).update(valid_to=made.first)
    with pytest.raises(RefusedChange, match=r"Anna.*timer efter ansættelsen"):
        plans.publish(plans.follow(made, by=world.gerda, at=MORNING), by=world.gerda, at=MORNING)
    with pytest.raises(RefusedChange, match="ingen ansættelse"):
        swaps.take(swap, in_return=bos, by=world.bo, at=MORNING)
    assert not swaps.offered_to(world.clara, MORNING)
    swaps.take(swap, in_return=None, by=world.bo, at=MORNING)
    swaps.decide(swap, is_approved=True, answer="", by=world.eva, at=MORNING)
    row.refresh_from_db()
    assert row.person == world.bo


# --- Contracts and wishes --------------------------------------------------------------------------


def test_a_new_contract_ends_the_one_before(world: World) -> None:
    centre = world.queues["tmf-byggeri"].centre
    values = {
        "centre": centre, "weekly_hours": 30, "days_a_week": 4, "shortest": 360, "longest": 510, "earliest": time(8),
        "latest": time(17), "weekends_off": 4, "off_phone_share": 0,
    }  # fmt: skip
    contracted(world, world.anna)
    today = MORNING.date()
    contracts.agree(world.anna, values, [workplace()], valid_from=today + 3 * DAY, by=world.eva, at=MORNING)
    rows = WorkContract.objects.filter(person=world.anna).order_by("valid_from")
    assert [(row.valid_to, float(row.weekly_hours)) for row in rows] == [(today + 3 * DAY, 37.0), (None, 30.0)]
    late = {**values, "earliest": time(12), "latest": time(13)}
    with pytest.raises(RefusedChange, match="plads til den korteste"):
        contracts.agree(world.anna, late, [], valid_from=today, by=world.eva, at=MORNING)


AGREED = {
    "weekly_hours": 30, "days_a_week": 4, "shortest": 360, "longest": 510, "earliest": time(8), "latest": time(17),
    "weekends_off": 4, "off_phone_share": 0,
}  # fmt: skip


def test_a_contract_in_another_centre_is_not_touched(world: World) -> None:
    contracted(world, world.anna)
    values = {**AGREED, "centre": world.centres["bif"]}
    with pytest.raises(RefusedChange, match="afsluttes der først"):
        contracts.agree(world.anna, values, [], valid_from=MORNING.date() + DAY, by=world.finn, at=MORNING)
    there = WorkContract.objects.get()
    contracts.end(there, on=MORNING.date() + DAY, by=world.gerda, at=MORNING)
    contracts.agree(world.anna, values, [], valid_from=MORNING.date() + DAY, by=world.finn, at=MORNING)
    assert [each.centre.code for each in WorkContract.objects.order_by("valid_from")] == ["tmf", "bif"]


def test_every_contract_that_a_new_one_ends_or_removes_is_in_the_audit_trail(world: World) -> None:
    centre, today = world.queues["tmf-byggeri"].centre, MORNING.date()
    contracted(world, world.anna)
    for day in (20, 10):
        contracts.agree(
            world.anna, {**AGREED, "centre": centre}, [], valid_from=today + day * DAY, by=world.eva, at=MORNING
        )
    assert [(each.valid_to is None) for each in WorkContract.objects.order_by("valid_from")] == [False, True]
    assert list(Change.objects.order_by("pk").values_list("action", flat=True)) == [
        "workcontract.change", "workcontract.add", "workcontract.change", "workcontract.remove", "workcontract.add",
    ]  # fmt: skip


def test_a_contract_is_ended_once_and_not_made_longer(world: World) -> None:
    contracted(world, world.anna, valid_from=MORNING.date() + 3 * DAY)
    there = WorkContract.objects.get()
    contracts.end(there, on=MORNING.date() + 9 * DAY, by=world.eva, at=MORNING)
    with pytest.raises(RefusedChange, match="Skriv en ny"):
        contracts.end(there, on=MORNING.date() + 10 * DAY, by=world.eva, at=MORNING)
    contracts.end(there, on=MORNING.date() + 3 * DAY, by=world.eva, at=MORNING)
    assert not WorkContract.objects.exists()
    with pytest.raises(RefusedChange, match="findes ikke"):
        contracts.end(WorkContract(pk=there.pk, person=world.anna), on=MORNING.date(), by=world.eva, at=MORNING)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"earliest": time(7, 10)}, "earliest"), ({"shortest": 780, "longest": 780, "latest": time(0)}, "shortest")],
)
def test_contracts_that_no_shift_can_keep_are_refused(world: World, changes: dict[str, Any], field: str) -> None:
    values = {**AGREED, "centre": world.queues["tmf-byggeri"].centre, **changes}
    with pytest.raises(RefusedChange) as caught:
        contracts.agree(world.anna, values, [], valid_from=MORNING.date(), by=world.eva, at=MORNING)
    assert set(caught.value.reasons) == {field}


def test_a_need_between_two_quarters_is_refused(world: World) -> None:
    made = ready(world)
    with pytest.raises(RefusedChange, match="helt kvarter"):
        plans.set_need(
            made, activity=activity(ActivityKind.PHONE), workplace=workplace(), weekdays=[0], opens=time(8, 10),
            closes=time(9), people=1, by=world.gerda, at=MORNING,
        )  # fmt: skip


def test_a_wish_for_a_weekday_is_a_wish_for_each_of_them(world: World) -> None:
    made = ready(world)
    contracts.wish(world.anna, kind=TimeWish.Kind.FREE, day=None, weekday=2, weight=3, at=MORNING)
    assert solve(made, world).answer["cost"]["wishes"] == 0
    wednesday = made.first + 2 * DAY
    assert not [
        each
        for each in made.shifts.filter(person=world.anna)
        if each.starts_at.astimezone(COPENHAGEN).date() == wednesday
    ]


# --- The calendar ----------------------------------------------------------------------------------


def test_a_calendar_reads_the_published_shifts_by_a_secret(world: World) -> None:
    made = plan(world, ShiftPlan.State.PUBLISHED)
    shift(made, world.anna, MORNING, ActivityKind.PHONE, ActivityKind.BREAK)
    secret = feed.make(world.anna, at=MORNING)
    assert feed.person_of(secret) == world.anna
    text = feed.calendar(world.anna, MORNING).decode()
    assert text.count("BEGIN:VEVENT") == 1
    assert "DTSTART:20260311T083000Z" in text
    assert "09.30–11.30 phone" in text
    newer = feed.make(world.anna, at=MORNING)
    assert (feed.person_of(secret), feed.person_of(newer)) == (None, world.anna)
    feed.close(world.anna, at=MORNING)
    assert feed.person_of(newer) is None


def test_no_row_is_left_when_a_draft_is_discarded(world: World) -> None:
    made = ready(world)
    shift(made, world.anna, MORNING + 6 * DAY, ActivityKind.PHONE)
    plans.discard(made, by=world.gerda, at=MORNING)
    assert not PlannedShift.objects.exists()
    assert activity(ActivityKind.PHONE).pk
