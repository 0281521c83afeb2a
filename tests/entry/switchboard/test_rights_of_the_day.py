"""Roles, memberships and skills are valid from their first day to their last, wherever they are read."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from indgang.accounts import access
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.desk import targets
from indgang.desk.access import queues_of
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Presence, QueueMembership
from indgang.entry.switchboard import plans
from indgang.entry.team import on_duty
from indgang.events.models import StoredEvent
from tests.entry.running import running, told
from tests.world import MORNING, World

TODAY = MORNING.date()
TOMORROW = TODAY + timedelta(days=1)


def until_tomorrow(rows: object) -> None:
    rows.update(valid_to=TOMORROW)  # type: ignore[attr-defined]  # any queryset of dated rows


def serving(world: World, person: Person, days: int = 0) -> frozenset[str]:
    known = plans.read(MORNING + timedelta(days=days)).people.get(person.pk)
    return known.queues if known else frozenset()


#: queries that depend on no day, with the reason
OF_NO_DAY = {
    ("workforce/shifts/training.py", "filter"): "what somebody can do on each day of a plan",
    ("workforce/competence.py", "filter"): "makes room among the periods of one person",
    ("office/people/access.py", "filter"): "an administrator sees roles to come and those that are over",
    ("office/people/views.py", "select_related"): "the page of a person lists all their roles",
    ("office/audit/views.py", "filter"): "the day is that of each row of the trail",
    ("enquiries/journal.py", "filter"): "boards that people leave today hear of it too",
    ("portal/waiting.py", "JOIN entry_queuemembership"): "the statement names the day itself",
    ("accounts/identities.py", "filter"): "ends what a provider gave and has not ended, and looks at roles to come",
    ("accounts/people.py", "select_for_update"): "one role that is ended, whenever it counts",
    ("accounts/people.py", "filter"): "somebody must be able to give roles on every day to come",
    ("accounts/people.py", "all"): "all roles of somebody who is closed",
    ("entry/setup/skills.py", "order_by"): "counts whoever has or had the skill, for it can then not be deleted",
    ("entry/team/agents.py", "filter"): "a membership to come is led up to",
    ("entry/team/loans.py", "filter"): "the rows that a loan has made or switched off, by their keys",
    ("entry/team/memberships.py", "select_for_update"): "one row that is changed, whenever it counts",
    ("entry/team/memberships.py", "filter"): "the statement names the days itself",
    ("office/people/views.py", "filter"): "the page of a person lists their skills to come and those that are over",
    ("office/team/access.py", "filter"): "finds on which days of a period somebody served",
    ("measures/rollups/duty.py", "filter"): "looks at each day of a period itself",
    (
        "office/serving/access.py",
        "filter",
    ): "leaves out who serves the queue for good, and finds rows to end",
    ("office/serving/shown.py", "filter"): "the pages list memberships to come and those that are over",
    ("office/serving/views.py", "select_related"): "the pages list memberships to come and those that are over",
    ("reports/rights.py", "filter"): "finds who served on some of the days of a month",
    ("tables/people.py", "filter"): "the table holds what is so today or will be",
    ("tables/people.py", "get"): "a dictionary of the table, not rows",
}
_READ = re.compile(
    r"(?:QueueMembership|RoleAssignment|Competence)\.objects(?:\.select_for_update\(\))?\.(?P<first>\w+)"
    r"|\.(?:roles|memberships|queue_memberships|competences)\.(?P<related>\w+)"
    r"|\b(?:roles|memberships|queue_memberships|competences)__\w+|\b(?:JOIN|FROM) entry_queuemembership"
)


def test_every_read_of_roles_memberships_and_skills_asks_the_day() -> None:
    product = Path(__file__).resolve().parents[3] / "indgang"
    undated = []
    for path in sorted(product.rglob("*.py")):
        name = path.relative_to(product).as_posix()
        if "migrations/" in name or name.startswith("demo/"):
            continue
        text = path.read_text(encoding="utf-8")
        for found in _READ.finditer(text):
            how = found["first"] or found["related"] or found[0]
            dated = how in ("valid_on", "serving_on") or how.startswith(("create", "bulk_"))
            if not dated and (name, how) not in OF_NO_DAY:
                undated.append(f"{name}: {found[0]}")
    assert undated == []


@pytest.mark.django_db
def test_who_may_is_asked_of_the_day(world: World) -> None:
    until_tomorrow(world.eva.roles)
    for day, expected in ((TODAY, {world.eva.pk}), (TOMORROW, set())):
        assert set(access.holders(Permission.SUPERVISE_CALLS, day)) == expected
    assert plans.read(MORNING).supervisors == {world.eva.pk: frozenset({"tmf"})}
    assert plans.read(MORNING).leaders == {
        world.eva.pk: frozenset({"tmf"}),
        world.finn.pk: frozenset({"tmf", "bif", "yds", "kff", ""}),
    }
    assert plans.read(MORNING + timedelta(days=1)).supervisors == {}


@pytest.mark.django_db
def test_a_membership_serves_only_with_a_role_for_its_centre(world: World) -> None:
    assert serving(world, world.clara) == {"tmf-byliv", "tmf-oevrige", "bif-erhverv"}
    until_tomorrow(world.clara.roles.filter(unit=world.units["bif"]))
    assert serving(world, world.clara, days=1) == {"tmf-byliv", "tmf-oevrige"}
    until_tomorrow(world.clara.roles)
    assert serving(world, world.clara, days=1) == frozenset()


@pytest.mark.django_db
def test_a_case_worker_serves_the_queue_of_their_own_unit(world: World) -> None:
    for code in ("tmf-byliv", "tmf-byggeri"):
        QueueMembership.objects.create(person=world.david, queue=world.queues[code])
    assert serving(world, world.david) == {"tmf-byliv"}


@pytest.mark.django_db
def test_the_wall_shows_who_serves_that_day(world: World) -> None:
    def names(day: object) -> set[str]:
        return {agent.username for agent in on_duty.agents_of(world.centres["tmf"], day=day)}  # type: ignore[arg-type]

    until_tomorrow(world.anna.queue_memberships)
    until_tomorrow(world.bo.roles)
    assert names(TODAY) == {"anna", "bo", "clara", "ida"}
    assert names(TOMORROW) == {"clara", "ida"}


@pytest.mark.django_db
def test_calls_are_handed_to_people_and_queues_of_the_day(world: World) -> None:
    for person in (world.anna, world.bo):
        Presence.objects.create(person=person, state="ready", since=MORNING)

    def found(day: object) -> set[str]:
        return {target.name for target in targets.find("", by=world.eva, on=day)}  # type: ignore[arg-type]

    until_tomorrow(world.bo.roles)
    until_tomorrow(QueueMembership.objects.filter(queue=world.queues["tmf-byggeri"]))
    assert {"Anna Agerbæk", "Bo Bakkedal", "Byggeri"} <= found(TODAY)
    assert found(TOMORROW) & {"Anna Agerbæk", "Bo Bakkedal", "Byggeri"} == {"Anna Agerbæk"}
    free = [each.state_text for each in targets.find("øvrige", by=world.eva, on=TOMORROW)]
    assert free == ["1 ledige"], "Bo serves nothing any more"
    assert targets.of_entries([world.directory["dade"]], on=TODAY)[world.directory["dade"].pk]


@pytest.mark.django_db
def test_a_desk_has_the_queues_of_the_day(world: World) -> None:
    until_tomorrow(world.clara.roles.filter(unit=world.units["bif"]))
    with clock.frozen(MORNING) as time:
        assert {queue.code for queue in queues_of(world.clara)} == {"bif-erhverv", "tmf-byliv", "tmf-oevrige"}
        time.move(timedelta(days=1))
        assert {queue.code for queue in queues_of(world.clara)} == {"tmf-byliv", "tmf-oevrige"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", [RoleAssignment, QueueMembership])
def test_at_midnight_whose_period_ends_is_offered_no_more_calls(
    world: World, tmp_path: Path, ending: type[RoleAssignment | QueueMembership]
) -> None:
    """Only the date changes: the switchboard gets no notice and no order."""
    until_tomorrow(ending.objects.filter(person=world.anna))
    late = datetime(TODAY.year, TODAY.month, TODAY.day, 23, 59, 58, tzinfo=COPENHAGEN)

    def anna() -> bool:
        board = house_board[0].switchboard.board
        assert board is not None
        known = board.plan.people.get(world.anna.pk)
        return known is None or not known.queues

    house_board = []

    async def story() -> None:
        async with running(tmp_path) as house:
            house_board.append(house)
            await house.comes_on(world.anna)
            assert not anna()
            time.move(4)
            await house.until(anna)
            if ending is RoleAssignment:
                await house.until(lambda: Presence.objects.get(person=world.anna).state == "signed_out")
            leg = house.simulator.call(dialled="+4533661000", caller_number="+4520304050")
            await house.until(lambda: StoredEvent.objects.filter(kind=Kind.ARRIVED, data__leg=leg).exists())
            house.simulator.press(leg, "2")
            # a phone rings within a few hundredths of a second
            await asyncio.sleep(0.5)
            assert house.rings(world.anna) is None

    with clock.frozen(late) as time:
        told(story())
