"""The telephone book in a browser: by keyboard alone beside the call, and as a page of the office."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.entry import commands
from indgang.entry.models import AgentState, Presence
from indgang.handover.models import Handover
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.desk.conftest import Switchboard, at_desk, exchange
from tests.enquiries.told_calls import talking
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_colleague_and_an_old_number_are_found_at_the_desk_by_keyboard_alone(
    new_page: Callable[..., Page], world: World, no_stream: None, viewport: Any
) -> None:
    Presence.objects.create(person=world.david, state=AgentState.READY, since=MORNING)
    page = new_page(person=world.anna, viewport=viewport)
    page.goto("/desk/")
    page.locator("#desk-state").wait_for()
    page.keyboard.press("j")
    field = page.locator("#phone-book-query")
    expect(field).to_be_focused()
    expect(page.get_by_role("tab", name=re.compile("^Telefonbog"))).to_have_attribute("aria-selected", "true")
    page.keyboard.type("BYLIV  degne")
    line = page.locator("#phone-book-hits .phone-book-line")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("David Degnemark")
    expect(line).to_contain_text("Kan træffes")
    assert_accessible(page)
    page.keyboard.press("Shift+F7")
    expect(field).to_be_focused()
    page.keyboard.type("33 17 33 17")
    expect(line).to_contain_text("fører nu til Hovednummeret")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_the_page_of_the_directory_says_who_can_be_asked_and_is_accessible(
    new_page: Callable[..., Page], world: World, viewport: Any
) -> None:
    Presence.objects.create(person=world.david, state=AgentState.READY, since=MORNING)
    page = new_page(person=world.finn, viewport=viewport)
    page.goto("/office/directory/")
    page.get_by_label("Navn, nummer, enhed eller emne").fill("byliv")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile("David Degnemark"))).to_contain_text("Kan træffes")
    expect(page.get_by_role("heading", name="Enheder, emner og numre")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="David Degnemark").click()
    page.get_by_role("button", name="Stadig rigtigt").press("Enter")
    expect(page.get_by_text("af Finn Fyrrelund (finn).")).to_be_visible()
    assert_accessible(page)
    page.goto("/office/former-numbers/")
    assert_accessible(page)
    page.get_by_role("link", name="33 17 33 17").click()
    expect(page.get_by_label("Fører nu til")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_question_that_is_written_goes_along_only_while_its_panel_is_open(
    new_page: Callable[..., Page], world: World, no_stream: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "give_and_wait", Switchboard().give_and_wait)
    exchange()
    at_desk(world.david, AgentState.READY)
    at_desk(world.anna, AgentState.TALKING, talking(world.anna))
    page = new_page(person=world.anna)
    page.goto("/desk/")
    settled(page)
    page.keyboard.press("F9")
    page.keyboard.press("Shift+Tab")  # the card is folded before the search
    page.keyboard.press("Enter")
    page.locator("#transfer-question").fill("Må boden stå der?")
    page.keyboard.press("Escape")
    ask_in_the_book(page)
    assert not Handover.objects.exists(), "a question that was given up"
    page.keyboard.press("F9")
    page.locator("#transfer-question").fill("Må boden stå der?")
    expect(page.locator("#transfer-summary")).to_have_text("Må boden stå der?")
    ask_in_the_book(page)
    assert Handover.objects.get().question == "Må boden stå der?"
    expect(page.locator("#desk-transfer")).to_be_hidden()


def ask_in_the_book(page: Page) -> None:
    page.get_by_role("tab", name=re.compile("^Telefonbog")).click()
    with page.expect_response("**/desk/phone-book/**"):
        page.locator("#phone-book-query").fill("degnemark")
    settled(page)
    with page.expect_response("**/desk/consultation/"):
        page.locator("#phone-book-hits").get_by_role("button", name="Spørg David Degnemark").click()
