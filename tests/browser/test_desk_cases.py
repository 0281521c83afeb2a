"""Cases of other systems at the desk in a browser: found with one key, while another system hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.core.clock import day_of
from indgang.entry.models import AgentState
from indgang.registers import asking
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.desk.conftest import at_desk, exchange
from tests.enquiries.told_calls import talking
from tests.registers import servers
from tests.registers.test_look_up import agreed
from tests.world import World

NewPage = Callable[..., Page]


@pytest.fixture
def systems(world: World, settings: Any) -> Iterator[None]:
    """One case system that answers, and one that never does."""
    asking.forget_all()
    ends = threading.Event()
    with servers.http(servers.case_api) as root, servers.http(lambda handler: ends.wait(60)) as silent:
        settings.REGISTER_ADDRESSES = (f"{root}api/", f"{silent}api/")
        today = day_of(clock.now())
        agreed(world, servers.rest_terms(root), name="Byggesager", valid_from=today)
        agreed(world, servers.rest_terms(silent), name="Gamle sager", valid_from=today)
        yield
        ends.set()
    asking.forget_all()


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["1280", "400"])
def test_cases_are_found_by_key_while_another_system_hangs(
    new_page: NewPage, world: World, systems: None, viewport: Any
) -> None:
    exchange()
    at_desk(world.anna, AgentState.TALKING, talking(world.anna, start=clock.now() - timedelta(minutes=1)))
    page = new_page(person=world.anna, viewport=viewport)
    page.goto("/desk/")
    settled(page)
    expect(page.get_by_role("heading", name="Sager", exact=True)).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("c")
    cases = page.locator(".desk-cases")
    expect(cases.get_by_text("Facadeskilt")).to_be_visible()
    expect(cases.get_by_text("Spørger Gamle sager")).to_be_visible()
    expect(cases.get_by_text("Gamle sager svarer ikke inden for tre sekunder")).to_be_visible(timeout=20_000)
    assert_accessible(page)
    cases.get_by_role("button", name="Sæt på henvendelsen 2026-0412").press("Enter")
    expect(cases.get_by_text("står på henvendelsen")).to_be_visible()
    # choosing who it is redraws the panel; what was found stays
    page.get_by_role("button", name="Ja, det er den rigtige").click()
    expect(page.get_by_role("button", name="En anden")).to_be_visible()
    expect(cases.get_by_text("Facadeskilt")).to_be_visible()
