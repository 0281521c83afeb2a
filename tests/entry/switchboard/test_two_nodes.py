"""Two real Asterisk nodes and one switchboard: each call belongs to its node, and one node dies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from indgang.accounts.models import Person
from indgang.enquiries.models import Enquiry
from indgang.entry.models import ExchangeStatus, TrunkStatus
from indgang.entry.switchboard import phone_secrets
from indgang.telephony.asterisk.process import Exchange, local_settings
from indgang.telephony.asterisk.trunks import Trunk
from tests.entry.asterisk_house import KEY, NUMBER, NodesProcess, agents, patient_menu, telephone_file
from tests.entry.running import Asking, told
from tests.telephony.exchange_rig import PEOPLE_PLAN, ExchangeRig, open_rig
from tests.telephony.sip_phone import SipPeople, WebsocketPhone
from tests.world import World

pytestmark = [pytest.mark.exchange, pytest.mark.django_db(transaction=True)]

NORD, SYD = "nord", "syd"


@dataclass
class TwoNodes(Asking):
    """The product with two nodes, callers at each (`rigs`), and agents with SIP phones."""

    nodes: dict[str, Exchange]
    rigs: dict[str, ExchangeRig]
    phones: SipPeople

    async def calls(self, node: str, number: str) -> str:
        """A caller arrives at the node and chooses the queue. Returns the caller's leg."""
        leg = await self.rigs[node].call(NUMBER, number)
        before = await self.db(lambda: Enquiry.objects.filter(caller_number=number).count())
        await self.until(lambda: Enquiry.objects.filter(caller_number=number, ended_at=None).exists() or None)
        await self.rigs[node].press(leg, KEY)
        await self.until(
            lambda: Enquiry.objects.filter(caller_number=number, ended_at=None, queue__isnull=False).exists() or None
        )
        assert before >= 0
        return leg

    async def comes_on(self, person: Person) -> None:
        address = f"sip:answers@127.0.0.1:{self.phones.port}"
        await self.give("sign_in", person, phone_kind="sip", phone_address=address)
        await self.give("ready", person)

    async def is_up(self, node: str, up: bool) -> None:
        await self.until(lambda: ExchangeStatus.objects.filter(name=node, up=up).exists())


@contextmanager
def node(folder: Path, name: str) -> Iterator[Exchange]:
    settings = local_settings(
        folder / name, name=name, trunks=(Trunk(f"net-{name}", match=("127.0.0.1",)),), extra_dialplan=PEOPLE_PLAN,
        transmit_silence=False, fallback_retry=1, fallback_wait_text="Vent.",
    )  # fmt: skip
    with Exchange(settings) as running:
        yield running


def play(folder: Path, scene: Callable[[TwoNodes], Awaitable[None]]) -> None:
    with node(folder, NORD) as nord, node(folder, SYD) as syd:
        nodes = {NORD: nord, SYD: syd}
        switchboard = NodesProcess(folder, telephone_file(folder, nodes))

        async def run() -> None:
            phones, _ = await SipPeople.open()
            thread = ThreadPoolExecutor(1, "test-database")
            try:
                async with AsyncExitStack() as stack:
                    rigs = {name: await stack.enter_async_context(open_rig(each)) for name, each in nodes.items()}
                    house = TwoNodes(thread, nodes, rigs, phones)
                    switchboard.start()
                    for name in nodes:
                        await house.is_up(name, True)
                    await scene(house)
                    # a rig hangs up the remaining calls of its exchange, which must be running
                    for each in nodes.values():
                        if not _runs(each):
                            each.start()
            finally:
                switchboard.stop()
                phones.close()
                await asyncio.get_running_loop().run_in_executor(thread, lambda: connection.close())
                thread.shutdown()

        told(run())


def _runs(exchange: Exchange) -> bool:
    return "Asterisk" in exchange.console("core show version")


def test_callers_of_a_node_that_died_keep_their_place_at_the_other(world: World, tmp_path: Path) -> None:
    patient_menu()
    (anna,) = agents(1)
    first, second = "+4533661111", "+4533662222"

    async def scene(house: TwoNodes) -> None:
        await house.until(lambda: TrunkStatus.objects.count() == 2 or None)
        await house.calls(NORD, first)
        await house.calls(SYD, second)
        house.nodes[NORD].kill()
        await house.is_up(NORD, False)
        await house.until(lambda: Enquiry.objects.filter(caller_number=first, ended_at__isnull=False).exists())
        assert await house.db(lambda: Enquiry.objects.filter(caller_number=second, ended_at=None).exists())
        await house.calls(SYD, first)
        await house.comes_on(anna)
        served = await house.until(lambda: Enquiry.objects.filter(answered_at__isnull=False).first())
        assert served.caller_number == first, "who came first and was cut off comes before who came later"

    play(tmp_path, scene)


def test_a_browser_phone_signs_in_at_both_nodes_with_one_password(world: World, tmp_path: Path) -> None:
    async def scene(house: TwoNodes) -> None:
        anna = world.people["anna"]
        await house.give("sign_in", anna, phone_kind="browser", phone_address="")
        given = phone_secrets.with_password(await house.give("phone_credentials", anna))
        places = [given["websocket"], *(each["websocket"] for each in given["more"])]
        assert places == [house.nodes[name].settings.browser_websocket for name in (NORD, SYD)]
        for place in places:
            async with WebsocketPhone(place, given["phone"], given["password"]) as phone:
                assert await phone.register() == 200
        house.nodes[NORD].kill()
        await house.is_up(NORD, False)
        given = phone_secrets.with_password(await house.give("phone_credentials", anna))
        assert given["websocket"] == house.nodes[SYD].settings.browser_websocket
        async with WebsocketPhone(given["websocket"], given["phone"], given["password"]) as phone:
            assert await phone.register() == 200
        # the node accepts the sign-in when it is back
        assert [each["websocket"] for each in given["more"]] == [house.nodes[NORD].settings.browser_websocket]
        house.nodes[NORD].start()
        await house.is_up(NORD, True)
        async with WebsocketPhone(given["more"][0]["websocket"], given["phone"], given["password"]) as phone:
            async with asyncio.timeout(30):
                while await phone.register() != 200:
                    await asyncio.sleep(0.2)

    play(tmp_path, scene)
