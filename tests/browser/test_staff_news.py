"""News for staff and the log of the day, at the desk and in the office: by keyboard, never over the call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.entry.models import AgentState, DayLogEntry, StaffNewsRead
from indgang.entry.team import staff_news
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.desk.conftest import at_desk
from tests.enquiries.told_calls import talking
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def tell(world: World, title: str, **fields: Any) -> None:
    at = clock.now()
    values: dict[str, Any] = {"title": title, "text": f"{title}.", "unit": None, "centre": None, "skill": None}
    values |= {"must_read": True, "shown_from": at, "shown_until": at + timedelta(days=1)}
    staff_news.write(None, values | fields, by=world.people["eva"], at=at)


def test_news_is_read_and_the_log_written_with_the_keyboard_during_a_call(
    new_page: Callable[..., Page], world: World, no_stream: None
) -> None:
    tell(world, "Første")
    tell(world, "Anden")
    at_desk(world.anna, AgentState.TALKING, talking(world.anna), held=False, muted=False)
    page = new_page(person=world.anna)
    page.goto("/desk/")
    settled(page)
    expect(page.locator("#desk-around .desk-message")).to_contain_text("og 1 nyhed mere")
    page.locator("#desk-call-title").focus()
    page.keyboard.press("e")
    assert not StaffNewsRead.objects.exists(), "nobody has seen the text yet"
    page.keyboard.press("a")
    expect(page.locator("#desk-news")).to_be_visible()
    expect(page.locator("#call-hang-up")).to_be_visible()
    assert _apart(page, "#desk-news", "#desk-call")
    assert_accessible(page)
    page.keyboard.press("e")
    expect(page.locator("#desk-news article")).to_have_count(1)
    page.keyboard.press("e")
    expect(page.locator("#desk-news article")).to_have_count(0)
    expect(page.locator("#desk-around .desk-message")).to_have_count(0)
    page.get_by_label("Hvad er der sket?").focus()
    page.keyboard.type("To er syge")
    page.keyboard.press("Enter")
    expect(page.locator(".desk-log")).to_contain_text("To er syge")
    expect(page.get_by_label("Hvad er der sket?")).to_have_value("")
    assert DayLogEntry.objects.get().written_by == world.anna
    assert StaffNewsRead.objects.count() == 2


def _apart(page: Page, one: str, other: str) -> bool:
    """Whether neither lies over the other."""
    a, b = (page.locator(each).bounding_box() for each in (one, other))
    assert a is not None
    assert b is not None
    beside = a["x"] >= b["x"] + b["width"] or b["x"] >= a["x"] + a["width"]
    return beside or a["y"] >= b["y"] + b["height"] or b["y"] >= a["y"] + a["height"]


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
@pytest.mark.parametrize("address", ["/office/staff-news/", "/office/staff-news/new/", "/office/day-log/tmf/",
                                     "/office/elsewhere/"])  # fmt: skip
def test_the_pages_work_at_every_width(
    new_page: Callable[..., Page], world: World, no_stream: None, address: str, viewport: Any
) -> None:
    tell(world, "Nyt gebyr", centre=world.centres["tmf"])
    page = new_page(person=world.people["eva"], viewport=viewport)
    page.goto(address)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
