"""Signing in with a browser: by keyboard, at desktop and narrow width, without findings of axe."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.world import PASSWORD


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_the_pages_before_and_around_sign_in_are_accessible(
    new_page: Any, world: Any, viewport: Any, settings: Any
) -> None:
    settings.DEMO = True
    page: Page = new_page(viewport=viewport)
    for address in ("/sign-in/", "/password/rules/", "/nowhere/"):
        page.goto(address)
        assert_accessible(page)
    page.goto("/sign-in/")
    page.get_by_label("Brugernavn").fill("anna")
    page.get_by_label("Adgangskode").fill("forkert")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("passer ikke sammen")
    assert_accessible(page)


def test_a_newcomer_signs_in_and_out_by_keyboard_alone(page: Page, world: Any) -> None:
    page.goto("/password/rules/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til indholdet")).to_be_focused()
    page.goto("/password/")
    expect(page.get_by_label("Brugernavn")).to_be_focused()
    page.keyboard.type("finn")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/password/$"))
    assert_accessible(page)
    summary = page.locator("summary", has_text=world.finn.name)
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Log ud")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log ud")).to_be_hidden()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log ud").press("Enter")
    expect(page.get_by_text("Du er logget ud.")).to_be_visible()


def test_the_language_is_changed_on_any_page_and_one_stays_there(page: Page, world: Any) -> None:
    page.goto("/password/rules/")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(re.compile("/password/rules/$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
