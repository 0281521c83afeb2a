"""The switchboard keeps who of the second level can be asked in memory, and follows every change of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from indgang.accounts.models import Person
from indgang.catalogue.models import DirectoryEntry
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.ranges import TimeRange
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState, Command, InHand, PauseReason, Presence
from indgang.entry.switchboard import plans
from indgang.entry.switchboard.sounds import SoundShelf
from indgang.entry.team import second_level
from indgang.events.models import StoredEvent
from indgang.routing.availability.windows import AtDesk, Availability
from indgang.routing.centre.second_level import SecondLevel
from indgang.telephony.contract import Telephone
from indgang.workforce import agreements, day_line, groups, own_day, substitutes
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import Group, GroupMember, Substitute
from tests.entry.running import Running, running, told
from tests.entry.switchboard.test_process import a_call
from tests.workforce.agreed import draft, line, sign
from tests.world import MORNING, World

SUBJECT = "subject:arrangement"


def promise(world: World) -> None:
    """David answers questions about the unit's services at any time."""
    agreement = draft(world)
    line(world, agreement, world.david, opens=0, closes=0, weekdays="MTOTFLS", on_holidays=True)
    sign(agreement, world.david, world.ida)


@pytest.mark.django_db
def test_the_plan_has_windows_names_numbers_and_closed_pauses(world: World) -> None:
    promise(world)
    Substitute.objects.create(person=world.david, substitute=world.bo)
    DirectoryEntry.objects.filter(people=world.david).update(phone="33 66 10 44", mobile="")
    PauseReason.objects.create(code="lukket", name="Lukket", reachable=False, valid_from=date(2026, 1, 1))
    level = plans.read(MORNING).second_level
    assert [window.people for window in level.facts.windows_of["arrangement"]] == [(world.david.pk,)]
    assert (level.names[world.david.pk], level.names[world.bo.pk]) == (world.david.name, world.bo.name)
    assert level.numbers[world.david.pk] == "+4533661044"
    assert "lukket" in level.closed_pauses


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "answer"), [("task", AtDesk.FREE), ("callback", AtDesk.FREE), ("call", AtDesk.BUSY)])
def test_only_a_telephone_that_rings_keeps_somebody_from_being_asked(world: World, kind: str, answer: AtDesk) -> None:
    Presence.objects.create(person=world.david, state=AgentState.RINGING, since=MORNING, signed_in_at=MORNING)
    InHand.objects.create(person=world.david, enquiry=UUID(int=1), kind=kind, stage="ringing")
    assert second_level.facts_of([world.david.pk], at=MORNING).desks == {world.david.pk: answer}


@pytest.mark.django_db
def test_a_plan_without_agreements_has_nobody(world: World) -> None:
    assert plans.second_level(MORNING) == SecondLevel(closed_pauses=plans.second_level(MORNING).closed_pauses)


def _signs(world: World) -> None:
    promise(world)


def _notes(world: World) -> None:
    own_day.note(world.david, day_line.read("syg i dag", at=MORNING), by=world.david, at=MORNING)


def _is_back(world: World) -> None:
    _notes(world)
    Command.objects.all().delete()
    own_day.present(world.david, by=world.david, at=MORNING + timedelta(minutes=5))


def _calendar_is_read(world: World) -> None:
    busy = DayPart(DayKind.BUSY, TimeRange(MORNING, MORNING + timedelta(hours=1)))
    own_day.take_over(world.david.pk, [busy], at=MORNING)


def _gets_a_substitute(world: World) -> None:
    substitutes.add(world.david, world.bo, valid_from=day_of(MORNING), valid_to=None, by=world.ida, at=MORNING)


def _joins_a_group(world: World) -> None:
    group = groups.add(world.units["ctb-byliv"], name="Events", by=world.ida, at=MORNING)
    groups.add_member(group, world.david, valid_from=day_of(MORNING), valid_to=None, by=world.ida, at=MORNING)


def _leaves_a_group(world: World) -> None:
    _joins_a_group(world)
    Command.objects.all().delete()
    groups.end_member(GroupMember.objects.get(), on=day_of(MORNING), by=world.ida, at=MORNING)
    assert not Group.objects.get().members.exists()


def _ends(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    sign(agreement, world.david, world.ida)
    Command.objects.all().delete()
    agreements.end(agreement, on=day_of(MORNING) + timedelta(days=1), by=world.ida, at=MORNING)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [_signs, _ends, _notes, _is_back, _calendar_is_read, _gets_a_substitute, _joins_a_group, _leaves_a_group],
    ids=lambda change: change.__name__.strip("_"),
)
def test_every_change_of_who_can_be_asked_is_told_to_the_switchboard(
    world: World, change: Callable[[World], None]
) -> None:
    change(world)
    assert Command.objects.filter(kind="reload_availability", person=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_running_switchboard_asks_whom_an_agreement_names_until_they_note_that_they_are_away(
    world: World, tmp_path: Path
) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            await house.comes_on(world.david)
            await a_call(house, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: InHand.objects.filter(person=world.anna, stage="talking").first())
            await house.db(lambda: promise(world))
            await house.until(lambda: bool(_facts(house).windows))
            await house.give("consult", world.anna, address=SUBJECT, name="Arrangementstilladelser")
            assert (await house.db(lambda: _in_hand(world.anna))).search["precedence"] == "promised"
            await house.picks_up(world.david)
            await house.until(lambda: _in_hand(world.anna).consult_state == "talking")
            await house.give("consult_end", world.anna)
            sick = day_line.read("syg i dag", at=clock.now())
            await house.db(lambda: own_day.note(world.david, sick, by=world.david, at=clock.now()))
            await house.until(lambda: bool(_facts(house).absences))
            with pytest.raises(commands.Refused) as refused:
                await house.give("consult", world.anna, address=SUBJECT, name="Arrangementstilladelser")
            assert refused.value.code == "nobody_left"
            assert [each[:2] for each in refused.value.detail["hindered"]] == [[world.david.name, "absent"]]

    told(story())
    (tried,) = StoredEvent.objects.filter(kind=Kind.SUBJECT_TRIED)
    assert (tried.person, tried.event.data["result"]) == (world.david.pk, "answered")
    assert StoredEvent.objects.filter(kind=Kind.SUBJECT_UNREACHED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_changes_while_the_set_up_is_reread_is_not_lost(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_into, may_go_on = SoundShelf.load_into, asyncio.Event()

    async def slowly(shelf: SoundShelf, telephone: Telephone) -> None:
        await may_go_on.wait()
        await load_into(shelf, telephone)

    def goes_home() -> None:
        own_day.note(world.david, day_line.read("syg i dag", at=clock.now()), by=world.david, at=clock.now())

    async def story() -> None:
        async with running(tmp_path) as house:
            monkeypatch.setattr(SoundShelf, "load_into", slowly)
            rereading = asyncio.create_task(house.switchboard.reread())
            await asyncio.sleep(0.5)
            await house.db(goes_home)
            await house.until(lambda: bool(_facts(house).absences))
            may_go_on.set()
            await rereading
            await house.until(lambda: bool(_facts(house).absences))

    promise(world)
    Command.objects.all().delete()  # else it rereads for them, and takes no other meanwhile
    told(story())


def _in_hand(person: Person) -> InHand:
    found: InHand = InHand.objects.get(person=person)
    return found


def _facts(house: Running) -> Availability:
    board = house.switchboard.board
    assert board is not None
    return board.plan.second_level.facts
