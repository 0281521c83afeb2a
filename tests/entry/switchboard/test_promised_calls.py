"""Callbacks through the switchboard, with the simulated exchange and the real database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from indgang.core import clock
from indgang.enquiries import promised, stream
from indgang.enquiries.circumstances import places_of
from indgang.enquiries.journal import DatabaseJournal, events_of
from indgang.enquiries.models import Channel, Enquiry, ReturnCall, State
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.models import FlowVersion, InHand, LiveWork, Queue, QueueTerms
from indgang.measures.day import centre_figures
from indgang.routing.centre import callbacks
from indgang.telephony.simulator import Engaged, Simulator
from tests.enquiries.told_calls import talked
from tests.entry.running import Running, running, told
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "+4520304050"


@pytest.fixture(autouse=True)
def at_any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow callbacks at any hour, because the tests also run at night."""
    monkeypatch.setattr(callbacks, "next_polite", lambda core, queue, at: at)


async def ordered(house: Running, **more: object) -> dict[str, object]:
    """Order a callback as the public site does."""
    asked = {"number": NUMBER, "queue": "tmf-byggeri", "channel": "web", "name": "Lis Holm", **more}
    return await house.db(
        lambda: commands.give_and_wait("callback_order", by=None, at=clock.now(), patience=40.0, **asked)
    )


def assert_replayed(enquiry: Enquiry) -> None:
    """Check that a replay of the events gives the same row."""
    made = stream.replay(events_of(enquiry), places_of(Queue.objects.select_related("centre")))
    for column in stream.DERIVED:
        assert getattr(made, column) == getattr(enquiry, column), column


