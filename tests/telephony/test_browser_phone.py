"""The browser is a telephone: headless Chromium with phone.js, called through a real Asterisk."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import BrowserContext, Page, async_playwright

import indgang
from indgang.telephony.asterisk.process import Exchange, local_settings
from indgang.telephony.asterisk.provider import Asterisk
from indgang.telephony.contract import (
    Answered,
    Connect,
    Connected,
    Credentials,
    Failed,
    Failure,
    Gone,
    Hangup,
    Mute,
    PhoneRegistered,
    Report,
    Ring,
)
from tests import chromium
from tests.telephony.contract_suite import Stage
from tests.telephony.exchange_rig import ExchangeRig, open_rig

pytestmark = [pytest.mark.exchange, pytest.mark.browser]

PACKAGE = Path(indgang.__file__).parent
SCRIPTS = {
    "/jssip.js": PACKAGE / "ui/static/vendor/jssip.min.js",
    "/phone.js": PACKAGE / "desk/static/desk/phone.js",
}
RECORD_EVENTS = """
window.heard = [];
for (const name of ["registered", "unregistered", "ringing", "talking", "ended", "failed"]) {
  document.addEventListener(`phone:${name}`, (event) => window.heard.push({ ...event.detail, event: name }));
}
"""
COUNT_PACKETS = """async () => {
  const counts = { received: 0, sent: 0, energy: 0 };
  for (const part of (await window.indgang.phone.connection().getStats()).values()) {
    if (part.type === "inbound-rtp") {
      counts.received = part.packetsReceived;
      counts.energy = part.totalAudioEnergy || 0;
    }
    if (part.type === "outbound-rtp") counts.sent = part.packetsSent;
  }
  return counts;
}"""

Scenario = Callable[[Stage, "Site"], Awaitable[None]]


def scenario(told: Scenario) -> Callable[[Exchange], None]:
    """A test with a stage on the real exchange and a browser."""

    def test(exchange: Exchange) -> None:
        async def run() -> None:
            async with open_rig(exchange) as rig, open_browser() as site:
                stage = Stage(rig)
                await rig.telephone.start()
                try:
                    await stage.expect(Connected)
                    await told(stage, site)
                finally:
                    await rig.telephone.close()
                    await stage.heard.stop()

        asyncio.run(run())

    functools.update_wrapper(test, told)
    del test.__wrapped__  # type: ignore[attr-defined]  # pytest must not take the scenario's parameters for fixtures
    return test


class Site:
    """Pages with the two scripts, from a server of their own: pages without an origin may not connect here."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        #: the answer to a page that requests its sign-in
        self.sign_in: Callable[[], Awaitable[str]] | None = None
        self.body = ""

    async def open(self) -> Page:
        page = await self.context.new_page()
        await page.add_init_script(RECORD_EVENTS)
        await page.goto(self.url)
        return page

    async def serve(self) -> web.AppRunner:
        app = web.Application()
        app.add_routes([web.get(name, self._script) for name in SCRIPTS])
        app.add_routes([web.post("/credentials", self._credentials), web.get("/", self._document)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        return runner

    async def _credentials(self, request: web.Request) -> web.Response:
        assert self.sign_in is not None
        return web.Response(text=await self.sign_in(), content_type="application/json")

    async def _script(self, request: web.Request) -> web.Response:
        return web.Response(text=SCRIPTS[request.path].read_text(), content_type="text/javascript")

    async def _document(self, request: web.Request) -> web.Response:
        scripts = "".join(f'<script src="{name}" defer></script>' for name in SCRIPTS)
        return web.Response(
            text=f"<!doctype html><title>phone</title><body>{self.body}{scripts}", content_type="text/html"
        )


@asynccontextmanager
async def open_browser(*more: str) -> AsyncIterator[Site]:
    """`more` are arguments of Chromium's command line."""
    for script in SCRIPTS.values():
        if not script.exists():
            pytest.fail(f"{script} is missing; run scripts/front-end")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.program(), args=[*chromium.ARGUMENTS, *more]
        )
        site = Site(await browser.new_context(permissions=chromium.PERMISSIONS))
        runner = await site.serve()
        try:
            yield site
        finally:
            await browser.close()
            await runner.cleanup()


async def signed_in(stage: Stage, site: Site, phone: str) -> Page:
    page = await site.open()
    credentials = await stage.rig.telephone.issue_credentials(phone, 600)
    await page.evaluate("credentials => window.indgang.phone.register(credentials)", json.loads(as_json(credentials)))
    await stage.expect(PhoneRegistered, phone=phone, on=True)
    return page


def as_json(made: Credentials) -> str:
    return json.dumps(
        {"uri": made.uri, "password": made.password, "websocket": made.websocket, "expires": made.expires.isoformat()}
    )


async def happened(page: Page, name: str) -> Any:
    """The first event of this name, as soon as there is one."""
    found = f"window.heard.find((one) => one.event === {json.dumps(name)})"
    await page.wait_for_function(found, timeout=30_000)
    return await page.evaluate(found)


async def ring(stage: Stage, phone: str, call: str = "call-77") -> str:
    leg = stage.new_leg()
    await stage.perform(Ring(leg, f"agent:{phone}", "33662211", "Erhvervslinjen", 20, call))
    return leg


async def in_a_call(stage: Stage, page: Page, phone: str) -> tuple[str, str]:
    """Caller and agent talking; their legs."""
    # what an earlier call on this page did would be taken for this one's
    await page.evaluate('window.heard = window.heard.filter((one) => !["ringing", "talking"].includes(one.event))')
    caller, agent = await stage.incoming(), await ring(stage, phone)
    await happened(page, "ringing")
    assert await page.evaluate("window.indgang.phone.answer()")
    await stage.expect(Answered, leg=agent)
    await stage.perform(Connect(f"bridge-{caller}", (caller, agent)))
    await happened(page, "talking")
    return caller, agent


@scenario
async def test_a_call_rings_is_answered_and_carries_sound_both_ways(stage: Stage, site: Site) -> None:
    page = await signed_in(stage, site, "anna")
    rig = stage.rig
    assert isinstance(rig, ExchangeRig)
    caller, agent = await in_a_call(stage, page, "anna")
    ringing = await happened(page, "ringing")
    assert (ringing["call"], ringing["number"], ringing["name"]) == ("call-77", "33662211", "Erhvervslinjen")
    await rig.speak(caller)
    counts = await page.evaluate(COUNT_PACKETS)
    assert counts["received"] >= 40, counts
    assert counts["sent"] >= 40, counts
    assert counts["energy"] > 0, "what the caller said is heard in the browser"
    # Chromium's own test microphone beeps once a second
    assert await stage.becomes(lambda: rig.hears_music(caller)), "what the microphone said is heard by the caller"
    await stage.perform(Mute(agent, True))
    assert await stage.becomes(lambda: rig.hears_music(caller), wanted=False)
    assert await page.evaluate("window.indgang.phone.keys('12')")
    await page.evaluate("window.indgang.phone.hangup()")
    await stage.expect(Gone, leg=agent)
    assert (await happened(page, "ended"))["call"] == "call-77"
    assert not stage.heard.of(Gone, leg=caller)


@scenario
async def test_sound_goes_to_browsers_on_other_machines(stage: Stage, site: Site) -> None:
    """ARI and the websocket listen on 127.0.0.1 behind the proxy; the sound does not pass it. From a socket at that
    address nothing reaches another machine."""
    page = await signed_in(stage, site, "ida")
    await in_a_call(stage, page, "ida")
    told = await page.evaluate("window.indgang.phone.connection().remoteDescription.sdp")
    (port,) = re.findall(r"^m=audio (\d+) ", told, re.MULTILINE)
    (address,) = re.findall(rf"^ *\d+: ([0-9A-F]+):{int(port):04X} ", Path("/proc/net/udp").read_text(), re.MULTILINE)
    assert int(address, 16) == 0, "the port of the sound is open at every address"


@scenario
async def test_a_call_can_be_refused_in_the_browser(stage: Stage, site: Site) -> None:
    page = await signed_in(stage, site, "bo")
    leg = await ring(stage, "bo")
    await happened(page, "ringing")
    assert await page.evaluate("window.indgang.phone.refuse()")
    assert (await stage.expect(Failed, leg=leg)).why is Failure.REFUSED


@scenario
async def test_a_second_call_finds_the_phone_busy(stage: Stage, site: Site) -> None:
    page = await signed_in(stage, site, "carl")
    await ring(stage, "carl")
    await happened(page, "ringing")
    leg = stage.new_leg()
    await stage.perform(Ring(leg, "agent:carl", "", "", 20, "call-78"))
    assert (await stage.expect(Failed, leg=leg)).why is Failure.BUSY
    assert await page.evaluate("window.indgang.phone.callId()") == "call-77"


@scenario
async def test_a_call_that_is_given_up_stops_ringing(stage: Stage, site: Site) -> None:
    page = await signed_in(stage, site, "dorte")
    leg = await ring(stage, "dorte")
    await happened(page, "ringing")
    await stage.perform(Hangup(leg))
    await stage.expect(Failed, leg=leg)
    await happened(page, "ended")
    assert not await page.evaluate("window.indgang.phone.ringing()")


async def _kill(page: Page) -> None:
    """End the processes of the browser at once, as a crash does."""
    assert page.context.browser
    developer = await page.context.browser.new_browser_cdp_session()
    for process in (await developer.send("SystemInfo.getProcessInfo"))["processInfo"]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process["id"], signal.SIGKILL)


