"""The whole way of a promised call: a caller on a real Asterisk accepts it, hangs up, is rung in turn, and talks."""

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
from indgang.telephony.asterisk.configuration import Trunk
from indgang.telephony.asterisk.installation import Installation
from indgang.telephony.asterisk.process import Exchange, local_settings
from tests.browser.conftest import _database_url
from tests.browser.test_real_call import CALLER, _hum, wait_for
from tests.telephony.conftest import asterisk_programs  # noqa: F401  # a fixture
from tests.world import World

pytestmark = [pytest.mark.exchange, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def exchange(asterisk_programs: Installation, tmp_path: Path) -> Iterator[Exchange]:  # noqa: F811
    """An exchange that answers outside numbers itself, and repeats what it hears."""
    settings = local_settings(
        tmp_path / "exchange", trunks=(Trunk("network", match=("127.0.0.1",)),), keys_by_info=True
    )  # fmt: skip
    with Exchange(settings, asterisk_programs) as running:
        yield running


@pytest.fixture
def offering(world: World) -> None:
    """Who waits in Byliv is offered after a second to be rung instead."""
    version = FlowVersion.objects.get(flow__entry_points__number="+4533661000")
    for step in version.definition["steps"]:
        if step["id"] == "tmf-byliv":
            step["callback"] = {"after": 1, "key": "1", "prompts": ["menu"], "to": "ring-op"}
    version.definition["steps"].append(
        {"id": "ring-op", "kind": "callback_offer", "queue": "tmf-byliv", "prompts": ["menu"],
         "enter_prompts": ["menu"], "confirm_prompts": ["menu"], "done_prompts": ["farvel"], "on_declined": "tmf-byliv"}
    )  # fmt: skip
    FlowVersion.objects.filter(pk=version.pk).update(definition=version.definition)
    QueueTerms.objects.update(callback_from_hour=0, callback_until_hour=24)  # the test runs at any hour


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
        "DATABASE_URL": _database_url(), "INDGANG_EXCHANGES": "", "INDGANG_EXCHANGE_FILE": str(note),
        "INDGANG_VAR": str(tmp_path),
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "indgang", "switchboard"], env=environment)
    try:
        wait_for(lambda: ExchangeStatus.objects.filter(name="asterisk", up=True).exists(), seconds=90)
        yield
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture
def patient_caller(exchange: Exchange, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a SIPp caller who presses 2, accepts to be rung (1), at this number (1), and is hung up on."""
    hum = tmp_path / "hum.alaw"
    hum.write_bytes(_hum())
    scenario = tmp_path / "caller.xml"
    scenario.write_text(_with_keys(CALLER.read_text().replace("HUM", str(hum)), "11"))
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
    patient_caller: Callable[[], subprocess.Popen[bytes]],
) -> None:
    sipp = patient_caller()
    assert sipp.wait(60) == 0
    wait_for(lambda: Enquiry.objects.filter(state=State.CALLBACK, phase="callback").exists())
    enquiry = Enquiry.objects.get()

    desk = new_page(person=world.anna)
    desk.goto("/desk/")
    expect(desk.locator(f"#promised-{enquiry.pk}")).to_be_attached()
    desk.locator("#order-sign-in").click()
    desk.wait_for_function("() => window.indgang.phone?.registered()")
    desk.get_by_role("button", name="Klar").first.click()

    card = desk.locator("#desk-call")
    expect(card.get_by_role("heading", name="Ring tilbage")).to_be_visible(timeout=30_000)
    expect(card).to_contain_text("Har ventet")
    assert not desk.evaluate("window.indgang.phone.ringing()"), "no telephone rings before it is taken"
    if folder := os.environ.get("SCREENSHOTS"):
        desk.screenshot(path=f"{folder}/callback-offered.png")
    desk.keyboard.press("F2")
    desk.wait_for_function("() => window.indgang.phone.talking()", timeout=30_000)
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
