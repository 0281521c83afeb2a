"""The pages of figures in a browser: accessible and fitting with figures on them, and used with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from indgang.core import clock
from indgang.measures.rollups import counting
from tests.browser.axe import faults_at
from tests.browser.conftest import DESKTOP, NARROW
from tests.enquiries.told_calls import abandoned, talked
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

#: 1,280 px at 400 % zoom
NARROWEST = ViewportSize(width=320, height=640)
FIGURES = "/office/figures/"
WEEK = "period=own&first={first}&last={last}"


@pytest.fixture
def week(world: World) -> str:
    """A week with calls on three days in two queues; the query that chooses it."""
    today = clock.now()
    for day in (1, 2, 4):
        for _number in range(6):
            talked(world.anna, start=today - timedelta(days=day))
            talked(world.bo, queue="tmf-byliv", start=today - timedelta(days=day))
        abandoned(start=today - timedelta(days=day))
    counting.follow()
    last = clock.day_of(today)
    return WEEK.format(first=last - timedelta(days=6), last=last)


def test_pages_with_figures_are_accessible_and_fit(new_page: Callable[..., Page], world: World, week: str) -> None:
    page = new_page(person=world.eva)
    wrong: list[str] = []
    level = f"{FIGURES}service_level_sl4/"
    for address in (FIGURES, f"{level}?{week}&within=20,60", f"{level}contacts/?{week}", f"{FIGURES}?{week}&by=queue"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        wrong += faults_at(page, DESKTOP, NARROW, NARROWEST)
    page.get_by_role("link", name="Gennemsnitlig ventetid på svar").click()
    page.goto(f"{level}contacts/?{week}")
    page.locator("tbody a").first.click()
    wrong += faults_at(page, DESKTOP, NARROW, NARROWEST)
    assert not wrong, "\n".join(wrong)


def test_a_leader_goes_from_all_figures_to_one_call_with_the_keyboard_alone(
    new_page: Callable[..., Page], world: World, week: str
) -> None:
    page = new_page(person=world.eva)
    page.goto(f"{FIGURES}?{week}")
    split = page.get_by_label("Opdelt efter")
    split.focus()
    page.keyboard.type("Kø")
    for _ in range(3):  # past the promises in seconds
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Vis")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"first=.*by=queue"))
    expect(page.get_by_role("rowheader", name="Byliv og events").first).to_be_visible()
    page.get_by_role("link", name="Serviceniveau (besvaret inden for køens løfte)").press("Enter")
    page.get_by_role("link", name=re.compile("Se dem.*Byggeri")).press("Enter")
    expect(page.get_by_role("cell", name="Tæller").first).to_be_visible()
    page.locator("tbody a").first.press("Enter")
    expect(page.get_by_role("heading", name="Tæller i disse nøgletal")).to_be_visible()
