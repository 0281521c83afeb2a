"""Min dag in a browser: a line is read back while it is typed, and the page works at every width."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.entry.models import PresenceEvent
from indgang.workforce.models import DayNote
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_day_is_noted_with_the_keyboard_alone(
    new_page: Callable[..., Page], world: World, no_stream: None, viewport: Any
) -> None:
    page = new_page(person=world.david, viewport=viewport)
    page.goto("/desk/day/")
    page.get_by_label("Skriv din dag").focus()
    page.keyboard.type("møde i morgen 10-11.30, så hjemme")
    expect(page.locator("#own-day-reading li")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator(".own-day-notes li")).to_have_count(2)
    page.get_by_role("button", name="Møde 1 time").press("Enter")
    expect(page.get_by_role("button", name="Tilbage igen")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("button", name="Tilbage igen").press("Enter")
    expect(page.get_by_role("button", name="Tilbage igen")).to_have_count(0)
    assert DayNote.objects.filter(person=world.david).count() == 3


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_the_course_of_ones_day_is_reached_and_read_with_the_keyboard(
    new_page: Callable[..., Page], world: World, no_stream: None, viewport: Any
) -> None:
    at = clock.now() - timedelta(seconds=90)
    for seconds, state in ((0, "ready"), (30, "talking"), (60, "wrap_up")):
        PresenceEvent.objects.create(person=world.anna, at=at + timedelta(seconds=seconds), state=state)
    page = new_page(person=world.anna, viewport=viewport)
    page.goto("/desk/day/")
    page.get_by_role("link", name="Se, hvad din dag er gået med").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Min dag time for time")
    expect(page.get_by_role("img", name="Dagens forløb").locator("visible=true")).to_have_count(1)
    page.locator(".plot summary").press("Enter")
    expect(page.get_by_role("cell", name="I samtale")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
