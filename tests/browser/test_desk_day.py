"""A day at the desk in a browser: calls in a row, colleagues, walk-ins; the owner of each part, and the focus."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from indgang.core import clock
from indgang.enquiries import registration
from indgang.enquiries.models import ArticleUse, Draft, Enquiry, Question, ReturnCall
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState, Presence
from tests.browser.axe import assert_accessible
from tests.browser.conftest import NARROW
from tests.browser.rest import settled
from tests.browser.test_desk import expect_saved, kinds, ready_for_a_call, stale
from tests.desk import known
from tests.desk.conftest import Switchboard, at_desk, exchange
from tests.desk.known import Known
from tests.enquiries.told_calls import abandoned, happen, talked, talking, waiting
from tests.world import World

NewPage = Callable[..., Page]
SMALL = ViewportSize(width=1280, height=720)
ZOOMED = ViewportSize(width=320, height=180)


@pytest.fixture(autouse=True)
def switchboard(monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    from indgang.entry import commands

    stand_in = Switchboard()
    monkeypatch.setattr(commands, "give_and_wait", stand_in.give_and_wait)
    return stand_in


@pytest.fixture
def start() -> datetime:
    """A call that began a minute ago."""
    return clock.now() - timedelta(seconds=60)


@pytest.fixture
def knowledge(world: World) -> Known:
    return known.build(world, clock.now() - timedelta(days=1))


@pytest.fixture
def page(new_page: NewPage, world: World) -> Page:
    exchange()
    at_desk(world.anna, AgentState.READY)
    shown = new_page(person=world.anna, viewport=SMALL)
    ready_for_a_call(shown)
    return shown


def rings(page: Page, world: World, number: str, start: datetime, queue: str = "tmf-byliv") -> Enquiry:
    """A caller rings at anna's desk."""
    enquiry = waiting(number=number, queue=queue, start=start)
    at_desk(world.anna, AgentState.RINGING, enquiry)
    stale(page, "state", "call")
    expect(page.locator("#desk-call")).to_have_attribute("data-stage", "ringing")
    return enquiry


def answered(page: Page, world: World, enquiry: Enquiry, start: datetime, **call: Any) -> None:
    happen(str(enquiry.pk), (Kind.ANSWERED, 40, {"person": world.anna}), start=start)
    at_desk(world.anna, AgentState.TALKING, enquiry, **call)
    stale(page, "state", "call")
    expect(page.locator("#desk-registration")).to_have_attribute("data-enquiry", str(enquiry.pk))
    expect(page.locator("#desk-caller")).to_have_attribute("data-url", f"/desk/caller/{enquiry.pk}/")


def ended(page: Page, world: World, enquiry: Enquiry, start: datetime) -> None:
    happen(str(enquiry.pk), (Kind.ENDED, 58, {"person": world.anna, "by": "caller"}), start=start)
    at_desk(world.anna, AgentState.WRAP_UP, enquiry)
    stale(page, "state", "call", "lists")
    expect(page.locator("#desk-call")).to_have_attribute("data-stage", "after")


