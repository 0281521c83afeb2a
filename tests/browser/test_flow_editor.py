"""Composing a flow and trying it out in a browser: by keyboard, without findings of axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from indgang.entry.models import Flow
from indgang.entry.setup import flow_versions
from tests.browser.axe import assert_accessible, faults_at
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.entry.setup.test_flow_versions import SOUND
from tests.world import World

NewPage = Callable[..., Page]


@pytest.fixture
def flow(world: World) -> Flow:
    version = world.versions["erhverv"]
    version.definition = SOUND
    version.save()
    return world.flows["erhverv"]


def test_the_pages_around_a_flow_are_accessible_and_fit(new_page: NewPage, flow: Flow, world: World) -> None:
    page = new_page(person=world.finn)
    addresses = ("flows/", "flows/erhverv/", "flows/erhverv/versions/1/", "flows/erhverv/rehearsal/")
    others = ("queues/", "queues/tmf-byggeri/", "prompts/", "prompts/velkomst/", "entry-points/", "operations/")
    for address in (*addresses, *others):
        page.goto(f"/office/{address}")
        assert faults_at(page, DESKTOP, NARROW) == []


def test_a_step_is_changed_and_the_flow_published_by_keyboard_alone(
    new_page: NewPage, flow: Flow, world: World
) -> None:
    page = new_page(person=world.finn)
    page.goto("/office/flows/erhverv/")
    page.get_by_role("button", name="Ret i et udkast").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Udkast, version 2")).to_be_visible()
    settled(page)  # until then a link leads to a page of its own
    page.get_by_role("link", name="Ret Kø: Byggeri").focus()
    page.keyboard.press("Enter")
    editor = page.get_by_role("dialog", name="Trin")
    longest = editor.get_by_label("Længste ventetid (sekunder)")
    expect(longest).to_have_value("300")
    assert_accessible(page)
    longest.fill("120")
    longest.press("Enter")
    expect(page.get_by_role("link", name="Ret Kø: Byggeri")).to_be_focused()
    page.get_by_role("button", name="Udgiv …").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Udgiv udkastet")
    dialog.get_by_label("Hvad er ændret, og hvorfor?").fill("Kortere ventetid")
    dialog.get_by_role("button", name="Udgiv").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Version 2 er udgivet")).to_be_visible()
    published = flow_versions.in_force(flow)
    assert published is not None
    assert published.definition["steps"][1]["max_wait"] == 120.0


def test_a_wrong_form_stays_in_its_dialog_with_what_was_typed(new_page: NewPage, flow: Flow, world: World) -> None:
    flow_versions.new_draft(flow, by=world.finn, at=world.versions["erhverv"].created_at)
    page = new_page(person=world.finn)
    page.goto("/office/flows/erhverv/")
    page.get_by_label("Hvad skal det nye trin gøre?").select_option("queue")
    page.get_by_role("button", name="Tilføj trin").click()
    editor = page.get_by_role("dialog", name="Trin")
    editor.get_by_label("Ekstra prioritet").fill("7")
    editor.get_by_role("button", name="Gem trinnet").click()
    expect(editor.locator(".form-error-message").first).to_be_visible()
    expect(editor.get_by_label("Ekstra prioritet")).to_have_value("7")
    assert_accessible(page)
    editor.get_by_label("Kø", exact=True).select_option("tmf-byliv")
    editor.get_by_role("button", name="Gem trinnet").click()
    expect(editor).to_be_hidden()
    expect(page.get_by_role("heading", name="Kø: Byliv og events")).to_be_visible()
    expect(page.get_by_text("Køen har ingen vej ud").first).to_be_visible()


def test_a_caller_is_played_by_keyboard_to_the_end(new_page: NewPage, flow: Flow, world: World) -> None:
    page = new_page(person=world.finn)
    page.goto("/office/flows/erhverv/rehearsal/")
    page.get_by_label("Tidspunkt for opkaldet").fill("2026-03-11T10:00")
    for name in ("Ring op", "Lyt til ende", "Vent 1 min.", "En medarbejder svarer"):
        button = page.get_by_role("button", name=name, exact=True)
        button.focus()
        page.keyboard.press("Enter")
        settled(page)
    expect(page.get_by_role("status").filter(has_text="Slut efter")).to_contain_text("besvaret af en medarbejder")
    expect(page.locator(".heard").get_by_text("Velkommen til kommunen.")).to_be_visible()
    assert_accessible(page)
