"""The switchboard is killed during twenty calls, and none of them is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indgang.enquiries.models import Enquiry, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import LiveWork, Presence, Queue, QueueTerms
from indgang.events.models import StoredEvent
from indgang.telephony.asterisk.process import Exchange
from indgang.telephony.contract import LegId
from tests.entry.asterisk_house import (
    KEY,
    NUMBER,
    QUEUE,
    AsteriskHouse,
    SwitchboardProcess,
    agents,
    check_the_books,
    open_house,
    patient_menu,
    running_exchange,
)
from tests.entry.running import PATIENCE, told
from tests.world import World

pytestmark = [pytest.mark.exchange, pytest.mark.django_db(transaction=True)]

TALKERS = [f"+45200000{n:02}" for n in range(10)]
WAITERS = [f"+45200001{n:02}" for n in range(8)]
IN_MENU = [f"+45200002{n:02}" for n in range(2)]
NEWCOMER = "+4520000300"


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    with running_exchange(tmp_path / "exchange") as running:
        yield running


async def _fill(house: AsteriskHouse) -> dict[str, LegId]:
    """Fill the house: ten callers talk, eight wait one after the other, two are in the menu. Returns their legs."""
    legs = {}
    for number in TALKERS:
        legs[number] = await house.call(number, KEY)
        await house.comes_to(number, state=State.TALKING)
    for number in WAITERS:
        legs[number] = await house.call(number, KEY)
        await house.comes_to(number, state=State.WAITING)
    for number in IN_MENU:
        legs[number] = await house.call(number)
    return legs


async def _until_the_fallback_is_heard(house: AsteriskHouse, leg: LegId) -> None:
    """Wait until the exchange's fallback plan has answered the caller and plays something."""
    async with asyncio.timeout(PATIENCE):
        while not await house.rig.hears_music(leg):
            pass
    place = (await house.channels())[leg]["dialplan"]
    assert (place["context"], place["app_name"] != "Stasis") == ("indgang-fallback", True), place


def _places() -> dict[str, object]:
    """Returns the id and queueing time of each enquiry, by the caller's number."""
    return {number: (str(pk), at) for number, pk, at in Enquiry.objects.values_list("caller_number", "pk", "queued_at")}


def _answered_in_order() -> list[str]:
    return list(
        Enquiry.objects.filter(answered_at__isnull=False)
        .order_by("answered_at")
        .values_list("caller_number", flat=True)
    )


def test_twenty_calls_survive_the_switchboard(world: World, exchange: Exchange, tmp_path: Path) -> None:
    *people, late = agents(11)
    patient_menu()
    Queue.objects.filter(code=QUEUE).update(ring_seconds=120)

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            for person in people:
                await house.comes_on(person)
            legs = await _fill(house)
            await house.comes_on(late, "silent")
            await house.comes_to(WAITERS[0], state=State.RINGING)
            places, talking, up = await house.db(_places), await house.conversations(), await house.channels()
            assert len(talking) == 10

            house.switchboard.kill()
            called = time.monotonic()
            newcomer = await house.rig.call(NUMBER, NEWCOMER)
            await _until_the_fallback_is_heard(house, newcomer)
            print(f"the fallback was heard after {time.monotonic() - called:.1f} s")
            assert set(legs.values()) <= set(await house.channels())
            assert up.keys() <= (await house.channels()).keys()
            assert await house.conversations() == talking

            began = time.monotonic()
            await house.connected()
            await house.until(_all_went_on)
            print(f"everybody was back at their places after {time.monotonic() - began:.1f} s")
            await house.comes_to(NEWCOMER)
            assert await house.conversations() == talking
            assert {number: places[number] for number in legs} == {
                number: place for number, place in (await house.db(_places)).items() if number != NEWCOMER
            }
            assert set(legs.values()) <= (await house.channels()).keys()
            await house.comes_to(WAITERS[0], state=State.RINGING)
            await house.give("pause", late)
            await house.comes_to(WAITERS[0], state=State.WAITING)

            await _take_turns(house, legs, newcomer)
            await house.nobody_is_left()
            await house.until(lambda: not LiveWork.objects.exists())
            await house.until(lambda: Presence.objects.filter(state="ready").count() == len(people))

    told(story())
    enquiries = list(Enquiry.objects.all())
    assert sorted(each.caller_number for each in enquiries) == sorted([*TALKERS, *WAITERS, *IN_MENU, NEWCOMER])
    assert {each.state for each in enquiries} == {State.UNREGISTERED}
    check_the_books(enquiries)


