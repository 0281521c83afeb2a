"""Calendars of Microsoft 365 and the month's proof in a browser: by keyboard, accessible at both widths."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.workforce import agreements
from indgang.workforce.calendars import free_busy
from indgang.workforce.models import PromisedWindow, ProvenAttempt, ProvenDay
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.test_availability import assert_good, press
from tests.workforce.calendars.microsoft import CLIENT, SECRET, TENANT, Microsoft, serve
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
HOUR = 3600


@BOTH
def test_a_calendar_is_switched_on_for_a_unit_and_off_by_its_owner(
    new_page: Callable[..., Page], world: World, no_stream: None, settings: Any, viewport: Any
) -> None:
    server, address = serve(Microsoft(mailboxes={"david@kommune.example": []}))
    settings.GRAPH_TENANT, settings.GRAPH_CLIENT_ID, settings.GRAPH_CLIENT_SECRET = TENANT, CLIENT, SECRET
    settings.GRAPH_ADDRESS = settings.GRAPH_SIGN_IN_ADDRESS = address
    Person.objects.filter(pk=world.david.pk).update(email="david@kommune.example")
    finn = new_page(person=world.finn, viewport=viewport)
    finn.goto("/office/availability/units/ctb-byliv/")
    press(finn, "link", "Kalendere i Microsoft 365")
    press(finn, "button", "Slå til for enheden")
    expect(finn.get_by_text("Hentes om lidt.")).to_be_visible()
    free_busy.read_due(clock.now())
    finn.reload()
    expect(finn.get_by_text("Hentet kl.")).to_be_visible()
    assert_good(finn)
    david = new_page(person=world.david, viewport=viewport)
    david.goto("/desk/day/")
    expect(david.get_by_role("heading", name="Din kalender i Microsoft 365")).to_be_visible()
    assert_good(david)
    press(david, "button", "Læs den ikke mere")
    expect(david.get_by_text("Den læses ikke.")).to_be_visible()
    server.shutdown()
    server.server_close()


@BOTH
def test_the_proof_opens_from_units_to_days_by_keyboard(
    new_page: Callable[..., Page], world: World, viewport: Any
) -> None:
    now, today = clock.now(), clock.today()
    agreement = agreements.draft(
        world.units["ctb-byliv"], valid_from=today, contact=world.david, coordinator=world.ida, by=world.ida, at=now
    )
    line = {"weekdays": "MTOTFLS", "opens": time(9), "closes": time(14)}
    window = agreements.save_window(PromisedWindow(agreement=agreement), line, [world.david], by=world.ida, at=now)
    agreement.refresh_from_db()
    for person in (world.david, world.ida):
        agreements.sign(agreement, revision=agreement.revision, by=person, at=now)
    for ahead in range(3):
        stored = ProvenDay.objects.create(
            window=window, day=today.replace(day=1) + timedelta(days=ahead), promised=5 * HOUR, reachable=4 * HOUR,
            busy=HOUR // 2, paused=0, absent=HOUR // 2, inside=6, outside=1, answered=5,
            reasons={"no_answer": 1, "nobody": 1}, people=3, proven_at=now,
        )  # fmt: skip
        for reason in ("", "", "", "", "no_answer", "nobody"):
            at = datetime.combine(stored.day, time(10), clock.COPENHAGEN)
            ProvenAttempt.objects.create(proven_day=stored, at=at, is_inside=True, reason=reason)
    page = new_page(person=world.david, viewport=viewport)
    page.goto("/office/availability/kept/")
    expect(page.get_by_text("I alt: 15 t aftalt, 12 t kunne træffes (80 %).")).to_be_visible()
    assert_good(page)
    press(page, "link", "Byliv")
    expect(page.get_by_role("heading", name="Aftalt og holdt i Byliv")).to_be_visible()
    assert_good(page)
    by_subject = page.get_by_role("region", name="Efter ydelse")
    expect(by_subject.get_by_role("rowheader", name="Alle ydelser i enheden")).to_be_visible()
    by_subject.get_by_role("link", name="18 spurgt i tiden", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Spurgt i Byliv, en for en")).to_be_visible()
    expect(page.get_by_role("rowheader", name=f"2.{today.month}.")).to_have_count(6)
    assert_good(page)
    press(page, "link", "Aftalt og holdt")
    press(page, "link", "Alle ydelser i enheden")
    expect(page.get_by_role("rowheader", name=f"2.{today.month}.")).to_be_visible()
    assert_good(page)
