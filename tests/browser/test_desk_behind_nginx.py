"""A desk as in production: https and wss through nginx with deploy/nginx.conf, and a real call."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import os
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from indgang.config import exchange_file
from indgang.enquiries.models import Enquiry, Outcome, Question, State
from indgang.entry.models import AgentState, ExchangeStatus, Presence
from indgang.telephony.asterisk.process import Exchange
from tests import chromium, nginx
from tests.browser.axe import ROOT, assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import phone_is, wait_for
from tests.browser.test_real_call import packets, register
from tests.nginx import NAME, Site
from tests.processes import Started
from tests.server import database_url
from tests.telephony.conftest import asterisk_programs, exchange  # noqa: F401  # fixtures
from tests.telephony.exchange_rig import ExchangeRig, open_rig
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.exchange, pytest.mark.proxy, pytest.mark.django_db(transaction=True)]

WEBSOCKET = f"wss://{NAME}/telephone"
T = TypeVar("T")


class Caller:
    """Somebody on the public telephone network. The line is driven from another thread, because Playwright's event
    loop occupies the test's own."""

    def __init__(self, exchange: Exchange) -> None:  # noqa: F811
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._open = AsyncExitStack()
        self._rig: ExchangeRig = self._do(self._open.enter_async_context(open_rig(exchange)))
        self._leg = ""

    def rings(self, number: str, key: str) -> None:
        self._leg = self._do(self._rig.call(number, "+4520304050"))
        wait_for(lambda: Enquiry.objects.exists(), seconds=60)
        self._do(self._rig.press(self._leg, key))

    def speaks(self) -> None:
        self._do(self._rig.speak(self._leg))

    def hears_something(self) -> bool:
        return self._do(self._rig.hears_music(self._leg))

    def close(self) -> None:
        self._do(self._open.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(90)


@dataclass
class Watched:
    """What a page asked for, and what it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    websockets: list[str] = field(default_factory=list)
    #: the parts that the stream has told to be stale
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("console", lambda message: self._heed(message.type, message.text))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("requestfailed", lambda request: self._heed("failed", f"{request.url} {request.failure}"))
        self.page.on("websocket", lambda websocket: self.websockets.append(websocket.url))
        protocol = self.page.context.new_cdp_session(self.page)
        protocol.on("Network.eventSourceMessageReceived", lambda message: self.told.append(message["data"]))
        protocol.send("Network.enable")

    def _heed(self, kind: str, text: str) -> None:
        # a page that is left breaks its own requests off
        if kind in ("error", "warning") or (kind == "failed" and "ERR_ABORTED" not in text):
            self.complaints.append(f"{self.page.url}: {kind}: {text}")


@pytest.fixture
def site(exchange: Exchange, world: World, tmp_path: Path) -> Iterator[Site]:  # noqa: F811
    """All processes that a desk needs, and nginx."""
    settings = {"INDGANG_STATIC_FOLDER": str(ROOT / "var" / "static"), "INDGANG_SIP_WEBSOCKET_URL": WEBSOCKET}
    note = tmp_path / "ari.json"
    exchange_file.write(note, replace(exchange.settings, websocket_url=WEBSOCKET))
    own = {"INDGANG_EXCHANGES": "", "INDGANG_EXCHANGE_FILE": str(note), "INDGANG_VAR": str(tmp_path)}
    environment = os.environ | settings | own | {"DATABASE_URL": database_url()}
    with nginx.product(tmp_path, telephone=exchange.settings.http_port, settings=settings) as running:
        switchboard = Started([sys.executable, "-m", "indgang", "switchboard"], env=environment)
        try:
            wait_for(lambda: ExchangeStatus.objects.filter(name="asterisk", up=True).exists(), seconds=90)
            yield running
        finally:
            switchboard.terminate()
            switchboard.wait(30)


@pytest.fixture
def caller(exchange: Exchange) -> Iterator[Caller]:  # noqa: F811
    someone = Caller(exchange)
    yield someone
    someone.close()


@pytest.fixture
def visitors(playwright_running: Playwright, site: Site, tmp_path: Path) -> Iterator[Any]:
    """Opens browsers of people who reach the site under its name, at the ordinary ports, and trust its certificate."""
    addresses = f"MAP {NAME}:443 127.0.0.1:{site.secure}, MAP {NAME}:80 127.0.0.1:{site.plain}"
    trusting = [
        f"--host-resolver-rules={addresses}",
        f"--ignore-certificate-errors-spki-list={_fingerprint(tmp_path / 'indgang.pem')}",
    ]
    browser = playwright_running.chromium.launch(
        executable_path=chromium.program(), args=[*chromium.ARGUMENTS, *trusting]
    )

    def come() -> Watched:
        context = browser.new_context(
            base_url=f"https://{NAME}", viewport=DESKTOP, locale="da-DK", timezone_id="Europe/Copenhagen",
            permissions=chromium.PERMISSIONS,
        )  # fmt: skip
        context.set_default_timeout(60_000)
        return Watched(context.new_page())

    yield come
    browser.close()


def test_an_agent_works_a_whole_call_over_https_and_wss(
    visitors: Any, site: Site, world: World, caller: Caller
) -> None:
    at_desk, at_wall = visitors(), visitors()
    desk, wall = at_desk.page, at_wall.page
    _sign_in(desk, "anna", f"http://{NAME}/desk/")
    _sign_in(wall, "eva", "/office/wallboard/tmf/")
    _cookies_are_for_https_alone(desk.context)

    desk.locator("#order-sign-in").click()
    phone_is("registered", desk)
    desk.get_by_role("button", name="Klar").first.click()
    expect(desk.locator("#desk-state")).to_have_attribute("data-state", "ready")
    _look(desk, "nginx-ready")

    caller.rings("+4533661000", "2")
    phone_is("ringing", desk)
    expect(desk.locator("#call-answer")).to_be_visible()
    desk.locator("#call-answer").click()
    phone_is("talking", desk)
    _both_hear(desk, caller)
    _look(desk, "nginx-talking")
    register(desk)
    desk.keyboard.press("Shift+F2")
    wait_for(lambda: Enquiry.objects.get().state == State.REGISTERED)
    assert (Enquiry.objects.get().agent, Question.objects.get().outcome) == (world.anna, Outcome.RESOLVED)
    expect(wall.locator("tr", has_text="Byliv og events")).to_contain_text("1")
    _look(desk, "nginx-registered")

    _only_own_forms_are_taken(site, desk.context)
    for each in (at_desk, at_wall):
        assert not each.complaints, "\n".join(each.complaints)
        schemes = {urlsplit(url).scheme for url in each.asked if not url.startswith(f"http://{NAME}/desk/")}
        assert schemes <= {"https", "data", "blob"}, schemes
        assert each.told, "the stream came through nginx"
    assert at_desk.websockets == [WEBSOCKET]
    _sign_out(desk)
    wait_for(lambda: Presence.objects.get(person=world.anna).state == AgentState.SIGNED_OUT)


def _sign_in(page: Page, username: str, address: str) -> None:
    """By the sign-in page to which the address leads; a plain address leads to https first."""
    answer = page.goto(address)
    assert answer is not None
    assert page.url.startswith(f"https://{NAME}/sign-in/"), page.url
    assert answer.header_value("Strict-Transport-Security") == "max-age=31536000"
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log ind", exact=True).click()
    page.wait_for_url(lambda url: urlsplit(url).path == urlsplit(address).path)
    assert page.evaluate("window.isSecureContext"), "or there would be no microphone"


def _cookies_are_for_https_alone(context: BrowserContext) -> None:
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    assert {"sessionid", "csrftoken"} <= cookies.keys()
    assert all(cookie["secure"] for cookie in cookies.values()), cookies
    assert cookies["sessionid"]["httpOnly"]


def _both_hear(desk: Page, caller: Caller) -> None:
    early = packets(desk)
    caller.speaks()
    now = packets(desk)
    assert all(now[way] - early[way] > 40 for way in ("received", "sent")), (early, now)
    assert now["energy"] > early["energy"], "what the caller said is heard in the browser"
    wait_for(caller.hears_something)  # Chromium's microphone beeps once a second


def _only_own_forms_are_taken(site: Site, context: BrowserContext) -> None:
    """With the agent's own cookies: a form from elsewhere or without its token is refused, our own is taken."""
    cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    token, ours = cookies["csrftoken"], f"https://{NAME}"
    assert _posted(site, cookies, token, origin="https://elsewhere.example") == http.client.FORBIDDEN
    assert _posted(site, cookies, "", origin=ours) == http.client.FORBIDDEN
    assert _posted(site, cookies, token, origin=f"http://{NAME}") == http.client.FORBIDDEN
    assert _posted(site, cookies, token, origin=ours) < http.client.BAD_REQUEST


def _posted(site: Site, cookies: dict[str, str], token: str, *, origin: str) -> int:
    """The status of an order "ready" from a page of this origin."""
    headers = {
        "Host": NAME, "Origin": origin, "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }  # fmt: skip
    with closing(http.client.HTTPConnection("127.0.0.1", site.secure, timeout=nginx.PATIENCE)) as asking:
        asking.sock = site.connect()
        asking.request("POST", "/desk/readiness/", urlencode({}), headers)
        return asking.getresponse().status


def _sign_out(desk: Page) -> None:
    """Out of the product: the page before is not left."""
    desk.locator("details.menu", has_text="Log ud").locator("summary").click()
    desk.get_by_role("button", name="Log ud", exact=True).click()
    desk.wait_for_url("**/sign-in/**")
    assert "sessionid" not in {cookie["name"] for cookie in desk.context.cookies()}
    desk.goto("/desk/")
    assert urlsplit(desk.url).path == "/sign-in/"


def _look(page: Page, name: str) -> None:
    """At both widths; axe finds nothing."""
    assert_accessible(page)
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")
        page.set_viewport_size(NARROW)
        page.screenshot(path=f"{folder}/{name}-400.png", full_page=True)
        page.set_viewport_size(DESKTOP)


def _fingerprint(certificate: Path) -> str:
    """Of the public key, as Chromium takes it."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()
