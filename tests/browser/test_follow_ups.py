"""A low score followed to its closing, on a wide and on a narrow screen."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.feedback import answering
from indgang.feedback.follow_up_models import FollowUp
from indgang.feedback.follow_ups import causes, opening
from indgang.feedback.models import SurveyInvitation
from tests.browser.axe import assert_accessible
from tests.browser.conftest import NARROW
from tests.browser.rest import settled
from tests.feedback.conftest import asked, invite  # noqa: F401  # fixtures
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)


def _looked_at(page: Page, name: str) -> None:
    settled(page)
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert_accessible(page)


def test_a_low_score_is_found_by_the_number_in_the_menu_taken_and_closed(
    new_page: Callable[..., Page],
    world: World,
    invite: Callable[..., SurveyInvitation],  # noqa: F811  # the fixture
) -> None:
    causes.begin(world.centres["tmf"], by=world.finn, at=MORNING)
    said = "Ingen vidste, hvem der havde sagen"
    invitation = invite(due_at=clock.now() + timedelta(days=3))
    response = answering.answer(invitation, values={1: 2}, comment=said, complete=True, at=clock.now())
    assert response is not None
    opening.look_at(response, at=clock.now())
    for viewport in ({}, {"viewport": NARROW}):
        page = new_page(person=world.eva, **viewport)
        page.goto("/office/follow-ups/figures/")
        _looked_at(page, f"follow-up-figures{len(viewport)}")
        menu = page.get_by_role("navigation", name="Hovedmenu")
        menu.get_by_text("Overblik 1 venter").click()
        menu.get_by_role("link", name="Opfølgning på feedback 1 venter").click()
        _looked_at(page, f"follow-ups{len(viewport)}")
        page.get_by_role("link", name="Lav vurdering, Kommentar").click()
        expect(page.get_by_text(said)).to_be_visible()
        _looked_at(page, f"follow-up{len(viewport)}")
    page.get_by_role("button", name="Tag opfølgningen").click()
    page.get_by_label("Årsag").select_option(label="Lang ventetid")
    page.get_by_label("Det er gjort").fill("Talt om det på tavlemødet")
    _looked_at(page, "follow-up-closing")
    page.get_by_role("button", name="Afslut").click()
    expect(page.get_by_text("Der er ikke noget at følge op på.")).to_be_visible()
    assert FollowUp.objects.get().state == FollowUp.State.DONE
    expect(page.locator(".menu-waiting")).to_have_count(0)
