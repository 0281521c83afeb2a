"""A chat between two browsers with the keyboard alone: begun, taken, written in, reloaded, ended and registered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.catalogue.models import OpenSpan, Schedule
from indgang.core import clock
from indgang.correspondence.models import Chat, Thread
from indgang.entry import commands
from indgang.entry.models import ExchangeStatus, Queue
from tests.browser.axe import assert_accessible
from tests.browser.conftest import NARROW
from tests.browser.rest import wait_for
from tests.correspondence.chats import begun, chat_queue
from tests.server import database_url
from tests.workforce.agreed import draft, line, sign
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def switchboard(world: World, tmp_path: Path) -> Iterator[None]:
    """The switchboard as it is run, on the test's database, with the simulated exchange. The queue is always open."""
    always = Schedule.objects.create(code="altid", name="Altid")
    OpenSpan.objects.bulk_create(
        OpenSpan(schedule=always, weekday=day, opens=time(0, 0), closes=time(23, 59)) for day in range(7)
    )
    chat_queue(world, schedule=always)
    environment = os.environ | {
        "DATABASE_URL": database_url(), "INDGANG_EXCHANGES": "simulator", "INDGANG_VAR": str(tmp_path),
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "indgang", "switchboard"], env=environment)
    try:
        wait_for(lambda: ExchangeStatus.objects.filter(name="simulator", up=True).exists(), seconds=90)
        for kind, words in (("sign_in", {"phone_kind": "browser", "phone_address": ""}), ("ready", {})):
            commands.give_and_wait(kind, by=world.anna, at=clock.now(), patience=60.0, **words)
        yield
    finally:
        process.terminate()
        process.wait(15)


def typed(page: Page, text: str) -> None:
    """Types into the field that has the focus, and sends with Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def tab_to(page: Page, selector: str) -> None:
    """Moves the focus with Tab until it is there."""
    for _step in range(60):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_two_people_chat_with_the_keyboard_alone(
    new_page: Callable[..., Page], world: World, stream_process: str, switchboard: None, tmp_path: Any
) -> None:
    visitor, anna = new_page(viewport=NARROW), new_page(person=world.anna)
    anna.goto("/desk/chats/")
    visitor.goto("/chat/")
    assert_accessible(visitor)
    tab_to(visitor, "#chat-question")
    visitor.keyboard.type("Må jeg bygge et skur?")
    tab_to(visitor, "main button[type=submit]")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("#chat-log")).to_contain_text("Må jeg bygge et skur?")

    expect(anna.get_by_role("button", name="Tag chatten")).to_be_visible()
    shot(anna, "desk-offered")
    anna.keyboard.press("F2")
    expect(anna.locator("#chat-text")).to_be_focused()
    wait_for(lambda: Thread.objects.get().holder == world.anna)
    typed(anna, "Ja, hvis det er under 50 m².")

    expect(visitor.locator("#chat-log")).to_contain_text("Ja, hvis det er under 50 m².")
    tab_to(visitor, "#chat-text")
    typed(visitor, "Tak! Det er 20 m².")
    expect(visitor.locator("#chat-text")).to_be_focused()
    expect(visitor.locator("#chat-text")).to_have_value("")
    expect(anna.locator("#chat-talk")).to_contain_text("Det er 20 m².")
    expect(visitor.locator("#chat-state")).to_contain_text("Dine beskeder er læst")
    anna.keyboard.type("Så")
    expect(visitor.locator("#chat-typing")).to_contain_text("skriver")
    shot(visitor, "visitor-400")
    assert_accessible(visitor)
    assert_accessible(anna)
    shot(anna, "desk-1280")

    visitor.reload()
    expect(visitor.locator("#chat-log")).to_contain_text("Ja, hvis det er under 50 m².")
    tab_to(visitor, "#chat-text")
    visitor.keyboard.press("Escape")
    expect(visitor.locator("#chat-log")).to_be_hidden()
    assert visitor.evaluate("document.activeElement.tagName") == "SUMMARY"
    visitor.keyboard.press("Enter")
    expect(visitor.locator("#chat-log")).to_be_visible()
    again = new_page()
    again.goto(visitor.url)
    expect(again.locator("#chat-log")).to_contain_text("Det er 20 m².")
    shot(again, "visitor-1280")

    tab_to(anna, "form[action$='/end/'] button")
    anna.keyboard.press("Enter")
    expect(anna).to_have_url(f"{anna.url.split('/desk/')[0]}/desk/registration/{Chat.objects.get().pk}/")
    expect(visitor.locator("#chat-state")).to_contain_text("Chatten er afsluttet")
    expect(visitor.locator("#chat-form")).to_be_hidden()
    wait_for(lambda: Thread.objects.get().enquiry.state == "unregistered")


def test_a_case_worker_who_serves_no_queue_gets_the_chat_with_its_card(
    new_page: Callable[..., Page], world: World, stream_process: str, switchboard: None
) -> None:
    promise_of_chats(world)
    for kind, words in (("sign_in", {"phone_kind": "browser", "phone_address": ""}), ("ready", {})):
        commands.give_and_wait(kind, by=world.david, at=clock.now(), patience=60.0, **words)
    begun(Queue.objects.get(code="tmf-chat"), "Må vi holde loppemarked?", at=clock.now(), name="Per")
    anna, david = new_page(person=world.anna), new_page(person=world.david)
    anna.goto("/desk/chats/")
    expect(anna.get_by_role("button", name="Tag chatten")).to_be_visible()
    anna.keyboard.press("F2")
    expect(anna.locator("#chat-text")).to_be_focused()
    expect(anna.locator("#chat-text")).to_be_editable()
    tab_to(anna, "#chat-subject")
    anna.keyboard.type("arrangement")
    expect(anna.locator("#chat-asked")).to_contain_text("David Degnemark")
    tab_to(anna, "#chat-question")
    anna.keyboard.type("Kræver det en tilladelse?")
    shot(anna, "desk-asked-1280")
    assert_accessible(anna)
    david.goto("/desk/chats/")
    tab_to(anna, "#chat-asked button")
    anna.keyboard.press("Enter")
    expect(david.get_by_role("button", name="Tag chatten")).to_be_visible(timeout=20_000)
    david.keyboard.press("F2")
    expect(david.locator(".handover-card")).to_contain_text("Kræver det en tilladelse?")
    expect(david.locator("#chat-talk")).to_contain_text("Må vi holde loppemarked?")
    david.set_viewport_size(NARROW)
    shot(david, "desk-card-400")
    assert_accessible(david)
    wait_for(lambda: Thread.objects.get().holder == world.david)


def promise_of_chats(world: World) -> None:
    """David can take chats about all services of his unit, round the clock."""
    agreement = draft(world)
    line(world, agreement, world.david, weekdays="MTOTFLS", opens=0, closes=0, by_phone=False, by_chat=True)
    sign(agreement, world.david, world.ida)


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("CHAT_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
