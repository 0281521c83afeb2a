"""The link goes to the caller in two keys, and what becomes of it is shown; by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.correspondence.models import SmsMessage
from indgang.correspondence.sms import receipts, sending
from indgang.entry.models import AgentState
from indgang.messaging.sms.contract import ReceiptState, SmsReceipt
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.desk import known
from tests.desk.conftest import at_desk, exchange
from tests.desk.known import Known
from tests.enquiries.told_calls import BAKERY, talking
from tests.world import World

NewPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def simulates(settings: Any) -> None:
    settings.SMS_GATEWAY = "simulator"


@pytest.fixture
def knowledge(world: World) -> Known:
    return known.build(world, at=clock.now() - timedelta(days=1))


@pytest.fixture
def start() -> datetime:
    return clock.now() - timedelta(seconds=60)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_the_link_is_sent_in_two_keys_and_followed(
    new_page: NewPage, world: World, knowledge: Known, start: datetime, viewport: Any
) -> None:
    exchange()
    enquiry = talking(world.anna, queue="tmf-byliv", start=start)
    at_desk(world.anna, AgentState.TALKING, enquiry)
    page = new_page(person=world.anna, viewport=viewport)
    page.goto("/desk/")
    settled(page)
    page.keyboard.press("F3")
    page.keyboard.type("loppemarked")
    expect(page.locator("#knowledge-hits [data-said]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#knowledge-hits [data-hit]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#knowledge-title")).to_be_focused()

    page.keyboard.press("w")
    text = page.locator("#knowledge-mark textarea")
    expect(text).to_be_focused()
    expect(page.locator("#sms-counted")).to_contain_text("tegn tilbage")
    page.keyboard.type(" ê")
    expect(page.locator("#sms-counted")).to_contain_text("ê gør, at teksten fylder")
    assert_accessible(page)
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-sms")).to_contain_text("bliver sendt nu")

    message = SmsMessage.objects.get()
    assert (message.number, message.enquiry_id, message.encoding) == (BAKERY, enquiry.pk, "gsm")
    sending.deliver(sms=str(message.pk))
    receipts.note(SmsReceipt(str(message.pk), "1", ReceiptState.DELIVERED, clock.now()), at=clock.now())
    page.evaluate("document.body.dispatchEvent(new CustomEvent('stale:sms'))")
    expect(page.locator("#desk-sms")).to_contain_text("er leveret")
    assert_accessible(page)
