"""Online forms in a browser: without JavaScript, by keyboard alone, narrow, and accessible in every state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from indgang.core import clock
from indgang.correspondence.forms import versions
from indgang.correspondence.models import Enclosure, FormSubmission, OnlineForm, Thread
from indgang.entry.models import AgentState
from indgang.portal import page_cache, stamp, visitors
from indgang.routing.distribution.requirement import WRITTEN
from tests.browser.axe import assert_accessible
from tests.browser.rest import picture
from tests.correspondence.forms import made
from tests.desk.conftest import at_desk, exchange
from tests.enquiries.told_calls import talking
from tests.world import MORNING, World

PAGE = "/formular/aktindsigt/"
NARROW = ViewportSize(width=400, height=860)
_PDF = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": made.PDF}


@pytest.fixture
def form(world: World) -> Iterator[OnlineForm]:
    for each in (page_cache, stamp, visitors):
        each.forget()
    with clock.frozen(MORNING):
        yield made.form(world)


def test_a_form_with_a_file_is_filled_in_and_sent_without_javascript(
    browser: Browser, live_server: Any, form: OnlineForm
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="da-DK")
    page = context.new_page()
    page.goto(PAGE)
    page.get_by_label("En bestemt sag").check()
    page.get_by_label("Dit navn").fill("Per Madsen")
    page.locator("#felt-bilag").set_input_files(_PDF)  # type: ignore[arg-type]  # as Playwright documents it
    page.get_by_role("button", name="Næste: se det hele igennem").click()
    expect(page.locator(".errors")).to_contain_text("Sagens nummer: Feltet skal udfyldes.")
    page.get_by_label("Sagens nummer").fill("2026-0412")
    page.get_by_role("button", name="Næste: se det hele igennem").click()
    expect(page.get_by_text("plan.pdf")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Vi har modtaget det, du sendte")).to_be_visible()
    context.close()
    assert FormSubmission.objects.get().answers["bilag"] == ["plan.pdf"]


def test_a_form_is_filled_in_by_keyboard_alone_and_hides_what_is_not_asked(new_page: Any, form: OnlineForm) -> None:
    page: Page = new_page(viewport=NARROW)
    page.goto(PAGE)
    expect(page.get_by_label("Sagens nummer")).to_be_hidden()
    _tab_to(page, "#felt-hvad-1")
    page.keyboard.press("Space")
    expect(page.get_by_label("Beskriv emnet")).to_be_hidden()
    _tab_to(page, "#felt-sagsnummer")
    page.keyboard.type("2026-0412")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Se det hele igennem")).to_be_visible()
    _tab_to(page, "main button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vi har modtaget det, du sendte")).to_be_visible()
    assert FormSubmission.objects.get().answers == {"hvad": "sag", "sagsnummer": "2026-0412"}


def test_files_that_are_too_large_are_told_before_they_are_sent(new_page: Any, form: OnlineForm) -> None:
    page: Page = new_page()
    page.goto(PAGE)
    large = {"name": "stor.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4" + b"x" * 25_000_001}
    page.locator("#felt-bilag").set_input_files(large)  # type: ignore[arg-type]
    expect(page.get_by_role("alert")).to_contain_text("stor.pdf fylder mere end 25 MB")
    expect(page).to_have_url(re.compile(f"{PAGE}$"))


def test_a_large_file_comes_in_parts_and_goes_on_after_a_broken_connection_and_a_reload(
    new_page: Any, form: OnlineForm
) -> None:
    page: Page = new_page(viewport=NARROW)
    page.goto(PAGE)
    page.get_by_label("En bestemt sag").check()
    page.get_by_label("Sagens nummer").fill("2026-0412")
    sent: list[int] = []

    def broken_after_two(route: Route) -> None:
        sent.append(len(route.request.post_data_buffer or b""))
        if len(sent) > 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/filer/*/?fra=*", broken_after_two)
    large = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": made.PDF + b"x" * 2_500_000}
    page.locator("#felt-bilag").set_input_files(large)  # type: ignore[arg-type]
    # on a busy machine the connection may break earlier, and then goes on by itself
    expect(page.locator(".upload progress")).to_have_attribute("value", "2000000")
    expect(page.locator(".upload")).to_contain_text("Forbindelsen er afbrudt. Vi fortsætter med at sende plan.pdf")
    assert_accessible(page)
    page.get_by_role("button", name="Næste: se det hele igennem").click()
    expect(page.get_by_role("alert")).to_contain_text("Vent, til filerne er sendt")
    # a part that is sent again before the page is left would be let through
    page.reload()
    page.unroute("**/filer/*/?fra=*")
    expect(page.get_by_label("Sagens nummer")).to_have_value("2026-0412")
    expect(page.locator("[data-on-its-way]")).to_contain_text("er modtaget. Vælg filen igen")
    starts: list[str] = []
    page.on("request", lambda request: starts.append(request.url) if "fra=" in request.url else None)
    page.locator("#felt-bilag").set_input_files(large)  # type: ignore[arg-type]
    expect(page.get_by_role("status").filter(has_text="plan.pdf er vedhæftet")).to_have_count(1)
    assert starts[0].endswith("fra=2000000")
    expect(page.get_by_role("button", name="Fjern plan.pdf")).to_be_visible()
    page.get_by_role("button", name="Næste: se det hele igennem").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Vi har modtaget det, du sendte")).to_be_visible()
    file = Enclosure.objects.get(message__thread__submission__isnull=False)
    assert bytes(file.content) == large["buffer"]


def test_a_file_on_its_way_is_stopped_by_keyboard(new_page: Any, form: OnlineForm) -> None:
    page: Page = new_page()
    page.goto(PAGE)
    page.route("**/filer/*/?fra=*", lambda route: route.abort("connectionreset"))
    page.locator("#felt-bilag").set_input_files(_PDF)  # type: ignore[arg-type]
    expect(page.locator(".upload")).to_contain_text("Forbindelsen er afbrudt")
    page.get_by_role("button", name="Stop plan.pdf").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="plan.pdf er ikke vedhæftet")).to_have_count(1)
    expect(page.locator("#felt-bilag")).to_be_focused()
    expect(page.locator("[data-on-its-way]")).to_have_count(0)


@pytest.mark.parametrize("viewport", [None, NARROW], ids=["desktop", "narrow"])
def test_each_state_of_a_form_is_accessible(new_page: Any, form: OnlineForm, viewport: ViewportSize | None) -> None:
    page: Page = new_page(viewport=viewport) if viewport else new_page()
    for address in ("/formular/", PAGE, "/en" + PAGE):
        page.goto(address)
        assert_accessible(page)
    page.goto(PAGE)
    page.get_by_role("button", name="Næste: se det hele igennem").click()
    expect(page.locator("#fejl")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("En bestemt sag").check()
    page.get_by_label("Sagens nummer").fill("7")
    page.get_by_role("button", name="Gem, og fortsæt senere").click()
    expect(page.get_by_role("heading", name="Dine svar er gemt")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Næste: se det hele igennem").click()
    expect(page.get_by_role("heading", name="Se det hele igennem")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("viewport", [None, NARROW], ids=["desktop", "narrow"])
def test_the_editor_is_accessible(new_page: Any, form: OnlineForm, world: World, viewport: ViewportSize | None) -> None:
    versions.draft(form, by=world.finn, at=MORNING)
    page: Page = new_page(person=world.ida, viewport=viewport) if viewport else new_page(person=world.ida)
    pages = ("", "aktindsigt/", "fields/sagsnummer/", "rehearsal/", "settings/", "sections/1/")
    for address in (*pages[:2], *(f"aktindsigt/{each}" for each in pages[2:])):
        page.goto(f"/office/online-forms/{address}")
        assert_accessible(page)


TILE = '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><path fill="#dde" d="M0 0h256v256H0z"/></svg>'


@pytest.mark.parametrize("viewport", [None, NARROW], ids=["desktop", "narrow"])
def test_a_place_is_put_on_the_map_by_keyboard_and_shown_at_the_desk(
    new_page: Any, form: OnlineForm, settings: Any, viewport: ViewportSize | None
) -> None:
    settings.MAP_TILES, settings.MAP_START = "/kort/{z}/{x}/{y}.svg", "55.6761, 12.5683, 12"
    page: Page = new_page(viewport=viewport) if viewport else new_page()
    tiles: list[str] = []

    def answer(route: Route) -> None:
        tiles.append(route.request.url)
        route.fulfill(body=TILE, content_type="image/svg+xml")

    page.route("**/kort/**", answer)
    page.goto(PAGE)
    page.get_by_label("En bestemt sag").check()
    page.get_by_label("Sagens nummer").fill("7")
    expect(page.get_by_role("application")).to_be_visible()
    assert_accessible(page)
    _tab_to(page, ".place-map")
    page.keyboard.press("ArrowRight")
    field = page.locator("#felt-sted-koordinater")
    page.wait_for_function("() => !document.querySelector('.leaflet-pan-anim')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Stedet er valgt: ")).to_be_visible()
    lat, lon = (float(each) for each in field.input_value().split(", "))
    assert abs(lat - 55.6761) < 0.001
    assert 12.5683 < lon < 12.62, "the map was moved to the east"
    page.get_by_role("button", name="Fjern stedet").click()
    expect(field).to_have_value("")
    field.fill("55.7, 12.6")
    field.press("Tab")
    expect(page.locator(".place-mark")).to_be_visible()
    page.get_by_role("button", name="Næste: se det hele igennem").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Vi har modtaget det, du sendte")).to_be_visible()
    assert FormSubmission.objects.get().answers["sted"] == {"lat": 55.7, "lon": 12.6}
    assert tiles


def test_the_position_of_the_device_is_used_when_it_is_asked_for(
    browser: Browser, live_server: Any, form: OnlineForm
) -> None:
    context = browser.new_context(
        base_url=live_server.url, locale="da-DK", permissions=["geolocation"],
        geolocation={"latitude": 55.5, "longitude": 12.5},
    )  # fmt: skip
    page = context.new_page()
    page.goto(PAGE)
    page.get_by_role("button", name="Brug min position").click()
    expect(page.locator("#felt-sted-koordinater")).to_have_value("55.50000, 12.50000")
    context.close()


@pytest.mark.parametrize("viewport", [None, NARROW], ids=["desktop", "narrow"])
def test_a_form_is_filled_in_without_javascript_and_answered_at_the_desk(
    browser: Browser, live_server: Any, new_page: Any, form: OnlineForm, world: World, viewport: ViewportSize | None
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=viewport)
    visitor = context.new_page()
    visitor.goto(PAGE)
    visitor.get_by_label("En bestemt sag").check()
    visitor.get_by_label("Sagens nummer").fill("2026-0412")
    visitor.locator("#felt-sted").fill("Havnegade 1")
    visitor.locator("#felt-bilag").set_input_files(_PDF)  # type: ignore[arg-type]  # as Playwright documents it
    visitor.get_by_role("button", name="Næste: se det hele igennem").click()
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("heading", name="Vi har modtaget det, du sendte")).to_be_visible()
    visitor.get_by_role("link", name="Følg henvendelsen").click()
    sent = FormSubmission.objects.get()
    Thread.objects.update(holder=world.anna, state=Thread.State.IN_WORK)
    exchange()
    at_desk(world.anna, AgentState.WORKING, sent.thread.enquiry, kind=WRITTEN)
    desk: Page = new_page(person=world.anna, viewport=viewport) if viewport else new_page(person=world.anna)
    desk.goto(f"/desk/written/{sent.pk}/")
    expect(desk.get_by_role("table", name="Det, du vil se")).to_contain_text("Havnegade 1")
    expect(desk.get_by_role("link", name="plan.pdf")).to_be_visible()
    assert_accessible(desk)
    picture(desk, f"form-desk-{viewport['width'] if viewport else 1280}")
    desk.get_by_role("button", name="Kopiér alle svar").focus()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("button", name="Kopiér svaret på Sagens nummer")).to_be_focused()
    desk.locator("#id_text").fill("Du kan se sagen fra mandag.")
    desk.get_by_role("button", name="Send og afslut").click()
    expect(desk.get_by_text("Du kan se sagen fra mandag.").first).to_be_visible()
    visitor.get_by_role("button").last.click()
    expect(visitor.get_by_text("Du kan se sagen fra mandag.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("viewport", [None, NARROW], ids=["desktop", "narrow"])
def test_a_form_is_filled_in_for_a_caller_by_keyboard_alone(
    new_page: Any, form: OnlineForm, world: World, viewport: ViewportSize | None
) -> None:
    call = talking(world.anna)
    exchange()
    at_desk(world.anna, AgentState.TALKING, call)
    page: Page = new_page(person=world.anna, viewport=viewport) if viewport else new_page(person=world.anna)
    page.goto(f"/desk/registration/{call.pk}/forms/")
    assert_accessible(page)
    expect(page.get_by_role("button", name="Søg aktindsigt")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Læs højt")).to_be_visible()
    assert_accessible(page)
    _tab_to(page, "#felt-hvad-1")
    page.keyboard.press("Space")
    _tab_to(page, "#felt-sagsnummer")
    page.keyboard.type("2026-0412")
    _tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")
    expect(page.locator("#fejl")).to_be_focused()
    assert_accessible(page)
    _tab_to(page, "#read-aloud")
    page.keyboard.press("Space")
    _tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Formularen er sendt")).to_be_visible()
    assert_accessible(page)
    assert FormSubmission.objects.get().filled_by == world.anna


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")
