"""A promised call that the case worker returns: at its time the agent is offered it, rings the caller through a real
Asterisk, and the promise is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from indgang.core import clock
from indgang.enquiries.models import Enquiry, State
from indgang.entry.models import QueueTerms
from indgang.handover import pushing, recipients, sending
from indgang.handover.card import Card
from indgang.handover.models import Handover, Promise
from indgang.handover.promises import PromisedTime
from tests.browser.rest import phone_is, wait_for
from tests.browser.test_promised_call import (  # noqa: F401  # fixtures
    Dial,
    _look_at,
    dial,
    exchange,
    offering,
    switchboard_process,
)
from tests.browser.test_warm_handover import signed_in
from tests.telephony.conftest import asterisk_programs  # noqa: F401  # a fixture
from tests.world import World, open_always

pytestmark = [pytest.mark.exchange, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def short_wrap_up(world: World) -> None:
    """Anna is offered the task when it is due: a minute of wrap-up may last longer than the test waits."""
    QueueTerms.objects.update(wrap_up_seconds=1)


@pytest.fixture
def always_open(world: World) -> None:
    """The test runs at any hour of any day."""
    open_always(world)


def promised(world: World, *, starts: datetime) -> Handover:
    """Anna hands the question over from her call; David is to ring the caller from `starts` on."""
    enquiry = Enquiry.objects.get()
    card = Card(question="Må boden stå hele weekenden?", contact_number=enquiry.caller_number, contact_name="Kiosken")
    return sending.send(
        enquiry, kind=Handover.Kind.CALLBACK, to=recipients.of_person(world.david, clock.today()), card=card,
        service=world.services["arrangement"], promise=PromisedTime(starts + timedelta(hours=1), starts),
        by=world.anna, at=clock.now(),
    )  # fmt: skip


def test_a_returned_call_is_made_at_its_time_through_asterisk_and_the_promise_kept(
    new_page: Callable[..., Page],
    world: World,
    always_open: None,
    short_wrap_up: None,
    stream_process: str,
    switchboard_process: None,  # noqa: F811
    dial: Dial,  # noqa: F811
) -> None:
    anna = new_page(person=world.anna)
    signed_in(anna)
    anna.get_by_role("button", name="Klar").first.click()
    caller = dial("")
    phone_is("ringing", anna, timeout=60_000)
    anna.locator("#call-answer").click()
    phone_is("talking", anna)
    starts = clock.now() + timedelta(seconds=40)
    sent = promised(world, starts=starts)
    anna.locator("#call-hang-up").click()  # a key pressed before the page shows the conversation would do nothing
    assert caller.wait(60) == 0
    wait_for(lambda: Enquiry.objects.get().state == State.UNREGISTERED)

    david = new_page(person=world.david)
    david.goto(f"/desk/handovers/{sent.pk}/")
    david.get_by_text("Send tilbage til kontaktcentret").click()
    david.get_by_role("radio", name="Ikke vores opgave").check()
    david.get_by_role("button", name="Send tilbage", exact=True).click()
    expect(david.get_by_text("Opgaven er sendt tilbage.")).to_be_visible()
    if clock.now() < starts:
        assert pushing.restore(at=clock.now()) == 0, "it is nobody's before its time"

    wait_for(lambda: clock.now() >= starts, seconds=60)
    pushing.restore(at=clock.now())  # what the worker does each minute
    item = anna.locator("#desk-call")
    expect(item.get_by_role("heading", name="Opgave")).to_be_visible(timeout=30_000)
    anna.keyboard.press("F2")
    expect(anna.locator("#task-call")).to_be_visible()
    wait_for(lambda: Handover.objects.get().state == "accepted")
    assert Handover.objects.get().person == world.anna
    _look_at(anna, "task-in-hand")
    anna.locator("#desk-call-title").focus()
    anna.keyboard.press("F2")
    phone_is("talking", anna, timeout=60_000)
    expect(item).to_have_attribute("data-stage", "talking", timeout=30_000)
    called = Enquiry.objects.exclude(pk=sent.enquiry_id).get()
    assert called.caller_number == sent.contact_number
    anna.locator("#desk-call-title").focus()
    anna.keyboard.press("Shift+F2")
    wait_for(lambda: Enquiry.objects.filter(pk=called.pk, ended_at__isnull=False).exists())
    anna.goto(f"/desk/handovers/{sent.pk}/")
    anna.get_by_role("button", name="Jeg fik kontakt").click()
    expect(anna.get_by_text("Opkaldet er noteret.")).to_be_visible()

    promise = Promise.objects.get()
    assert (promise.state, promise.unit, promise.attempts) == ("kept", world.units["ctb-byliv"], 1)
    assert promise.starts_at is not None
    assert promise.settled_at is not None
    assert promise.starts_at <= promise.settled_at <= promise.due_at