def fill_in(page: Page) -> None:
    """A service, a purpose and an outcome by keys alone, from the service field on."""
    expect(page.locator("#q0-query")).to_be_focused()
    page.keyboard.type("arr")
    expect(page.get_by_role("option", name="Arrangementstilladelser")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Ærinde")).to_be_focused()
    page.keyboard.type("Status")
    page.keyboard.press("1")  # an outcome, though the list of purposes still has the focus
    expect(page.get_by_label("Straksafklaret").first).to_be_checked()


# --- the enquiry of each part ----------------------------------------------------------------------


def test_three_calls_in_a_row_and_every_part_belongs_to_the_one_in_hand(
    page: Page, world: World, knowledge: Known, switchboard: Switchboard, start: datetime
) -> None:
    calls: list[Enquiry] = []
    for number, uses in (("+4599990101", True), ("+4599990202", False), ("+4599990303", True)):
        enquiry = rings(page, world, number, start)
        calls.append(enquiry)
        page.keyboard.press("F2")
        answered(page, world, enquiry, start)
        expect(page.locator("#desk-call")).to_contain_text(number[3:5])
        expect(page.locator("#desk-sheet-form")).to_have_attribute("data-draft", f"/desk/draft/{enquiry.pk}/")
        nothing_is_left(page)
        fill_in(page)
        every_panel_is_used(page, enquiry, uses=uses)
        page.locator("#q0-note").fill(f"Note om {number}")
        expect_saved(page, enquiry, "q0-note", f"Note om {number}")
        ended(page, world, enquiry, start)
        expect(page.locator("#desk-measured")).to_contain_text("0:18")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", name="Registreret", exact=True)).to_be_focused()
        expect(page.locator("#desk-registration .desk-note-text")).to_have_text(f"Note om {number}")
        at_desk(world.anna, AgentState.READY)
        stale(page, "state", "call", "lists")
        expect(page.locator("#desk-call")).to_have_attribute("data-stage", "none")
        settled(page)
        expect(page.locator("#knowledge-use")).to_have_count(0)  # what is read on is used for nobody
    used = [(use.enquiry_id, use.used) for use in ArticleUse.objects.order_by("shown_at")]
    assert used == [(calls[0].pk, True), (calls[1].pk, False), (calls[2].pk, True)]
    known_of = dict(Question.objects.values_list("enquiry", "in_knowledge"))
    assert [known_of[call.pk] for call in calls] == [True, None, True]
    assert [order["kind"] for order in switchboard.orders if order["kind"] != "phone_credentials"] == ["answer"] * 3


def nothing_is_left(page: Page) -> None:
    """Check that the page shows nothing of the earlier call and has no typed text."""
    expect(page.locator("#knowledge-query")).to_have_value("")
    for part in ("hits", "open", "mark"):
        expect(page.locator(f"#knowledge-{part}")).to_be_empty()
    expect(page.locator("#desk-transfer")).to_be_hidden()
    expect(page.locator("#desk-keypad")).to_be_hidden()
    expect(page.locator("#q0-note")).to_have_value("")
    expect(page.locator("[name='q0-outcome']:checked")).to_have_count(0)


def every_panel_is_used(page: Page, enquiry: Enquiry, *, uses: bool) -> None:
    page.keyboard.press("F3")
    page.keyboard.type("loppemarked")
    expect(page.locator("#knowledge-hits [data-said]")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    article = page.locator("#knowledge-article")
    expect(article).to_have_attribute("data-enquiry", str(enquiry.pk))
    expect(page.locator("#knowledge-title")).to_be_focused()
    if uses:
        page.keyboard.press("b")
        expect(page.locator("#knowledge-use")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("F4")
    expect(page.locator("#knowledge-mark textarea")).to_be_focused()
    page.keyboard.press("F9")
    expect(page.locator("#transfer-query")).to_be_focused()
    page.keyboard.type("Degnemark")
    page.keyboard.press("Escape")
    page.locator("#call-keys").click()
    expect(page.locator("#desk-keypad")).to_be_visible()
    page.keyboard.press("Escape")


def test_an_article_read_between_two_calls_goes_with_the_next_and_a_late_one_is_used_for_nobody_else(
    page: Page, world: World, knowledge: Known, start: datetime
) -> None:
    page.keyboard.press("F3")
    page.keyboard.type("loppemarked")
    page.locator("#knowledge-hits [data-hit]").first.click()
    expect(page.locator("#knowledge-article")).to_be_visible()
    expect(page.locator("#knowledge-use")).to_have_count(0)
    first = rings(page, world, "+4599990101", start)
    answered(page, world, first, start)
    expect(page.locator("#knowledge-article")).to_have_attribute("data-enquiry", str(first.pk))
    expect(page.locator("#knowledge-use")).to_be_visible()
    # the next call is there before an article for this one has arrived
    held: list[Any] = []
    slow = re.compile("/articles/stoej-intern/")
    page.route(slow, lambda route: route.continue_() if held else held.append(route))
    page.evaluate(
        "void window.htmx.ajax('GET', '/desk/knowledge/articles/stoej-intern/',"
        " {source: document.getElementById('desk-knowledge'), target: '#knowledge-open', swap: 'innerHTML'})"
    )
    second = rings(page, world, "+4599990202", start)
    answered(page, world, second, start)
    assert held
    held[0].continue_()
    expect(page.locator("#knowledge-article[data-slug='stoej-intern']")).to_have_attribute(
        "data-enquiry", str(second.pk)
    )


def test_what_is_noted_and_how_it_ended_go_over_live_when_a_caller_is_handed_on(
    page: Page, new_page: NewPage, world: World, start: datetime
) -> None:
    enquiry = rings(page, world, "+4599990101", start)
    answered(page, world, enquiry, start)
    at_desk(world.david, AgentState.RINGING, enquiry)
    other = new_page(person=world.david, viewport=SMALL)
    ready_for_a_call(other)
    expect(other.locator("#desk-story")).to_contain_text("Talte med Anna Agerbæk")
    expect(other.locator("#desk-story")).not_to_contain_text("Vil bygge en scene")
    page.locator("#q0-note").fill("Vil bygge en scene")
    expect_saved(page, enquiry, "q0-note", "Vil bygge en scene")
    stale(other, "story")
    expect(other.locator("#desk-story")).to_contain_text("Vil bygge en scene")
    to = {"person": world.david, "name": "David Degnemark", "warm": True}
    happen(str(enquiry.pk), (Kind.TRANSFERRED, 50, to), start=start)
    at_desk(world.david, AgentState.TALKING, enquiry)
    at_desk(world.anna, AgentState.WRAP_UP, enquiry)
    stale(page, "state", "call")
    stale(other, "state", "call")
    expect(other.locator("#desk-story")).to_contain_text("Stillet om til David Degnemark")
    expect(page.locator("[name='q0-outcome'][value='transferred']")).to_be_checked()
    expect(page.locator("#desk-measured")).to_contain_text("Stillet om til")
    expect_saved(page, enquiry, "q0-outcome", "transferred")
    expect(page.locator("#q0-note")).to_have_value("Vil bygge en scene")
    expect(other.locator("[name='q0-outcome']:checked")).to_have_count(0)


# --- asking a colleague ----------------------------------------------------------------------------


def test_hanging_up_while_asking_a_colleague_keeps_the_caller_and_ending_for_all_asks_first(
    page: Page, world: World, switchboard: Switchboard, start: datetime
) -> None:
    enquiry = rings(page, world, "+4599990101", start)
    consult = {"consult_name": "David Degnemark", "consult_state": "talking"}
    answered(page, world, enquiry, start, **consult)
    page.keyboard.press("Escape")
    with page.expect_response("**/desk/consultation/"):
        page.keyboard.press("Shift+F2")
    assert kinds(switchboard) == ["consult_end"]
    asked: list[str] = []

    def decide(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept() if len(asked) > 1 else dialog.dismiss()

    page.on("dialog", decide)
    everyone = page.get_by_role("button", name="Afslut for alle")
    everyone.click()
    settled(page)
    assert kinds(switchboard) == ["consult_end"], "who says no has ended nothing"
    with page.expect_response("**/desk/every-leg/"):
        everyone.click()
    assert switchboard.orders[-1] == {"kind": "hang_up", "by": "anna", "everyone": True}
    assert asked == ["Afslut opkaldet for alle, også den, der ringede?"] * 2


# --- where the focus is ----------------------------------------------------------------------------


def test_the_focus_stands_where_the_next_key_is_expected_from_ringing_to_the_second_question(
    page: Page, world: World, start: datetime
) -> None:
    enquiry = rings(page, world, "+4599990101", start)
    page.locator("#call-answer").focus()
    answered(page, world, enquiry, start)
    fill_in(page)
    page.keyboard.press("h")  # whoever uses the number
    expect(page.get_by_role("button", name=f"Ja, det er den rigtige {world.bakery.name}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-call")).to_contain_text(world.bakery.name)
    expect(page.locator("[name='q0-outcome'][value='resolved']")).to_be_focused()  # on with the sheet
    page.locator("#call-hang-up").focus()
    ended(page, world, enquiry, start)
    expect(page.locator("[name='q0-outcome'][value='resolved']")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Registreret", exact=True)).to_be_focused()

    page.keyboard.press("t")
    expect(page.locator("#q0-query")).to_be_focused()
    page.keyboard.type("kpr")  # letters in a field, no keys
    expect(page.locator("#q0-query")).to_have_value("kpr")
    assert page.locator("#desk-rail").get_attribute("data-tab") == "knowledge"
    page.locator("#q0-query").fill("")
    page.locator("#q0-note").fill("og en ting til")
    expect_saved(page, enquiry, "q0-note", "og en ting til")
    page.reload()
    expect(page.get_by_role("heading", name="Et spørgsmål mere")).to_be_visible()
    expect(page.locator("#q0-note")).to_have_value("og en ting til")


def test_the_focus_survives_corrections_new_parties_closed_rows_and_pauses(
    page: Page, world: World, start: datetime
) -> None:
    enquiry = talked(world.anna, number="+4599990555", start=start - timedelta(minutes=5))
    owed = abandoned(number="+4599990888", start=start - timedelta(hours=1))
    stale(page, "lists")
    page.keyboard.press("l")
    row = page.locator(f"#unfinished-{enquiry.pk}")
    row.press("Enter")
    fill_in(page)
    expect(row).to_have_attribute("aria-current", "true")
    page.keyboard.press("Shift+F3")
    party = page.get_by_label("Søg navn, CVR eller nummer")
    expect(party).to_be_focused()
    page.keyboard.type("Nora Nygaard")
    page.get_by_role("button", name="Opret ny").press("Enter")
    expect(page.locator("#desk-caller").get_by_label("Navn", exact=True)).to_be_focused()
    page.get_by_role("button", name="Opret og vælg").press("Enter")
    expect(page.locator("#desk-caller")).to_contain_text("Nora Nygaard")
    expect(page.locator("[name='q0-outcome'][value='resolved']")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Registreret", exact=True)).to_be_focused()
    page.get_by_role("button", name="Ret Arrangementstilladelser").press("Enter")
    expect(page.locator("[name='q0-outcome'][value='resolved']")).to_be_focused()
    page.keyboard.press("3")
    page.get_by_role("button", name="Fortryd").press("Enter")
    expect(page.get_by_role("heading", name="Registreret", exact=True)).to_be_focused()

    page.keyboard.press("r")
    expect(page.locator("#tab-ring")).to_be_focused()
    return_call = ReturnCall.objects.get(enquiry=owed)
    page.locator(f"#close-{return_call.pk}").press("Enter")
    page.get_by_role("button", name="Talt med").press("Enter")
    expect(page.locator(f"#close-{return_call.pk}")).to_have_count(0)
    expect(page.locator("body")).not_to_be_focused()
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    at_desk(world.anna, AgentState.PAUSED)
    stale(page, "state")
    expect(page.locator("#order-ready")).to_be_visible()
    expect(page.locator("body")).not_to_be_focused()


def test_a_sheet_that_arrives_leaves_the_focus_with_who_is_searching(
    page: Page, world: World, knowledge: Known, start: datetime
) -> None:
    enquiry = rings(page, world, "+4599990101", start)
    page.keyboard.press("F3")
    page.keyboard.type("loppe")
    answered(page, world, enquiry, start)
    page.keyboard.type("marked")
    expect(page.locator("#knowledge-query")).to_be_focused()
    expect(page.locator("#knowledge-query")).to_have_value("loppemarked")


def test_a_pause_menu_stays_open_when_the_state_changes_and_wrap_up_waits_for_the_choice(
    page: Page, world: World, switchboard: Switchboard, start: datetime
) -> None:
    enquiry = rings(page, world, "+4599990101", start)
    answered(page, world, enquiry, start)
    ended(page, world, enquiry, start)
    Presence.objects.filter(person=world.anna).update(wrap_up_until=clock.now() + timedelta(seconds=22))
    stale(page, "state")
    page.locator("#desk-call-title").focus()
    with page.expect_response("**/desk/wrap-up/", timeout=40_000):
        page.keyboard.press("p")  # and thinks about it, until hardly ten seconds are left
    assert switchboard.orders[-1] == {"kind": "extend_wrap_up", "by": "anna", "seconds": 20}
    at_desk(world.anna, AgentState.READY)
    stale(page, "state", "call")
    expect(page.locator("#desk-state")).to_have_attribute("data-state", "ready")
    expect(page.get_by_role("button", name="Frokost")).to_be_focused()
    with page.expect_response("**/desk/pause/"):
        page.keyboard.press("Enter")
    assert switchboard.orders[-1]["kind"] == "pause"
    expect(page.get_by_role("button", name="Frokost")).to_be_hidden()


# --- without a telephone ---------------------------------------------------------------------------


def test_a_visit_has_a_person_who_can_be_rung_back(page: Page, world: World) -> None:
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Minutter")).to_be_visible()
    fill_in(page)
    page.keyboard.press("3")
    page.locator("#typed-minutes").fill("4")
    page.keyboard.press("Shift+F3")
    page.keyboard.type("Nora Nygaard")
    page.get_by_role("button", name="Opret ny").press("Enter")
    page.locator("#desk-caller").get_by_label("Telefon").fill("99 99 01 23")
    page.get_by_role("button", name="Opret og vælg").press("Enter")
    expect(page.locator("#desk-caller")).to_contain_text("Nora Nygaard")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Registreret", exact=True)).to_be_focused()
    visit = Enquiry.objects.get()
    assert visit.party is not None
    assert (visit.party.name, visit.return_call.number) == ("Nora Nygaard", "+4599990123")


# --- what is in sight ------------------------------------------------------------------------------


def test_nothing_of_a_call_has_to_be_scrolled_for(page: Page, world: World, start: datetime) -> None:
    world.bakery.name = "Bageriet og Konditoriet ved den Gamle Havn ApS"
    world.bakery.save()
    for minute in range(12):
        talked(world.bo, number="+4599990101", start=start - timedelta(hours=2, minutes=minute))
    enquiry = rings(page, world, "+4599990101", start)
    answered(page, world, enquiry, start)
    settled(page)
    needed = ["#desk-state", "#order-pause", "#call-hold", "#call-transfer", "#call-hang-up", "#q0-query", "#q0-note"]
    needed += ["[name='q0-known'] + span", "[name='q0-outcome'] + span", "#desk-register", "#desk-draft", "#tab-team"]
    for selector in needed:
        for each in page.locator(selector).all():
            assert in_sight(each), selector
    assert in_sight(page.get_by_role("button", name="Ja, det er den rigtige"))
    assert page.evaluate("(body => body.scrollHeight <= body.clientHeight)(document.querySelector('.desk-sheet-body'))")
    assert_accessible(page)
    for key, panel in (("l", "#rail-mine"), ("r", "#rail-ring"), ("o", "#desk-team"), ("F3", "#desk-knowledge")):
        page.locator("#desk-call-title").focus()
        page.keyboard.press(key)
        expect(page.locator(panel)).to_be_visible()
        settled(page)
        assert_accessible(page)


def in_sight(element: Locator) -> bool:
    box = element.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 720


@pytest.mark.parametrize("size", [NARROW, ZOOMED], ids=["narrow", "zoomed"])
def test_the_desk_is_worked_at_400_pixels_and_at_400_percent(
    new_page: NewPage, world: World, start: datetime, size: ViewportSize
) -> None:
    exchange()
    enquiry = talking(world.anna, start=start)
    at_desk(world.anna, AgentState.TALKING, enquiry)
    page = new_page(person=world.anna, viewport=size)
    ready_for_a_call(page)
    page.locator("#desk-call-title").focus()
    page.keyboard.press("y")
    fill_in(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    hidden = page.evaluate(
        "(at => { const box = at.getBoundingClientRect();"
        " return !at.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); })"
        "(document.activeElement.parentElement)"
    )
    assert not hidden, "nothing that stays in sight covers what has the focus"
    if size is NARROW:
        assert page.locator("#desk-register").bounding_box()["y"] < size["height"]  # type: ignore[index]
    assert_accessible(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Registreret", exact=True)).to_be_focused()
    assert not Draft.objects.exists()
    assert registration.OFFERED_OUTCOMES[0] == Question.objects.get().outcome
