"""A session that ends while somebody writes: warned ahead, signed in on the page, and nothing typed is lost."""

from __future__ import annotations

import time
from base64 import b32decode
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from indgang.accounts import second_factor, session_limits
from indgang.accounts.session_limits import ENDS
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.entry.models import QueueMembership
from tests.browser.axe import assert_accessible
from tests.browser.rest import settled
from tests.world import PASSWORD

UNIT = "/office/units/ctb-byliv/"


def _sign_in(page: Page, username: str, address: str) -> None:
    page.goto(f"/sign-in/?next={address}")
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def _end_in(page: Page, seconds: float) -> None:
    """Move the session's beginning so far back that it ends in `seconds`."""
    store = SessionStore(Session.objects.get().session_key)
    store[ENDS] = round(time.time() + seconds)
    settled(page)
    store.save()
    page.reload()


def _again(page: Page, username: str = "finn") -> Any:
    dialog = page.get_by_role("dialog", name="Log ind igen")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Brugernavn")).to_be_focused()
    page.keyboard.type(username)
    dialog.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")
    return dialog


def test_a_warning_comes_ahead_and_signing_in_again_takes_it_away(page: Page, world: Any) -> None:
    _sign_in(page, "finn", UNIT)
    expect(page.locator("#session-ends")).to_be_hidden()
    _end_in(page, 300)
    warning = page.locator("#session-ends")
    expect(warning).to_be_visible()
    page.get_by_label("Navn", exact=True).fill("Byliv og fest")
    warning.get_by_role("button", name="Log ind igen").click()
    assert_accessible(page)
    expect(_again(page)).to_be_hidden()
    expect(warning).to_be_hidden()
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_text("Ændringen er gemt.")).to_be_visible()
    assert Unit.objects.get(code="ctb-byliv").name == "Byliv og fest"


def test_a_form_that_is_sent_too_late_waits_for_the_sign_in_and_goes_then(page: Page, world: Any) -> None:
    _sign_in(page, "finn", UNIT)
    _end_in(page, 4)
    page.get_by_label("Navn", exact=True).fill("Byliv og fest")
    expect(page.get_by_role("dialog", name="Log ind igen")).to_be_visible()
    Session.objects.all().delete()
    dialog = _again(page, "gerda")
    expect(dialog.get_by_text("Siden hører til en anden bruger")).to_be_visible()
    dialog.get_by_label("Brugernavn").fill("finn")
    dialog.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Navn", exact=True)).to_have_value("Byliv og fest")
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_text("Ændringen er gemt.")).to_be_visible()
    assert Unit.objects.get(code="ctb-byliv").name == "Byliv og fest"


def test_a_part_of_a_page_is_sent_again_after_the_sign_in(page: Page, world: Any) -> None:
    address = f"/office/wallboard/tmf/agents/{world.anna.pk}/"
    _sign_in(page, "eva", address)
    settled(page)  # or a part that is still being fetched would ask for the sign-in
    Session.objects.all().delete()
    for box in page.get_by_role("group", name="Køer i dag").get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Gem køer").click()
    expect(_again(page, "eva")).to_be_hidden()
    expect(page.get_by_text("er ændret.")).to_be_visible()
    assert not QueueMembership.objects.filter(person=world.anna, queue__centre__code="tmf", active=True).exists()


def test_live_parts_ask_for_the_sign_in_and_go_on_after_it(no_stream: None, page: Page, world: Any) -> None:
    _sign_in(page, "eva", "/office/wallboard/tmf/")
    Session.objects.all().delete()
    expect(_again(page, "eva")).to_be_hidden()
    world.queues["tmf-byggeri"].name = "Byggeri og altaner"
    world.queues["tmf-byggeri"].save(update_fields=["name"])
    expect(page.get_by_role("row", name="Byggeri og altaner")).to_be_visible()


def test_whoever_must_set_up_a_second_factor_first_does_so_in_a_new_tab(page: Page, world: Any) -> None:
    _sign_in(page, "finn", UNIT)
    page.get_by_label("Navn", exact=True).fill("Byliv og fest")
    session_limits.set_for(
        "administrator", session_hours=12, idle_minutes=0, needs_second_factor=True, by=world.finn, at=clock.now()
    )
    Session.objects.all().delete()
    page.evaluate("indgang.signInAgain()")
    dialog = _again(page)
    link = dialog.get_by_role("link", name="Fortsæt i en ny fane")
    expect(link).to_be_focused()
    assert_accessible(page)
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    tab = opened.value
    secret = str(tab.locator("code").text_content()).replace(" ", "")
    code = TOTP(b32decode(secret), 6, SHA1(), second_factor.STEP, enforce_key_length=False).generate(int(time.time()))
    tab.get_by_label("Koden fra appen").fill(code.decode())
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Gendannelseskoder")).to_be_visible()
    tab.get_by_role("link", name="Jeg har gemt dem").click()
    expect(tab.get_by_role("heading", name="Mit login")).to_be_visible()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_text("Ændringen er gemt.")).to_be_visible()
    assert Unit.objects.get(code="ctb-byliv").name == "Byliv og fest"


def test_without_scripts_the_sign_in_page_carries_what_was_typed(browser: Any, live_server: Any, world: Any) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="da-DK")
    page = context.new_page()
    _sign_in(page, "finn", UNIT)
    page.get_by_label("Navn", exact=True).fill("Byliv og fest")
    Session.objects.all().delete()
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_text("Det, du har skrevet, er ikke tabt")).to_be_visible()
    page.get_by_label("Brugernavn").fill("finn")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind", exact=True).click()
    expect(page.get_by_text("Byliv og fest")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Ændringen er gemt.")).to_be_visible()
    context.close()
    assert Unit.objects.get(code="ctb-byliv").name == "Byliv og fest"
