"""During a database outage, callers hear an explanation and music; afterwards their calls continue where they were."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indgang.enquiries.models import Enquiry, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import PresenceEvent, Queue
from indgang.events.models import StoredEvent
from indgang.telephony.asterisk.process import Exchange
from indgang.telephony.contract import LegId
from tests.entry.asterisk_house import (
    KEY,
    NUMBER,
    QUEUE,
    AsteriskHouse,
    agents,
    check_the_books,
    kinds_of,
    open_house,
    patient_menu,
    running_exchange,
)
from tests.entry.database_line import DatabaseLine, database_line
from tests.entry.running import PATIENCE, told
from tests.world import World

pytestmark = [pytest.mark.exchange, pytest.mark.django_db(transaction=True)]

TALKER, WAITER, IN_MENU = "+4520000001", "+4520000002", "+4520000003"
FIRST, LATER, HANGS_UP = "+4520000011", "+4520000012", "+4520000013"


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    with running_exchange(tmp_path / "exchange") as running:
        yield running


async def _until_the_fallback_has(house: AsteriskHouse, leg: LegId) -> None:
    """Wait until the exchange's fallback plan has answered the caller and plays something."""
    async with asyncio.timeout(PATIENCE):
        while (await house.channels())[leg]["dialplan"]["context"] != "indgang-fallback":
            await asyncio.sleep(0.05)
        while not await house.rig.hears_music(leg):
            pass


async def _away(line: DatabaseLine, how: str) -> None:
    if how == "cut":
        await line.cut()
    else:
        line.hold()


async def _back(line: DatabaseLine, how: str) -> None:
    if how == "cut":
        await line.open()
    else:
        line.release()


@pytest.mark.parametrize("how", ["cut", "held"])
def test_callers_meet_the_fallback_and_come_into_their_queue(
    world: World, exchange: Exchange, tmp_path: Path, how: str
) -> None:
    patient_menu()
    person = agents(1)[0]

    async def story() -> None:
        async with (
            database_line(tmp_path / "line") as line,
            open_house(exchange, tmp_path, database=line.url) as house,
        ):
            await house.comes_on(person)
            talker = await house.call(TALKER, KEY)
            await house.comes_to(TALKER, state=State.TALKING)
            waiter = await house.call(WAITER, KEY)
            await house.comes_to(WAITER, state=State.WAITING)
            in_menu = await house.call(IN_MENU)
            talking = await house.both_are_connected()

            await _away(line, how)
            called = time.monotonic()
            first = await house.rig.call(NUMBER, FIRST)
            await house.rig.press(in_menu, KEY)
            await _until_the_fallback_has(house, first)
            print(f"{how}: the first caller met the fallback after {time.monotonic() - called:.1f} s")
            await _until_the_fallback_has(house, in_menu)
            called = time.monotonic()
            later = await house.rig.call(NUMBER, LATER)
            await _until_the_fallback_has(house, later)
            print(f"{how}: the next one after {time.monotonic() - called:.1f} s")
            gone = await house.rig.call(NUMBER, HANGS_UP)
            await _until_the_fallback_has(house, gone)
            await house.rig.hang_up(gone)
            assert await house.conversations() == talking, "those who talk talk on"
            # longer than the exchange waits before it reconnects
            await asyncio.sleep(3)
            assert not await house.db(lambda: Enquiry.objects.filter(caller_number__in=[FIRST, LATER]).exists())

            await _back(line, how)
            for leg, number in ((first, FIRST), (later, LATER)):
                await house.comes_to(number)
                await _until_in_menu(house, leg)
                await house.rig.press(leg, KEY)
                await house.comes_to(number, state=State.WAITING)
            await house.comes_to(IN_MENU, state=State.WAITING)
            assert waiter in await house.channels()
            for leaves, follows in zip((talker, waiter, in_menu, first), (WAITER, IN_MENU, FIRST, LATER), strict=True):
                await house.rig.hang_up(leaves)
                await house.comes_to(follows, state=State.TALKING)
            await house.rig.hang_up(later)
            await house.comes_to(LATER, state=State.UNREGISTERED)
            await house.nobody_is_left()

    told(story())
    enquiries = list(Enquiry.objects.exclude(caller_number=HANGS_UP))
    assert len(enquiries) == 5, "one for each caller"
    assert {each.state for each in enquiries} == {State.UNREGISTERED}
    check_the_books(Enquiry.objects.all())
    assert StoredEvent.objects.filter(kind=Kind.ARRIVED).count() == Enquiry.objects.count()
    assert all(kinds_of(each).count(Kind.ANSWERED) == 1 for each in enquiries)


def test_no_agent_is_blamed_for_a_call_that_could_not_be_offered(
    world: World, exchange: Exchange, tmp_path: Path
) -> None:
    """An agent becomes free during the outage: the next caller is theirs, but their phone cannot ring."""
    patient_menu()
    person = agents(1)[0]
    Queue.objects.filter(code=QUEUE).update(ring_seconds=8)

    async def story() -> None:
        async with (
            database_line(tmp_path / "line") as line,
            open_house(exchange, tmp_path, database=line.url) as house,
        ):
            await house.comes_on(person)
            talker = await house.call(TALKER, KEY)
            await house.comes_to(TALKER, state=State.TALKING)
            waiter = await house.call(WAITER, KEY)
            await house.comes_to(WAITER, state=State.WAITING)
            await line.cut()
            await house.rig.hang_up(talker)
            # longer than the phone would ring
            await asyncio.sleep(15)
            await line.open()
            await house.comes_to(WAITER, state=State.TALKING)
            assert not await house.db(lambda: PresenceEvent.objects.filter(state="not_responding").exists())
            await house.rig.hang_up(waiter)
            await house.comes_to(WAITER, state=State.UNREGISTERED)

    told(story())
    check_the_books(Enquiry.objects.all())


async def _until_in_menu(house: AsteriskHouse, leg: LegId) -> None:
    """Wait until the caller is back with the product and hears the menu."""
    async with asyncio.timeout(PATIENCE):
        while (await house.channels())[leg]["dialplan"]["app_name"] != "Stasis":
            await asyncio.sleep(0.05)
        while not await house.rig.hears_music(leg):
            pass