def test_a_call_ordered_on_the_site_is_offered_dialled_and_talked(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            answer = await ordered(house)
            assert answer["standing"] is False
            await house.until(lambda: LiveWork.objects.exists())
            await house.comes_on(world.anna)
            shown = await house.until(lambda: InHand.objects.filter(person=world.anna).first())
            assert (str(shown.enquiry), shown.kind, shown.stage) == (answer["enquiry"], "callback", "ringing")
            await house.give("answer", world.anna)
            await house.picks_up(world.anna)
            contact = await house.until(house.rung_outside)
            await house.until(lambda: Enquiry.objects.get().state == State.TALKING)
            house.simulator.hang_up(contact)
            await house.until(lambda: Enquiry.objects.get().state == State.UNREGISTERED)
            await house.until(lambda: not LiveWork.objects.exists())

    told(story())
    enquiry = Enquiry.objects.get()
    assert (enquiry.channel, enquiry.caller_name, enquiry.agent) == (Channel.WEB, "Lis Holm", world.anna)
    assert enquiry.queue == world.queues["tmf-byggeri"]
    assert enquiry.ended_at is not None
    phases = sum(getattr(enquiry, name) for name in stream.SECONDS_OF_PHASE.values())
    assert phases == pytest.approx((enquiry.ended_at - enquiry.arrived_at).total_seconds(), abs=0.001)
    assert not ReturnCall.objects.exists()
    assert_replayed(enquiry)


def test_promises_survive_a_restart_and_can_be_cancelled(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            first = await ordered(house)
            later = (clock.now() + timedelta(hours=30)).isoformat()
            await ordered(house, number="+4520304099", due=later)
            await house.until(lambda: LiveWork.objects.count() == 2)
        async with running(tmp_path) as house:
            again = await ordered(house)
            assert again == {"enquiry": first["enquiry"], "standing": True}
            await house.db(
                lambda: commands.give_and_wait(
                    "callback_cancel", by=None, at=clock.now(), patience=40.0, enquiry=str(first["enquiry"])
                )
            )
            await house.until(lambda: LiveWork.objects.count() == 1)

    told(story())
    enquiry = Enquiry.objects.get(caller_number=NUMBER)
    assert (enquiry.state, enquiry.phase) == (State.LEFT, "")
    assert events_of(enquiry)[-1].kind is Kind.CALLBACK_OVER
    assert_replayed(enquiry)
    waits = Enquiry.objects.exclude(pk=enquiry.pk).get()
    assert (waits.state, waits.phase, waits.ended_at) == (State.CALLBACK, "callback", None)
    assert waits.callback_due is not None
    assert_replayed(waits)


def test_who_cannot_be_reached_is_told_of_on_the_list_and_the_enquiry_ends_so(world: World, tmp_path: Path) -> None:
    QueueTerms.objects.filter(queue=world.queues["tmf-byggeri"]).update(callback_attempts=1)
    nobody = Simulator(now=clock.now, ring_delay=0.01, outside=Engaged())

    async def story() -> None:
        async with running(tmp_path, simulator=nobody) as house:
            await ordered(house)
            await house.comes_on(world.anna)
            await house.until(lambda: InHand.objects.filter(person=world.anna, kind="callback").exists())
            await house.give("answer", world.anna)
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.get().state == State.NOT_REACHED)
            await house.until(lambda: not LiveWork.objects.exists())

    told(story())
    enquiry, row = Enquiry.objects.get(), ReturnCall.objects.get()
    assert (row.kind, row.number, row.queue, row.attempts, row.enquiry) == (
        ReturnCall.Kind.NOT_REACHED, NUMBER, world.queues["tmf-byggeri"], 1, enquiry,
    )  # fmt: skip
    assert enquiry.ended_at is not None
    stands = promised.standing(str(enquiry.pk))
    assert stands is not None
    assert (stands.state, len(stands.tries), stands.next) == ("missed", 1, None)
    figures = centre_figures(world.centres["tmf"], at=clock.now())
    assert (figures.contacts.not_reached, figures.return_calls["not_reached"]) == (1, 1)
    assert_replayed(enquiry)
    since = enquiry.ended_at - timedelta(days=1)
    assert DatabaseJournal().missed_callbacks(since) == {NUMBER: (enquiry.ended_at, "tmf-byggeri")}
    assert DatabaseJournal().missed_callbacks(clock.now() + timedelta(days=1)) == {}
    talked(world.bo, NUMBER, start=clock.now())
    assert DatabaseJournal().missed_callbacks(since) == {}, "they have talked with us since"


def test_who_calls_in_waits_at_the_promised_place_and_the_register_says_so(world: World, tmp_path: Path) -> None:
    version = FlowVersion.objects.get(flow__entry_points__number="+4533661000")
    version.definition["start"] = "lovet"
    version.definition["steps"] += [
        {"id": "lovet", "kind": "condition", "all": [{"fact": "callback_waiting"}], "on_true": "plads",
         "on_false": "farvel"},
        {"id": "plads", "kind": "queue", "queue": "@promised", "max_wait": 600, "on_max_wait": "farvel"},
    ]  # fmt: skip
    FlowVersion.objects.filter(pk=version.pk).update(definition=version.definition)

    async def story() -> None:
        async with running(tmp_path) as house:
            promise = await ordered(house)
            await house.until(lambda: LiveWork.objects.exists())
            house.simulator.call(dialled="+4533661000", caller_number=NUMBER)
            await house.until(lambda: Enquiry.objects.filter(state=State.WAITING).exists())
            await house.comes_on(world.anna)
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.filter(state=State.TALKING).exists())
            await house.until(lambda: Enquiry.objects.get(pk=str(promise["enquiry"])).state == State.LEFT)

    told(story())
    promise, call = Enquiry.objects.get(channel=Channel.WEB), Enquiry.objects.get(channel=Channel.PHONE)
    over = events_of(promise)[-1]
    assert (over.kind, over.payload.why, over.payload.call) == (Kind.CALLBACK_OVER, "called_in", str(call.pk))
    assert call.queue == world.queues["tmf-byggeri"]
    assert not ReturnCall.objects.exists(), "nobody is to be rung any more"
    stands = promised.standing(str(promise.pk))
    assert stands is not None
    assert stands.state == "talked", "they called us, and we answered"
    assert_replayed(promise)
