"""Asking about a subject, and tasks, at the desk in a browser: by keyboard alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.entry.models import AgentState
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.desk.conftest import Switchboard, at_desk, exchange
from tests.enquiries.told_calls import talking
from tests.entry.switchboard.test_second_level import promise
from tests.world import World

NewPage = Callable[..., Page]
SEARCH: dict[str, Any] = {
    "subject": "Arrangementstilladelser", "is_over": False, "precedence": "substitute", "instead_of": "David Degnemark",
    "confirmed": False, "tried": [["Ida Isdal", "no_answer"]], "next_at": None, "hindered": [],
}  # fmt: skip


@pytest.fixture(autouse=True)
def switchboard(monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    from indgang.entry import commands

    stand_in = Switchboard()
    monkeypatch.setattr(commands, "give_and_wait", stand_in.give_and_wait)
    return stand_in


@pytest.fixture
def start() -> datetime:
    """A call that began a minute ago."""
    exchange()
    return clock.now() - timedelta(seconds=60)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_subject_is_asked_by_keyboard_and_the_agent_sees_who_is_rung_and_why(
    new_page: NewPage, world: World, switchboard: Switchboard, start: datetime, viewport: Any
) -> None:
    promise(world)
    enquiry = talking(world.anna, start=start)
    at_desk(world.anna, AgentState.TALKING, enquiry)
    page = new_page(person=world.anna, viewport=viewport)
    page.goto("/desk/")
    settled(page)
    page.keyboard.press("F9")
    page.keyboard.type("arrangement")
    button = page.locator('[id="ask-subject:arrangement"]')
    expect(button).to_be_enabled()
    if viewport == DESKTOP:
        expect(page.locator("#transfer-targets .desk-target").first).to_be_in_viewport(ratio=0.99)
    assert_accessible(page)
    shot(page, "targets", viewport)
    while not button.evaluate("each => each === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-transfer")).to_be_hidden()
    order = switchboard.orders[-1]
    assert (order["kind"], order["address"]) == ("consult", "subject:arrangement")
    at_desk(world.anna, AgentState.TALKING, enquiry, search=SEARCH, consult_name="Bo Bakkedal", consult_state="ringing")
    page.goto("/desk/")
    settled(page)
    expect(page.get_by_text("Spørges nu: stedfortræder for David Degnemark")).to_be_visible()
    expect(page.get_by_text("Ida Isdal svarede ikke.")).to_be_visible()
    assert_accessible(page)
    shot(page, "asked", viewport)
    over = {**SEARCH, "is_over": True, "hindered": [["Bo Bakkedal", "busy", None]]}
    at_desk(world.anna, AgentState.TALKING, enquiry, search=over)
    page.goto("/desk/")
    settled(page)
    expect(page.get_by_text("Ingen kan træffes om Arrangementstilladelser lige nu.")).to_be_visible()
    assert_accessible(page)
    shot(page, "nobody", viewport)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_task_is_taken_and_put_back_by_keyboard(
    new_page: NewPage, world: World, switchboard: Switchboard, start: datetime, viewport: Any
) -> None:
    enquiry, task = talking(world.anna, start=start), UUID(int=7)
    offered = {"kind": "task", "task": task, "offered_until": clock.now() + timedelta(minutes=2)}
    at_desk(world.david, AgentState.RINGING, enquiry, **offered)
    page = new_page(person=world.david, viewport=viewport)
    page.goto("/desk/")
    settled(page)
    expect(page.get_by_role("heading", name="Opgave")).to_be_visible()
    assert_accessible(page)
    shot(page, "task", viewport)
    with page.expect_response("**/desk/answer/"):
        page.keyboard.press("F2")
    assert switchboard.orders[-1]["kind"] == "answer"
    at_desk(world.david, AgentState.WORKING, enquiry, kind="task", task=task)
    page.goto("/desk/")
    settled(page)
    with page.expect_response(f"**/desk/tasks/{task}/"):
        page.keyboard.press("Shift+F2")
    assert switchboard.orders[-1] == {"by": "david", "kind": "task_put_back", "task": str(task)}


def shot(page: Page, name: str, viewport: Any) -> None:
    folder = os.environ.get("SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}-{viewport['width']}.png", full_page=True)
