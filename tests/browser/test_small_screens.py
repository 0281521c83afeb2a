"""On a telephone no field makes the page zoom, menus open inside the window, and the tabs of the desk fit."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize

PHONE = ViewportSize(width=320, height=700)

_SMALL_FIELDS = """() => [...document.querySelectorAll("input, select, textarea")]
    .filter((field) => !["hidden", "checkbox", "radio"].includes(field.type))
    .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16)
    .map((field) => `${field.name} ${getComputedStyle(field).fontSize}`)"""
_EDGES = """() => [...document.querySelectorAll("details[open] > .menu-content")]
    .map((menu) => menu.getBoundingClientRect()).map((box) => [box.left, box.right])"""

_ROWS = """() => new Set([...document.querySelectorAll(".desk-tab")].map((tab) => tab.offsetTop)).size"""
#: what the tabs count on a busy day
_COUNTS = """() => ["mine", "news", "ring"].forEach((name) => {
    document.getElementById(`count-${name}`).textContent = "12";
})"""


@pytest.mark.parametrize(("who", "addresses"), [
    (None, ["/", "/soeg/?q=skur", "/nyhedsbrev/", "/kontakt/", "/kontakt/ring-mig-op/", "/sign-in/"]),
    ("anna", ["/desk/", "/password/"]),
    ("finn", ["/office/people/", "/office/people/new/", "/office/services/new/", "/office/audit/changes/"]),
])  # fmt: skip
def test_no_field_is_smaller_than_16_pixels(new_page: Any, world: Any, who: str | None, addresses: list[str]) -> None:
    page: Page = new_page(person=getattr(world, who) if who else None, viewport=PHONE)
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.evaluate(_SMALL_FIELDS) == [], address


def test_every_menu_opens_inside_the_window(new_page: Any, world: Any) -> None:
    page: Page = new_page(person=world.finn, viewport=PHONE)
    page.goto("/office/people/")
    menus = page.locator("details.menu > summary")
    assert menus.count() >= 3
    for number in range(menus.count()):
        menus.nth(number).click()
        ((left, right),) = page.evaluate(_EDGES)
        assert left >= 0, menus.nth(number).inner_text()
        assert right <= PHONE["width"], menus.nth(number).inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("language", ["da", "en"])
def test_the_tabs_of_the_desk_stand_in_one_row(
    new_page: Any, world: Any, no_stream: None, width: int, language: str
) -> None:
    world.anna.language = language
    world.anna.save()
    page: Page = new_page(person=world.anna, viewport=ViewportSize(width=width, height=800))
    page.goto("/desk/")
    page.evaluate(_COUNTS)
    assert page.get_by_role("tab").count() == 6
    assert page.evaluate(_ROWS) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
