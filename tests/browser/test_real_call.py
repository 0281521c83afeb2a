"""A call from end to end: a SIP call into a real Asterisk, answered in a browser, registered, and on the wallboard."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.config import exchange_file
from indgang.enquiries import stream
from indgang.enquiries.circumstances import places_of
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.journal import events_of
from indgang.enquiries.models import Enquiry, Outcome, Question, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import ExchangeStatus, Queue
from indgang.telephony.asterisk.process import Exchange
from tests.browser.rest import phone_is, wait_for
from tests.processes import Started
from tests.server import database_url
from tests.telephony.conftest import asterisk_programs, exchange  # noqa: F401  # fixtures
from tests.telephony.test_browser_phone import COUNT_PACKETS
from tests.world import World

pytestmark = [
    pytest.mark.exchange,
    pytest.mark.django_db(transaction=True),
]

CALLER = Path(__file__).parent / "sip" / "caller.xml"


@pytest.fixture
def switchboard_process(exchange: Exchange, world: World, settings: Any, tmp_path: Path) -> Iterator[None]:  # noqa: F811
    """The switchboard as it is run, on the test's database and the session's Asterisk."""
    settings.SIP_WEBSOCKET_URL = exchange.settings.browser_websocket
    note = tmp_path / "ari.json"
    exchange_file.write(note, exchange.settings)
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "INDGANG_EXCHANGES": "",
        "INDGANG_EXCHANGE_FILE": str(note),
        "INDGANG_VAR": str(tmp_path),
    }
    process = Started([sys.executable, "-m", "indgang", "switchboard"], env=environment)
    try:
        wait_for(lambda: ExchangeStatus.objects.filter(name="asterisk", up=True).exists(), seconds=90)
        yield
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture
def caller(exchange: Exchange, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:  # noqa: F811
    """Starts a SIPp caller who presses 2 and hums."""
    hum = tmp_path / "hum.alaw"
    hum.write_bytes(_hum())
    scenario = tmp_path / "caller.xml"
    scenario.write_text(CALLER.read_text().replace("HUM", str(hum)))
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [
            "sipp", f"127.0.0.1:{exchange.settings.sip_port}", "-sf", str(scenario), "-s", "+4533661000", "-m", "1",
            "-i", "127.0.0.1", "-nostdin", "-timeout", "120s", "-timeout_error",
        ]  # fmt: skip
        started.append(subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.wait(10)


def test_a_real_call_is_answered_in_the_browser_registered_and_seen_on_the_wall(
    new_page: Callable[..., Page],
    world: World,
    stream_process: str,
    switchboard_process: None,
    caller: Callable[[], subprocess.Popen[bytes]],
) -> None:
    wall = new_page(person=world.eva)
    wall.goto("/office/wallboard/tmf/")
    desk = new_page(person=world.anna)
    desk.goto("/desk/")
    desk.locator("#order-sign-in").click()
    phone_is("registered", desk)
    desk.get_by_role("button", name="Klar").first.click()

    before = time.time()
    sipp = caller()
    phone_is("ringing", desk, timeout=30_000)
    desk.locator("#call-answer").click()
    phone_is("talking", desk)
    talking_at = time.time()
    early = packets(desk)
    wait_for(lambda: all(packets(desk)[way] - early[way] > 40 for way in ("received", "sent")))
    wait_for(lambda: packets(desk)["energy"] > early["energy"])  # the caller's humming is heard

    register(desk)
    talked = time.time() - talking_at
    desk.keyboard.press("Shift+F2")
    assert sipp.wait(20) == 0
    elapsed = time.time() - before

    wait_for(lambda: Enquiry.objects.get().state == State.REGISTERED)
    enquiry = Enquiry.objects.get()
    assert Question.objects.get().outcome == Outcome.RESOLVED
    assert enquiry.menu_keys == "2"
    assert enquiry.agent == world.anna
    answered_on_wall(wall)
    adds_up(enquiry, talked, elapsed)


def packets(page: Page) -> dict[str, Any]:
    counted: dict[str, Any] = page.evaluate(COUNT_PACKETS)
    return counted


def register(desk: Page) -> None:
    """The keystrokes of the most common registration: service, purpose, resolved."""
    service = desk.get_by_role("combobox", name="Ydelse")
    service.focus()
    desk.keyboard.type("arr")
    desk.get_by_role("option", name="Arrangementstilladelser").wait_for()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Ærinde")).to_be_focused()
    desk.keyboard.type("Status")
    desk.keyboard.press("Tab")
    desk.keyboard.press("1")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("heading", name="Registreret", exact=True)).to_be_visible()


def answered_on_wall(wall: Page) -> None:
    """The wallboard shows the answered call without a reload."""
    row = wall.locator("tr", has_text="Byliv og events")
    expect(row).to_contain_text("1")


def adds_up(enquiry: Enquiry, talked: float, elapsed: float) -> None:
    """What was measured is the whole call: it lasted longer than the talk, and less than the caller's program."""
    assert enquiry.ended_at is not None
    measured = sum(getattr(enquiry, name) for name in stream.SECONDS_OF_PHASE.values())
    lasted = (enquiry.ended_at - enquiry.arrived_at).total_seconds()
    assert measured == pytest.approx(lasted, abs=1e-6)
    assert talked < lasted < elapsed
    again = stream.replay(events_of(enquiry), places_of(Queue.objects.select_related("centre")))
    assert again.talk_seconds == enquiry.talk_seconds
    kinds = [event.kind for event in events_of(enquiry)]
    assert kinds[0] is Kind.ARRIVED
    assert {Kind.MENU, Kind.QUEUED, Kind.OFFERED, Kind.ANSWERED, EnquiryKind.REGISTERED, Kind.ENDED} <= set(kinds)


def _hum() -> bytes:
    """Two minutes of 400 Hz as G.711 A-law."""
    samples = array("h", (int(8000 * math.sin(2 * math.pi * 400 * n / 8000)) for n in range(8000)))
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import audioop

    return audioop.lin2alaw(samples.tobytes(), 2) * 120
