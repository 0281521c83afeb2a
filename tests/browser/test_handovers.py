"""Hand-overs in a browser: the contact's page by keyboard and without JavaScript, and the pages of the office."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from indgang.catalogue.models import OpenSpan, Schedule
from indgang.core import clock
from indgang.entry.team import rotas
from indgang.handover import work
from indgang.portal import visitors
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.handover.sent import send
from tests.measures.test_settlement import agreed, helped
from tests.world import MORNING, World


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    visitors.forget()
    with clock.frozen(MORNING + timedelta(hours=3)):
        yield


def assert_good(page: Page) -> None:
    """Accessible, and not wider than the window."""
    assert_accessible(page)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{page.url} is wider than the window by {width} px"


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_contact_follows_adds_and_withdraws_by_keyboard(new_page: Any, world: World, viewport: Any) -> None:
    sent = send(world)
    work.write(sent, text="Vi venter på politiet.", for_contact=True, by=world.david, at=MORNING)
    page: Page = new_page(viewport=viewport)
    page.goto(f"/foelg/?nummer={sent.number}&kode={sent.code}")
    assert_good(page)
    page.get_by_label("Kode").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Vi venter på politiet.")).to_be_visible()
    assert_good(page)
    page.get_by_label("Din tekst").focus()
    page.keyboard.type("Det er kun lørdag.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Det, du skrev, er sendt.")).to_be_visible()
    page.get_by_role("button", name="Jeg har ikke brug for svar længere").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Er du sikker?")).to_be_visible()
    assert_good(page)
    page.get_by_role("button", name="Ja, træk det tilbage").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Spørgsmålet er trukket tilbage")).to_be_visible()


def test_the_contact_needs_no_javascript(browser: Browser, live_server: Any, world: World) -> None:
    sent = send(world)
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto("/en/foelg/")
    page.get_by_label("Number").fill(str(sent.number))
    page.get_by_label("Code").fill("0")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert")).to_have_text("The number and the code do not match. Check both.")
    page.get_by_label("Code").fill(sent.code)
    page.get_by_role("button", name="Show").click()
    page.get_by_label("Your text").fill("Only on Saturday.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Only on Saturday.")).to_be_visible()
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_leader_gives_one_on_and_changes_the_rules_by_keyboard(new_page: Any, world: World, viewport: Any) -> None:
    sent = send(world)
    page: Page = new_page(person=world.eva, viewport=viewport)
    page.goto("/office/handovers/?unit=ctb-byliv")
    expect(page.get_by_text("1 åben: 1 over fristen")).to_be_visible()
    assert_good(page)
    page.get_by_role("link", name=f"Giv videre {sent.number}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Giv overlevering {sent.number} videre")).to_be_visible()
    assert_good(page)
    page.get_by_label("Medarbejder").select_option(label="Ingen")
    page.get_by_role("button", name="Giv videre").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="Enhedens liste")).to_be_visible()
    page.goto("/office/handovers/rules/ctb-byliv/")
    assert_good(page)
    page.get_by_label("Teamlederen").fill("120")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Enheden har sine egne regler.")).to_be_visible()
    assert_good(page)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_promises_are_opened_down_to_their_rows_by_keyboard(new_page: Any, world: World, viewport: Any) -> None:
    sent = send(world)
    work.close(send(world), outcome="answered", told_again=False, by=world.david, at=MORNING)
    page: Page = new_page(person=world.eva, viewport=viewport)
    page.goto("/office/handovers/promises/")
    assert_good(page)
    page.get_by_role("link", name="1 Over fristen").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name=str(sent.number))).to_be_visible()
    assert_good(page)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_duty_rotas_and_settlement_are_accessible_and_fit(new_page: Any, world: World, viewport: Any) -> None:
    finn, now, today = world.finn, clock.now(), clock.today()
    evenings = Schedule.objects.create(code="aften", name="Aftener", closed_on_holidays=False)
    OpenSpan.objects.bulk_create(
        OpenSpan(schedule=evenings, weekday=day, opens=time(16), closes=time(22)) for day in range(7)
    )
    rota = rotas.create(name="Aftenvagten", hours=evenings, by=finn, at=now)
    for code in ("tmf-byggeri", "bif-erhverv"):
        rotas.join(rota, world.queues[code], weight=Decimal(1), valid_from=today, by=finn, at=now)
    rotas.plan(rota, first=today, last=today + timedelta(days=13), by=finn, at=now)
    terms = agreed(world)
    helped(world)
    page: Page = new_page(person=finn, viewport=viewport)
    for address in (
        "/office/rotas/",
        "/office/rotas/aftenvagten/",
        "/office/settlement/",
        "/office/settlement/terms/new/",
        f"/office/settlement/terms/{terms.pk}/",
        "/office/settlement/tmf/2026/3/",
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert_good(page)
        if folder := os.environ.get("PICTURES"):
            name = address.removeprefix("/office/").strip("/").replace("/", "-")
            page.screenshot(path=f"{folder}/{name}-{viewport['width']}.png", full_page=True)
