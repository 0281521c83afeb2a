"""The product with a real Asterisk: whole calls, early hang-ups, invalid packets, and an exchange that dies."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from indgang.core import clock
from indgang.enquiries import stream
from indgang.enquiries.models import Enquiry, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Alert, ExchangeStatus, FlowVersion, LiveWork, Presence
from indgang.telephony.asterisk.process import Exchange, free_ports
from indgang.telephony.contract import LegId
from tests.entry import sipp
from tests.entry.asterisk_house import (
    KEY,
    NUMBER,
    AsteriskHouse,
    agents,
    check_the_books,
    kinds_of,
    open_house,
    patient_menu,
    running_exchange,
)
from tests.entry.running import told
from tests.world import World

pytestmark = [pytest.mark.exchange, pytest.mark.django_db(transaction=True)]

CALLER = "+4520304050"
Point = Callable[[AsteriskHouse], Awaitable[LegId]]

#: packets that are no valid SIP
GARBAGE = (
    b"",
    b"\x00" * 400,
    b"\xff\xfe\xfd" * 200,
    b"INVITE",
    b"INVITE sip:x SIP/2.0\r\n\r\n",
    b"INVITE sip:" + b"9" * 3000 + b"@127.0.0.1 SIP/2.0\r\nVia: nonsense\r\n\r\n",
    b"BYE sip:+4533661000@127.0.0.1 SIP/2.0\r\nCall-ID: \r\nCSeq: -1 INVITE\r\nContent-Length: 99999\r\n\r\n",
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKno\r\nCSeq: 1 INVITE\r\n\r\n",
    b"OPTIONS sip:%00%ff@127.0.0.1 SIP/9.9\r\n" + b"X-Header: " + b"a" * 4000 + b"\r\n\r\n",
)


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    with running_exchange(tmp_path / "exchange") as running:
        yield running


def test_a_real_call_adds_up_to_the_wall_clock(world: World, exchange: Exchange, tmp_path: Path) -> None:
    """SIPp calls and presses a key, and a SIP telephone answers and hangs up after 1.5 seconds."""
    person, port = agents(1)[0], free_ports(1)[0]
    lasted = []

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house, sipp.telephone(port, talk_ms=1500):
            await house.give("sign_in", person, phone_kind="sip", phone_address=f"sip:desk@127.0.0.1:{port}")
            await house.give("ready", person)
            began = time.monotonic()
            assert await sipp.call(exchange.settings.sip_port, NUMBER, key=KEY, caller="+452030405")
            await house.until(lambda: not LiveWork.objects.exists())
            lasted.append(time.monotonic() - began)
            await house.nobody_is_left()

    told(story())
    enquiry = Enquiry.objects.get()
    assert (enquiry.state, enquiry.agent, enquiry.caller_number) == (State.UNREGISTERED, person, "+4520304051")
    # one key press is one choice
    assert enquiry.menu_keys == KEY
    check_the_books([enquiry])
    measured = sum(getattr(enquiry, name) for name in stream.SECONDS_OF_PHASE.values())
    assert 0 < enquiry.talk_seconds < measured < lasted[0]


def test_a_key_pressed_once_is_one_choice(world: World, exchange: Exchange, tmp_path: Path) -> None:
    """Two menus in a row: the key that leads to the second menu must not choose in it too."""
    _second_menu()
    person, port = agents(1)[0], free_ports(1)[0]

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house, sipp.telephone(port, talk_ms=200):
            await house.give("sign_in", person, phone_kind="sip", phone_address=f"sip:desk@127.0.0.1:{port}")
            await house.give("ready", person)
            # nobody presses a key in the second menu, so its time-out continues the flow
            assert await sipp.call(exchange.settings.sip_port, NUMBER, key=KEY, caller="+452030405")
            await house.until(lambda: not LiveWork.objects.exists())

    told(story())
    assert Enquiry.objects.get().menu_keys == KEY


def _second_menu() -> None:
    """Add a second menu in which the same key is a choice and no key leads to the queue."""
    version = FlowVersion.objects.get(flow__code="erhverv")
    first = next(step for step in version.definition["steps"] if step["kind"] == "menu")
    queue = first["keys"][KEY]
    first["keys"][KEY] = "second"
    version.definition["start"] = first["id"]
    second = {"id": "second", "kind": "menu", "prompts": ["menu"], "keys": {KEY: "farvel"}}
    version.definition["steps"].append(second | {"retries": 0, "timeout": 1, "on_exhausted": queue})
    version.save()


async def _in_menu(house: AsteriskHouse) -> LegId:
    return await house.call(CALLER)


async def _in_queue(house: AsteriskHouse) -> LegId:
    leg = await house.call(CALLER, KEY)
    await house.comes_to(CALLER, state=State.WAITING)
    return leg


async def _ringing(house: AsteriskHouse) -> LegId:
    leg = await house.call(CALLER, KEY)
    await house.comes_to(CALLER, state=State.RINGING)
    return leg


async def _talking(house: AsteriskHouse) -> LegId:
    leg = await house.call(CALLER, KEY)
    await house.comes_to(CALLER, state=State.TALKING)
    return leg


@pytest.mark.parametrize(
    ("where", "phone", "state"),
    [
        (_in_menu, "", State.LEFT),
        (_in_queue, "", State.ABANDONED),
        (_ringing, "silent", State.ABANDONED),
        (_talking, "answers", State.UNREGISTERED),
    ],
    ids=["menu", "queue", "ringing", "talking"],
)
def test_a_caller_who_hangs_up_ends_in_a_defined_state(
    world: World, exchange: Exchange, tmp_path: Path, where: Point, phone: str, state: State
) -> None:
    patient_menu()
    person = agents(1)[0]

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            if phone:
                await house.comes_on(person, phone)
            leg = await where(house)
            await house.rig.hang_up(leg)
            await house.comes_to(CALLER, state=state)
            await house.nobody_is_left()
            if phone:
                await house.until(lambda: Presence.objects.filter(person=person, state="ready").exists())

    told(story())
    check_the_books([Enquiry.objects.get()])
    assert not LiveWork.objects.exists()


def test_garbage_does_no_harm(world: World, exchange: Exchange, tmp_path: Path) -> None:
    """Invalid packets, and numbers and names of excessive length. A call afterwards works as usual."""
    person = agents(1)[0]

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            await house.comes_on(person)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for packet in GARBAGE:
                    sender.sendto(packet, ("127.0.0.1", exchange.settings.sip_port))
            long = await house.rig.call("4" * 70, "1" * 70)
            await house.until(lambda: Enquiry.objects.filter(dialled__startswith="4444").exists())
            await house.rig.hang_up(long)
            leg = await house.call(CALLER, KEY)
            await house.comes_to(CALLER, state=State.TALKING)
            await house.rig.hang_up(leg)
            await house.comes_to(CALLER, state=State.UNREGISTERED)
            await house.nobody_is_left()

    told(story())
    check_the_books(Enquiry.objects.all())


def test_an_exchange_that_dies_is_told_of_and_closed(world: World, exchange: Exchange, tmp_path: Path) -> None:
    """Asterisk is killed during calls: its status and the calls show this at once. New calls work after the restart."""
    patient_menu()
    person = agents(1)[0]
    talker, waiter = "+4520000001", "+4520000002"

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            await house.comes_on(person)
            await house.call(talker, KEY)
            await house.comes_to(talker, state=State.TALKING)
            await house.call(waiter, KEY)
            await house.comes_to(waiter, state=State.WAITING)
            killed = clock.now()
            exchange.kill()
            await house.until(lambda: ExchangeStatus.objects.filter(up=False, detail="ended").exists())
            await house.until(lambda: Alert.objects.filter(code="exchange_ended_asterisk", over_at=None).exists())
            await house.until(lambda: not Enquiry.objects.filter(ended_at=None).exists())
            # the outage lasts longer than the switchboard needs to notice it
            await asyncio.sleep(6)
            back = clock.now()
            exchange.start()
            await house.until(lambda: ExchangeStatus.objects.filter(up=True).exists())
            await house.until(lambda: not Alert.objects.filter(code__startswith="exchange_", over_at=None).exists())
            for caller, state in ((talker, State.UNREGISTERED), (waiter, State.ABANDONED)):
                enquiry = await house.comes_to(caller, state=state)
                assert enquiry.ended_at is not None
                assert killed <= enquiry.ended_at < back
            await house.callers_are_back()
            await house.until(lambda: Presence.objects.filter(person=person, state="ready").exists())
            leg = await house.call(CALLER, KEY)
            await house.comes_to(CALLER, state=State.TALKING)
            await house.rig.hang_up(leg)
            await house.comes_to(CALLER, state=State.UNREGISTERED)

    told(story())
    enquiries = list(Enquiry.objects.all())
    check_the_books(enquiries)
    assert {kinds_of(each)[-1] for each in enquiries} == {Kind.ENDED, Kind.ABANDONED}


def test_an_exchange_that_dies_unseen_took_its_calls_along_then(
    world: World, exchange: Exchange, tmp_path: Path
) -> None:
    """Both machines go down, so no process sees the time: the calls end at the last heartbeat of the exchange."""
    patient_menu()
    person = agents(1)[0]

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            await house.comes_on(person)
            await house.call(CALLER, KEY)
            await house.comes_to(CALLER, state=State.TALKING)
            house.switchboard.kill()
            seen = clock.now()
            exchange.kill()
            # a call that ended when the exchange is back would clearly end later than `seen`
            await asyncio.sleep(3)
            exchange.start()
            await house.connected()
            enquiry = await house.comes_to(CALLER, state=State.UNREGISTERED)
            assert enquiry.ended_at is not None
            assert enquiry.ended_at <= seen
            await house.until(lambda: Presence.objects.filter(person=person, state="ready").exists())

    told(story())
    check_the_books(Enquiry.objects.all())
