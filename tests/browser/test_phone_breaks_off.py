"""Browser phones that break off, with a real Asterisk: reloaded pages, closed tabs, a restarted exchange."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from indgang.enquiries.journal import events_of
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState, Presence
from indgang.events.event import EventKind
from indgang.telephony.asterisk.process import Exchange, local_settings
from indgang.telephony.asterisk.trunks import Trunk
from tests.browser.rest import phone_is, wait_for
from tests.browser.test_real_call import caller, packets, switchboard_process  # noqa: F401
from tests.telephony.conftest import asterisk_programs  # noqa: F401
from tests.telephony.exchange_rig import PEOPLE_PLAN
from tests.world import World

pytestmark = [
    pytest.mark.exchange,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("stream_process", "switchboard_process"),
]

NewPage = Callable[..., Page]
Call = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def exchange(asterisk_programs: Any, tmp_path: Path) -> Iterator[Exchange]:  # noqa: F811
    """An exchange of the test's own, for it is killed here."""
    settings = local_settings(
        tmp_path / "exchange", trunks=(Trunk("network", match=("127.0.0.1",)),), extra_dialplan=PEOPLE_PLAN,
        outside_route="Local/{number}@indgang-outside/n", fallback_retry=1,
        keys_by_info=True,  # the caller's way of pressing keys
    )  # fmt: skip
    with Exchange(settings, asterisk_programs) as running:
        yield running


def on_duty(page: Page) -> Page:
    """Signed in with the browser as the telephone, registered, and ready."""
    page.goto("/desk/")
    page.locator("#order-sign-in").click()
    phone_is("registered", page)
    page.get_by_role("button", name="Klar").first.click()
    expect(page.locator("#desk-state")).to_have_attribute("data-state", "ready")
    return page


def answered(page: Page) -> None:
    phone_is("ringing", page, timeout=30_000)
    page.locator("#call-answer").click()
    phone_is("talking", page)


def talks(page: Page) -> None:
    """The page shows the call, and the caller is audible in it."""
    phone_is("talking", page, timeout=20_000)
    expect(page.locator("#call-hang-up")).to_be_visible()
    early = packets(page)["received"]
    wait_for(lambda: packets(page)["received"] > early + 25)


def kinds() -> list[EventKind[Any]]:
    return [event.kind for event in events_of(Enquiry.objects.get())]


def state(person: Any) -> str:
    return Presence.objects.get(person=person).state


def test_who_loads_the_page_anew_in_a_call_has_the_caller_back(
    new_page: NewPage,
    world: World,
    caller: Call,  # noqa: F811
) -> None:
    desk = on_duty(new_page(person=world.anna))
    other = on_duty(new_page(person=world.bo))
    caller()
    first = desk if _rings(desk, other) else other
    answered(first)
    for _ in range(3):
        began = time.monotonic()
        first.reload()
        talks(first)
        print(f"the caller was back after {time.monotonic() - began:.1f} s", file=sys.stderr)
    assert kinds().count(Kind.AGENT_LOST) == 3
    assert not (other if first is desk else desk).evaluate("window.indgang.phone.ringing()")
    assert AgentState.NOT_RESPONDING not in (state(world.anna), state(world.bo))
    first.locator("#call-hang-up").click()
    expect(first.locator("#desk-state")).to_have_attribute("data-state", "wrap_up")


def test_who_loads_the_page_anew_in_a_call_they_made_has_the_other_back(new_page: NewPage, world: World) -> None:
    desk = on_duty(new_page(person=world.anna))
    desk.locator("#dial-number").fill("+4520304050")  # the exchange answers it itself, and repeats what it hears
    desk.locator("#dial-number").press("Enter")
    # her own telephone takes it by itself
    wait_for(lambda: Enquiry.objects.exists() and Kind.ANSWERED in kinds(), seconds=30)
    desk.reload()
    talks(desk)
    assert kinds().count(Kind.AGENT_LOST) == 1
    assert kinds().count(Kind.ANSWERED) == 2
    desk.locator("#call-hang-up").click()
    wait_for(lambda: kinds()[-1] is Kind.ENDED)


