"""A browser phone behind nginx with TLS, with the configuration of deploy/nginx.conf: it talks over `wss`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from indgang.telephony.asterisk.process import Exchange, free_ports
from indgang.telephony.contract import Connected, PhoneRegistered
from tests.nginx import NAME, configured
from tests.telephony.contract_suite import Stage
from tests.telephony.exchange_rig import ExchangeRig, open_rig
from tests.telephony.test_browser_phone import COUNT_PACKETS, Site, as_json, in_a_call, open_browser

pytestmark = [pytest.mark.exchange, pytest.mark.browser, pytest.mark.proxy]

#: the name resolves to this machine, and the certificate is self-signed
TRUSTING = (f"--host-resolver-rules=MAP {NAME} 127.0.0.1", "--ignore-certificate-errors")
PATIENCE = 30.0


@asynccontextmanager
async def nginx(folder: Path, web: int, telephone: int) -> AsyncIterator[int]:
    """nginx before the page and the exchange; its port for TLS."""
    plain, secure = free_ports(2)
    file = configured(folder, web=web, telephone=telephone, plain=plain, secure=secure)
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin") or "nginx"
    running = await asyncio.create_subprocess_exec(program, "-c", str(file), "-g", "daemon off;")
    try:
        await _answers(secure)
        yield secure
    finally:
        running.terminate()
        await running.wait()


async def _answers(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


def test_an_agents_browser_talks_over_wss(exchange: Exchange, tmp_path: Path) -> None:
    async def run() -> None:
        async with open_rig(exchange) as rig, open_browser(*TRUSTING) as site:
            stage = Stage(rig)
            await rig.telephone.start()
            try:
                await stage.expect(Connected)
                async with nginx(tmp_path, urlsplit(site.url).port or 0, exchange.settings.http_port) as secure:
                    await talks(stage, site, secure)
            finally:
                await rig.telephone.close()
                await stage.heard.stop()

    asyncio.run(run())


async def talks(stage: Stage, site: Site, secure: int) -> None:
    site.url = f"https://{NAME}:{secure}/"
    page = await site.open()
    made = json.loads(as_json(await stage.rig.telephone.issue_credentials("wss-1", 600)))
    made["websocket"] = f"wss://{NAME}:{secure}/telephone"
    await page.evaluate("credentials => window.indgang.phone.register(credentials)", made)
    await stage.expect(PhoneRegistered, phone="wss-1", on=True)
    rig = stage.rig
    assert isinstance(rig, ExchangeRig)
    caller, _agent = await in_a_call(stage, page, "wss-1")
    await rig.speak(caller)
    assert (await page.evaluate(COUNT_PACKETS))["energy"] > 0, "what the caller said is heard in the browser"
    assert await stage.becomes(lambda: rig.hears_music(caller)), "what the microphone said is heard by the caller"
    assert await page.evaluate("window.isSecureContext"), "or there would be no microphone"
    await nothing_but_the_websocket_is_published(secure)


async def nothing_but_the_websocket_is_published(secure: int) -> None:
    """Asterisk's own interface is not reachable through nginx at any URL."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with aiohttp.ClientSession(headers={"Host": NAME}) as session:
        for path in ("/ari/asterisk/info", "/telephone/ari", "/telephone/../ari/asterisk/info", "/ws", "/httpstatus"):
            async with session.get(f"https://127.0.0.1:{secure}{path}", ssl=context) as answer:
                assert answer.status == 404, path
                assert "Asterisk" not in answer.headers.get("Server", "")
