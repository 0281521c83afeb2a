"""A chat between two browsers with the keyboard alone: begun, taken, written in, reloaded, ended and registered."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, Request, expect

from indgang import portal
from indgang.catalogue.models import OpenSpan, Schedule
from indgang.core import clock
from indgang.correspondence.chat import conversation, rules, sweeping
from indgang.correspondence.models import Chat, Thread
from indgang.entry import commands
from indgang.entry.models import ExchangeStatus, Queue
from indgang.portal import page_cache
from tests.browser import other_site
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import picture, wait_for
from tests.correspondence.chats import begun, chat_queue
from tests.correspondence.mails import mailbox
from tests.processes import Started
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
    process = Started([sys.executable, "-m", "indgang", "switchboard"], env=environment)
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


def fetches(page: Page) -> list[str]:
    """The parts that the page fetches from now on."""
    found: list[str] = []

    def note(asked: Request) -> None:
        if asked.method == "GET":
            found.append(asked.headers.get("hx-target", ""))

    page.on("request", note)
    return found


def tab_to(page: Page, selector: str) -> None:
    """Moves the focus with Tab until it is there."""
    tab_into(page, page.main_frame, selector)


def tab_into(page: Page, frame: Frame, selector: str, *, key: str = "Tab") -> None:
    """Moves the focus with Tab until it is there, also into a frame and out of it."""
    for _step in range(60):
        if frame.evaluate("(wanted) => document.hasFocus() && document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press(key)
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
    picture(anna, "desk-offered")
    anna.keyboard.press("F2")
    expect(anna.locator("#chat-text")).to_be_focused()
    wait_for(lambda: Thread.objects.get().holder == world.anna)
    typed(anna, "Ja, hvis det er under 50 m².")

    expect(visitor.locator("#chat-log")).to_contain_text("Ja, hvis det er under 50 m².")
    tab_to(visitor, "#chat-text")
    of_visitor, of_anna = fetches(visitor), fetches(anna)
    typed(visitor, "Tak! Det er 20 m².")
    expect(visitor.locator("#chat-text")).to_be_focused()
    expect(visitor.locator("#chat-text")).to_have_value("")
    expect(anna.locator("#chat-talk")).to_contain_text("Det er 20 m².")
    expect(visitor.locator("#chat-state")).to_contain_text("Dine beskeder er læst")
    assert "chat-talk" not in of_visitor, "the answer brought the line"
    assert of_anna.count("chat-talk") == 1
    assert "chat-list" not in of_anna, "the list on the page of a chat says nothing about that chat"
    expect(anna.locator("#chat-talk li")).to_have_text([re.compile("skur"), re.compile("50 m²"), re.compile("20 m²")])
    anna.keyboard.type("Så")
    expect(visitor.locator("#chat-typing")).to_contain_text("skriver")
    picture(visitor, "chat-visitor-400")
    assert_accessible(visitor)
    assert_accessible(anna)
    picture(anna, "chat-desk-1280")

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
    picture(again, "visitor-1280")

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
    picture(anna, "desk-asked-1280")
    assert_accessible(anna)
    david.goto("/desk/chats/")
    tab_to(anna, "#chat-asked button")
    anna.keyboard.press("Enter")
    expect(david.get_by_role("button", name="Tag chatten")).to_be_visible(timeout=20_000)
    david.keyboard.press("F2")
    expect(david.locator(".handover-card")).to_contain_text("Kræver det en tilladelse?")
    expect(david.locator("#chat-talk")).to_contain_text("Må vi holde loppemarked?")
    david.set_viewport_size(NARROW)
    picture(david, "desk-card-400")
    assert_accessible(david)
    wait_for(lambda: Thread.objects.get().holder == world.david)


_CHAT_MEMORY = Path(portal.__file__).parent / "static" / "portal" / "chat_memory.js"
_MUNICIPALITY = """<!doctype html><html lang="da"><head><meta charset="utf-8"><title>Kommunen</title></head><body>
<main><h1>Kommunens hjemmeside</h1><p><a id="before" href="#">Til forsiden</a></p>
<div data-indgang="chat" data-title="Chat"></div>
<p><a id="after" href="#">Om kommunen</a></p></main><script src="{home}/embed.js" async></script></body></html>"""


def test_a_visitor_chats_in_the_box_on_the_municipalitys_own_site(
    new_page: Callable[..., Page], world: World, live_server: Any, stream_process: str, switchboard: None,
    settings: Any,
) -> None:  # fmt: skip
    """With the keyboard alone, on a site of another origin with a strict policy, in a browser that gives boxes neither
    cookies nor storage."""
    page_cache.forget()
    home = live_server.url
    policy = {"Content-Security-Policy": f"default-src 'none'; script-src {home}; frame-src {home}"}
    anna, visitor = new_page(person=world.anna), new_page(viewport=NARROW)
    anna.goto("/desk/chats/")
    with other_site.serving(_MUNICIPALITY.format(home=home), policy) as address:
        settings.EMBED_ON = address.rstrip("/")
        visitor.goto(address)
        expect(visitor.frame_locator("iframe").get_by_role("link", name="Chat med os")).to_be_visible()
        box = visitor.frames[1]
        assert_accessible(box)
        picture(visitor, "box-offered-400")
        begun_in_the_box(visitor, box)
        expect(box.locator("#chat-state")).to_contain_text("Vi har fået dit spørgsmål")

        anna.keyboard.press("F2")
        expect(anna.locator("#chat-text")).to_be_focused()
        typed(anna, "Ja, hvis det er under 50 m².")
        expect(box.locator("#chat-log")).to_contain_text("Ja, hvis det er under 50 m².")

        visitor.reload()
        box = visitor.frames[1]
        expect(box.locator("#chat-log")).to_contain_text("Ja, hvis det er under 50 m².")
        tab_into(visitor, box, "#chat-text")
        visitor.context.set_offline(True)
        typed(visitor, "Tak! Det er 20 m².")
        expect(box.locator("#chat-fault")).to_contain_text("kunne ikke sendes")
        typed(anna, "Husk afstanden til skel.")
        visitor.context.set_offline(False)
        visitor.keyboard.press("Enter")
        expect(box.locator("#chat-text")).to_have_value("")
        expect(box.locator("#chat-log")).to_contain_text("Husk afstanden til skel.")
        expect(anna.locator("#chat-talk")).to_contain_text("Tak! Det er 20 m².")
        assert Chat.objects.get().lines.filter(by_contact=True).count() == 2
        assert_accessible(box)
        picture(visitor, "box-talk-400")
        visitor.set_viewport_size(DESKTOP)
        picture(visitor, "box-talk-1280")

        tab_into(visitor, visitor.main_frame, "#after")
        tab_into(visitor, box, "form[action$='/slut/'] button", key="Shift+Tab")
        visitor.keyboard.press("Enter")
        expect(box.locator("#chat-state")).to_contain_text("Chatten er afsluttet")
        expect(anna.locator("#chat-talk")).to_contain_text("Chatten er afsluttet")
        visitor.reload()
        expect(visitor.frame_locator("iframe").get_by_role("link", name="Chat med os")).to_be_visible()
        assert not visitor.context.cookies()
        assert visitor.evaluate("sessionStorage.length") == 0


def test_the_box_knows_its_site_in_a_browser_that_does_not_tell_it(
    new_page: Callable[..., Page], world: World, live_server: Any, stream_process: str, switchboard: None,
    settings: Any,
) -> None:  # fmt: skip
    """As in Firefox, where boxes have neither storage nor `ancestorOrigins`, and our pages send no referrer."""
    script = f"{{ const location = {{}}, localStorage = undefined;\n{_CHAT_MEMORY.read_text()} }}"
    page_cache.forget()
    visitor = new_page(viewport=NARROW)
    visitor.route("**/chat_memory*.js", lambda asked: asked.fulfill(body=script, content_type="text/javascript"))
    with other_site.serving(_MUNICIPALITY.format(home=live_server.url), {}) as address:
        settings.EMBED_ON = address.rstrip("/")
        visitor.goto(address)
        expect(visitor.frame_locator("iframe").get_by_role("link", name="Chat med os")).to_be_visible()
        begun_in_the_box(visitor, visitor.frames[1])
        expect(visitor.frames[1].locator("#chat-state")).to_contain_text("Vi har fået dit spørgsmål")
        # the words come with the page, the address only when the page's scripts have run
        visitor.wait_for_function("sessionStorage.getItem('indgang-chat')")
        visitor.reload()
        expect(visitor.frame_locator("iframe").locator("#chat-log")).to_contain_text("Må jeg bygge et skur?")


def begun_in_the_box(visitor: Page, box: Frame) -> None:
    """Begins the chat with the keyboard."""
    tab_into(visitor, box, "a.more")
    visitor.keyboard.press("Enter")
    expect(box.locator("#chat-question")).to_be_visible()
    assert_accessible(box)
    picture(visitor, "box-begin-400")
    tab_into(visitor, box, "#chat-question")
    visitor.keyboard.type("Må jeg bygge et skur?")
    tab_into(visitor, box, "button[type=submit]")
    visitor.keyboard.press("Enter")


def promise_of_chats(world: World) -> None:
    """David can take chats about all services of his unit, round the clock."""
    agreement = draft(world)
    line(world, agreement, world.david, weekdays="MTOTFLS", opens=0, closes=0, by_phone=False, by_chat=True)
    sign(agreement, world.david, world.ida)


def test_a_chat_that_nobody_took_is_left_as_a_message_after_closing(
    new_page: Callable[..., Page], world: World, stream_process: str
) -> None:
    mailbox(world)
    hours = Schedule.objects.create(code="altid", name="Altid")
    began = clock.now() - rules.WAITING_AFTER_CLOSING
    conversation.begin(chat_queue(world, schedule=hours), key="en-noegle", question="Må jeg bygge et skur?", at=began)
    visitor = new_page(viewport=NARROW)
    visitor.goto("/chat/en-noegle/")
    expect(visitor.locator("#chat-log")).to_contain_text("Må jeg bygge et skur?")
    sweeping.sweep(at=clock.now())  # it has no opening hours, so it is closed
    expect(visitor.locator("#chat-log")).to_contain_text("ingen nåede at tage din chat")
    expect(visitor.locator("#chat-form")).to_be_hidden()
    tab_to(visitor, "#chat-leave-mail")
    picture(visitor, "closed-400")
    assert_accessible(visitor)
    typed(visitor, "per@example.dk")
    expect(visitor.locator("#chat-state")).to_contain_text("Vi svarer på mail")
    assert Thread.objects.get(channel="mail").contact_address == "per@example.dk"
    assert_accessible(visitor)
    again = new_page(viewport=DESKTOP)
    again.goto("/chat/en-noegle/")
    picture(again, "closed-1280")
