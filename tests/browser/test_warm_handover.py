"""A real call is handed over warm: the card is open in the second browser while the telephone rings there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from indgang.enquiries.models import Enquiry
from indgang.handover.models import Handover
from tests.browser.rest import phone_is, wait_for
from tests.browser.test_real_call import caller, switchboard_process  # noqa: F401  # fixtures
from tests.telephony.conftest import asterisk_programs, exchange  # noqa: F401  # fixtures
from tests.world import World

pytestmark = [
    pytest.mark.exchange,
    pytest.mark.django_db(transaction=True),
]


def signed_in(page: Page) -> None:
    page.goto("/desk/")
    page.locator("#order-sign-in").click()
    phone_is("registered", page)


def test_the_card_is_open_where_the_telephone_rings(
    new_page: Callable[..., Page],
    world: World,
    stream_process: str,
    switchboard_process: None,  # noqa: F811
    caller: Callable[[], subprocess.Popen[bytes]],  # noqa: F811
) -> None:
    david = new_page(person=world.david)
    signed_in(david)
    david.locator("#order-ready").click()
    anna = new_page(person=world.anna)
    signed_in(anna)
    anna.get_by_role("button", name="Klar").first.click()

    sipp = caller()
    phone_is("ringing", anna, timeout=30_000)
    anna.locator("#call-answer").click()
    phone_is("talking", anna)
    anna.locator("#q0-note").fill("Må boden stå hele weekenden?")
    anna.keyboard.press("F9")
    expect(anna.locator("#transfer-question")).to_have_value("Må boden stå hele weekenden?")
    anna.locator("#transfer-query").fill("David")
    anna.locator(f'[id="ask-person:{world.david.pk}"]').click()

    phone_is("ringing", david, timeout=30_000)
    card = david.locator("#desk-story .handover-card")
    expect(card).to_contain_text("Må boden stå hele weekenden?")
    sent = Handover.objects.get()
    assert (sent.kind, sent.state, sent.person) == ("warm", "waiting", world.david)
    david.locator("#call-answer").click()
    wait_for(lambda: Handover.objects.get().state == "accepted")

    anna.locator("#call-complete").click()
    wait_for(lambda: Enquiry.objects.get().agent == world.david)
    david.locator("#desk-received").get_by_text("Nej").first.check()
    david.locator("#desk-received").get_by_role("button", name="Besvaret").click()
    expect(david.locator("#desk-received")).to_contain_text("Afsluttet: Besvaret")
    closed = Handover.objects.get()
    assert (closed.state, closed.person, closed.told_again) == ("closed", world.david, False)
    david.keyboard.press("Shift+F2")
    assert sipp.wait(20) == 0
