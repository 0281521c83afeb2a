"""The public site in a browser: by keyboard alone, narrow, without JavaScript, and as boxes on somebody else's page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from indgang.core import clock
from indgang.feedback import page_forms, questionnaires
from indgang.feedback.models import Response
from indgang.portal import page_cache, stamp, visitors
from tests.browser import other_site
from tests.browser.axe import assert_accessible, faults_at
from tests.browser.rest import settled, wait_for
from tests.portal.site import Site, make
from tests.world import MORNING, World

#: 320 pixels are also what is left of 1280 at 400 % zoom
PHONE = ViewportSize(width=320, height=640)
DESKTOP = ViewportSize(width=1280, height=900)

PAGES = [
    "/", "/soeg/?q=skur", "/soeg/?q=qzxqzx", "/emner/", "/emner/byggetilladelse/", "/svar/skur-i-haven/",
    "/en/svar/altan/", "/svar/skur-i-haven/?hjalp=nej", "/svar/findes-ikke/", "/vejvisere/",
    "/vejvisere/byggetilladelse/", "/vejvisere/byggetilladelse/?vej=0-0", "/vejvisere/byggetilladelse/?vej=1",
    "/kontakt/", "/kontakt/ring-mig-op/", "/nyheder/", "/nyhedsbrev/", "/saadan-virker-siden/", "/en/",
    "/embed/soeg/?q=skur", "/embed/aabningstider/tmf/", "/embed/svar/skur-i-haven/", "/svar/fest-paa-gaden/",
    "/mening/tak/", "/embed/mening/tmf/self_service/", "/mening/findes-ikke/",
]  # fmt: skip

_STAND_IN = """<!doctype html><html lang="da"><head><meta charset="utf-8"><title>Kommunen</title></head><body>
<main><h1>Kommunens hjemmeside</h1>
<div data-indgang="soeg" data-title="Søg"></div>
<div data-indgang="aabningstider/tmf" data-title="Åbningstider"></div>
<div data-indgang="svar/skur-i-haven" data-title="Skur i haven"></div>
<div data-indgang="mening/tmf/self_service" data-title="Hvad synes du?"></div>
</main><script src="{home}/embed.js" data-visit async></script></body></html>"""


@pytest.fixture
def site(world: World) -> Iterator[Site]:
    for each in (page_cache, stamp, visitors):
        each.forget()
    with clock.frozen(MORNING):
        made = make(world)
        questionnaires.begin_with_all(by=made.wera, at=MORNING)
        for kind, unit in (("article", "ctb"), ("self_service", "tmf")):
            page_forms.switch(kind=kind, unit=world.units[unit], on=True, with_visit=True, by=made.wera, at=MORNING)
        yield made
    for each in (page_cache, stamp, visitors):
        each.forget()


@pytest.fixture
def stand_in(live_server: Any) -> Iterator[str]:
    """A website of somebody else, at another origin and with a strict policy, that has our boxes in a page."""
    home = live_server.url
    policy = {"Content-Security-Policy": f"default-src 'none'; script-src {home}; frame-src {home}"}
    with other_site.serving(_STAND_IN.format(home=home), policy) as address:
        yield address


def test_every_page_is_accessible_and_fits_also_at_320_px_or_400_percent(page: Page, site: Site) -> None:
    for address in PAGES:
        page.goto(address)
        for viewport in (DESKTOP, PHONE):
            assert faults_at(page, viewport) == []
            small = page.evaluate(
                "[...document.querySelectorAll('button, a.button, nav a, .tile')].filter(e => e.offsetParent)"
                ".map(e => [e.textContent.trim(), e.getBoundingClientRect().height]).filter(([, h]) => h < 24)"
            )
            assert not small, f"{address}: too small to touch"


def test_a_visitor_finds_an_answer_by_keyboard_alone(page: Page, site: Site) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til indholdet")).to_be_focused()
    box = page.get_by_role("combobox")
    for _ in range(12):
        if box.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(box).to_be_focused()
    page.keyboard.type("skur i hav")
    option = page.get_by_role("option").filter(has_text="Må jeg bygge et skur i haven?")
    expect(option).to_be_visible()
    page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Søg")).to_be_visible()
    settled(page)  # a script tells which result is opened
    link = page.get_by_role("link", name="Må jeg bygge et skur i haven?")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Må jeg bygge et skur i haven?")
    yes = page.get_by_role("button", name="Ja")
    yes.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tak for dit svar.")).to_be_visible()
    from indgang.knowledge.models import Helpfulness, Search

    assert Helpfulness.objects.get().yes == 1
    wait_for(lambda: Search.objects.get().chosen)  # the browser says it in its own time
    searched = Search.objects.get()
    assert (searched.asked, searched.chosen) == ("skur i hav", "article:skur-i-haven")
    assert not page.context.cookies()


def test_a_suggestion_is_chosen_with_the_arrows(page: Page, site: Site) -> None:
    page.goto("/")
    box = page.get_by_role("combobox")
    box.fill("altan")
    expect(page.get_by_role("option").first).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(box).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Må jeg få en altan?")


def test_everything_but_suggestions_works_without_javascript(browser: Browser, live_server: Any, site: Site) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=PHONE)
    try:
        page = context.new_page()
        page.goto("/")
        page.locator("input[name=q]").fill("skur")
        page.get_by_role("button", name="Søg").click()
        page.get_by_role("link", name="Må jeg bygge et skur i haven?").click()
        page.get_by_role("button", name="Nej").click()
        expect(page.get_by_text("Tak for dit svar.")).to_be_visible()
        page.goto("/vejvisere/byggetilladelse/")
        page.get_by_role("button", name="Et skur").click()
        page.get_by_role("button", name="Ja").click()
        page.get_by_role("link", name="Videre").click()
        expect(page.get_by_text("Søg byggetilladelse.")).to_be_visible()
        page.get_by_role("link", name="Ret: Hvad vil du bygge?").click()
        page.get_by_role("button", name="En altan").click()
        expect(page.get_by_role("link", name="Må jeg bygge et skur i haven?")).to_be_visible()
        assert not context.cookies()
    finally:
        context.close()


def test_a_reader_answers_below_a_page_by_keyboard_alone(new_page: Any, site: Site) -> None:
    """The page asks the server for nothing until the answer is sent, and the pages of the visit come with it.

    Its script comes late, as on a slow phone. Whoever answers within two seconds of asking for the page is a program.
    """
    page: Page = new_page()
    page.goto("/emner/")
    page.route("**/opinion*.js", _two_seconds_late)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/static/" not in request.url else None)
    page.goto("/svar/fest-paa-gaden/")
    rating = page.get_by_role("group", name="Hvor let er sproget at forstå?")
    rating.get_by_role("radio", name="5", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Skriv det kortere")
    assert [each.rpartition("/svar/")[1] for each in asked] == ["/svar/"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Tak for dit svar.")
    assert page.evaluate("document.activeElement.id") == "mening"
    assert page.url.endswith("/svar/fest-paa-gaden/")
    row = Response.objects.get()
    assert row.visited == ["/emner/", "/svar/fest-paa-gaden/"]
    assert [(each.question.indicator, each.value) for each in row.ratings.all()] == [("language", 6)]


def _two_seconds_late(route: Route) -> None:
    time.sleep(2.1)
    route.continue_()


def test_boxes_show_on_another_website_at_their_own_height(new_page: Any, site: Site, stand_in: str) -> None:
    page: Page = new_page()
    page.goto(stand_in)
    hours = page.frame_locator("iframe[title='Åbningstider']")
    expect(hours.get_by_text("Åbent til kl. 16")).to_be_visible()
    answer = page.frame_locator("iframe[title='Skur i haven']")
    expect(answer.get_by_text("under 50 m²")).to_be_visible()
    page.wait_for_function(
        "[...document.querySelectorAll('iframe')].every(frame => frame.style.height !== '280px')"
    )  # each has said how high it is
    opinion = page.frame_locator("iframe[title='Hvad synes du?']")
    opinion.get_by_role("radio", name="9").first.press("Space")
    wait_for(lambda: opinion.get_by_role("radio", name="9").first.is_checked())
    page.wait_for_timeout(2_100)  # whoever answers within two seconds is a program
    opinion.get_by_role("button", name="Send svar").press("Enter")
    expect(opinion.get_by_text("Tak for dit svar.")).to_be_visible()
    around = stand_in.removeprefix("http://")
    assert [(each.page_ref, each.visited) for each in Response.objects.all()] == [(around, ["/"])]
    search = page.frame_locator("iframe[title='Søg']")
    search.get_by_role("combobox").fill("altan")
    search.get_by_role("button", name="Søg").click()
    search.get_by_role("link", name="Må jeg få en altan?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Må jeg få en altan?")
    assert not page.context.cookies()


def test_a_page_is_light_and_does_not_jump(new_page: Any, site: Site) -> None:
    page: Page = new_page(viewport=PHONE)
    page.add_init_script(
        "window.jumps = 0;"
        "new PerformanceObserver(list => { for (const each of list.getEntries()) jumps += each.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    for address in ("/", "/svar/skur-i-haven/", "/kontakt/"):
        page.goto(address)
        settled(page)
        assert page.evaluate("jumps") < 0.01, address
        assert page.evaluate("performance.getEntriesByType('resource').every(e => e.name.startsWith(location.origin))")


def test_a_message_of_disturbance_shows_within_a_second_or_two(page: Page, site: Site) -> None:
    from indgang.entry.setup import disturbances

    page.goto("/")
    expect(page.get_by_text("Telefonerne er nede.")).to_have_count(0)
    disturbances.start(
        text="Telefonerne er nede.", centre=None, ends_at=MORNING + timedelta(hours=1), by=site.world.eva, at=MORNING
    )
    deadline = time.monotonic() + 20
    while not page.get_by_text("Telefonerne er nede.").count():
        assert time.monotonic() < deadline
        page.reload()
    expect(page.get_by_text("Telefonerne er nede.")).to_be_visible()
