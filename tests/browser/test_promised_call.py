"""A callback from end to end: a caller on a real Asterisk accepts it, hangs up, is rung in turn, and talks. Also an
agent who has a call and a callback in hand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.config import exchange_file
from indgang.enquiries import stream
from indgang.enquiries.journal import events_of
from indgang.enquiries.models import Enquiry, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import ExchangeStatus, FlowVersion, QueueTerms
from indgang.telephony.asterisk.installation import Installation
from indgang.telephony.asterisk.process import Exchange, local_settings
from indgang.telephony.asterisk.trunks import Trunk
from tests.browser.rest import phone_is, settled, wait_for
from tests.browser.test_real_call import CALLER, _hum
from tests.processes import Started
from tests.server import database_url
from tests.telephony.conftest import asterisk_programs  # noqa: F401  # a fixture
from tests.world import World, open_always

pytestmark = [pytest.mark.exchange, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def exchange(asterisk_programs: Installation, tmp_path: Path) -> Iterator[Exchange]:  # noqa: F811
    """An exchange that answers outside numbers itself, and repeats what it hears."""
    settings = local_settings(
        tmp_path / "exchange", trunks=(Trunk("network", match=("127.0.0.1",)),), keys_by_info=True,
        outside_route="Local/{number}@indgang-outside/n",
    )  # fmt: skip
    with Exchange(settings, asterisk_programs) as running:
        yield running


@pytest.fixture
def offering(world: World) -> None:
    """Callers who wait in Byliv are offered a callback after a second."""
    version = FlowVersion.objects.get(flow__entry_points__number="+4533661000")
    for step in version.definition["steps"]:
        if step["id"] == "tmf-byliv":
            step["callback"] = {"after": 1, "key": "1", "prompts": ["menu"], "to": "ring-op"}
    version.definition["steps"].append(
        {"id": "ring-op", "kind": "callback_offer", "queue": "tmf-byliv", "prompts": ["menu"],
         "enter_prompts": ["menu"], "confirm_prompts": ["menu"], "done_prompts": ["farvel"], "on_declined": "tmf-byliv"}
    )  # fmt: skip
    FlowVersion.objects.filter(pk=version.pk).update(definition=version.definition)
    # the test runs at any hour of any day
    QueueTerms.objects.update(callback_from_hour=0, callback_until_hour=24)
    open_always(world)


@pytest.fixture
def switchboard_process(
    exchange: Exchange,
    world: World,
    offering: None,
    settings: Any,
    tmp_path: Path,
) -> Iterator[None]:
    settings.SIP_WEBSOCKET_URL = exchange.settings.browser_websocket
    note = tmp_path / "ari.json"
    exchange_file.write(note, exchange.settings)
    environment = os.environ | {
        "DATABASE_URL": database_url(), "INDGANG_EXCHANGES": "", "INDGANG_EXCHANGE_FILE": str(note),
        "INDGANG_VAR": str(tmp_path),
    }  # fmt: skip
    process = Started([sys.executable, "-m", "indgang", "switchboard"], env=environment)
    try:
        wait_for(lambda: ExchangeStatus.objects.filter(name="asterisk", up=True).exists(), seconds=90)
        yield
    finally:
        process.terminate()
        process.wait(15)


Dial = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def dial(exchange: Exchange, tmp_path: Path) -> Iterator[Dial]:
    """Starts a SIPp caller, each with a number of their own, who presses 2, then these keys: "11" accepts to be rung
    at this number and is hung up on."""
    hum = tmp_path / "hum.alaw"
    hum.write_bytes(_hum())
    started: list[subprocess.Popen[bytes]] = []

    def start(keys: str) -> subprocess.Popen[bytes]:
        scenario, number = tmp_path / f"caller{len(started)}.xml", f"+452030405{len(started)}"
        caller = CALLER.read_text().replace("HUM", str(hum)).replace("+4520304050", number)
        scenario.write_text(_with_keys(caller, keys))
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


def _with_keys(scenario: str, keys: str) -> str:
    """The scenario with more keys, three seconds apart, after the one that it presses."""
    pressed = re.search(
        r"  <send retrans=\"500\">\s+<!\[CDATA\[\s+INFO.*?</send>\n  <recv response=\"200\"/>\n", scenario, re.S
    )
    assert pressed is not None
    more = ""
    for number, key in enumerate(keys, start=3):
        more += '  <pause milliseconds="3000"/>\n'
        more += pressed[0].replace("Signal=2", f"Signal={key}").replace("CSeq: 2 INFO", f"CSeq: {number} INFO")
    return scenario.replace(pressed[0], pressed[0] + more)


def test_a_caller_accepts_to_be_rung_hangs_up_is_rung_in_turn_and_talks(
    new_page: Callable[..., Page],
    world: World,
    stream_process: str,
    switchboard_process: None,
    dial: Dial,
) -> None:
    assert dial("11").wait(60) == 0
    wait_for(lambda: Enquiry.objects.filter(state=State.CALLBACK, phase="callback").exists())
    enquiry = Enquiry.objects.get()

    desk = new_page(person=world.anna)
    desk.goto("/desk/")
    expect(desk.locator(f"#promised-{enquiry.pk}")).to_be_attached()
    _comes_on_duty(desk)

    card = desk.locator("#desk-call")
    expect(card.get_by_role("heading", name="Ring tilbage")).to_be_visible(timeout=30_000)
    expect(card).to_contain_text("Har ventet")
    assert not desk.evaluate("window.indgang.phone.ringing()"), "no telephone rings before it is taken"
    if folder := os.environ.get("SCREENSHOTS"):
        desk.screenshot(path=f"{folder}/callback-offered.png")
    desk.keyboard.press("F2")
    phone_is("talking", desk, timeout=30_000)
    expect(card).to_have_attribute("data-stage", "talking", timeout=30_000)
    if folder:
        desk.screenshot(path=f"{folder}/callback-talking.png")
    expect(desk.locator(f"#promised-{enquiry.pk}")).not_to_be_attached()
    desk.keyboard.press("Shift+F2")
    wait_for(lambda: Enquiry.objects.get().state == State.UNREGISTERED)

    enquiry = Enquiry.objects.get()
    assert enquiry.agent == world.anna
    assert enquiry.ended_at is not None
    measured = sum(getattr(enquiry, name) for name in stream.SECONDS_OF_PHASE.values())
    assert measured == pytest.approx((enquiry.ended_at - enquiry.arrived_at).total_seconds(), abs=1e-6)
    kinds = [event.kind for event in events_of(enquiry)]
    wanted = [Kind.ARRIVED, Kind.CALLBACK, Kind.LEFT, Kind.CALLBACK_ACCEPTED, Kind.CALLED_BACK, Kind.ANSWERED]
    assert [kind for kind in kinds if kind in wanted] == wanted


def test_an_agent_has_a_call_and_a_promised_call_in_hand_each_with_its_own_sheet(
    new_page: Callable[..., Page],
    world: World,
    stream_process: str,
    switchboard_process: None,
    dial: Dial,
) -> None:
    assert dial("11").wait(60) == 0
    wait_for(lambda: Enquiry.objects.filter(state=State.CALLBACK, phase="callback").exists())
    promised = Enquiry.objects.get()
    desk = new_page(person=world.anna)
    desk.goto("/desk/")
    _comes_on_duty(desk)
    card, sheet = desk.locator("#desk-call"), desk.locator("#desk-registration")
    expect(card.get_by_role("heading", name="Ring tilbage")).to_be_visible(timeout=30_000)
    desk.keyboard.press("Shift+F2")  # not now

    caller = dial("")
    expect(card.get_by_role("heading", name="Det ringer")).to_be_visible(timeout=60_000)
    desk.keyboard.press("F2")
    expect(card).to_have_attribute("data-stage", "talking", timeout=30_000)
    call = Enquiry.objects.exclude(pk=promised.pk).get()
    settled(desk)
    _write_note(desk, "Cafeen i Nyhavn")

    desk.locator("#tab-ring").click()
    desk.locator(f"#promised-{promised.pk}").click()
    both = card.locator("#desk-beside li")
    expect(both).to_have_count(2)
    expect(both.nth(1)).to_contain_text("Ring tilbage")
    assert desk.evaluate("window.indgang.phone.talking()"), "the call goes on"
    desk.locator("#desk-call-title").focus()
    desk.keyboard.press("i")
    expect(sheet).to_have_attribute("data-enquiry", str(promised.pk))
    _write_note(desk, "Spurgte om cykelsti")
    _look_at(desk, "two-in-hand")
    desk.locator("#desk-call-title").focus()
    desk.keyboard.press("i")
    expect(sheet).to_have_attribute("data-enquiry", str(call.pk))
    expect(sheet.get_by_label("Note")).to_have_value("Cafeen i Nyhavn")

    desk.locator("#desk-call-title").focus()
    desk.keyboard.press("Shift+F2")
    expect(card).to_have_attribute("data-stage", "after")
    assert caller.wait(30) == 0
    # the bar of the agent's state is fetched by itself, and has no key before it has its button
    expect(desk.locator("#order-wrap-up-over")).to_be_visible()
    desk.locator("#desk-call-title").focus()
    desk.keyboard.press("k")
    expect(card).to_have_attribute("data-stage", "open")
    desk.locator("#desk-call-title").focus()
    desk.keyboard.press("F2")
    phone_is("talking", desk, timeout=30_000)
    expect(card).to_have_attribute("data-stage", "talking", timeout=30_000)
    expect(sheet).to_have_attribute("data-enquiry", str(promised.pk))
    expect(sheet.get_by_label("Note")).to_have_value("Spurgte om cykelsti")
    desk.locator("#desk-call-title").focus()
    desk.keyboard.press("Shift+F2")
    wait_for(lambda: Enquiry.objects.filter(state=State.UNREGISTERED).count() == 2)


def _comes_on_duty(desk: Page) -> None:
    desk.locator("#order-sign-in").click()
    phone_is("registered", desk)
    desk.get_by_role("button", name="Klar").first.click()


def _look_at(desk: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        desk.screenshot(path=f"{folder}/{name}.png")
        desk.set_viewport_size({"width": 400, "height": 800})
        desk.screenshot(path=f"{folder}/{name}-400.png", full_page=True)
        desk.set_viewport_size({"width": 1280, "height": 720})


def _write_note(desk: Page, note: str) -> None:
    desk.locator("#desk-registration").get_by_label("Note").fill(note)
    expect(desk.get_by_text("Kladde gemt")).to_be_visible()
