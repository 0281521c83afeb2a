"""A call at the desk in a browser, by keyboard alone: answered, recorded with several questions, registered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from indgang.accounts import recognition
from indgang.core import clock
from indgang.enquiries.models import Draft, Enquiry, Question, ReturnCall
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.desk.conftest import Switchboard, at_desk, exchange
from tests.enquiries.told_calls import abandoned, happen, talked, talking, waiting
from tests.world import World

NewPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def switchboard(monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    from indgang.entry import commands

    stand_in = Switchboard()
    monkeypatch.setattr(commands, "give_and_wait", stand_in.give_and_wait)
    return stand_in


@pytest.fixture
def start() -> datetime:
    """A call that began a minute ago."""
    exchange_at = clock.now()
    return exchange_at - timedelta(seconds=60)


def stale(page: Page, *parts: str) -> None:
    """The event that the stream would send."""
    for part in parts:
        page.evaluate("(part) => document.body.dispatchEvent(new CustomEvent('stale:' + part))", part)


def kinds(board: Switchboard) -> list[str]:
    return [order["kind"] for order in board.orders if order["kind"] != "phone_credentials"]


def ready_for_a_call(page: Page) -> None:
    page.goto("/desk/")
    settled(page)


def test_a_call_is_taken_written_down_and_registered_by_keyboard_alone(
    new_page: NewPage, world: World, switchboard: Switchboard, start: datetime
) -> None:
    exchange()
    at_desk(world.anna, AgentState.PAUSED)
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    with page.expect_response("**/desk/readiness/"):
        page.keyboard.press("k")
    enquiry = waiting(start=start)
    at_desk(world.anna, AgentState.RINGING, enquiry, reasons=[["longest_idle", 40.0]])
    stale(page, "state", "call")
    expect(page.get_by_role("heading", name="Det ringer", level=2)).to_be_visible()
    expect(page).to_have_title("☎ Det ringer")
    with page.expect_response("**/desk/answer/"):
        page.keyboard.press("F2")
    assert kinds(switchboard) == ["ready", "answer"]

    enquiry = happen(str(enquiry.pk), (_kind("ANSWERED"), 40, {"person": world.anna}), start=start)
    at_desk(world.anna, AgentState.TALKING, enquiry, held=False, muted=False)
    stale(page, "state", "call")
    service = page.get_by_role("combobox", name="Ydelse")
    expect(service).to_be_focused()  # the sheet of the call opens by itself
    page.keyboard.type("arr")
    expect(page.get_by_role("option", name="Arrangementstilladelser")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Ærinde")).to_be_focused()
    page.keyboard.type("Status")
    page.keyboard.press("Tab")  # to the character: already general
    page.keyboard.press("1")
    expect(page.get_by_label("Straksafklaret").first).to_be_checked()
    page.keyboard.press("n")
    page.keyboard.type("Vil vide, hvornår svaret kommer. kpf?")  # letters in a field are text, not shortcuts
    expect(page.get_by_text("Kladde gemt")).to_be_visible()
    expect_saved(page, enquiry, "q0-note", "Vil vide, hvornår svaret kommer. kpf?")

    with page.expect_response("**/desk/hold/"):
        page.keyboard.press("F8")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Registreret", exact=True)).to_be_focused()
    assert kinds(switchboard) == ["ready", "answer", "hold"]
    question = Question.objects.get()
    assert (question.service.code, question.local_purpose.name if question.local_purpose else "") == (
        "arrangement", "Status på sag/tilladelse",
    )  # fmt: skip


def _kind(name: str) -> Any:
    from indgang.entry.event_kinds import Kind

    return getattr(Kind, name)


def test_what_is_typed_survives_a_reload_and_a_second_question(
    new_page: NewPage, world: World, start: datetime
) -> None:
    exchange()
    enquiry = talking(world.anna, start=start)
    at_desk(world.anna, AgentState.TALKING, enquiry)
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    page.locator("#q0-query").fill("affald")
    page.get_by_role("option", name="Byggeaffald").wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Ærinde")).to_be_focused()
    page.locator("h2").first.click()
    page.keyboard.press("t")
    expect(page.locator("#q1-query")).to_be_focused()
    page.locator("#q1-note").fill("Også om støj")
    expect(page.get_by_text("Kladde gemt")).to_be_visible()
    expect_saved(page, enquiry, "q1-note", "Også om støj")
    page.reload()
    expect(page.locator("#q0-query")).to_have_value("Byggeaffald")
    expect(page.locator("#q1-note")).to_have_value("Også om støj")


def expect_saved(page: Page, enquiry: Enquiry, name: str, value: str) -> None:
    """The draft in the database holds the value, at the latest after the next save."""
    for _ in range(40):
        draft = Draft.objects.filter(enquiry=enquiry).first()
        if draft and draft.fields.get(name) == value:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{name} was not saved as {value!r}")


def test_live_parts_never_replace_what_is_being_typed(new_page: NewPage, world: World, start: datetime) -> None:
    exchange()
    enquiry = talking(world.anna, start=start)
    at_desk(world.anna, AgentState.TALKING, enquiry)
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    page.locator("#q0-note").fill("midt i en sætning")
    at_desk(world.anna, AgentState.TALKING, enquiry, held=True)
    stale(page, "state", "call", "lists", "figures")
    expect(page.get_by_role("heading", name="På hold", level=2)).to_be_visible()
    expect(page.locator("#q0-note")).to_be_focused()
    expect(page.locator("#q0-note")).to_have_value("midt i en sætning")

    other = talking(world.anna, number="+4599990777", start=start)
    at_desk(world.anna, AgentState.TALKING, other)
    stale(page, "call")
    strip = page.get_by_role("button", name="Gem den, og åbn den nye")
    expect(strip).to_be_visible()
    expect(page.locator("#q0-note")).to_have_value("midt i en sætning")
    strip.click()
    expect(page.locator("#desk-registration")).to_have_attribute("data-enquiry", str(other.pk))
    expect_saved(page, enquiry, "q0-note", "midt i en sætning")


def test_leaving_with_something_unsaved_is_warned_about(new_page: NewPage, world: World, start: datetime) -> None:
    exchange()
    enquiry = talking(world.anna, start=start)
    at_desk(world.anna, AgentState.TALKING, enquiry)
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    page.locator("#q0-note").click()
    page.keyboard.type("ikke gemt endnu")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.accept()


def test_a_second_tab_says_that_the_telephone_is_elsewhere(new_page: NewPage, world: World) -> None:
    exchange()
    at_desk(world.anna, AgentState.READY)
    first = new_page(person=world.anna)
    ready_for_a_call(first)
    second = first.context.new_page()
    second.goto("/desk/")
    expect(second.locator("#desk-second")).to_be_visible()
    expect(first.locator("#desk-second")).to_be_hidden()
    assert_accessible(second)
    first.close()
    expect(second.locator("#desk-second")).to_be_hidden()


def test_single_keys_can_be_switched_off_and_stay_off(
    new_page: NewPage, world: World, switchboard: Switchboard
) -> None:
    exchange()
    at_desk(world.anna, AgentState.PAUSED)
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Genveje på tastaturet")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    dialog.get_by_label("Brug taster med ét tegn").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.reload()
    settled(page)
    page.keyboard.press("k")
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    assert kinds(switchboard) == []
    expect(page.locator("#order-ready kbd")).to_be_hidden()


def test_a_caller_is_transferred_by_keyboard(
    new_page: NewPage, world: World, switchboard: Switchboard, start: datetime
) -> None:
    exchange()
    at_desk(world.david, AgentState.READY)
    at_desk(world.anna, AgentState.TALKING, talking(world.anna, start=start))
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    page.keyboard.press("F9")
    expect(page.locator("#transfer-query")).to_be_focused()
    with page.expect_response(lambda answer: "q=udeservering" in answer.url):  # the list of the whole word
        page.keyboard.type("udeservering")
    ask = page.get_by_role("button", name="Spørg David Degnemark")
    expect(ask).to_be_enabled()
    expect(page.locator("#transfer-targets").get_by_text("Ledig", exact=True)).to_be_visible()
    assert_accessible(page)
    ask.press("Enter")
    expect(page.locator("#desk-transfer")).to_be_hidden()
    assert switchboard.orders[-1] == {
        "kind": "consult", "by": "anna", "address": f"person:{world.david.pk}", "name": "David Degnemark",
    }  # fmt: skip


def test_a_caller_is_let_wait_for_a_busy_colleague_and_is_taken_back_by_keyboard(
    new_page: NewPage, world: World, switchboard: Switchboard, start: datetime
) -> None:
    exchange()
    at_desk(world.bo, AgentState.TALKING)
    mine = talking(world.anna, start=start)
    at_desk(world.anna, AgentState.TALKING, mine)
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    page.keyboard.press("F9")
    page.keyboard.type("bo bak")
    wait = page.get_by_role("button", name="Lad opkaldet vente på Bo Bakkedal")
    expect(wait).to_be_visible()
    expect(page.locator("#transfer-targets").get_by_text("ventes ledig om").first).to_be_visible()
    assert_accessible(page)
    wait.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("højst")).to_be_focused()
    page.keyboard.press("ArrowDown")
    with page.expect_response("**/desk/transfer/"):
        wait.press("Enter")
    expect(page.locator("#desk-transfer")).to_be_hidden()
    assert switchboard.orders[-1] == {
        "kind": "transfer", "by": "anna", "address": f"person:{world.bo.pk}", "name": "Bo Bakkedal", "wait": 600,
    }  # fmt: skip
    at_desk(world.anna, AgentState.READY)
    until = (start + timedelta(hours=1)).isoformat()
    happen(
        str(mine.pk),
        (Kind.TRANSFERRED, 50, {"name": "Bo", "person": world.anna, "queue": "tmf-byggeri"}),
        (Kind.QUEUED, 50, {"queue": "tmf-byggeri"}),
        (Kind.PERSONAL_WAIT, 50, {"queue": "tmf-byggeri", "person": world.bo, "until": until, "by": world.anna.pk}),
        start=start,
    )
    stale(page, "waits")
    back = page.locator("#desk-around").get_by_role("button", name="Tilbage i køen")
    expect(back).to_be_visible(timeout=20_000)
    expect(page.locator("#desk-around").get_by_text("venter på Bo Bakkedal til")).to_be_visible()
    assert_accessible(page)
    with page.expect_response("**/desk/personal-waits/**"):
        back.press("Enter")
    assert switchboard.orders[-1] == {"kind": "take_back", "by": "anna", "enquiry": str(mine.pk)}


def test_the_same_number_pasted_again_is_offered_again(
    new_page: NewPage, world: World, switchboard: Switchboard, start: datetime
) -> None:
    exchange()
    at_desk(world.david, AgentState.READY)
    at_desk(world.anna, AgentState.TALKING, talking(world.anna, start=start))
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    targets = page.locator("#transfer-targets")
    for _ in range(2):
        page.keyboard.press("F9")
        expect(targets.get_by_text("David Degnemark").first).to_be_visible()
        page.keyboard.insert_text("tlf. 99/99/07/77")
        expect(targets.get_by_text("99 99 07 77").first).to_be_visible()
        expect(targets.get_by_text("David Degnemark")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(page.locator("#desk-transfer")).to_be_hidden()


def test_tones_are_typed_while_the_keypad_has_focus(
    new_page: NewPage, world: World, switchboard: Switchboard, start: datetime
) -> None:
    exchange()
    at_desk(world.anna, AgentState.TALKING, talking(world.anna, start=start))
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    page.locator("#call-keys").press("Enter")
    expect(page.locator("#desk-keypad")).to_be_visible()
    with page.expect_response("**/desk/keys/"):
        page.keyboard.press("5")
    assert switchboard.orders[-1]["keys"] == "5"
    page.keyboard.press("Escape")
    expect(page.locator("#call-keys")).to_be_focused()


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_axe_finds_nothing_at_the_desk_in_any_state(
    new_page: NewPage, world: World, start: datetime, viewport: Any
) -> None:
    exchange()
    talked(world.anna, number="+4599990300", start=start - timedelta(hours=1))
    missed = abandoned(number="+4599990888", start=start - timedelta(hours=1))
    ReturnCall.objects.filter(enquiry=missed).update(kind=ReturnCall.Kind.MESSAGE, recording=b"RIFF")
    enquiry = talking(world.anna, start=start)
    consult = {"consult_name": "David Degnemark", "consult_state": "talking"}
    page = new_page(person=world.anna, viewport=viewport)
    for state, row, call in (
        (AgentState.SIGNED_OUT, None, {}),
        (AgentState.READY, None, {}),
        (AgentState.RINGING, waiting(start=start), {}),
        (AgentState.TALKING, enquiry, {"muted": True}),
        (AgentState.TALKING, enquiry, consult),
        (AgentState.WRAP_UP, enquiry, {}),
    ):
        at_desk(world.anna, state, row, **call)
        ready_for_a_call(page)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{state} is wider than the screen"
    page.locator("#desk-register").click()
    expect(page.locator("[data-focus]")).to_be_visible()
    assert_accessible(page)
    page.locator("#desk-by-hand summary").press("Enter")
    assert_accessible(page)
    page.get_by_role("button", name="Fremmøde").press("Enter")
    expect(page.get_by_label("Minutter")).to_be_visible()
    assert_accessible(page)


def test_a_case_worker_reads_the_story_and_registers_the_outcome(
    new_page: NewPage, world: World, start: datetime
) -> None:
    exchange()
    enquiry = talking(world.anna, start=start)
    Draft.objects.create(
        enquiry=enquiry, person=world.anna, updated_at=clock.now(), fields={"q0-note": "Spørger til scenen"}
    )
    happen(
        str(enquiry.pk),
        (_kind("TRANSFERRED"), 50, {"person": world.david, "name": "David Degnemark", "warm": True}),
        start=start,
    )
    at_desk(world.david, AgentState.TALKING, enquiry)
    page = new_page(person=world.david)
    ready_for_a_call(page)
    expect(page.get_by_text("Talte med Anna Agerbæk")).to_be_visible()
    expect(page.get_by_text("Spørger til scenen")).to_be_visible()
    assert_accessible(page)
    page.locator("#q0-query").fill("arr")
    page.get_by_role("option", name="Arrangementstilladelser").wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Ærinde")).to_be_focused()
    page.keyboard.type("Status")
    page.keyboard.press("Tab")
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Registreret", exact=True)).to_be_visible()
    assert Question.objects.get().registered_by == world.david


def test_an_expired_session_is_told_at_the_desk_and_what_is_typed_stays(
    new_page: NewPage, world: World, start: datetime
) -> None:
    exchange()
    enquiry = talking(world.anna, start=start)
    at_desk(world.anna, AgentState.TALKING, enquiry)
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    page.locator("#q0-note").fill("Ringer igen i morgen")
    expect_saved(page, enquiry, "q0-note", "Ringer igen i morgen")
    Session.objects.all().delete()  # as if the session had expired after twelve hours
    recognition.forget()
    page.locator("#q0-note").fill("Ringer igen i morgen, helst før ti")
    expect(page.get_by_text("Du er ikke længere logget ind.")).to_be_visible()
    stale(page, "state", "call", "lists")
    settled(page)
    expect(page.locator("#q0-note")).to_have_value("Ringer igen i morgen, helst før ti")
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    assert_accessible(page)
    page.reload()
    expect(page.get_by_role("heading", name="Log ind", level=1)).to_be_visible()


def test_signing_out_elsewhere_is_told_at_the_desk_at_once(
    new_page: NewPage, world: World, stream_process: str
) -> None:
    exchange()
    at_desk(world.anna, AgentState.PAUSED)
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    expect(page.locator("html")).to_have_attribute("data-live", "open")
    other = page.context.new_page()
    other.goto("/password/")
    other.locator("summary", has_text=world.anna.name).click()
    other.get_by_role("button", name="Log ud").click()
    expect(page.locator("html")).to_have_attribute("data-live", "ended")
    expect(page.get_by_text("Du er ikke længere logget ind.")).to_be_visible()


def test_news_that_comes_while_the_call_is_fetched_is_not_lost(
    new_page: NewPage, world: World, start: datetime
) -> None:
    """The call was answered while the desk was still fetching that it rings: it must end with the call's buttons."""
    exchange()
    at_desk(world.anna, AgentState.READY)
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    enquiry = waiting(start=start)
    at_desk(world.anna, AgentState.RINGING, enquiry)
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held or route.request.headers.get("hx-target") != "desk-call":
            route.continue_()
        else:
            held.append(route)

    page.route("**/desk/", hold_the_first)
    with page.expect_request(lambda request: request.headers.get("hx-target") == "desk-call"):
        stale(page, "call")
    while not held:
        page.wait_for_timeout(20)
    answer = held[0].fetch()  # the answer is made now and arrives later
    happen(str(enquiry.pk), (_kind("ANSWERED"), 40, {"person": world.anna}), start=start)
    at_desk(world.anna, AgentState.TALKING, enquiry, held=False, muted=False)
    stale(page, "state", "call")
    stale(page, "call")
    held[0].fulfill(response=answer)
    expect(page.get_by_role("heading", name="I samtale", level=2)).to_be_visible()
    expect(page.locator("#call-hang-up")).to_be_visible()


def test_an_open_pause_menu_stays_when_wrap_up_ends(new_page: NewPage, world: World, start: datetime) -> None:
    exchange()
    at_desk(world.anna, AgentState.WRAP_UP)
    page = new_page(person=world.anna)
    ready_for_a_call(page)
    page.keyboard.press("p")
    choice = page.locator(".desk-choice").first
    expect(choice).to_be_focused()
    at_desk(world.anna, AgentState.READY)
    stale(page, "state")
    expect(page.locator("#desk-state")).to_have_attribute("data-state", "ready")
    expect(choice).to_be_focused()
