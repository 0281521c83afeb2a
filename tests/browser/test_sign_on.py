"""Signing in at an identity provider as a browser does it: from our page to the provider's on another site and back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from indgang.accounts import claim_rules, session_limits
from indgang.accounts.models import Person
from indgang.accounts.session_limits import ENDS
from indgang.catalogue.models import Unit
from indgang.config.sign_on import for_allauth
from indgang.core import clock
from tests.accounts import openid_house, saml_house
from tests.browser.axe import assert_accessible
from tests.browser.conftest import NARROW
from tests.browser.rest import settled
from tests.world import PASSWORD


def _set(settings: Any, world: Any, provider: Any) -> None:
    settings.SIGN_ON, settings.SOCIALACCOUNT_PROVIDERS = (provider,), for_allauth((provider,))
    claim_rules.add(
        provider=provider.id, value="kc-tmf", role="agent", unit=world.units["tmf"], valid_from=clock.today(),
        by=world.finn, at=clock.now(),
    )  # fmt: skip


def test_somebody_signs_in_at_an_openid_provider_and_out_of_both(
    page: Page, world: Any, settings: Any, live_server: Any, tmp_path: Path
) -> None:
    back, out = f"{live_server.url}/sign-on/prove/callback/", f"{live_server.url}/sign-in/"
    with openid_house.running(tmp_path, [back], out_to=[out]) as house:
        house.say(name="Nina Nøhr", groups=["kc-tmf"])
        _set(settings, world, house.settings)
        page.goto("/sign-in/?next=/account/")
        assert_accessible(page)
        page.get_by_role("button", name="Log ind hos Prøvekommunen").click()
        page.locator("input[name=login]").fill("nina")
        page.locator("input[name=password]").fill("any")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("Du logger ind hos Prøvekommunen")).to_be_visible()
        assert_accessible(page)
        assert Person.objects.get(name="Nina Nøhr").identities.get().subject == "nina"
        page.locator(".top-person summary").click()
        page.get_by_role("button", name="Log ud", exact=True).click()
        page.get_by_role("button", name="Yes, sign me out").click()
        expect(page).to_have_url(out)
        house.say(name="Nina Nøhr", groups=[])
        page.get_by_role("button", name="Log ind hos Prøvekommunen").click()
        page.locator("input[name=login]").fill("nina")
        page.locator("input[name=password]").fill("any")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("sendte ingen grupper med")).to_be_visible()
        assert_accessible(page)


def test_somebody_signs_in_at_a_saml_provider_on_another_site(
    page: Page, world: Any, settings: Any, live_server: Any, tmp_path: Path
) -> None:
    """The provider's page posts the answer, and browsers send no cookie along with that."""
    with saml_house.running(tmp_path, f"{live_server.url}/sign-on/saml/acs/") as house:
        house.say("pseudonym", name="Nina Nøhr", groups=["kc-tmf"])
        _set(settings, world, house.settings)
        page.goto("/sign-in/?next=/account/")
        page.get_by_role("button", name="Log ind hos Prøvekommunen").click()
        expect(page.get_by_text("Du logger ind hos Prøvekommunen")).to_be_visible()


def test_the_page_of_sign_on_is_accessible_at_both_widths(
    new_page: Any, world: Any, settings: Any, tmp_path: Path
) -> None:
    with saml_house.running(tmp_path, "http://127.0.0.1/") as house:
        _set(settings, world, house.settings)
        for page in (new_page(person=world.finn), new_page(person=world.finn, viewport=NARROW)):
            page.goto("/office/sign-on/")
            expect(page.get_by_role("heading", name="Hvad grupper giver")).to_be_visible()
            assert_accessible(page)
            form = page.locator("form[action$='/roles/agent/']").bounding_box()
            assert form
            assert form["width"] > 250, "the name of a role leaves the fields room"


def test_typing_keeps_a_session_alive_that_ends_without_activity(page: Page, world: Any) -> None:
    session_limits.set_for(
        "administrator", session_hours=12, idle_minutes=30, needs_second_factor=False, by=world.finn, at=clock.now()
    )
    page.goto("/sign-in/?next=/office/units/ctb-byliv/")
    page.get_by_label("Brugernavn").fill("finn")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Navn", exact=True)).to_be_visible()
    assert 0 < SessionStore(Session.objects.get().session_key)[ENDS] - time.time() <= 1801
    page.clock.install()
    page.reload()
    page.clock.fast_forward("26:00")
    expect(page.locator("#session-ends")).to_be_visible()
    page.get_by_label("Navn", exact=True).press_sequentially("x")
    expect(page.locator("#session-ends")).to_be_hidden()


def test_whoever_signs_in_at_a_provider_loses_nothing_when_the_session_ends(
    page: Page, world: Any, settings: Any, live_server: Any, tmp_path: Path
) -> None:
    """In another tab, so that what stands on the page stays; then the page sends what it was told to."""
    with saml_house.running(tmp_path, f"{live_server.url}/sign-on/saml/acs/") as house:
        house.say("pseudonym", name="Nina Nøhr", groups=["chef"])
        _set(settings, world, house.settings)
        claim_rules.add(
            provider="saml", value="chef", role="administrator", unit=None, valid_from=clock.today(), by=world.finn,
            at=clock.now(),
        )  # fmt: skip
        page.goto("/sign-in/?next=/office/units/ctb-byliv/")
        page.get_by_role("button", name="Log ind hos Prøvekommunen").click()
        expect(page.get_by_label("Navn", exact=True)).to_be_visible()
        store = SessionStore(Session.objects.get().session_key)
        store[ENDS] = round(time.time() + 4)
        settled(page)
        store.save()
        page.reload()
        page.get_by_label("Navn", exact=True).fill("Byliv og fest")
        dialog = page.get_by_role("dialog", name="Log ind igen")
        expect(dialog).to_be_visible()
        Session.objects.all().delete()
        with page.expect_popup() as opened:
            dialog.get_by_role("button", name="Log ind hos Prøvekommunen i en ny fane").click()
        expect(opened.value.get_by_role("heading", name="Mit login")).to_be_visible()
        expect(dialog).to_be_hidden()
        page.get_by_role("button", name="Gem").click()
        expect(page.get_by_text("Ændringen er gemt.")).to_be_visible()
        assert Unit.objects.get(code="ctb-byliv").name == "Byliv og fest"
