"""A crowdsourcing session with five people in browsers of their own, and its leader."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.feedback.studies import planning
from indgang.feedback.studies.models import CrowdAnswer, CrowdQuestion, Study, StudyParticipant
from tests.browser.axe import faults_at
from tests.browser.conftest import DESKTOP, NARROW
from tests.feedback.studies import made
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_five_people_answer_in_their_own_browsers_and_rate_each_other(
    new_page: Callable[..., Page], world: World, stream_process: str
) -> None:
    study, people, (question, poll) = made.session(world, people=5)
    StudyParticipant.objects.update(joined_at=None, delete_at=clock.now() + planning.KEPT)
    leader = new_page(person=world.eva)
    leader.goto(f"/office/studies/{study.pk}/session/")
    pages = [new_page(viewport=NARROW) for _each in people]
    for page, person in zip(pages, people, strict=True):
        page.goto(f"/deltag/{planning.url_key(person)}/")
        page.get_by_role("button", name="Ja, jeg deltager").press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("Vent på det første spørgsmål")
    expect(leader.locator("#session-board")).to_contain_text("5 af 5 inviterede")

    leader.get_by_role("button", name=f"Stil spørgsmålet: {question.text}").click()
    typed = pages[0].locator(f"#crowd-text-{question.pk}")
    typed.press_sequentially("Jeg er ikke")
    for number, page in enumerate(pages[1:], start=2):
        page.locator(f"#crowd-text-{question.pk}").fill(f"Svar fra browser {number}")
        page.get_by_role("button", name="Send svaret").press("Enter")
        expect(page.locator("#crowd-now")).to_contain_text(f"Dit svar: Svar fra browser {number}")
    expect(leader.locator("#session-board")).to_contain_text("4 svar fra 4 af 5 deltagere")
    others = pages[0].locator("#crowd-others")
    expect(others.get_by_role("button", name="4")).to_have_count(4)
    first = others.locator("form").first
    gone = first.get_attribute("id")
    first.get_by_role("button", name="4").press("Enter")
    expect(pages[0].locator(f"#{gone}")).to_have_count(0)
    expect(leader.locator("#session-board")).to_contain_text("4,0 af 5 (1 vurdering)")
    expect(typed).to_have_value("Jeg er ikke")

    leader.get_by_role("button", name=f"Luk spørgsmålet: {question.text}").click()
    expect(pages[0].locator("#crowd-now")).to_contain_text("Det tæller som sent")
    expect(typed).to_have_value("Jeg er ikke")
    typed.press_sequentially(" helt færdig")
    pages[0].get_by_role("button", name="Send svaret").press("Enter")
    expect(leader.locator("#session-board")).to_contain_text("5 svar fra 5 af 5 deltagere, 1 efter lukning")
    assert CrowdAnswer.objects.get(is_late=True).text == "Jeg er ikke helt færdig"

    leader.get_by_role("button", name=f"Stil spørgsmålet: {poll.text}").click()
    pages[1].get_by_label("Måske").check()
    pages[1].get_by_role("button", name="Stem").press("Enter")
    expect(pages[1].locator("#crowd-now")).to_contain_text("Du har valgt: Måske")
    expect(leader.locator("#session-board")).to_contain_text("Måske: 1 stemme, 100 procent")
    shot(pages[1], "participant-400")
    shot(leader, "leader-1280")
    wrong = faults_at(pages[1], NARROW, DESKTOP) + faults_at(leader, DESKTOP, NARROW)
    for address in ("studies/", "studies/packages/", "studies/packages/of/arrangement/", f"studies/{study.pk}/"):
        leader.goto(f"/office/{address}")
        wrong += faults_at(leader, DESKTOP, NARROW)
        shot(leader, address.strip("/").replace("/", "-"))
    assert not wrong, "\n".join(wrong)
    assert CrowdQuestion.objects.filter(study=Study.objects.get(), closed_at=None).count() == 1


def shot(page: Page, name: str) -> None:
    """A picture to look at, when INDGANG_SHOTS names a folder."""
    if folder := os.environ.get("INDGANG_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
