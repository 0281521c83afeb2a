"""Recordings in a browser: decided, paused at the desk with a key, and heard after a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.audit.models import Look
from indgang.core import clock
from indgang.entry import commands
from indgang.entry.models import AgentState
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.desk.conftest import Switchboard, at_desk, exchange
from tests.enquiries.recorded import SECONDS, purpose, recording
from tests.enquiries.told_calls import talking
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

NewPage = Callable[..., Page]


def looks_right(page: Page, name: str) -> None:
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_purpose_is_decided_and_a_recording_is_heard(new_page: NewPage, world: World, viewport: Any) -> None:
    at = clock.now()
    made = recording(world, purpose(world, at=at), start=at)
    page = new_page(person=world.finn, viewport=viewport)
    page.goto("/office/queues/tmf-byliv/")
    page.get_by_role("link", name="Optagelse af samtaler").click()
    looks_right(page, "nothing recorded")
    page.get_by_label("Hvad optages samtalerne til?").fill("oplæring af nye kolleger")
    page.get_by_role("button", name="Gem formålet").click()
    expect(page.get_by_text("Optages, når der trykkes 1")).to_be_visible()
    looks_right(page, "recorded")

    page = new_page(person=world.eva, viewport=viewport)
    page.goto("/office/recordings/")
    looks_right(page, "list")
    page.get_by_role("main").get_by_role("rowheader").get_by_role("link").click()
    assert not page.locator("audio").count()
    looks_right(page, "one")
    page.get_by_label("Hvorfor vil du høre den?").fill("oplæring af Bo")
    page.get_by_role("button", name="Gem begrundelsen, og hør samtalen").click()
    expect(page.locator("audio")).to_be_visible()
    assert Look.objects.get(page="office.recording").subject_id == str(made.pk)
    length = page.locator("audio").evaluate(
        "async (player) => { player.preload = 'auto'; player.load();"
        " await new Promise((loaded) => player.addEventListener('canplaythrough', loaded, { once: true }));"
        " return player.duration; }"
    )
    assert length == pytest.approx(SECONDS, abs=0.1)
    expect(page.get_by_role("cell", name="oplæring af Bo")).to_be_visible()
    looks_right(page, "heard")


def test_the_recording_is_paused_with_its_key(new_page: NewPage, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    switchboard = Switchboard()
    monkeypatch.setattr(commands, "give_and_wait", switchboard.give_and_wait)
    exchange()
    call = talking(world.anna, start=clock.now())
    at_desk(world.anna, AgentState.TALKING, call, recording="on")
    page = new_page(person=world.anna)
    page.goto("/desk/")
    card = page.locator("#desk-call")
    expect(card.get_by_text("Optager", exact=True)).to_be_visible()
    assert_accessible(page)
    with page.expect_response("**/desk/recording-pause/"):
        page.keyboard.press("F7")
    assert switchboard.orders[-1] == {"kind": "pause_recording", "by": "anna"}
    at_desk(world.anna, AgentState.TALKING, call, recording="paused")
    page.reload()
    expect(card.get_by_text("Optagelse på pause")).to_be_visible()
    assert_accessible(page)
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_response("**/desk/recording-consent/"):
        card.get_by_role("button", name="Samtykke trukket tilbage: slet").click()
    assert switchboard.orders[-1] == {"kind": "stop_recording", "by": "anna", "withdrawn": True}
