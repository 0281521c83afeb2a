"""Trunks over real SIP: permitted callers, trusted identities, the count of keys, and callers who vanish."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from indgang.telephony.asterisk.configuration import DeskPhone
from indgang.telephony.asterisk.installation import Installation
from indgang.telephony.asterisk.process import Exchange, local_settings
from indgang.telephony.asterisk.trunks import Trunk
from indgang.telephony.contract import Answer, Arrived, Connected, Gone, Keyed, LegId, Music
from tests.telephony.contract_suite import Stage
from tests.telephony.exchange_rig import open_rig
from tests.telephony.sip_phone import SipCaller, WebsocketPhone

pytestmark = pytest.mark.exchange

#: the trunk's address, and an unknown one
OURS, FOREIGN = "127.0.0.1", "127.0.0.2"
ASSERTED = "P-Asserted-Identity: <sip:+4533663366@network>"
#: seconds without sound after which a leg counts as vanished, in these tests
SILENT = 2
TRUNKS = (
    Trunk("network", match=(OURS,)),
    Trunk("carrier", inbound_password="told by letter"),
    Trunk("both", match=("127.0.0.3",), inbound_password="told by letter"),
    Trunk("outward", host="127.0.0.1:9"),
    Trunk("registered", host="127.0.0.4:9", username="u", password="p", register=True),
)


@pytest.fixture(scope="module")
def trunks(asterisk_programs: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    """An exchange with each kind of trunk and a desk phone."""
    folder = tmp_path_factory.mktemp("trunks")
    phones = (DeskPhone("anna", "x"),)
    settings = local_settings(folder, trunks=TRUNKS, phones=phones, silent_seconds=SILENT, fallback_wait_text="Vent.")
    with Exchange(settings, asterisk_programs) as running:
        yield running


@asynccontextmanager
async def staged(exchange: Exchange) -> AsyncIterator[Stage]:
    async with open_rig(exchange) as rig:
        stage = Stage(rig)
        await rig.telephone.start()
        await stage.expect(Connected)
        try:
            yield stage
        finally:
            await rig.telephone.close()
            await stage.heard.stop()


def play(exchange: Exchange, scene: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        async with staged(exchange) as stage:
            await scene(stage)

    asyncio.run(run())


def caller(exchange: Exchange, user: str = "33662211", *headers: str, offers_keys: bool = True) -> SipCaller:
    return SipCaller(exchange.settings.sip_port, user=user, headers=headers, offers_keys=offers_keys)


def test_no_name_in_a_header_lets_a_stranger_in(trunks: Exchange) -> None:
    async def scene(stage: Stage) -> None:
        await stage.rig.telephone.issue_credentials("browser-7", 600)
        names = re.findall(r"Endpoint:  ([\w.-]+)", trunks.console("pjsip show endpoints"))
        assert {*(trunk.name for trunk in TRUNKS), "anna", "browser-7", "indgang-sip"} <= set(names)
        for name in (*names, "anonymous", "+4533663366"):
            for signs_in_as in (None, (name, ""), (name, "guessed"), ("anna", "guessed")):
                async with await caller(trunks, name, ASSERTED).open(FOREIGN) as stranger:
                    assert await stranger.invite("70121212", sign_in=signs_in_as) == 401, (name, signs_in_as)
        assert not stage.heard.of(Arrived)

    play(trunks, scene)


@pytest.mark.parametrize(
    ("address", "signs_in_as"),
    [
        (OURS, None),
        (FOREIGN, ("carrier", "told by letter")),
        ("127.0.0.3", ("both", "told by letter")),
        ("127.0.0.4", None),
    ],
)
def test_a_trunk_comes_in_by_its_address_or_its_sign_in_and_is_believed(
    trunks: Exchange, address: str, signs_in_as: tuple[str, str] | None
) -> None:
    async def scene(stage: Stage) -> None:
        # a caller whose number is the name of a trunk, or unknown, is still a caller
        for name in ("33662211", "carrier", "anonymous"):
            async with await caller(trunks, name, ASSERTED).open(address) as network:
                begun = asyncio.create_task(network.invite("70121212", sign_in=signs_in_as))
                arrived = await stage.expect(Arrived)
                assert (arrived.caller_number, arrived.dialled) == ("+4533663366", "70121212")
                await stage.perform(Answer(arrived.leg))
                assert await begun == 200
                await network.answered()
                network.hang_up()
                await stage.expect(Gone, leg=arrived.leg)

    play(trunks, scene)


def test_a_trunk_with_both_needs_both(trunks: Exchange) -> None:
    async def scene(stage: Stage) -> None:
        for address, signs_in_as in (("127.0.0.3", None), ("127.0.0.3", ("both", "guessed")), (FOREIGN, ("both", "x"))):
            async with await caller(trunks).open(address) as stranger:
                assert await stranger.invite("70121212", sign_in=signs_in_as) == 401
        assert not stage.heard.of(Arrived)

    play(trunks, scene)


def test_a_browser_at_the_trunks_own_address_registers(trunks: Exchange) -> None:
    async def scene(stage: Stage) -> None:
        made = await stage.rig.telephone.issue_credentials("browser-8", 600)
        async with WebsocketPhone(trunks.settings.browser_websocket, "browser-8", made.password) as phone:
            assert await phone.register() == 200

    play(trunks, scene)


def test_callers_without_sign_in_are_not_believed(
    asterisk_programs: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A demonstration is open to all, but an identity asserted by a stranger is not trusted."""

    async def scene(stage: Stage) -> None:
        for name in ("33662211", "network"):
            async with await caller(exchange, name, ASSERTED).open(FOREIGN) as stranger:
                begun = asyncio.create_task(stranger.invite("70121212"))
                arrived = await stage.expect(Arrived)
                assert arrived.caller_number == name
                await stage.perform(Answer(arrived.leg))
                await begun
                await stranger.answered()
                stranger.hang_up()
                await stage.expect(Gone, leg=arrived.leg)

    folder = tmp_path_factory.mktemp("open")
    settings = local_settings(folder, trunks=TRUNKS[:1], open_to_all=True, fallback_wait_text="Vent.")
    with Exchange(settings, asterisk_programs) as exchange:
        play(exchange, scene)


