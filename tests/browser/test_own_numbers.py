"""The page "Min telefon i dag" in a browser: a number is added, rung, confirmed and chosen."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.core.dial_rules import DialRule
from indgang.entry.models import AgentState, OwnNumber, Presence
from indgang.entry.setup import dial_rules
from indgang.entry.team import own_numbers
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.desk.conftest import Switchboard, at_desk, exchange
from tests.world import World

NewPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def switchboard(monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    from indgang.entry import commands

    stand_in = Switchboard()
    monkeypatch.setattr(commands, "give_and_wait", stand_in.give_and_wait)
    return stand_in


@pytest.mark.parametrize("size", [DESKTOP, NARROW])
def test_a_number_is_added_confirmed_and_chosen(
    new_page: NewPage, world: World, switchboard: Switchboard, size: dict[str, int]
) -> None:
    exchange()
    dial_rules.put("agent", rule=DialRule("agent", own_numbers=True), by=world.finn, at=clock.now())
    page = new_page(person=world.anna, viewport=size)
    page.goto("/desk/")
    settled(page)
    page.get_by_role("link", name="Min telefon i dag").click()
    page.get_by_label("Telefonnummer").fill("20 20 30 40")
    page.get_by_role("button", name="Tilføj nummeret").click()
    expect(page.get_by_text("Ikke bekræftet")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Ring til mig, så jeg kan bekræfte").click()
    expect(page.locator(".my-number-code")).to_be_visible()
    code = OwnNumber.objects.get().code
    assert page.locator(".my-number-code").inner_text() == code
    assert_accessible(page)
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/my-telephone-{size['width']}.png", full_page=True)
    own_numbers.tried(world.anna.pk, "+4520203040", code, "confirmed", clock.now())
    page.evaluate("document.body.dispatchEvent(new CustomEvent('stale:state'))")
    with page.expect_response("**/desk/shift/"):
        page.get_by_role("button", name="Brug dette nummer").click()
    assert switchboard.orders[-1]["phone_kind"] == "number"
    at_desk(world.anna, AgentState.PAUSED)
    Presence.objects.filter(person=world.anna).update(
        phone_kind="number", phone_address="+4520203040", phone_fault="unreachable", phone_on=False
    )
    page.goto("/desk/")
    settled(page)
    expect(page.get_by_text("Dit nummer kan ikke ringes op")).to_be_visible()
    assert_accessible(page)
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/desk-{size['width']}.png")