def _rings(one: Page, other: Page) -> bool:
    """Whether it is the first that rings."""
    for _ in range(600):
        for page in (one, other):
            if page.evaluate("window.indgang.phone.ringing()"):
                return page is one
        one.wait_for_timeout(50)
    raise AssertionError("it rings nowhere")


def test_a_tab_that_is_closed_in_a_call_leaves_it_to_the_other_tab(
    new_page: NewPage,
    world: World,
    caller: Call,  # noqa: F811
) -> None:
    first = on_duty(new_page(person=world.anna))
    second = first.context.new_page()
    second.goto("/desk/")
    expect(second.locator("#desk-second")).to_be_visible()
    caller()
    answered(first)
    first.close(run_before_unload=False)
    phone_is("ringing", second, timeout=20_000)
    assert state(world.anna) == AgentState.RINGING
    second.locator("#call-answer").click()
    talks(second)


def test_a_tab_that_is_closed_for_good_leaves_the_caller_first_in_line(
    new_page: NewPage,
    world: World,
    caller: Call,  # noqa: F811
) -> None:
    first = on_duty(new_page(person=world.anna))
    caller()
    answered(first)
    other = on_duty(new_page(person=world.bo))
    first.close(run_before_unload=False)
    wait_for(lambda: Kind.AGENT_LOST in kinds())
    answered(other)
    talks(other)
    assert state(world.anna) != AgentState.NOT_RESPONDING


def test_answer_in_a_tab_that_does_not_ring_takes_the_call(
    new_page: NewPage,
    world: World,
    caller: Call,  # noqa: F811
) -> None:
    first = on_duty(new_page(person=world.anna))
    second = first.context.new_page()
    second.goto("/desk/")
    expect(second.locator("#desk-second")).to_be_visible()
    caller()
    expect(second.locator("#call-answer")).to_be_visible(timeout=30_000)
    second.locator("#call-answer").click()
    phone_is("talking", first)
    expect(second.locator("#call-hang-up")).to_be_visible()
    second.locator("#call-hang-up").click()
    expect(second.locator("#desk-state")).to_have_attribute("data-state", "wrap_up")


def test_answer_on_another_machine_has_the_call_ring_there(
    new_page: NewPage,
    world: World,
    caller: Call,  # noqa: F811
) -> None:
    first = on_duty(new_page(person=world.anna))
    elsewhere = new_page(person=world.anna)
    elsewhere.goto("/desk/")
    phone_is("registered", elsewhere)
    first.reload()  # the last that came has the telephone
    phone_is("registered", first)
    caller()
    expect(elsewhere.locator("#call-answer")).to_be_visible(timeout=30_000)
    elsewhere.locator("#call-answer").click()
    talks(elsewhere)


def test_three_browsers_come_back_after_the_exchange_has_been_killed(
    new_page: NewPage,
    world: World,
    exchange: Exchange,
    caller: Call,  # noqa: F811
) -> None:
    people = (world.anna, world.bo, world.clara)
    desks = [on_duty(new_page(person=person)) for person in people]
    exchange.kill()
    for desk in desks:
        expect(desk.locator("#desk-phone-note")).to_be_visible()
    wait_for(lambda: not Presence.objects.filter(person__in=people, phone_on=True).exists())
    exchange.start()
    began = time.monotonic()
    for desk in desks:
        phone_is("registered", desk, timeout=60_000)
        expect(desk.locator("#desk-phone-note")).to_be_hidden()
    print(f"all three were back after {time.monotonic() - began:.1f} s", file=sys.stderr)
    wait_for(lambda: Presence.objects.filter(person__in=people, phone_on=True).count() == 3)
    caller()
    for _ in range(600):
        ringing = [desk for desk in desks if desk.evaluate("window.indgang.phone.ringing()")]
        if ringing:
            break
        desks[0].wait_for_timeout(50)
    answered(ringing[0])
    talks(ringing[0])
    assert [state(person) for person in people].count(AgentState.NOT_RESPONDING) == 0
