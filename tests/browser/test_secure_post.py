"""Secure post in browsers: a mail is answered by Digital Post with the keyboard alone; the pages on small screens."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from indgang.core import clock
from indgang.correspondence.models import SecurePost, Thread
from indgang.correspondence.secure_post import sending
from indgang.entry.models import AgentState
from indgang.messaging.secure_post.memo import PostFile
from indgang.routing.distribution.requirement import WRITTEN
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.correspondence import mails
from tests.correspondence.secure_post.posts import answer, in_hand, mailbox, receive
from tests.desk.conftest import at_desk
from tests.messaging.secure_post.letters import citizen
from tests.world import World

NewPage = Callable[..., Page]
pytestmark = pytest.mark.django_db(transaction=True)


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _mail(world: World) -> Thread:
    text = "Hej\n\nMit CPR-nummer er 010170-1111. Hvad står der i min sag?\n"
    thread = in_hand(mails.receive(mails.mailbox(world), text, at=clock.now()), world.anna)
    at_desk(world.anna, AgentState.WORKING, thread.enquiry, kind=WRITTEN)
    return thread


def test_a_mail_is_answered_by_digital_post_with_the_keyboard_alone(
    new_page: NewPage, world: World, no_stream: None
) -> None:
    mailbox(world)
    thread = _mail(world)
    page = new_page(person=world.anna, viewport=DESKTOP)
    page.goto(f"/desk/written/{thread.pk}/")
    settled(page)
    page.get_by_role("radio", name="Mail").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Digital Post")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("010170-1111")
    page.get_by_label("Svar", exact=True).focus()
    page.keyboard.type("Her er svaret.")
    page.keyboard.press("Alt+Enter")
    expect(page.get_by_text("Svaret sendes om lidt.")).to_be_visible()
    assert SecurePost.objects.get().party_shown == "CPR 010170-****"
    expect(page.get_by_text("Til CPR 010170-****")).to_be_visible()
    page.keyboard.press("F9")
    expect(page.get_by_text("Svaret er ikke sendt. Det står som kladde.")).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["1280", "400"])
def test_the_pages_of_secure_post_are_accessible_and_fit(
    new_page: NewPage, world: World, no_stream: None, settings: Any, viewport: ViewportSize
) -> None:
    settings.DEMO = True
    box = mailbox(world)
    files = (PostFile("plan.pdf", "application/pdf", b"%PDF-1.4"),)
    thread = in_hand(receive(box, at=clock.now(), files=files, sender=citizen("0101700001")), world.anna)
    post = answer(thread, world.anna, "Du må gerne bygge.")
    SecurePost.objects.filter(pk=post.pk).update(state=SecurePost.State.QUEUED)
    sending.deliver(post=str(post.pk))
    exempt = answer(thread, world.anna, "Et svar mere.", number="010170-0004")
    sending.deliver(post=str(exempt.pk))
    in_hand(thread, world.anna)
    at_desk(world.anna, AgentState.WORKING, thread.enquiry, kind=WRITTEN)
    page = new_page(person=world.anna, viewport=viewport)
    _look(page, viewport, "secure-written", f"/desk/written/{thread.pk}/")
    _look(page, viewport, "secure-list", "/desk/written/")
    _look(page, viewport, "secure-people", "/office/simulated-post/")
    mail = in_hand(mails.receive(mails.mailbox(world), "CPR 010170-1111\n", at=clock.now()), world.anna)
    _look(page, viewport, "secure-instead-of-mail", f"/desk/written/{mail.pk}/")
    office = new_page(person=world.finn, viewport=viewport)
    _look(office, viewport, "secure-mailbox", f"/office/mailboxes/secure-post/{box.code}/")
    _look(office, viewport, "secure-mailboxes", "/office/mailboxes/")
    _look(office, viewport, "secure-mailbox-new", "/office/mailboxes/secure-post/new/")


def _look(page: Page, viewport: ViewportSize, name: str, address: str) -> None:
    page.goto(address)
    settled(page)
    assert_accessible(page)
    _picture(page, f"{name}-{viewport['width']}")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
