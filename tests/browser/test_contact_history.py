"""The history of a contact in a browser: chosen by keyboard alone, accessible, beside the call and on its page."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.enquiries.models import Channel, Enquiry, State
from indgang.entry.models import AgentState
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.desk.conftest import at_desk, exchange
from tests.enquiries.told_calls import BAKERY, talking
from tests.world import World

NewPage = Callable[..., Page]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def call(world: World) -> Enquiry:
    """A caller with forty enquiries on four channels."""
    exchange()
    channels = (Channel.PHONE, Channel.WALK_IN, Channel.FORM, Channel.SMS)
    Enquiry.objects.bulk_create(
        Enquiry(
            channel=channels[number % 4], state=State.REGISTERED, caller_number=BAKERY,
            arrived_at=clock.now() - timedelta(days=number + 1),
        )
        for number in range(40)
    )  # fmt: skip
    enquiry = talking(world.anna, start=clock.now() - timedelta(minutes=3))
    at_desk(world.anna, AgentState.TALKING, enquiry)
    return enquiry


def test_the_kind_is_chosen_with_q_and_the_arrow_keys_beside_the_call(
    new_page: NewPage, world: World, call: Enquiry
) -> None:
    page = new_page(person=world.anna)
    page.goto("/desk/")
    settled(page)
    line = page.locator("#contact-history")
    expect(line.locator(".desk-history > li")).to_have_count(30)
    page.locator("#caller-title").focus()
    page.keyboard.press("q")
    expect(line.get_by_role("radio", name="Alle")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(line.locator(".desk-history > li")).to_have_count(10)
    expect(line.locator("input[name=kind]:checked")).to_be_focused()
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/history-beside-call.png")
    page.keyboard.press("ArrowUp")
    expect(line.locator(".desk-history > li")).to_have_count(30)
    line.get_by_role("button", name="Vis flere").press("Enter")
    expect(line.locator(".desk-history > li")).to_have_count(40)
    assert_accessible(page)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_the_page_of_the_history_is_accessible_and_fits(
    new_page: NewPage, world: World, call: Enquiry, viewport: Any
) -> None:
    page = new_page(person=world.anna, viewport=viewport)
    page.goto(f"/desk/caller/{call.pk}/history/")
    expect(page.get_by_role("heading", name="Den samlede historik")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/history-{viewport['width']}.png")
