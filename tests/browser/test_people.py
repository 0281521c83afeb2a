"""People, roles and the trail in a browser: accessible at desktop and narrow width, usable by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from indgang.accounts import people
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.world import MORNING


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_axe_finds_nothing_on_people_roles_and_trail(new_page: Any, world: Any, viewport: Any) -> None:
    people.edit(world.anna, name="Anna Ny", email="", language="da", by=world.finn, at=MORNING)
    page: Page = new_page(person=world.finn, viewport=viewport)
    for address in (
        "/office/people/",
        "/office/people/new/",
        "/office/people/roles/",
        f"/office/people/{world.anna.pk}/",
        "/office/audit/changes/",
        "/office/audit/looks/",
        "/password/",
    ):
        page.goto(address)
        assert_accessible(page)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{address} is wider than the window by {width} px"


def test_a_person_is_shut_out_through_a_dialog_that_can_be_left_again(new_page: Any, world: Any) -> None:
    page: Page = new_page(person=world.finn)
    page.goto(f"/office/people/{world.anna.pk}/")
    opener = page.get_by_role("button", name="Luk brugeren")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    opener.click()
    dialog.get_by_label("Hvorfor?").fill("Fratrådt")
    dialog.get_by_role("button", name="Luk brugeren").click()
    expect(page.get_by_text("Brugeren er lukket og logget ud alle steder.")).to_be_visible()
    expect(page.get_by_role("button", name="Åbn brugeren igen")).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_colleague_gets_queues_and_a_level_by_keyboard_alone(new_page: Any, world: Any, viewport: Any) -> None:
    """As the team leader does it; the pages are accessible with an error and with everything that was done."""
    page: Page = new_page(person=world.eva, viewport=viewport)
    page.goto(f"/office/people/{world.ida.pk}/")
    box = page.get_by_label("Byliv og events (TMF kontaktcenter)")
    box.focus()
    page.keyboard.press("Space")
    _press(page, page.get_by_role("button", name="Giv køerne"))
    expect(page.get_by_role("link", name="Byliv og events")).to_be_visible()
    _press(page, page.get_by_role("button", name="Gem kompetencen"))
    expect(page.locator("#competence_skill-error")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Kompetence", exact=True).focus()
    page.keyboard.type("Byliv")
    _press(page, page.get_by_role("button", name="Gem kompetencen"))
    expect(page.get_by_role("region", name="Liste over kompetencer").get_by_text("Byliv")).to_be_visible()
    assert_accessible(page)
    _press(page, page.get_by_role("link", name="Byliv og events"))
    expect(page.get_by_role("heading", name="Medarbejdere i Byliv og events")).to_be_visible()
    assert_accessible(page)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0
    row = page.get_by_role("row").filter(has_text="Ida Isdal")
    _press(page, row.get_by_role("button", name="Afslut"))
    expect(page.get_by_text("Ida Isdal holder op i køen.")).to_be_visible()
    assert not world.ida.queue_memberships.filter(queue__code="tmf-byliv").exists()


def _press(page: Page, what: Locator) -> None:
    what.focus()
    page.keyboard.press("Enter")
