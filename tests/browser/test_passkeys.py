"""Passkeys in Chromium, with the virtual authenticator of its DevTools: created, used at sign-in, and removed."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from indgang.accounts.models import SecondFactor
from tests.browser.axe import assert_accessible
from tests.browser.rest import settled
from tests.world import PASSWORD

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def page_with_authenticator(new_page: Any, world: Any) -> Page:
    page: Page = new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def _sign_in(page: Page, name: str = "anna") -> None:
    page.goto("/sign-in/?next=/account/")
    page.get_by_label("Brugernavn").fill(name)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mit login")).to_be_visible()


def _make(page: Page) -> None:
    page.get_by_label("Navn").fill("Arbejdscomputer")
    page.get_by_role("button", name="Lav en adgangsnøgle").click()
    expect(page.get_by_text("Adgangsnøglen er gemt")).to_be_visible()


def _sign_out(page: Page) -> None:
    page.locator(".top-person summary").click()
    page.get_by_role("button", name="Log ud", exact=True).click()
    expect(page.get_by_text("Du er logget ud.")).to_be_visible()


def test_a_passkey_is_made_and_signs_in_without_password_and_code(page_with_authenticator: Page, world: Any) -> None:
    page = page_with_authenticator
    _sign_in(page)
    _make(page)
    assert_accessible(page)
    assert SecondFactor.objects.get(kind="passkey").name == "Arbejdscomputer"
    _sign_out(page)
    page.goto("/sign-in/?next=/account/")
    assert_accessible(page)
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(page.get_by_role("heading", name="Mit login")).to_be_visible()
    settled(page)
    assert SecondFactor.objects.get(kind="passkey").counter > 0


def test_it_is_the_second_step_too_and_a_password_alone_is_not_enough(
    page_with_authenticator: Page, world: Any
) -> None:
    page = page_with_authenticator
    _sign_in(page)
    _make(page)
    _sign_out(page)
    page.get_by_label("Brugernavn").fill("anna")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bekræft login")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def test_what_was_typed_is_carried_over_a_sign_in_with_it(page_with_authenticator: Page, world: Any) -> None:
    page = page_with_authenticator
    _sign_in(page, "finn")
    _make(page)
    page.goto("/office/units/ctb-byliv/")
    page.get_by_label("Navn", exact=True).fill("Byliv og fest")
    settled(page)
    Session.objects.all().delete()
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_text("Det, du har skrevet, er ikke tabt")).to_be_visible()
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(page.get_by_text("Byliv og fest")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Ændringen er gemt.")).to_be_visible()


def test_one_that_is_removed_here_lets_nobody_in(page_with_authenticator: Page, world: Any) -> None:
    page = page_with_authenticator
    _sign_in(page)
    _make(page)
    page.get_by_role("button", name="Fjern Arbejdscomputer").click()
    expect(page.get_by_text("Adgangsnøglen er fjernet")).to_be_visible()
    _sign_out(page)
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(page.get_by_text("Adgangsnøglen kendes ikke her")).to_be_visible()
