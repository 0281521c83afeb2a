"""Mails in browsers: one is offered by a running switchboard and answered by keyboard; the pages on small screens."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from indgang.core import clock
from indgang.correspondence.mail import accounts, sending
from indgang.correspondence.models import Mailbox, ReplyDraft, Thread
from indgang.enquiries.journal import events_of
from indgang.enquiries.models import Enquiry
from indgang.entry import commands
from indgang.entry.models import AgentState, ExchangeStatus, LiveWork
from indgang.messaging.mailbox.simulator import SimulatedMailbox
from indgang.routing.distribution.requirement import WRITTEN
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import picture, settled, wait_for
from tests.correspondence.mails import mailbox, receive
from tests.correspondence.test_answering import in_hand
from tests.desk.conftest import at_desk
from tests.processes import Started
from tests.server import database_url
from tests.world import World

NewPage = Callable[..., Page]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(world: World) -> Mailbox:
    return mailbox(world, undo_seconds=4, signature="Venlig hilsen\nErhvervsindgangen")


@pytest.fixture
def switchboard_process(world: World, box: Mailbox, settings: Any, tmp_path: Path) -> Iterator[None]:
    """The switchboard as it is run, with the simulated exchange, on the test's database."""
    settings.VAR = tmp_path
    environment = os.environ | {
        "DATABASE_URL": database_url(), "INDGANG_EXCHANGES": "simulator", "INDGANG_VAR": str(tmp_path),
    }  # fmt: skip
    process = Started([sys.executable, "-m", "indgang", "switchboard"], env=environment)
    try:
        wait_for(lambda: ExchangeStatus.objects.filter(up=True).exists(), seconds=90)
        yield
    finally:
        process.terminate()
        process.wait(15)


def test_a_mail_is_offered_accepted_by_key_answered_in_its_thread_and_closed(
    new_page: NewPage, world: World, box: Mailbox, stream_process: str, switchboard_process: None
) -> None:
    address = {"phone_kind": "browser", "phone_address": ""}
    commands.give_and_wait("sign_in", by=world.anna, at=clock.now(), patience=20.0, **address)
    commands.give_and_wait("ready", by=world.anna, at=clock.now(), patience=20.0)
    desk = new_page(person=world.anna)
    desk.goto("/desk/")
    settled(desk)

    thread = receive(box, at=clock.now())
    card = desk.locator("#desk-call")
    expect(card).to_contain_text("Byggetilladelse")
    expect(card).to_contain_text("Mails")
    expect(card).to_have_attribute("data-stage", "ringing")
    desk.keyboard.press("F2")
    expect(card.get_by_role("link", name="Åbn og svar")).to_be_visible()
    picture(desk, "written-in-hand")
    with desk.expect_popup() as opening:
        desk.keyboard.press("F2")
    page = opening.value
    expect(page.get_by_role("heading", name="Byggetilladelse")).to_be_visible()
    settled(page)

    page.get_by_label("Svar", exact=True).focus()
    page.keyboard.type("Du får svar om to uger.")
    expect(page.locator("#written-saved")).to_contain_text("Kladden er gemt")
    picture(page, "written-answer")
    assert ReplyDraft.objects.get().fields["text"] == "Du får svar om to uger."
    page.reload()
    expect(page.get_by_label("Svar", exact=True)).to_have_value("Du får svar om to uger.")
    page.get_by_label("Svar", exact=True).focus()
    page.keyboard.press("Alt+Enter")
    expect(page.get_by_text("Svaret sendes om lidt.")).to_be_visible()
    wait_for(lambda: sending.send_due(at=clock.now()) == 1)
    expect(page.get_by_text("Svaret sendes om lidt.")).to_be_hidden()

    account = accounts.account_of(box)
    (mail,) = SimulatedMailbox(account.folder).left()  # type: ignore[union-attr]  # a simulated mailbox has a folder
    assert b"In-Reply-To: <1@example.dk>" in mail
    wait_for(lambda: not LiveWork.objects.exists())
    thread.refresh_from_db()
    assert (thread.state, thread.ending) == (Thread.State.OVER, Thread.Ending.ANSWERED)
    kinds = [event.kind for event in events_of(Enquiry.objects.get(pk=thread.pk))]
    assert kinds[0] == "received"
    assert {"work_begun", "work_over", "replied"} <= set(kinds)
    expect(desk.locator("#desk-call")).not_to_contain_text("Byggetilladelse")


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["1280", "400"])
def test_the_pages_of_written_enquiries_are_accessible_and_fit(
    new_page: NewPage, world: World, box: Mailbox, no_stream: None, viewport: ViewportSize
) -> None:
    long_name = "et-meget-langt-filnavn-uden-mellemrum-" * 3 + ".pdf"
    files = ((long_name, b"%PDF-1.4 plan"), ("farlig.exe", b"MZ program"))
    thread = in_hand(world, receive(box, files=files, at=clock.now()))
    at_desk(world.anna, AgentState.WORKING, thread.enquiry, kind=WRITTEN)
    receive(box, number=2, subject="Skilt på gaden", at=clock.now())
    page = new_page(person=world.anna, viewport=viewport)
    for name, address in (("written-list", "/desk/written/"), ("written", f"/desk/written/{thread.pk}/")):
        page.goto(address)
        settled(page)
        assert_accessible(page)
        picture(page, f"{name}-{viewport['width']}")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.get_by_text("Spam og sammenlægning").click()
    assert_accessible(page)
