"""The tally on a telephone whose connection comes and goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from indgang.analysis.counting.models import CountingWeek
from indgang.core import clock
from tests.analysis.weeks import counts_today
from tests.browser.conftest import NARROW
from tests.browser.rest import settled, wait_for
from tests.world import PASSWORD, World

#: whether this page opens without a connection
_KEPT = "async () => Boolean(await caches.match(location.pathname, {ignoreVary: true}))"
#: what a telephone knows of counts
_COUNTS = "Object.keys(localStorage).filter((name) => name.endsWith('-counts'))"
#: makes this kept page as old as the given day
_AGED = """async (day) => {
  const cache = await caches.open((await caches.keys())[0]);
  const kept = await cache.match(location.pathname, {ignoreVary: true});
  const headers = new Headers(kept.headers);
  headers.set("Date", day);
  await cache.put(location.pathname, new Response(await kept.blob(), {headers}));
}"""
pytestmark = pytest.mark.django_db(transaction=True)


def test_taps_without_a_connection_are_each_counted_once_also_when_the_week_is_over(
    new_page: Callable[..., Page], world: World
) -> None:  # fmt: skip
    week = counts_today(world, world.david)
    first, second = week.purposes.all()[:2]
    page = new_page(person=world.david, viewport=NARROW)
    page.goto(f"/office/counting/{week.pk}/tally/")
    state, undo = page.locator("[data-kept-state]"), page.get_by_role("button", name="Fortryd den sidste")
    wait_for(lambda: page.evaluate(_KEPT))
    page.context.set_offline(True)
    _button(page, first.name).click()
    CountingWeek.objects.update(title="Rettet")
    page.reload()
    expect(page.get_by_role("link", name="Ugen")).to_be_visible()  # as it was kept
    expect(_button(page, first.name)).to_contain_text("1")
    for each in (first, second):
        _button(page, each.name).click()
    expect(state).to_have_text("3 venter på forbindelse")
    undo.click()
    expect(_button(page, second.name)).to_contain_text("0")
    expect(_button(page, first.name)).to_contain_text("2")
    page.context.set_offline(False)
    expect(state).to_have_text("Fortrudt.")
    assert _counted(week) == [first, first]
    _button(page, second.name).click()
    expect(state).to_have_text("Alt er sendt.")
    undo.click()
    wait_for(lambda: _counted(week) == [first, first])
    page.route("**/tally/taps/", lambda route: route.abort())
    _button(page, second.name).click()
    expect(state).to_have_text("1 venter på forbindelse")
    CountingWeek.objects.update(closed_at=clock.now())
    page.unroute("**/tally/taps/")
    page.goto(f"/office/counting/{week.pk}/")
    expect(state).to_have_text("Alt er sendt.")
    assert _counted(week) == [first, first, second]


def test_a_kept_page_is_nobody_elses(new_page: Callable[..., Page], world: World) -> None:
    week = counts_today(world, world.david, world.eva)
    page = new_page(person=world.david)
    page.goto(f"/office/counting/{week.pk}/tally/")
    wait_for(lambda: page.evaluate(_KEPT))
    assert page.evaluate("caches.keys()") == [f"kept-{world.david.pk}"]
    _button(page, week.purposes.all()[0].name).click()
    wait_for(lambda: len(page.evaluate(_COUNTS)) == 1)
    page.locator("header details.menu summary").last.click()
    page.get_by_role("button", name="Log ud").click()
    page.wait_for_url("**/sign-in/")
    wait_for(lambda: page.evaluate("caches.keys()") == [])
    assert page.evaluate(_COUNTS) == []


def test_a_kept_page_opens_for_a_week(new_page: Callable[..., Page], world: World) -> None:
    week = counts_today(world, world.david)
    page = new_page(person=world.david)
    page.goto(f"/office/counting/{week.pk}/tally/")
    wait_for(lambda: page.evaluate(_KEPT))
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("link", name="Ugen")).to_be_visible()
    page.evaluate(_AGED, "Mon, 02 Nov 2020 08:00:00 GMT")
    with pytest.raises(PlaywrightError, match="ERR_"):
        page.reload()


def test_taps_wait_for_the_sign_in_and_are_sent_after_it(new_page: Callable[..., Page], world: World) -> None:
    week = counts_today(world, world.david)
    page = new_page(person=world.david, viewport=NARROW)
    page.goto(f"/office/counting/{week.pk}/tally/")
    settled(page)  # or a part that is still being fetched would ask for the sign-in
    page.context.clear_cookies(name="sessionid")
    _button(page, week.purposes.all()[0].name).click()
    state, dialog = page.locator("[data-kept-state]"), page.get_by_role("dialog")
    expect(state).to_contain_text("1 venter: Du er logget ud")
    dialog.get_by_label("Brugernavn").fill("david")
    dialog.get_by_label("Adgangskode").fill(PASSWORD)
    dialog.get_by_role("button", name="Log ind").click()
    expect(state).to_have_text("Alt er sendt.")
    assert week.enquiries.count() == 1


def _button(page: Page, name: str) -> Any:
    return page.locator(".tally-button").filter(has_text=name)


def _counted(week: CountingWeek) -> list[Any]:
    return [each.purpose for each in week.enquiries.select_related("purpose").order_by("pk")]
