"""A list that follows the typed text is a moment late; it does not undo actions of the user meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from indgang.core import clock
from indgang.enquiries.models import Draft
from indgang.entry.models import AgentState
from indgang.knowledge.models import Search
from tests.browser.rest import settled
from tests.desk import known
from tests.desk.conftest import Switchboard, at_desk, exchange
from tests.desk.known import Known
from tests.enquiries.told_calls import talking
from tests.world import World

NewPage = Callable[..., Page]
TITLE = "Hvordan får jeg lov til et loppemarked?"


class Late:
    """Holds back the answers to an address of the page until the test lets them come."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._held = page, list[Route]()
        page.route(re.compile(address), lambda route: self._held.append(route))

    def asked(self) -> None:
        """Wait until an answer is held back."""
        for _ in range(400):
            if self._held:
                return
            self._page.wait_for_timeout(50)
        pytest.fail("nothing was asked for")

    def come(self) -> None:
        for route in self._held:
            route.continue_()
        self._held.clear()
        settled(self._page)


@pytest.fixture(autouse=True)
def switchboard(monkeypatch: pytest.MonkeyPatch) -> None:
    from indgang.entry import commands

    monkeypatch.setattr(commands, "give_and_wait", Switchboard().give_and_wait)


@pytest.fixture
def knowledge(world: World) -> Known:
    return known.build(world, clock.now() - timedelta(days=1))


@pytest.fixture
def desk(new_page: NewPage, world: World) -> Page:
    """Anna's, in a call."""
    exchange()
    enquiry = talking(world.anna, queue="tmf-byliv", start=clock.now() - timedelta(seconds=60))
    at_desk(world.anna, AgentState.TALKING, enquiry)
    at_desk(world.bo, AgentState.READY)
    page = new_page(person=world.anna)
    page.goto("/desk/")
    settled(page)
    return page


def test_a_search_by_enter_is_not_overtaken_by_the_letters_before_it(knowledge: Known, desk: Page) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if "typing=1" in request.url else None)
    desk.keyboard.press("F3")
    desk.evaluate(
        """() => {
          const query = document.getElementById("knowledge-query");
          query.value = "loppemarked";
          query.dispatchEvent(new Event("input", { bubbles: true }));
          query.form.requestSubmit();
        }"""
    )
    first = desk.locator("#knowledge-hits [data-hit]").first
    expect(first).to_be_focused()
    desk.wait_for_timeout(400)  # more than the list waits for another letter
    settled(desk)
    assert asked == []
    expect(first).to_be_focused()
    assert Search.objects.get().asked == "loppemarked"


def test_what_has_been_opened_stays_when_the_answer_to_a_letter_comes(knowledge: Known, desk: Page) -> None:
    desk.keyboard.press("F3")
    desk.keyboard.type("loppemarke")
    hit = desk.locator("#knowledge-hits").get_by_role("link", name=TITLE)
    expect(hit).to_be_visible()
    settled(desk)
    late = Late(desk, r"/desk/knowledge/\?typing=1")
    desk.keyboard.type("d")
    late.asked()
    hit.press("Enter")
    title = desk.get_by_role("heading", name=TITLE)
    expect(title).to_be_focused()
    late.come()
    expect(title).to_be_focused()


def test_a_box_that_was_emptied_stays_empty(knowledge: Known, desk: Page) -> None:
    desk.keyboard.press("F3")
    desk.keyboard.type("loppemarke")
    expect(desk.locator("#knowledge-hits [data-hit]").first).to_be_visible()
    settled(desk)
    late = Late(desk, r"/desk/knowledge/\?typing=1")
    desk.keyboard.type("d")
    late.asked()
    desk.locator("#knowledge-close").click()
    late.come()
    expect(desk.locator("#knowledge-hits")).to_be_empty()


@pytest.mark.parametrize(
    ("field", "rows", "address", "typed"),
    [
        ("#knowledge-query", "#knowledge-hits [data-hit]", r"/desk/knowledge/\?typing=1", "loppemarke"),
        ("#transfer-query", "#transfer-targets button:enabled", "/desk/targets/", "Bo"),
        ("[id^=party-query]", "[id^=found-] button", "/parties/", "Kornblomst"),
    ],
)
def test_who_has_gone_on_to_the_list_stays_there_when_it_is_renewed(
    knowledge: Known, desk: Page, field: str, rows: str, address: str, typed: str
) -> None:
    box, row = desk.locator(field), desk.locator(rows).first
    if field == "#transfer-query":
        desk.locator("#call-transfer").click()
    box.press_sequentially(typed[:-1])
    expect(row).to_be_visible()
    settled(desk)
    late = Late(desk, address)
    box.press_sequentially(typed[-1])
    late.asked()
    row.focus()
    late.come()
    expect(row).to_be_focused()


def test_a_list_of_services_that_was_closed_stays_closed(desk: Page) -> None:
    box = desk.locator("#q0-query")
    box.press_sequentially("ar")
    choices = desk.locator("#q0-query + [role=listbox], [data-combobox] [role=listbox]").first
    expect(choices).to_be_visible()
    settled(desk)
    late = Late(desk, "/desk/services/")
    box.press_sequentially("r")
    late.asked()
    box.press("Escape")
    expect(choices).to_be_hidden()
    late.come()
    expect(choices).to_be_hidden()


def test_suggestions_that_were_closed_stay_closed(new_page: NewPage, knowledge: Known) -> None:
    page = new_page()
    page.goto("/")
    box = page.get_by_role("combobox").first
    box.press_sequentially("loppe")
    choices = page.get_by_role("listbox").first
    expect(choices).to_be_visible()
    settled(page)
    late = Late(page, "/soeg/forslag/")
    box.press_sequentially("m")
    late.asked()
    box.press("Escape")
    late.come()
    expect(choices).to_be_hidden()


def test_a_draft_that_is_still_on_its_way_does_not_come_back_after_registration(desk: Page, world: World) -> None:
    late = Late(desk, "/desk/draft/")
    note = desk.locator("#q0-note")
    note.fill("Et spørgsmål")
    late.asked()
    desk.locator("#q0-query").press_sequentially("arr")
    desk.get_by_role("option", name="Arrangementstilladelser").wait_for()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Ærinde")).to_be_focused()
    desk.keyboard.type("Status")
    desk.keyboard.press("1")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("heading", name="Registreret", exact=True)).to_be_focused()
    desk.keyboard.press("t")
    expect(desk.locator("#q0-query")).to_be_focused()
    late.come()
    assert not Draft.objects.exists()
    expect(desk.locator("#desk-draft")).to_have_text("")