def test_a_desk_phone_that_signs_in_is_not_believed_either(trunks: Exchange) -> None:
    async def scene(stage: Stage) -> None:
        async with await caller(trunks, "anna", ASSERTED).open(FOREIGN) as phone:
            begun = asyncio.create_task(phone.invite("70121212", sign_in=("anna", "x")))
            arrived = await stage.expect(Arrived)
            assert arrived.caller_number == "anna"
            await stage.perform(Answer(arrived.leg))
            assert await begun == 200

    play(trunks, scene)


async def _put_through(stage: Stage, exchange: Exchange, person: SipCaller) -> LegId:
    begun = asyncio.create_task(person.invite("70121212"))
    arrived = await stage.expect(Arrived)
    await stage.perform(Answer(arrived.leg))
    assert await begun == 200
    await person.answered()
    return arrived.leg


def test_a_key_sent_in_two_ways_is_pressed_once(trunks: Exchange) -> None:
    async def scene(stage: Stage) -> None:
        async with await caller(trunks).open() as person:
            leg = await _put_through(stage, trunks, person)
            person.talk()
            for key in "1127#":
                person.press_by_info(key)
                await person.press(key)
                await asyncio.sleep(0.15)
            await stage.expect(Keyed, leg=leg, key="#")
            person.press_by_info("9")
            await person.press("0")
            await stage.expect(Keyed, leg=leg, key="0")
            assert "".join(each.key for each in stage.heard.of(Keyed, leg=leg)) == "1127#0"

    play(trunks, scene)


def test_keys_by_info_alone_are_read_where_the_network_has_nothing_else(exchange: Exchange) -> None:
    async def scene(stage: Stage) -> None:
        async with await caller(exchange).open() as person:
            leg = await _put_through(stage, exchange, person)
            person.talk()
            person.press_by_info("4")
            await stage.expect(Keyed, leg=leg, key="4")

    play(exchange, scene)


def test_a_caller_who_vanishes_is_gone_and_one_who_waits_is_not(trunks: Exchange) -> None:
    async def scene(stage: Stage) -> None:
        async with await caller(trunks).open() as stays, await caller(trunks).open() as vanishes:
            legs = [await _put_through(stage, trunks, person) for person in (stays, vanishes)]
            for person, leg in zip((stays, vanishes), legs, strict=True):
                person.talk()
                await stage.perform(Music(leg, True))
            vanishes.vanish()
            await stage.expect(Gone, leg=legs[1], patience=20)
            await asyncio.sleep(SILENT)
            assert not stage.heard.of(Gone, leg=legs[0])
            assert "BYE" not in stays.requests

    play(trunks, scene)


def test_who_is_held_by_the_far_end_is_not_taken_for_gone(trunks: Exchange) -> None:
    async def scene(stage: Stage) -> None:
        async with await caller(trunks).open() as person:
            leg = await _put_through(stage, trunks, person)
            person.talk()
            await stage.perform(Music(leg, True))
            assert await person.hold(True) == 200
            await asyncio.sleep(2 * SILENT)
            assert not stage.heard.of(Gone, leg=leg), "no sound comes while the far end holds"
            assert await person.hold(False) == 200
            await person.press("5")
            await stage.expect(Keyed, leg=leg, key="5")
            person.hang_up()
            await stage.expect(Gone, leg=leg)

    play(trunks, scene)


def test_every_endpoint_ends_without_sound_and_is_asked_whether_it_is_there(trunks: Exchange) -> None:
    async def scene(stage: Stage) -> None:
        await stage.rig.telephone.issue_credentials("browser-9", 600)
        names = re.findall(r"Endpoint:  ([\w.-]+)", trunks.console("pjsip show endpoints"))
        for name in names:
            if name.startswith("<"):
                continue
            shown = trunks.console(f"pjsip show endpoint {name}")
            values = dict(re.findall(r"^ *(\w+) +: (.*?) *$", shown, re.MULTILINE))
            assert 0 < int(values["rtp_timeout"]) < int(values["rtp_timeout_hold"]), name
            assert values["timers"] != "no", name

    play(trunks, scene)
