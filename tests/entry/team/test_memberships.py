"""Queue memberships by the day: begun, ended, planned, and never twice at a time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Command, QueueMembership
from indgang.entry.setup.queues import StoredRelaxation
from indgang.entry.switchboard import plans
from indgang.entry.team import agents, memberships
from indgang.live.models import Mark
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TODAY = MORNING.date()


def begin(world: World, username: str, queue: str, day: date = TODAY, until: date | None = None) -> int:
    people, queues = [world.people[username]], [world.queues[queue]]
    return memberships.begin(people, queues, day=day, until=until, by=world.eva, at=MORNING)


def days(world: World, username: str, queue: str) -> list[tuple[date, date | None]]:
    rows = QueueMembership.objects.filter(person=world.people[username], queue=world.queues[queue])
    return list(rows.order_by("valid_from").values_list("valid_from", "valid_to"))


def test_a_membership_is_in_the_plan_of_the_switchboard_on_its_days_alone(world: World) -> None:
    ends = TODAY + timedelta(days=7)
    assert begin(world, "ida", "tmf-byliv", TODAY + timedelta(days=2), ends) == 1
    found = [
        "tmf-byliv" in plans.read(MORNING + timedelta(days=day)).people[world.ida.pk].queues for day in (0, 2, 6, 7)
    ]
    assert found == [False, True, True, False]
    assert Command.objects.get().kind == "reload"
    assert set(Mark.objects.values_list("part", flat=True)) == {"centre-tmf/agents", f"person-{world.ida.pk}/state"}
    change = Change.objects.get()
    assert (change.action, change.after["queues"]) == ("queuemembership.begin", ["tmf-byliv"])


def test_somebody_serves_a_queue_once_on_any_day(world: World) -> None:
    with pytest.raises(RefusedChange, match="Anna Agerbæk betjener allerede “Byggeri” fra"):
        begin(world, "anna", "tmf-byggeri")
    begin(world, "ida", "tmf-byliv", TODAY + timedelta(days=5), TODAY + timedelta(days=9))
    with pytest.raises(RefusedChange, match="til"):
        begin(world, "ida", "tmf-byliv")
    begin(world, "ida", "tmf-byliv", TODAY, TODAY + timedelta(days=5))
    assert len(days(world, "ida", "tmf-byliv")) == 2


@pytest.mark.parametrize(
    ("day", "until", "field"),
    [
        (TODAY - timedelta(days=1), None, "day"),
        (TODAY + timedelta(days=2000), None, "day"),
        (TODAY, TODAY, "until"),
    ],
)
def test_days_that_cannot_be_are_refused(world: World, day: date, until: date | None, field: str) -> None:
    with pytest.raises(RefusedChange) as refused:
        begin(world, "ida", "tmf-byliv", day, until)
    assert set(refused.value.reasons) == {field}


def test_nobody_begins_with_a_closed_account_or_in_a_queue_that_is_over(world: World) -> None:
    world.ida.is_active = False
    world.ida.save()
    with pytest.raises(RefusedChange, match="lukket"):
        begin(world, "ida", "tmf-byliv")
    queue = world.queues["tmf-oevrige"]
    queue.valid_to = TODAY + timedelta(days=1)
    queue.save()
    with pytest.raises(RefusedChange, match="ophører"):
        begin(world, "eva", "tmf-oevrige", TODAY + timedelta(days=1))


def test_one_that_ends_keeps_its_days_and_one_that_has_not_begun_goes(world: World) -> None:
    row = QueueMembership.objects.get(person=world.anna, queue=world.queues["tmf-byliv"])
    memberships.end(row, on=TODAY + timedelta(days=3), by=world.eva, at=MORNING)
    assert days(world, "anna", "tmf-byliv") == [(date(2020, 1, 1), TODAY + timedelta(days=3))]
    with pytest.raises(RefusedChange, match="slutter allerede"):
        memberships.end(row, on=TODAY + timedelta(days=4), by=world.eva, at=MORNING)
    with pytest.raises(RefusedChange, match="passeret"):
        memberships.end(row, on=TODAY - timedelta(days=1), by=world.eva, at=MORNING)
    begin(world, "ida", "tmf-byliv", TODAY + timedelta(days=5))
    planned = QueueMembership.objects.get(person=world.ida, queue=world.queues["tmf-byliv"])
    memberships.end(planned, on=TODAY, by=world.eva, at=MORNING)
    assert days(world, "ida", "tmf-byliv") == []


def test_one_that_another_leader_has_just_taken_away_is_left_alone(world: World) -> None:
    begin(world, "ida", "tmf-byliv", TODAY + timedelta(days=5))
    planned = QueueMembership.objects.get(person=world.ida, queue=world.queues["tmf-byliv"])
    seen_by_another = QueueMembership.objects.get(pk=planned.pk)
    memberships.end(planned, on=TODAY, by=world.eva, at=MORNING)
    memberships.end(seen_by_another, on=TODAY, by=world.eva, at=MORNING)
    memberships.switch_on(seen_by_another, by=world.eva, at=MORNING)
    assert Change.objects.filter(action="queuemembership.end").count() == 1


def test_many_do_not_begin_with_an_account_that_was_closed_meanwhile(world: World) -> None:
    read_before = Person.objects.get(pk=world.ida.pk)
    Person.objects.filter(pk=world.ida.pk).update(is_active=False)
    wanted = {read_before: [world.queues["tmf-byliv"]]}
    with pytest.raises(RefusedChange, match="lukket"):
        memberships.begin_many(wanted, day=TODAY, by=world.eva, at=MORNING, why="indlæst")
    assert days(world, "ida", "tmf-byliv") == []


def test_a_leader_who_adds_a_queue_today_leaves_what_is_planned_for_it(world: World) -> None:
    begin(world, "ida", "tmf-byliv", TODAY + timedelta(days=5))
    queues = [world.queues["tmf-byggeri"], world.queues["tmf-byliv"]]
    agents.serve(world.ida, world.centres["tmf"], queues, day=TODAY, by=world.eva, at=MORNING)
    assert days(world, "ida", "tmf-byliv") == [(TODAY, TODAY + timedelta(days=5)), (TODAY + timedelta(days=5), None)]


def test_what_was_switched_off_is_switched_on_again_once(world: World) -> None:
    agents.serve(world.anna, world.centres["tmf"], [], day=TODAY, by=world.eva, at=MORNING)
    row = QueueMembership.objects.get(person=world.anna, queue=world.queues["tmf-byliv"])
    for _time in range(2):
        memberships.switch_on(row, by=world.eva, at=MORNING)
    assert plans.read(MORNING).people[world.anna.pk].queues == {"tmf-byliv"}
    assert Change.objects.filter(action="queuemembership.activate").count() == 1


def test_levels_say_after_how_long_somebody_is_asked() -> None:
    steps = [
        StoredRelaxation(after=0, skills={"grav": 2, "engelsk": 1}, also_queues=[]),
        StoredRelaxation(after=60, skills={"grav": 1}, also_queues=[]),
    ]
    levels: tuple[dict[str, int], ...] = ({"grav": 3, "engelsk": 1}, {"grav": 2}, {"engelsk": 5}, {})
    assert [memberships.asked_after(steps, each) for each in levels] == [0, 60, None, None]