@scenario
async def test_a_browser_that_crashes_goes_off_and_its_leg_ends(stage: Stage, site: Site) -> None:
    page = await signed_in(stage, site, "erik")
    caller, agent = await in_a_call(stage, page, "erik")
    await _kill(page)
    await stage.expect(PhoneRegistered, phone="erik", on=False)
    # the page sent no message: the exchange notices that the sound has stopped
    await stage.expect(Gone, leg=agent, patience=40)
    assert not stage.heard.of(Gone, leg=caller)


@scenario
async def test_of_two_tabs_only_one_rings_and_the_other_takes_over(stage: Stage, site: Site) -> None:
    asked = []

    async def sign_in() -> str:
        asked.append(1)
        return as_json(await stage.rig.telephone.issue_credentials("freja", 600))

    site.sign_in = sign_in
    site.body = '<span id="desk-phone" data-phone="browser" data-credentials="/credentials"></span>'
    first = await site.open()
    await stage.expect(PhoneRegistered, phone="freja", on=True)
    second = await site.open()
    await ring(stage, "freja", "call-1")
    await happened(first, "ringing")
    assert len(asked) == 1
    assert await second.evaluate("window.heard") == []
    await first.close()
    await happened(second, "registered")
    await ring(stage, "freja", "call-2")
    assert (await happened(second, "ringing"))["call"] == "call-2"
    assert len(asked) == 2


