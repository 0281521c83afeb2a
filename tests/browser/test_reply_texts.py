"""Reply texts and articles in answers with the keyboard alone, in a mail and a chat; their pages on small screens."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from indgang.core import clock
from indgang.correspondence.models import CentreSignature, TextUse, Thread, ThreadMessage
from indgang.correspondence.texts import signatures
from indgang.entry.models import AgentState
from indgang.routing.distribution.requirement import WRITTEN
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled, wait_for
from tests.correspondence.chats import begun, chat_queue, taken
from tests.correspondence.mails import mailbox, receive
from tests.correspondence.test_answering import in_hand
from tests.correspondence.texts.made import text
from tests.desk import known
from tests.desk.conftest import at_desk
from tests.world import World

NewPage = Callable[..., Page]
pytestmark = pytest.mark.django_db(transaction=True)


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def thread(world: World, settings: Any, tmp_path: Path) -> Thread:
    settings.VAR = tmp_path
    settings.PUBLIC_URL = "https://kommune.example"
    known.build(world, at=clock.now() - timedelta(days=1))
    thread = in_hand(world, receive(mailbox(world), at=clock.now()))
    at_desk(world.anna, AgentState.WORKING, thread.enquiry, kind=WRITTEN)
    words = {"text": "Venlig hilsen\n{medarbejder}\n{center}", "text_en": "", "naming": "full"}
    signatures.save(CentreSignature(centre=world.centres["tmf"]), words, by=world.finn, at=clock.now())
    text(world.anna, "Hej {fornavn}\n\n{svar}", code="hej", kind="answer", title="Svar med hilsen")
    text(
        world.eva,
        "Vi ringer {?dag og tid} om sag {nummer}.",
        code="ring",
        queue=thread.queue,
        title="Vi ringer til dig",
    )
    return thread


def test_a_mail_is_answered_from_texts_and_an_article_by_keyboard(
    new_page: NewPage, world: World, thread: Thread, no_stream: None
) -> None:
    page = new_page(person=world.anna)
    page.goto(f"/desk/written/{thread.pk}/")
    settled(page)
    field = page.get_by_label("Svar", exact=True)
    field.focus()
    page.keyboard.type("Det haster ikke 😀. ")

    page.keyboard.press("F7")
    expect(page.get_by_label("Søg i standardtekster og vidensbasen")).to_be_focused()
    expect(page.locator("#texts-found [data-pick]")).to_have_count(2)
    _picture(page, "texts-dialog")
    assert_accessible(page)
    page.keyboard.type("ringer")
    expect(page.locator("#texts-found [data-pick^='text:']")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#texts-found [data-pick]").first).to_be_focused()
    page.keyboard.press("Enter")
    number = f"{thread.token[:4]}-{thread.token[4:]}"
    expect(field).to_have_value(f"Det haster ikke 😀. Vi ringer [udfyld: dag og tid] om sag {number}.")
    expect(field).to_be_focused()
    expect(page.get_by_text("Mangler at blive udfyldt: dag og tid")).to_be_visible()
    _picture(page, "texts-gap")
    assert_accessible(page)

    page.keyboard.press("Alt+Enter")
    expect(page.get_by_text("Udfyld det, der mangler i svaret, før du sender: dag og tid.").first).to_be_visible()
    field.focus()
    page.keyboard.press("Shift+F7")
    page.keyboard.type("fredag kl. 10")
    expect(field).to_have_value(f"Det haster ikke 😀. Vi ringer fredag kl. 10 om sag {number}.")
    expect(page.get_by_text("Mangler at blive udfyldt")).to_be_hidden()

    page.keyboard.press("F7")
    page.keyboard.type("loppemarked")
    expect(page.locator("#texts-found [data-pick='link:loppemarked']")).to_be_visible()
    _picture(page, "texts-article")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#texts-found [data-pick='link:loppemarked']")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    expect(field).to_have_value(re.compile("https://kommune.example/"))

    page.keyboard.press("F7")
    page.keyboard.type("/hej")
    expect(page.locator("#texts-found [data-pick]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(field).to_have_value(re.compile("^Hej Per\n\nDet haster ikke"))
    page.keyboard.press("Alt+Enter")
    expect(page.get_by_text("Svaret sendes om lidt.")).to_be_visible()
    sent = ThreadMessage.objects.get(thread=thread, direction=ThreadMessage.Direction.OUT)
    lines = sent.text.splitlines()
    assert lines[0] == "Hej Per"
    assert lines[2].startswith("Det haster ikke 😀. Vi ringer fredag kl. 10")
    assert TextUse.objects.count() == 2
    assert thread.enquiry.article_uses.get().used


def test_a_code_expands_in_a_chat_before_it_is_sent(new_page: NewPage, world: World, no_stream: None) -> None:
    chat = taken(begun(chat_queue(world), name="Per Madsen", at=clock.now()), world.anna, at=clock.now())
    text(world.anna, "Hej {fornavn}, hvad kan jeg hjælpe med?", code="hej")
    text(world.anna, "Et øjeblik, jeg ser efter.", code="øjeblik")
    page = new_page(person=world.anna)
    page.goto(f"/desk/chats/{chat.pk}/")
    settled(page)
    field = page.locator("#chat-text")
    expect(field).to_be_focused()
    page.keyboard.type("/hej")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Hej Per, hvad kan jeg hjælpe med?")
    assert chat.lines.filter(by_contact=False).count() == 0
    page.keyboard.press("Enter")
    expect(page.locator(".chats-ours")).to_contain_text("hvad kan jeg hjælpe med?")
    expect(field).to_have_value("")

    page.keyboard.type("Ja. /øjeblik ")
    expect(field).to_have_value("Ja. Et øjeblik, jeg ser efter.")
    page.keyboard.type(" /findes-ikke ")
    expect(field).to_have_value("Ja. Et øjeblik, jeg ser efter. /findes-ikke ")
    page.keyboard.press("F7")
    expect(page.locator("#texts-found [data-pick]")).to_have_count(2)
    _picture(page, "texts-chat")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    wait_for(lambda: chat.lines.filter(by_contact=False).count() == 1)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["1280", "400"])
def test_the_pages_of_texts_are_accessible_and_fit(
    new_page: NewPage, world: World, thread: Thread, no_stream: None, viewport: ViewportSize
) -> None:
    row = text(world.anna, code="en-meget-lang-kode-uden-mellemrum"[:30])
    shared = text(world.eva, code="faelles", queue=thread.queue)
    pages = (
        (world.anna, "own-texts", "/desk/texts/"), (world.anna, "own-text", f"/desk/texts/{row.pk}/"),
        (world.eva, "team-texts", "/office/reply-texts/"), (world.eva, "new-text", "/office/reply-texts/new/"),
        (world.eva, "team-text", f"/office/reply-texts/{shared.pk}/"),
        (world.finn, "signature", "/office/reply-texts/signatures/tmf/"),
    )  # fmt: skip
    for person, name, address in pages:
        page = new_page(person=person, viewport=viewport)
        page.goto(address)
        settled(page)
        assert_accessible(page)
        _picture(page, f"{name}-{viewport['width']}")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
        page.close()