def _all_went_on() -> bool:
    """Whether the restart has put every waiting caller back into the queue."""
    again = StoredEvent.objects.filter(
        kind=Kind.QUEUED, stream__in=Enquiry.objects.filter(caller_number__in=WAITERS).values("pk"), number__gt=2
    )
    return again.values("stream").distinct().count() == len(WAITERS)


async def _take_turns(house: AsteriskHouse, legs: dict[str, LegId], newcomer: LegId) -> None:
    """Hang up one talker after the other, and check the order in which the others are answered.

    Waiting callers come first, in their order; then the callers in the menu; last the newcomer who called during the
    outage.
    """
    for number in IN_MENU:
        await house.rig.press(legs[number], KEY)
        await house.comes_to(number, state=State.WAITING)
    await house.rig.press(newcomer, KEY)
    await house.comes_to(NEWCOMER, state=State.WAITING)
    turns = [*WAITERS, *IN_MENU, NEWCOMER]
    for leaves, follows in zip([*TALKERS, WAITERS[0]], turns, strict=True):
        await house.rig.hang_up(legs[leaves])
        await house.comes_to(follows, state=State.TALKING)
    assert (await house.db(_answered_in_order))[len(TALKERS) :] == turns
    for leg in [*(legs[number] for number in turns[1:-1]), newcomer]:
        await house.rig.hang_up(leg)


def test_a_pause_asked_for_in_a_call_outlasts_the_killed_switchboard(
    world: World, exchange: Exchange, tmp_path: Path
) -> None:
    (anna,) = agents(1)
    patient_menu()
    QueueTerms.objects.filter(queue__code=QUEUE).update(wrap_up_seconds=600)

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            await house.comes_on(anna)
            leg = await house.call(TALKERS[0], KEY)
            await house.comes_to(TALKERS[0], state=State.TALKING)
            talking = await house.both_are_connected()
            await house.give("pause", anna, reason="frokost")
            house.switchboard.kill()
            await house.connected()
            assert await house.conversations() == talking
            await house.call(WAITERS[0], KEY)
            await house.comes_to(WAITERS[0], state=State.WAITING)
            await house.rig.hang_up(leg)
            await house.until(lambda: Presence.objects.filter(person=anna, state="wrap_up").exists())
            house.switchboard.kill()
            await house.connected()
            await house.give("wrap_up_over", anna)
            await house.until(lambda: Presence.objects.filter(person=anna, reason__code="frokost").exists())
            assert await house.comes_to(WAITERS[0], state=State.WAITING), "nobody who takes calls is there"

    told(story())
    row = Presence.objects.get(person=anna)
    assert row.state == "paused"
    (wrapped_up,) = StoredEvent.objects.filter(kind=Kind.WRAPPED_UP)
    assert Enquiry.objects.get(pk=wrapped_up.stream).wrap_up_seconds == wrapped_up.data["seconds"] > 0


def test_the_one_that_stands_by_takes_over(world: World, exchange: Exchange, tmp_path: Path) -> None:
    """The killed switchboard stays down: a standby takes the lead and continues all calls."""
    patient_menu()
    (tmp_path / "second").mkdir()
    second = SwitchboardProcess(exchange, tmp_path / "second")

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            second.start()
            await house.until(lambda: "standing by" in second.log.read_text())
            waiter = await house.call(WAITERS[0], KEY)
            await house.comes_to(WAITERS[0], state=State.WAITING)
            places = await house.db(_places)
            house.switchboard.kill()
            again = StoredEvent.objects.filter(
                kind=Kind.QUEUED, stream__in=Enquiry.objects.filter(caller_number=WAITERS[0]).values("pk"), number__gt=2
            )
            await house.until(again.exists)
            assert await house.db(_places) == places
            await house.rig.hang_up(waiter)
            await house.comes_to(WAITERS[0], state=State.ABANDONED)

    try:
        told(story())
    finally:
        second.stop()
    check_the_books(Enquiry.objects.all())
