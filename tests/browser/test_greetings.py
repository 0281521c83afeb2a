"""The greeting of a centre in a browser: accessible at both widths, written and taken back by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.entry.models import Greeting
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_greeting_is_written_and_taken_back_by_keyboard(new_page: Any, world: Any, viewport: Any) -> None:
    Greeting.objects.create(centre=world.centres["tmf"], prompt_code="velkomst")
    page: Page = new_page(person=world.eva, viewport=viewport)
    page.goto("/office/greetings/")
    assert_accessible(page)
    page.get_by_role("link", name="TMF kontaktcenter").press("Enter")
    page.get_by_label("På dansk").press_sequentially("Glædelig jul fra Teknik- og Miljøforvaltningen.")
    page.get_by_label("På engelsk").press_sequentially("Merry Christmas.")
    page.get_by_label("Siges fra").fill("2099-12-24")
    page.get_by_role("button", name="Gem velkomsten").press("Enter")
    expect(page.get_by_text("mere end 3 år")).to_be_visible()
    page.get_by_label("Siges fra").fill(clock.today().isoformat())
    page.get_by_label("Siges fra").press("Enter")
    expect(page.get_by_text("Velkomsten er gemt.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Glædelig jul")).to_contain_text("Siges i dag")
    expect(page.get_by_role("row").filter(has_text="Velkommen til kommunen.")).to_contain_text("Afløst af en nyere")
    assert_accessible(page)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0
    page.get_by_role("row").filter(has_text="Glædelig jul").get_by_role("button").press("Enter")
    expect(page.get_by_text("Velkomsten er stoppet.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Velkommen til kommunen.")).to_contain_text("Siges i dag")
