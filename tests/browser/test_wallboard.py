"""The wallboard in a browser: at a desk, narrow, and on a wall; by keyboard, live, with nothing for axe to find."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from indgang.accounts.models import Person, RoleAssignment
from indgang.core import clock
from indgang.correspondence.models import Mailbox
from indgang.enquiries.models import State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState, Disturbance, Presence, Queue, QueueMembership, QueueMessage
from indgang.entry.setup import queue_terms
from indgang.live import stale
from tests.agreements.test_centres_together import agreement
from tests.browser.axe import assert_accessible
from tests.browser.conftest import DESKTOP, NARROW
from tests.browser.rest import settled
from tests.correspondence.mails import mailbox, receive
from tests.enquiries.calls import call
from tests.world import World

WALL = {"width": 1920, "height": 1080}
NewPage = Callable[..., Page]


@pytest.fixture
def day(world: World) -> World:
    """Something to look at: calls answered and given up, two who wait, three agents, and mails that wait."""
    receive(mailbox(world), at=clock.now() - timedelta(minutes=9))
    now = clock.now()
    byggeri = world.queues["tmf-byggeri"]
    for minutes, seconds in ((9, 20), (8, 130), (7, 30)):
        start = now - timedelta(minutes=minutes)
        answered = start + timedelta(seconds=seconds)
        call(byggeri, (seconds, Kind.ANSWERED, ""), start=start, answered_at=answered, agent=world.anna)
    call(byggeri, (60, Kind.ABANDONED, ""), start=now - timedelta(minutes=6), state=State.ABANDONED)
    call(byggeri, start=now - timedelta(minutes=4), state=State.WAITING)
    Presence.objects.create(person=world.anna, state=AgentState.TALKING, since=now)
    Presence.objects.create(person=world.bo, state=AgentState.READY, since=now)
    Presence.objects.create(person=world.clara, state=AgentState.PAUSED, since=now, reason=world.pauses["frokost"])
    return world


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_the_board_is_accessible_and_fits(new_page: NewPage, day: World, viewport: Any) -> None:
    page = new_page(person=day.eva, viewport=viewport)
    page.goto("/office/wallboard/tmf/")
    expect(page.get_by_role("heading", name="TMF kontaktcenter")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_wall_is_accessible_and_needs_no_scrolling(new_page: NewPage, day: World, theme: str) -> None:
    page = new_page(person=day.gerda, viewport=WALL)
    page.goto(f"/office/wallboard/tmf/?wall=1&theme={theme}")
    expect(page.get_by_text("Længere end målet")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= WALL["height"]
    assert "Agerbæk" not in page.content()


def test_the_wall_can_be_read_at_five_metres_also_when_it_is_full(new_page: NewPage, day: World) -> None:
    """On 55 inches a pixel of 1,920 is 0.63 mm, and letters read at five metres are 33 pixels high or more."""
    for number in range(40):
        person = Person.objects.create(username=f"kollega-{number}", name=f"Frederikke-{number} Kollega")
        RoleAssignment.objects.create(person=person, role="agent", unit=day.units["tmf"])
        QueueMembership.objects.create(person=person, queue=day.queues["tmf-byggeri"], valid_from=clock.today())
        state = (AgentState.READY, AgentState.TALKING, AgentState.WRAP_UP, AgentState.PAUSED)[number % 4]
        Presence.objects.create(person=person, state=state, since=clock.now())
    box = Mailbox.objects.get()
    for number in range(8):
        work = Queue.Work.CALL if number < 4 else Queue.Work.WRITTEN
        more = Queue.objects.create(code=f"flere-{number}", name=f"Endnu en kø {number}", work=work, centre=box.centre)
        queue_terms.first([more])
    ends_at = clock.now() + timedelta(hours=1)
    Disturbance.objects.create(text="Selvbetjeningen er nede. " * 4, starts_at=clock.now(), ends_at=ends_at)
    agreement(day, "tmf", 80, kpi="service_level_sl2", within=20)
    page = new_page(person=day.gerda, viewport=WALL)
    page.goto("/office/wallboard/tmf/?wall=1")
    agreed = page.get_by_text("Aftalen måler SL2 med svar inden for 20 sekunder").filter(visible=True)
    expect(agreed).to_have_count(1)
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    for selector in ("td.number", "tbody th", ".agent-name", ".agent-since", ".group-head"):
        sizes = page.locator(f"#board {selector}").evaluate_all(
            "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 33, selector
    assert page.evaluate("document.documentElement.scrollHeight") <= WALL["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= WALL["width"]
    expect(page.get_by_text(re.compile(r"^og \d+ til$")).first).to_be_visible()
    expect(page.get_by_text("2 af 3 i tide")).to_be_visible()


def test_a_word_about_what_was_done_is_readable_and_goes_when_the_opposite_is_done(
    new_page: NewPage, day: World
) -> None:
    QueueMessage.objects.update(active=False)
    page = new_page(person=day.eva)
    page.goto("/office/wallboard/tmf/")
    page.get_by_role("button", name="Slå til").first.click()
    word = page.get_by_text("Kømeddelelsen er slået til.")
    expect(word).to_be_visible()
    page.get_by_role("button", name="Slå fra").first.click()
    expect(page.get_by_text("Kømeddelelsen er slået fra.")).to_be_visible()
    expect(word).to_have_count(0)
    page.clock.install()
    page.get_by_role("button", name="Slå til").first.click()
    expect(word).to_be_visible()
    page.clock.run_for(30_000)
    expect(word).to_have_count(0)


def test_a_leader_closes_a_queue_and_opens_it_again_by_keyboard_alone(new_page: NewPage, day: World) -> None:
    page = new_page(person=day.eva)
    page.goto("/office/wallboard/tmf/")
    settled(page)
    page.get_by_role("button", name="Luk … Byliv og events").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Luk køen for nye opkald")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    dialog.get_by_label("Hvorfor lukkes køen?").focus()
    page.keyboard.type("Personalemøde")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Personalemøde")).to_be_visible()
    settled(page)
    assert Queue.objects.get(code="tmf-byliv").closed_reason == "Personalemøde"
    page.get_by_role("button", name="Åbn Byliv og events").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Luk … Byliv og events")).to_be_visible()
    assert Queue.objects.get(code="tmf-byliv").closed_at is None


def test_an_agents_queues_are_changed_by_keyboard_in_the_panel(new_page: NewPage, day: World) -> None:
    page = new_page(person=day.eva)
    page.goto("/office/wallboard/tmf/")
    page.get_by_role("link", name="Bo Bakkedal").focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Medarbejder i dag")
    box = panel.get_by_label("Byggeri", exact=True)
    expect(box).to_be_checked()
    assert_accessible(page)
    box.focus()
    page.keyboard.press("Space")
    panel.get_by_role("button", name="Gem køer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Køerne for Bo Bakkedal er ændret")).to_be_visible()
    assert not QueueMembership.objects.get(person=day.bo, queue__code="tmf-byggeri").active
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_disturbance_message_is_switched_on_by_keyboard(new_page: NewPage, day: World) -> None:
    page = new_page(person=day.eva)
    page.goto("/office/wallboard/tmf/")
    page.get_by_role("button", name="Ny driftsmeddelelse").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Driftsmeddelelse")
    assert_accessible(page)
    dialog.get_by_label("Hvad skal den, der ringer, høre?").fill("Byg og Miljø er nede.")
    dialog.get_by_role("button", name="Slå til nu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("note")).to_contain_text("Byg og Miljø er nede.")


def test_a_change_is_on_the_board_without_a_reload(new_page: NewPage, day: World, stream_process: str) -> None:
    page = new_page(person=day.eva)
    page.goto("/office/wallboard/tmf/")
    expect(page.locator("html")).to_have_attribute("data-live", "open")
    expect(page.locator(".tile-figure").first).to_have_text("1")
    with transaction.atomic():
        call(day.queues["tmf-byliv"], start=clock.now(), state=State.WAITING)
        stale.mark("centre-tmf/queues", "centre-tmf/figures")
    expect(page.locator(".tile-figure").first).to_have_text("2")