@scenario
async def test_a_sign_in_that_is_wrong_is_told_in_the_page(stage: Stage, site: Site) -> None:
    page = await site.open()
    credentials = json.loads(as_json(await stage.rig.telephone.issue_credentials("gunnar", 600)))
    wrong = credentials | {"password": "not this"}
    await page.evaluate("credentials => window.indgang.phone.register(credentials)", wrong)
    assert (await happened(page, "failed"))["reason"]
    assert not stage.heard.of(PhoneRegistered, phone="gunnar", on=True)


@scenario
async def test_a_refused_registration_is_tried_again_with_a_new_sign_in(stage: Stage, site: Site) -> None:
    """A restarted exchange that has no sign-ins yet refuses registrations."""
    made: list[float] = []

    async def sign_in() -> str:
        made.append(asyncio.get_running_loop().time())
        credentials = json.loads(as_json(await stage.rig.telephone.issue_credentials("hanne", 600)))
        return json.dumps(credentials if len(made) > 1 else credentials | {"password": "of another exchange"})

    site.sign_in = sign_in
    site.body = '<span id="desk-phone" data-phone="browser" data-credentials="/credentials"></span>'
    page = await site.open()
    await stage.expect(PhoneRegistered, phone="hanne", on=True, patience=40)
    await happened(page, "registered")
    failed = [one for one in await page.evaluate("window.heard") if one["event"] == "failed"]
    pauses = [one["again"] for one in failed]
    assert len(made) == 2
    assert len(pauses) == 3, "twice more with the same sign-in, then a new one is asked for"
    assert pauses == sorted(pauses), "each pause is longer than the last"


def test_a_phone_is_on_at_two_exchanges_and_stays_on_when_one_ends(exchange: Exchange, tmp_path: Path) -> None:
    async def run() -> None:
        second = Exchange(local_settings(tmp_path / "second", fallback_wait_text="Vent."), exchange.programs)
        with second:
            async with open_rig(exchange) as rig, open_browser() as site:
                stage = Stage(rig)
                other = Asterisk(second.settings)
                for telephone in (rig.telephone, other):
                    await telephone.start()
                try:
                    await stage.expect(Connected)
                    await _on_at_both(stage, site, other, second)
                finally:
                    for telephone in (rig.telephone, other):
                        await telephone.close()
                    await stage.heard.stop()

    asyncio.run(run())


async def _on_at_both(stage: Stage, site: Site, other: Asterisk, second: Exchange) -> None:
    page = await site.open()
    heard: list[Report] = []

    async def listen() -> None:
        async for report in other.reports():
            heard.append(report)

    listening = asyncio.create_task(listen())

    async def comes(what: Callable[[Report], bool]) -> None:
        async with asyncio.timeout(60):
            while not any(what(report) for report in heard):
                await asyncio.sleep(0.05)

    await comes(lambda report: isinstance(report, Connected))
    first = await stage.rig.telephone.issue_credentials("anna", 600, "one password for all")
    more = await other.issue_credentials("anna", 600, "one password for all")
    credentials = json.loads(as_json(first)) | {"more": [{"uri": more.uri, "websocket": more.websocket}]}
    await page.evaluate("credentials => window.indgang.phone.register(credentials)", credentials)
    await stage.expect(PhoneRegistered, phone="anna", on=True)
    await comes(lambda report: report == PhoneRegistered("anna", True, report.at) if hasattr(report, "at") else False)
    await in_a_call(stage, page, "anna")
    await page.evaluate("window.indgang.phone.hangup()")
    await happened(page, "ended")
    await asyncio.to_thread(second.kill)
    # the browser sees at once that the connection is closed
    await asyncio.sleep(1)
    assert await page.evaluate("window.indgang.phone.registered()")
    assert not await page.evaluate("window.heard.some((one) => one.event === 'unregistered')")
    await in_a_call(stage, page, "anna")
    listening.cancel()
