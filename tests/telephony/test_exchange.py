"""The exchange itself: its configuration, its faults, its fallback plan and real SIP."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import socket
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from indgang.telephony.asterisk import configuration
from indgang.telephony.asterisk.configuration import DeskPhone, ExchangeSettings
from indgang.telephony.asterisk.installation import Installation, NotInstalled, find
from indgang.telephony.asterisk.process import Exchange, ExchangeFailed, local_settings
from indgang.telephony.asterisk.provider import Asterisk
from indgang.telephony.asterisk.trunks import Trunk
from indgang.telephony.contract import (
    Answered,
    Arrived,
    Connected,
    Failed,
    Failure,
    Gone,
    Hangup,
    Lost,
    PhoneRegistered,
    Ring,
    TelephoneError,
)
from tests.telephony.contract_suite import Listener, Stage
from tests.telephony.exchange_rig import PATIENCE, open_rig
from tests.telephony.sip_phone import SipPeople, WebsocketPhone

pytestmark = pytest.mark.exchange

MALFORMED = [
    b"",
    b"\x00" * 2000,
    b"INVITE",
    b"INVITE sip:70121212@x SIP/2.0\r\n\r\n",
    b"INVITE sip:70121212@x SIP/9.9\r\nVia: nonsense\r\nCSeq: minus one INVITE\r\n\r\n",
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nContent-Length: 99999\r\n\r\nshort",
    b"REGISTER sip:" + b"a" * 5000 + b" SIP/2.0\r\n\r\n",
    b"INVITE sip:7@x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK2\r\nFrom: <sip:a@b>;tag=1\r\n"
    b"To: <sip:7@x>\r\nCall-ID: m1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@127.0.0.1:9>\r\n"
    b"Content-Type: application/sdp\r\nContent-Length: 20\r\n\r\nv=nonsense and noise",
]


def test_the_installation_says_which_asterisk_it_is(asterisk_programs: Installation) -> None:
    assert int(asterisk_programs.version.split(".")[0]) >= 16


def test_a_second_installation_finds_the_first() -> None:
    script = Path(__file__).resolve().parents[2] / "scripts" / "install-asterisk"
    done = subprocess.run([script], capture_output=True, text=True, timeout=20, check=True)
    assert re.search(r"Asterisk \d+.* \(Debian \w+\)", done.stdout)


def test_where_there_is_no_asterisk_the_command_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match="scripts/install-asterisk"):
        find(tmp_path)


def test_settings_asterisk_would_misread_are_refused(tmp_path: Path, asterisk_programs: Installation) -> None:
    good = ExchangeSettings(directory=tmp_path, ari_password="secret")
    for wrong in (
        {"ari_password": "a\nb"},
        {"ari_password": ""},
        {"app": "in dgang"},
        {"directory": Path("relative")},
        {"trunks": (Trunk("bad name"),)},
        {"trunks": (Trunk("net", match=("1.2.3.4\n[evil]",)),)},
        {"phones": (DeskPhone("anna", "a;b"),)},
        {"phones": (DeskPhone("33662211", "x"),)},
        {"trunks": (Trunk("net", inbound_password="a\nb"),)},
    ):
        with pytest.raises(ValueError):
            configuration.files(dataclasses.replace(good, **wrong), asterisk_programs)


def test_the_generated_files_hold_the_settings(tmp_path: Path, asterisk_programs: Installation) -> None:
    trunk = Trunk("net", match=("192.0.2.7",), host="sip.example:5080", username="u", password="p", register=True)
    settings = local_settings(tmp_path, trunks=(trunk,), phones=(DeskPhone("anna", "x"),), open_to_all=True)
    files = configuration.files(settings, asterisk_programs)
    assert "endpoint_identifier_order = username,ip,auth_username,anonymous" in files["pjsip.conf"]
    for line in ("match = 192.0.2.7", "server_uri = sip:sip.example:5080", "[anonymous]", "username = anna"):
        assert line in files["pjsip.conf"]
    assert [each.endpoint for each in settings.outside("+4512345678")] == ["PJSIP/+4512345678@net"]
    assert f"bindport = {settings.http_port}" in files["http.conf"]
    assert "decline = ast_channel_varset_type" in files["stasis.conf"], "our application would get 25 in each call"
    assert not re.search(r"@[A-Z]+@", files["extensions.conf"]), "every word is filled in"


def test_asterisk_loads_the_whole_configuration_without_complaint(
    tmp_path: Path, asterisk_programs: Installation
) -> None:
    trunk = Trunk("net", match=("192.0.2.7",), host="127.0.0.1:9", username="u", password="p")
    settings = local_settings(tmp_path, trunks=(trunk,), phones=(DeskPhone("anna", "x"),), open_to_all=True)
    with Exchange(settings, asterisk_programs) as exchange:
        endpoints = exchange.console("pjsip show endpoints")
        messages = (settings.directory / "log" / "messages").read_text()
    assert all(f"Endpoint:  {name}" in endpoints for name in ("net", "anna", "anonymous", "indgang-sip"))
    complaints = [line for line in messages.splitlines() if " ERROR[" in line or " WARNING[" in line]
    assert not complaints


def test_an_exchange_that_cannot_start_says_why(tmp_path: Path, asterisk_programs: Installation) -> None:
    broken = dataclasses.replace(
        local_settings(tmp_path), extra_files=(("asterisk.conf", "[directories]\nastmoddir=>/x"),)
    )
    with pytest.raises(ExchangeFailed, match="Asterisk"):
        Exchange(broken, asterisk_programs).start()


def test_malformed_sip_disturbs_nobody(exchange: Exchange) -> None:
    async def told() -> None:
        async with open_rig(exchange) as rig:
            stage = Stage(rig)
            await rig.telephone.start()
            await stage.expect(Connected)
            caller = await stage.incoming()
            address = ("127.0.0.1", exchange.settings.sip_port)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for garbage in MALFORMED * 5:
                    sender.sendto(garbage, address)
            agent = await stage.dialled()
            await stage.perform(Hangup(agent))
            await stage.expect(Gone, leg=agent)
            assert not stage.heard.of(Gone, leg=caller)
            assert not stage.heard.of(Lost)
            await rig.telephone.close()
            await stage.heard.stop()

    asyncio.run(told())


def test_sip_phones_are_rung_with_the_call_and_tell_why_they_do_not_answer(exchange: Exchange) -> None:
    async def told() -> None:
        people, port = await SipPeople.open()
        async with open_rig(exchange) as rig:
            stage = Stage(rig)
            await rig.telephone.start()
            await stage.expect(Connected)
            leg = await stage.dial(f"sip:answers@127.0.0.1:{port}")
            await stage.expect(Answered, leg=leg)
            assert "X-Indgang-Call: call-1" in people.invites[0]
            assert re.search(r'From: "Erhvervslinjen" <sip:33662211@', people.invites[0])
            await stage.perform(Hangup(leg))
            await stage.expect(Gone, leg=leg)
            for status, why in (
                ("486", Failure.BUSY),
                ("603", Failure.REFUSED),
                ("404", Failure.UNREACHABLE),
                ("480", Failure.NO_ANSWER),
                ("503", Failure.UNREACHABLE),
            ):
                leg = await stage.dial(f"sip:{status}@127.0.0.1:{port}")
                assert (await stage.expect(Failed, leg=leg)).why is why, status
            leg = await stage.dial(f"sip:silent@127.0.0.1:{port}", timeout=1)
            assert (await stage.expect(Failed, leg=leg)).why is Failure.NO_ANSWER
            assert "CANCEL" in people.ended
            await rig.telephone.close()
            await stage.heard.stop()
        people.close()

    asyncio.run(told())


def test_a_killed_asterisk_is_lost_and_comes_back_with_its_sign_ins(
    tmp_path: Path, asterisk_programs: Installation
) -> None:
    settings = local_settings(tmp_path)
    exchange = Exchange(settings, asterisk_programs)

    async def told() -> None:
        telephone = Asterisk(settings)
        await telephone.start()
        heard = Listener(telephone)
        assert isinstance(await heard.expect(Lost, ended=True), Lost), "not running yet"
        with pytest.raises(TelephoneError):
            await telephone.issue_credentials("anna", 60)
        await asyncio.to_thread(exchange.start)
        await heard.expect(Connected)
        credentials = await telephone.issue_credentials("anna", 600)
        await asyncio.to_thread(exchange.kill)
        await heard.expect(Lost, ended=True)
        await telephone.perform(Ring("leg-1", "agent:anna", "", "", 5, "call-1"))
        assert (await heard.expect(Failed, leg="leg-1")).why is Failure.UNREACHABLE
        await asyncio.to_thread(exchange.start)
        await heard.expect(Connected)
        async with WebsocketPhone(settings.browser_websocket, "anna", "wrong") as phone:
            assert await phone.register() == 401
        async with WebsocketPhone(settings.browser_websocket, "anna", credentials.password) as phone:
            async with asyncio.timeout(PATIENCE):
                while await phone.register() != 200:
                    await asyncio.sleep(0.05)
            await heard.expect(PhoneRegistered, phone="anna", on=True)
        assert len(heard.of(Lost, ended=False)) == len(heard.of(Lost, ended=True)) == 2, "told once per loss"
        await telephone.close()
        await heard.stop()

    try:
        asyncio.run(told())
    finally:
        exchange.stop()


async def _on_disk(settings: ExchangeSettings, phone: str, there: bool) -> None:
    """Until the file that Asterisk writes once a second has the sign-in of the phone, or has it no more."""
    file = f"file:{settings.directory / 'lib' / 'astdb.sqlite3'}?mode=ro"
    async with asyncio.timeout(PATIENCE):
        while True:
            with closing(sqlite3.connect(file, uri=True)) as database:
                found = database.execute("SELECT count(*) FROM astdb WHERE key LIKE ?", [f"/indgang-auth/%{phone}"])
                if bool(found.fetchone()[0]) == there:
                    return
            await asyncio.sleep(0.05)


def test_browsers_are_let_in_as_soon_as_asterisk_is_back(tmp_path: Path, asterisk_programs: Installation) -> None:
    """This holds without the product too: a browser tries again soon after the restart, and would need a new password
    after a refusal."""
    settings = local_settings(tmp_path)
    exchange = Exchange(settings, asterisk_programs)

    async def told() -> None:
        telephone = Asterisk(settings)
        await telephone.start()
        heard = Listener(telephone)
        await heard.expect(Connected)
        credentials = await telephone.issue_credentials("anna", 600)
        await telephone.close()
        await heard.stop()
        await _on_disk(settings, "anna", True)
        await asyncio.to_thread(exchange.kill)
        await asyncio.to_thread(exchange.start)
        async with WebsocketPhone(settings.browser_websocket, "anna", credentials.password) as phone:
            assert await phone.register() == 200
            again = Asterisk(settings)
            await again.start()
            heard = Listener(again)
            connected = await heard.expect(Connected)
            assert connected.phones == {"anna"}
            assert connected.started is not None
            await again.revoke_credentials("anna")
            await again.close()
            await heard.stop()
        await _on_disk(settings, "anna", False)
        await asyncio.to_thread(exchange.stop)
        await asyncio.to_thread(exchange.start)
        async with WebsocketPhone(settings.browser_websocket, "anna", credentials.password) as phone:
            assert await phone.register() in (401, 404), "a sign-in that has ended does not come back either"

    exchange.start()
    try:
        asyncio.run(told())
    finally:
        exchange.stop()
    assert (tmp_path / "lib").stat().st_mode & 0o077 == 0, "passwords"


def test_an_asterisk_that_has_ended_is_told_from_one_that_cannot_be_reached(
    tmp_path: Path, asterisk_programs: Installation
) -> None:
    async def told(exchange: Exchange) -> None:
        async with open_rig(exchange) as rig:
            heard = Listener(rig.telephone)
            await rig.telephone.start()
            await heard.expect(Connected)
            await rig.lose()
            await heard.expect(Lost, ended=False)
            # long enough for several attempts to connect again
            await asyncio.sleep(1.5)
            assert not heard.of(Lost, ended=True), "the line was cut; Asterisk and its calls are there"
            await rig.restore()
            await heard.expect(Connected)
            await asyncio.to_thread(exchange.kill)
            await rig.link.cut()
            await heard.expect(Lost, ended=True)
            await rig.telephone.close()
            await heard.stop()
            await rig.restart()

    with Exchange(local_settings(tmp_path), asterisk_programs) as exchange:
        asyncio.run(told(exchange))


def test_a_product_that_was_restarted_ends_the_sign_ins_of_the_one_before(exchange: Exchange) -> None:
    async def told() -> None:
        first = Asterisk(exchange.settings)
        await first.start()
        heard = Listener(first)
        await heard.expect(Connected)
        credentials = await first.issue_credentials("helle", 3)
        await first.close()
        await heard.stop()
        async with WebsocketPhone(exchange.settings.browser_websocket, "helle", credentials.password) as phone:
            assert await phone.register() == 200
            second = Asterisk(exchange.settings)
            await second.start()
            heard = Listener(second)
            assert (await heard.expect(Connected)).phones == {"helle"}
            await heard.expect(PhoneRegistered, phone="helle", on=False)
            assert await phone.register() in (401, 404)
        await second.close()
        await heard.stop()

    asyncio.run(told())


def test_nobody_is_lost_while_the_product_is_away(exchange: Exchange) -> None:
    """Twenty callers wait in the fallback plan; all arrive when the product is back, and those talking talk on."""

    async def told() -> None:
        async with open_rig(exchange) as rig:
            stage = Stage(rig)
            await rig.telephone.start()
            await stage.expect(Connected)
            talking = await stage.incoming()
            await rig.lose()
            await stage.expect(Lost)
            callers = {await rig.call("70121212", f"330000{count:02}") for count in range(20)}
            await rig.restore()
            legs = {leg.leg for leg in (await stage.expect(Connected)).legs}
            assert talking in legs
            # a caller who comes back in the same moment may be listed already: the product takes them for an arrival
            back = legs - {talking}
            while back != callers:
                back.add((await stage.expect(Arrived, dialled="70121212")).leg)
            assert not stage.heard.of(Gone)
            await rig.telephone.close()
            await stage.heard.stop()

    asyncio.run(told())
