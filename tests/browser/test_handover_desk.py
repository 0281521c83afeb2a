"""Handing a question over in browsers: by keyboard at the desk, and what the receiver sees and does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.enquiries.models import Enquiry
from indgang.entry.models import AgentState
from indgang.handover.models import Handover, HandoverDraft
from indgang.handover.recipients import Recipient
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled, wait_for
from tests.desk.conftest import Switchboard, at_desk, exchange
from tests.enquiries.told_calls import talking
from tests.handover.sent import send
from tests.world import MORNING, World

NewPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def switchboard(monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    from indgang.entry import commands

    stand_in = Switchboard()
    monkeypatch.setattr(commands, "give_and_wait", stand_in.give_and_wait)
    return stand_in


@pytest.fixture
def call(world: World) -> Enquiry:
    """A conversation of Anna's that goes on, on a weekday morning."""
    exchange()
    enquiry = talking(world.anna, start=clock.now() - timedelta(seconds=60))
    at_desk(world.anna, AgentState.TALKING, enquiry)
    return enquiry


def test_a_question_is_handed_over_by_keyboard_alone(new_page: NewPage, world: World, call: Enquiry) -> None:
    page = new_page(person=world.anna)
    page.goto("/desk/")
    settled(page)
    page.locator("#q0-note").focus()
    page.keyboard.type("Boden skal stå hele weekenden.")
    page.keyboard.press("Shift+F4")
    search = page.get_by_role("searchbox", name="Hvem skal have spørgsmålet?")
    expect(search).to_be_focused()
    panel = page.locator("#desk-handover")
    expect(panel.get_by_label("Spørgsmålet", exact=True)).to_have_value("Boden skal stå hele weekenden.")
    page.keyboard.type("Byliv")
    unit = page.locator('[name=to][value="unit:ctb-byliv"]')
    expect(unit).to_be_attached()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    while not unit.is_checked():
        page.keyboard.press("ArrowDown")
    panel.get_by_label("Hvad skal modtageren gøre?").focus()
    page.keyboard.type("Ring, og sig ja eller nej.")
    expect(page.locator("#handover-draft")).to_contain_text("Kladde gemt")
    wait_for(lambda: HandoverDraft.objects.get().fields["expected"] == "Ring, og sig ja eller nej.")
    assert_accessible(page, within="#desk-handover")
    page.locator("[name=time]").nth(1).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Givet videre")).to_be_visible()
    sent = Handover.objects.get()
    expect(page.get_by_text(f"koden er {sent.code}")).to_be_visible()
    # the sheet has come back with what was typed, and the outcome follows
    expect(page.locator("#q0-note")).to_have_value("Boden skal stå hele weekenden.")
    expect(page.get_by_label("Besked til sagsbehandler")).to_be_checked()


def test_a_task_goes_back_with_a_reason_and_on_to_another_unit(
    new_page: NewPage, world: World, stream_process: str
) -> None:
    sent = send(world, at=MORNING)
    anna, david = new_page(person=world.anna), new_page(person=world.david)
    anna.goto("/desk/handovers/")
    expect(anna.get_by_text("Der ligger ingen opgaver hos dig.")).to_be_visible()
    david.goto(f"/desk/handovers/{sent.pk}/")
    david.get_by_text("Send tilbage til kontaktcentret").focus()
    david.keyboard.press("Enter")
    david.keyboard.press("Tab")
    david.keyboard.press("Space")  # the first reason
    david.keyboard.press("Tab")
    david.keyboard.type("Det er Gravetilladelser, der svarer.")
    david.keyboard.press("Tab")
    david.keyboard.press("Enter")
    expect(david.get_by_text("Opgaven er sendt tilbage.")).to_be_visible()

    # her list follows by itself
    back = anna.locator("#handovers").get_by_role("link", name="Må boden stå")
    expect(anna.get_by_text("Der ligger ingen opgaver hos dig.")).to_be_hidden()
    back.first.click()
    expect(anna.get_by_text("Det er Gravetilladelser, der svarer.").first).to_be_visible()
    anna.get_by_label("Hvem skal have spørgsmålet?").first.fill("Gravetilladelser")
    anna.locator('[for="to-unit:ctb-grav"]').click()
    anna.get_by_role("button", name="Giv videre").click()
    expect(anna.get_by_text("Opgaven er givet videre.")).to_be_visible()
    sent.refresh_from_db()
    assert (sent.state, sent.returns, sent.unit.code) == ("waiting", 1, "ctb-grav")


def _picture(page: Page, name: str) -> None:
    import os

    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_the_panel_and_the_pages_look_right_at_both_widths(new_page: NewPage, world: World, call: Enquiry) -> None:
    send(world, to=Recipient(world.units["ctb-byliv"]), at=MORNING)
    sent = send(world, at=MORNING)
    for viewport in (DESKTOP, NARROW):
        page = new_page(person=world.anna, viewport=viewport)
        page.goto("/desk/")
        settled(page)
        page.keyboard.press("Escape")
        page.locator("#call-transfer").click()
        page.locator("#transfer-query").fill("David")
        settled(page)
        _picture(page, f"transfer-{viewport['width']}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.keyboard.press("Escape")
        page.locator('[data-key="v Shift+F4"]').click()
        page.get_by_role("searchbox", name="Hvem skal have spørgsmålet?").fill("Byliv")
        expect(page.locator('[name=to][value="unit:ctb-byliv"]')).to_be_attached()
        settled(page)
        _picture(page, f"panel-{viewport['width']}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        david = new_page(person=world.david, viewport=viewport)
        for address in ("/desk/handovers/", f"/desk/handovers/{sent.pk}/"):
            david.goto(address)
            settled(david)
            _picture(david, f"{address.strip('/').split('/')[-1][:8]}-{viewport['width']}")
            assert_accessible(david)
            assert david.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
