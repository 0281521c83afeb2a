from __future__ import annotations
from typing import Any
import pytest
from datetime import timedelta
from playwright.sync_api import Page
from indgang.core import clock
from indgang.enquiries import parties, registration
from indgang.enquiries.models import RingBack, Question
from indgang.entry.models import AgentState
from tests.browser.conftest import DESKTOP, NARROW
from tests.desk.conftest import at_desk, exchange
from tests.enquiries.told_calls import abandoned, talked, talking, waiting
from tests.enquiries.test_registration import about
import os
OUT="/tmp/desk-shots/"

def shot(page, name):
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    page.screenshot(path=f"{OUT}{name}.png", full_page=True)

def fill(world, start):
    for n in range(3):
        talked(world.anna, number=f"+45999903{n:02}", start=start-timedelta(minutes=30*n+20), seconds=100+40*n)
    e = talked(world.anna, number="+4599990310", start=start-timedelta(hours=2))
    registration.register(e, questions=[about(world)], by=world.anna, at=clock.now())
    e = talked(world.anna, number="+4599990101", start=start-timedelta(days=2))
    registration.register(e, questions=[about(world, "arrangement", note="Spurgte til loppemarked på Sundholmsvej")], by=world.anna, at=start-timedelta(days=2)+timedelta(minutes=10))
    abandoned(start=start-timedelta(minutes=50), number="+4599990888"); abandoned(start=start-timedelta(minutes=40), number="+4599990888")
    x = abandoned(start=start-timedelta(minutes=15), number="+4599990889")
    RingBack.objects.filter(enquiry=x).update(kind="message", recording=b"RIFF")
    abandoned(start=start-timedelta(minutes=12), number="anonymous")

@pytest.mark.parametrize(("size","vp"), [("d", {"width":1280,"height":800}), ("n", {"width":400,"height":800})])
def test_shots(new_page: Any, world: Any, size, vp) -> None:
    now = clock.now(); start = now - timedelta(seconds=75)
    exchange()
    fill(world, start)
    page: Page = new_page(person=world.anna, viewport=vp)
    page.goto("/desk/"); shot(page, f"{size}-signedout")
    at_desk(world.anna, AgentState.READY)
    page.goto("/desk/"); shot(page, f"{size}-ready")
    e = waiting(start=now-timedelta(seconds=40))
    at_desk(world.anna, AgentState.RINGING, e, direction="in", offered_until=(now+timedelta(seconds=15)).isoformat(), reasons=[["longest_idle", 40.0]])
    page.goto("/desk/"); shot(page, f"{size}-ringing")
    e = talking(world.anna, start=start)
    at_desk(world.anna, AgentState.TALKING, e, direction="in", held=False, muted=False)
    page.goto("/desk/")
    page.locator("#q0-query").fill("arr")
    page.wait_for_timeout(500)
    if size=="d": page.screenshot(path=f"{OUT}{size}-typeahead.png")
    page.keyboard.press("Enter"); page.wait_for_timeout(400)
    page.locator("#q0-purpose").select_option(index=2)
    page.get_by_label("Straksafklaret").check()
    page.locator("#q0-note").fill("Vil holde loppemarked den 4. juni.\nVejledt om fristen.")
    page.wait_for_timeout(1300)
    shot(page, f"{size}-talking")
    page.keyboard.press("F9"); page.wait_for_timeout(400)
    page.locator("#transfer-query").fill("d"); page.wait_for_timeout(400)
    shot(page, f"{size}-transfer")
    if size=="d":
        page.keyboard.press("Escape"); page.locator("body").click(position={"x":5,"y":400}); page.keyboard.press("?"); page.wait_for_timeout(300); shot(page, "d-help"); page.keyboard.press("Escape")
    at_desk(world.anna, AgentState.TALKING, e, direction="in", consult={"name":"David Degnemark","address":"person:4","state":"talking"})
    page.goto("/desk/"); shot(page, f"{size}-consult")
    at_desk(world.anna, AgentState.WRAP_UP, e)
    page.goto("/desk/"); page.locator("#desk-register").click(); page.wait_for_timeout(500); shot(page, f"{size}-registered")
    page.get_by_role("button", name="Fremmøde").click(); page.wait_for_timeout(400); page.locator("#desk-register").click(); page.wait_for_timeout(400); shot(page, f"{size}-walkin-errors")
    at_desk(world.david, AgentState.TALKING, e, direction="in", held=False, muted=False)
    e.transfers = 1; e.agent = world.david; e.save()
    p2 = new_page(person=world.david, viewport=vp)
    p2.goto("/desk/"); shot(p2, f"{size}-caseworker")
