"""Live pages in a browser: a change in the database shows by itself, and a page that loses its stream says so."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from indgang.live import stale
from tests.browser.axe import assert_accessible
from tests.browser.rest import settled


def _open(new_page: Any, person: Any, address: str) -> Page:
    page: Page = new_page(person=person)
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("data-live", "open")
    settled(page)
    return page


def test_a_change_is_fetched_by_the_page_that_shows_it_alone(new_page: Any, world: Any, stream_process: str) -> None:
    page = _open(new_page, world.eva, "/office/wallboard/tmf/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    stale.mark("centre-bif/agents")
    with page.expect_response(lambda answer: "/office/wallboard/tmf/" in answer.url) as answered:
        stale.mark("centre-tmf/agents")
    assert answered.value.ok
    assert len([url for url in asked if "/office/" in url]) == 1


def test_when_the_stream_is_away_the_page_says_so_and_fetches_by_itself(
    new_page: Any, world: Any, no_stream: None
) -> None:
    page: Page = new_page(person=world.eva)
    with page.expect_response(lambda answer: "/office/wallboard/tmf/" in answer.url and "hx" not in answer.url):
        page.goto("/office/wallboard/tmf/")
    expect(page.locator("html")).to_have_attribute("data-live", "polling")
    expect(page.get_by_text("Siden følger ikke med live")).to_be_visible()
    assert_accessible(page)


def test_a_page_whose_session_ended_hears_no_more_and_is_told(new_page: Any, world: Any, stream_process: str) -> None:
    page = _open(new_page, world.eva, "/office/wallboard/tmf/")
    other = page.context.new_page()
    other.goto("/password/")
    other.locator("summary", has_text=world.eva.name).click()
    other.get_by_role("button", name="Log ud").click()
    expect(other.get_by_text("Du er logget ud.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-live", "ended")
    expect(page.get_by_text("Du er ikke længere logget ind.")).to_be_visible()


def test_a_server_that_does_not_answer_is_told_and_forgotten_when_it_is_back(
    new_page: Any, world: Any, stream_process: str
) -> None:
    page = _open(new_page, world.eva, "/office/wallboard/tmf/")
    page.context.set_offline(True)
    expect(page.get_by_text("Ingen forbindelse til Indgang.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Ingen forbindelse til Indgang.")).to_be_hidden()
