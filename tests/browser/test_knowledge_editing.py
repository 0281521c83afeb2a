"""Editors and approvers in a browser: by keyboard, with a live preview, on narrow screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.knowledge import guide_versions, tasks, versions
from indgang.knowledge.models import Article
from tests.browser.axe import assert_accessible, faults_at
from tests.browser.conftest import DESKTOP, NARROW
from tests.office.knowledge import house
from tests.world import World

NewPage = Callable[..., Page]
NARROWEST = ViewportSize(width=320, height=700)
LONG = "## Efter den 1. maj\n\nSøg senest fire uger før. " + "Tegn planen på ny. " * 12


@pytest.fixture
def vera(world: World) -> Person:
    return house.web_editor(world)


@pytest.fixture
def article(world: World, vera: Person) -> Article:
    return house.article(world, vera, at=clock.now())


def _everything(world: World, article: Article, at: datetime) -> list[str]:
    """Create an object of each kind; returns the URLs of all pages."""
    guide = house.guide(world)
    guide_versions.draft(guide, by=world.ida, at=at)
    draft = versions.draft(article, language="da", by=world.ida, at=at)
    waiting = versions.submit(house.write(draft, world.ida, body=LONG, at=at), by=world.ida, at=at)
    said = {"title": "Borde", "short": "Søg først.", "body": LONG, "reason": "Ny regel"}
    proposal = versions.propose(article, language="da", **said, by=world.david, at=at)
    task = tasks.raise_task(kind="missing", question="Må jeg?", unit=article.unit, by=world.anna, at=at)
    versions.draft(article, language="en", by=world.ida, at=at)
    one = "knowledge/articles/borde-paa-fortovet/"
    tree = "knowledge/guides/skal-jeg-soege/"
    return [
        "knowledge/", "knowledge/new/", one, f"{one}versions/da/2/", f"{one}draft/en/", f"{one}draft/da/",
        "knowledge/inbox/?show=tasks", "knowledge/inbox/?show=approvals", "knowledge/inbox/?show=proposals",
        "knowledge/inbox/?show=reviews", f"knowledge/approvals/{waiting.pk}/",
        f"knowledge/proposals/{proposal.pk}/", f"knowledge/tasks/{task.pk}/", "knowledge/guides/", tree,
        f"{tree}draft/da/steps/sted/", f"{tree}versions/da/1/", f"{tree}versions/da/1/rehearsal/",
        "knowledge/week/", "knowledge/week/behind/?unit=tmf", "knowledge/searches/", "knowledge/synonyms/",
        "knowledge/news/", "knowledge/news/new/", "knowledge/rules/",
    ]  # fmt: skip


def test_every_page_about_knowledge_is_accessible_and_fits(new_page: NewPage, world: World, article: Article) -> None:
    page = new_page(person=world.finn)
    wrong: list[str] = []
    for address in _everything(world, article, clock.now()):
        answer = page.goto(f"/office/{address}")
        assert answer is not None
        assert answer.status == 200, address
        wrong += faults_at(page, DESKTOP, NARROW, NARROWEST)
    assert not wrong, "\n".join(wrong)


def test_a_larger_change_is_written_by_keyboard_approved_and_seen_by_all(
    new_page: NewPage, world: World, article: Article, vera: Person
) -> None:
    page = new_page(person=world.ida)
    page.goto("/office/knowledge/articles/borde-paa-fortovet/")
    page.get_by_role("button", name="Ret teksten").focus()
    page.keyboard.press("Enter")
    body = page.get_by_label("Hele svaret")
    expect(page.locator("#preview")).to_contain_text("Intet er ændret")
    body.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(LONG, delay=0)
    preview = page.locator("#preview")
    expect(preview.get_by_role("heading", name="Efter den 1. maj")).to_be_visible()
    expect(preview).to_contain_text("Skal godkendes")
    page.get_by_label("Hvad er ændret, og hvorfor?").fill("Nye frister")
    assert_accessible(page)
    page.get_by_role("button", name="Gem og indsend").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sendt til godkendelse.")).to_be_visible()

    visitor, agent = new_page(), new_page(person=world.anna)
    visitor.goto("/svar/borde-paa-fortovet/")
    agent.goto("/desk/knowledge/articles/borde-paa-fortovet/")
    for reader in (visitor, agent):
        expect(reader.get_by_role("main")).to_contain_text("Mål fortovet op")

    approver = new_page(person=vera)
    approver.goto("/office/knowledge/inbox/?show=approvals")
    approver.get_by_role("link", name="Hvordan får jeg lov").focus()
    approver.keyboard.press("Enter")
    expect(approver.locator("ins").first).to_be_visible()
    approver.get_by_role("button", name="Godkend og udgiv").focus()
    approver.keyboard.press("Enter")
    expect(approver.get_by_text("Godkendt og udgivet")).to_be_visible()

    visitor.reload()
    expect(visitor.get_by_role("main")).to_contain_text("Søg senest fire uger før")
    agent.reload()
    expect(agent.get_by_role("main")).to_contain_text("Søg senest fire uger før")


def test_a_guide_is_built_by_form_and_its_dead_end_told(new_page: NewPage, world: World) -> None:
    guide = house.guide(world)
    guide_versions.draft(guide, by=world.ida, at=clock.now())
    page = new_page(person=world.finn)
    page.goto("/office/knowledge/guides/skal-jeg-soege/")
    page.get_by_role("link", name="Ret sted").focus()
    page.keyboard.press("Enter")
    editor = page.get_by_role("dialog", name="Trin")
    editor.get_by_role("textbox", name="Svar 3", exact=True).fill("På en parkeringsplads")
    editor.get_by_label("Svar 3 fører til").select_option("new:question")
    assert_accessible(page)
    editor.get_by_role("button", name="Gem trinnet").focus()
    page.keyboard.press("Enter")
    expect(editor).to_be_hidden()
    expect(page.get_by_text("Blindgyde: spørgsmålet har ingen svar.").first).to_be_visible()
    expect(page.get_by_text("Trinnet har ingen tekst.").first).to_be_visible()
    assert_accessible(page)


def test_a_step_typed_while_the_draft_was_deleted_comes_back_with_the_difference_in_sight(
    new_page: NewPage, world: World
) -> None:
    guide = house.guide(world)
    draft = guide_versions.draft(guide, by=world.ida, at=clock.now())
    page = new_page(person=world.finn)
    page.goto("/office/knowledge/guides/skal-jeg-soege/")
    page.get_by_role("link", name="Ret sted").click()
    editor = page.get_by_role("dialog", name="Trin")
    editor.get_by_role("textbox", name="Spørgsmål", exact=True).fill("Hvor vil du stille dem?")
    guide_versions.discard(draft, revision=draft.revision, by=world.ida, at=clock.now())
    editor.get_by_role("button", name="Gem trinnet").focus()
    page.keyboard.press("Enter")
    told = editor.get_by_role("alert")
    expect(told).to_contain_text("Din tekst er ikke gemt endnu")
    expect(told).to_be_in_viewport()
    expect(told).to_be_focused()
    assert_accessible(page)
    editor.get_by_role("button", name="Gem min tekst i stedet").focus()
    page.keyboard.press("Enter")
    expect(editor).to_be_hidden()
    expect(page.get_by_role("heading", name="Hvor vil du stille dem?")).to_be_visible()


def test_the_list_follows_the_typing(new_page: NewPage, world: World, article: Article, vera: Person) -> None:
    house.article(world, vera, slug="andet", at=clock.now())
    page = new_page(person=world.ida)
    page.goto("/office/knowledge/")
    expect(page.get_by_text("2 artikler")).to_be_visible()
    page.get_by_label("Ord").press_sequentially("andet")
    expect(page.get_by_text("1 artikel")).to_be_visible()
    page.get_by_label("Ord").fill("findes slet ikke")
    expect(page.get_by_text("Ingen artikler passer.")).to_be_visible()
