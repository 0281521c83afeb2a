"""Availability agreements in a browser: drafted and signed by two people by keyboard, accessible at both widths."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.workforce import agreements, groups, substitutes
from indgang.workforce.models import AvailabilityAgreement, PromisedWindow
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW


def assert_good(page: Page) -> None:
    """Accessible, and not wider than the window."""
    assert_accessible(page)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{page.url} is wider than the window by {width} px"


def press(page: Page, role: Any, name: str) -> None:
    page.get_by_role(role, name=name, exact=True).focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_an_agreement_is_drafted_and_signed_by_two_people_by_keyboard(new_page: Any, world: Any, viewport: Any) -> None:
    ida: Page = new_page(person=world.ida, viewport=viewport)
    ida.goto("/office/availability/")
    assert_good(ida)
    press(ida, "link", "Ny aftale – Byliv")
    expect(ida.get_by_role("heading", name="Træffetider i Byliv")).to_be_visible()
    assert_good(ida)
    ida.get_by_label("Enhedens kontaktperson").select_option(label="David Degnemark")
    press(ida, "button", "Opret kladde")
    expect(ida.get_by_text("Aftalen har ingen tider endnu.")).to_be_visible()
    press(ida, "link", "Tilføj træffetid")
    expect(ida.get_by_role("heading", name="Ny træffetid")).to_be_visible()
    assert_good(ida)
    ida.get_by_label("fredag").focus()
    ida.keyboard.press("Space")
    ida.get_by_label("Til kl.").fill("12:30")
    ida.get_by_label("Spørges først").select_option(label="David Degnemark")
    ida.get_by_label("Som nr. 2").select_option(label="Bo Bakkedal")
    press(ida, "button", "Gem træffetid")
    expect(ida.get_by_role("rowheader", name="Mandag–torsdag 9.00–12.30")).to_be_visible()
    expect(ida.get_by_text("David Degnemark, dernæst Bo Bakkedal")).to_be_visible()
    assert_good(ida)
    press(ida, "button", "Underskriv")
    expect(ida.get_by_text("Venter på: David Degnemark")).to_be_visible()

    david: Page = new_page(person=world.david, viewport=viewport)
    david.goto(ida.url)
    expect(david.get_by_text("Du underskriver for Byliv")).to_be_visible()
    press(david, "button", "Underskriv")
    expect(david.get_by_text("Begge har underskrevet.")).to_be_visible()
    assert_good(david)
    signed = AvailabilityAgreement.objects.get()
    assert signed.is_signed
    assert agreements.in_force(signed.unit, clock.today() + timedelta(days=1)) == signed


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_groups_substitutes_and_the_page_of_now_are_accessible(new_page: Any, world: Any, viewport: Any) -> None:
    page: Page = new_page(person=world.ida, viewport=viewport)
    unit = world.units["ctb-byliv"]
    now, today = clock.now(), clock.today()
    group = groups.add(unit, name="Arrangementer", by=world.ida, at=now)
    groups.add_member(group, world.david, valid_from=today, valid_to=None, by=world.ida, at=now)
    substitutes.add(world.david, world.bo, valid_from=today, valid_to=None, by=world.ida, at=now)
    substitutes.add(world.bo, world.david, valid_from=today, valid_to=None, by=world.ida, at=now)
    agreement = agreements.draft(
        unit, valid_from=today, contact=world.david, coordinator=world.ida, by=world.ida, at=now
    )
    line = {"weekdays": "MTOTFLS", "opens": time(0), "closes": time(0), "on_holidays": True, "group": group}
    agreements.save_window(PromisedWindow(agreement=agreement), line, [world.david], by=world.ida, at=now)
    agreement.refresh_from_db()
    for person in (world.david, world.ida):
        agreements.sign(agreement, revision=agreement.revision, by=person, at=now)
    for rest in ("units/ctb-byliv/", f"units/ctb-byliv/groups/{group.pk}/", "units/ctb-byliv/substitutes/"):
        page.goto(f"/office/availability/{rest}")
        assert_good(page)
    expect(page.get_by_text("de er stedfortrædere for hinanden i ring")).to_be_visible()
    page.goto("/office/availability/units/ctb-byliv/groups/")
    assert_good(page)
    page.goto("/office/availability/now/?unit=ctb-byliv")
    expect(page.get_by_role("row", name="Arrangementstilladelser").get_by_text("David Degnemark")).to_be_visible()
    assert_good(page)
