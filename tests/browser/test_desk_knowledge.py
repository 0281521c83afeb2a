"""Knowledge at the desk in a browser: found, read, used and marked during a call, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.enquiries.models import ArticleUse, Enquiry, GuideWalk, Question
from indgang.entry.models import AgentState
from indgang.knowledge import versions
from indgang.knowledge.models import Search, Task
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.desk import known
from tests.desk.conftest import Switchboard, at_desk, exchange
from tests.desk.known import Known
from tests.enquiries.told_calls import talking
from tests.world import World

NewPage = Callable[..., Page]
SIZES = {"desktop": DESKTOP, "narrow": NARROW}


@pytest.fixture(autouse=True)
def switchboard(monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    from indgang.entry import commands

    stand_in = Switchboard()
    monkeypatch.setattr(commands, "give_and_wait", stand_in.give_and_wait)
    return stand_in


@pytest.fixture
def knowledge(world: World) -> Known:
    return known.build(world, clock.now() - timedelta(days=1))


@pytest.fixture
def call(world: World) -> Enquiry:
    """A call that anna answered a minute ago."""
    exchange()
    enquiry = talking(world.anna, queue="tmf-byliv", start=clock.now() - timedelta(seconds=60))
    at_desk(world.anna, AgentState.TALKING, enquiry)
    return enquiry


def desk(new_page: NewPage, world: World, size: str = "desktop") -> Page:
    page = new_page(person=world.anna, viewport=SIZES[size])
    page.goto("/desk/")
    settled(page)
    return page


def look_for(page: Page, words: str) -> None:
    page.keyboard.press("F3")
    expect(page.locator("#knowledge-query")).to_be_focused()
    page.keyboard.type(words)
    expect(page.locator("#knowledge-hits [data-said]")).to_be_visible()


def test_an_answer_is_found_read_and_used_by_keyboard_and_the_registration_follows(
    new_page: NewPage, world: World, knowledge: Known, call: Enquiry
) -> None:
    page = desk(new_page, world)
    look_for(page, "kræmmermarked")
    first = page.locator("#knowledge-hits [data-hit]").first
    expect(first).to_contain_text("Hvordan får jeg lov til et loppemarked?")
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    title = page.get_by_role("heading", name="Hvordan får jeg lov til et loppemarked?")
    expect(title).to_be_focused()
    expect(page.locator("#knowledge-open").get_by_text("senest fire uger før")).to_be_visible()
    expect(page.locator("#knowledge-open").get_by_text("Markedet må vare en dag")).to_be_hidden()
    page.keyboard.press("b")
    expect(page.locator("#knowledge-use")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#q0-query")).to_have_value("Arrangementstilladelser")
    expect(page.locator("#q0-purpose")).to_have_value(f"purpose:{world.purposes['vejledning'].pk}")
    expect(page.locator('[name="q0-known"][value="yes"]')).to_be_checked()
    use = ArticleUse.objects.get()
    assert (use.enquiry_id, use.used) == (call.pk, True)
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Registreret", exact=True)).to_be_focused()
    question = Question.objects.get()
    assert (question.service.code, question.in_knowledge) == ("arrangement", True)
    expect(page.locator("#desk-registration").get_by_text("brugt til svaret")).to_be_visible()


def test_a_missing_answer_marked_with_one_key_in_a_call_reaches_the_owner(
    new_page: NewPage, world: World, knowledge: Known, call: Enquiry
) -> None:
    page = desk(new_page, world)
    look_for(page, "xyzzy ged")
    page.keyboard.press("F4")  # one key, also during typing
    field = page.locator("#knowledge-mark textarea")
    expect(field).to_be_focused()
    expect(field).to_have_value("xyzzy ged")
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(page.locator("#knowledge-query")).to_be_focused()
    page.locator("h2").first.click()
    page.keyboard.press("m")  # or a single character outside of fields
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Må en ged være med på et loppemarked?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sendt. Ida Isdal har fået opgaven.")).to_be_focused()
    expect(page.locator('[name="q0-known"][value="no"]')).to_be_checked()
    task = Task.objects.get()
    assert (task.kind, task.enquiry, task.owner) == ("missing", call.pk, world.ida)
    owner = new_page(person=world.ida)
    owner.goto("/office/knowledge/inbox/")
    expect(owner.get_by_text("Må en ged være med på et loppemarked?").first).to_be_visible()


def test_a_wrong_article_is_marked_with_x_from_where_it_is_read(
    new_page: NewPage, world: World, knowledge: Known, call: Enquiry
) -> None:
    page = desk(new_page, world)
    look_for(page, "loppemarked")
    page.keyboard.press("Enter")  # a search that was meant: its first hit has the focus
    expect(page.locator("#knowledge-hits [data-hit]").first).to_be_focused()
    assert Search.objects.get().asked == "loppemarked"
    page.get_by_role("link", name="Hvordan får jeg lov").press("Enter")
    expect(page.locator("#knowledge-article")).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator("#knowledge-mark textarea")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("har fået opgaven")).to_be_visible()
    assert (Task.objects.get().kind, Task.objects.get().article) == ("wrong", knowledge.flea)
    assert Search.objects.get().chosen == "article:loppemarked"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Hvordan får jeg lov")).to_be_focused()


def test_a_guide_is_walked_with_the_caller_and_its_result_put_into_the_note(
    new_page: NewPage, world: World, knowledge: Known, call: Enquiry
) -> None:
    page = desk(new_page, world)
    look_for(page, "kræver loppemarked tilladelse")
    page.get_by_role("link", name="Kræver mit loppemarked en tilladelse?").press("Enter")
    expect(page.get_by_text("Hvor skal det holdes?")).to_be_visible()
    page.get_by_role("link", name="På gaden").press("Enter")
    expect(page.get_by_text("Kort over pladsen")).to_be_visible()
    page.get_by_role("link", name="Videre").press("Enter")
    page.get_by_role("button", name="Indsæt i noten").press("Enter")
    note = page.locator("#q0-note")
    expect(note).to_be_focused()
    assert "Søg om tilladelse" in note.input_value()
    assert GuideWalk.objects.get(enquiry=call).result == "soeg"


def test_an_article_that_changes_while_it_is_read_is_shown_as_it_is_now(
    new_page: NewPage, world: World, knowledge: Known, call: Enquiry
) -> None:
    page = desk(new_page, world)
    look_for(page, "loppemarked")
    page.get_by_role("link", name="Hvordan får jeg lov").press("Enter")
    page.get_by_text("Hele svaret").click()
    now = clock.now()
    draft = versions.draft(knowledge.flea, language="da", by=knowledge.wera, at=now)
    said = {"title": draft.title, "body": draft.body, "words": draft.words, "links": draft.links, "reason": "Frist"}
    short = draft.short.replace("fire", "fem")
    draft = versions.save(draft, short=short, revision=0, by=knowledge.wera, at=now, **said)
    versions.submit(draft, by=knowledge.wera, at=now)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('stale:knowledge'))")
    expect(page.locator("#knowledge-open").get_by_text("senest fem uger før")).to_be_visible()
    expect(page.locator("#knowledge-open").get_by_text("Markedet må vare en dag")).to_be_visible()


@pytest.mark.parametrize("size", list(SIZES))
def test_the_panel_is_accessible_in_each_of_its_states(
    new_page: NewPage, world: World, knowledge: Known, call: Enquiry, size: str
) -> None:
    page = desk(new_page, world, size)
    assert_accessible(page)
    look_for(page, "loppemarked")
    assert_accessible(page)
    page.screenshot(path=f"/tmp/desk-hits-{size}.png", full_page=True)
    page.get_by_role("link", name="Hvordan får jeg lov").press("Enter")
    expect(page.locator("#knowledge-article")).to_be_visible()
    page.get_by_text("Hele svaret").click()
    page.keyboard.press("F4")
    expect(page.locator("#knowledge-mark textarea")).to_be_focused()
    assert_accessible(page)
    page.screenshot(path=f"/tmp/desk-article-{size}.png", full_page=True)
    page.keyboard.press("Escape")
    look_for(page, "Degnemark")
    expect(page.get_by_text("David Degnemark").first).to_be_visible()
    assert_accessible(page)
    page.screenshot(path=f"/tmp/desk-person-{size}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing is cut off to the right"


@pytest.mark.parametrize("size", list(SIZES))
def test_the_reading_pages_are_accessible_without_a_call(
    new_page: NewPage, world: World, knowledge: Known, size: str
) -> None:
    page = new_page(person=world.hans, viewport=SIZES[size])
    addresses = ["", "?q=loppemarked", "articles/loppemarked/", "articles/stoej-intern/", "guides/marked/?path=0"]
    for number, address in enumerate([*addresses, "services/arrangement/", "units/ctb-byliv/"]):
        page.goto(f"/desk/knowledge/{address}")
        settled(page)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        page.screenshot(path=f"/tmp/desk-page-{number}-{size}.png", full_page=True)
