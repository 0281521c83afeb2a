"""Skills, pause reasons and tables in a browser: accessible at both widths, and a table is read in by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.catalogue.models import DirectoryEntry
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW

TABLE = "Navn;Enhed;Telefon\nNina Ny;cby;33 66 11 11\nÅse Aagaard;cby;\nBo;ingen;12\n"


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_axe_finds_nothing_on_the_pages(new_page: Any, world: Any, viewport: Any) -> None:
    page: Page = new_page(person=world.finn, viewport=viewport)
    for address in (
        "/office/skills/",
        "/office/skills/new/",
        f"/office/skills/{world.skills['byliv'].pk}/",
        "/office/pause-reasons/",
        f"/office/pause-reasons/{world.pauses['frokost'].pk}/",
        "/office/tables/",
        "/office/tables/people/",
    ):
        page.goto(address)
        assert_accessible(page)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{address} is wider than the window by {width} px"


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_table_is_seen_and_its_good_rows_written_by_keyboard(new_page: Any, world: Any, viewport: Any) -> None:
    page: Page = new_page(person=world.finn, viewport=viewport)
    page.goto("/office/tables/directory/")
    table = {"name": "telefonbog.csv", "mimeType": "text/csv", "buffer": TABLE.encode("cp1252")}
    page.get_by_label("Fil med tabellen").set_input_files(table)  # type: ignore[arg-type]  # a dict is what it takes
    page.get_by_role("button", name="Vis, hvad der sker").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("“ingen” findes ikke.")).to_be_visible()
    assert_accessible(page)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0
    page.get_by_label("De rækker, der er i orden; de andre springes over").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Indlæs", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 er sprunget over.")).to_be_visible()
    assert DirectoryEntry.objects.get(name="Nina Ny").phone == "+4533661111"
