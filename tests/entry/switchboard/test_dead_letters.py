"""A record that the register refuses, such as an unstorable name, neither stops the switchboard nor gets lost."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from indgang.core import clock
from indgang.enquiries.models import Enquiry, State
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch, OrderAnswer
from indgang.entry.models import Alert, Command, DeadLetter, LiveWork, Presence
from indgang.entry.switchboard import dead_letters
from indgang.events.models import StoredEvent
from indgang.live.models import Mark
from tests.entry.running import Running, running, told
from tests.entry.switchboard.test_process import NUMBER, a_call
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

#: a PostgreSQL text cannot hold a zero byte
UNWRITABLE_NAME = "Jens\x00Jensen"


async def an_unwritable_call(house: Running, key: str) -> str:
    """A caller in the queue of `key` whose arrival could not be stored. Returns the caller's leg."""
    leg = house.simulator.call(dialled=NUMBER, caller_number="+4520304050", caller_name=UNWRITABLE_NAME)
    await house.until(lambda: DeadLetter.objects.exists())
    house.simulator.press(leg, key)
    return leg


def test_a_call_that_cannot_be_written_is_answered_and_talked_through(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            leg = await an_unwritable_call(house, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: Presence.objects.get(person=world.anna).state == "talking")
            await house.until(lambda: house.simulator.hears(leg))  # the conversation has begun
            house.simulator.hang_up(leg)
            await house.until(lambda: Presence.objects.get(person=world.anna).state == "wrap_up")

    told(story())
    assert not Enquiry.objects.exists()
    assert not LiveWork.objects.exists()
    (lost,) = {enquiry for row in DeadLetter.objects.all() for enquiry in row.enquiries}
    kept = [json.loads(row.content) for row in DeadLetter.objects.order_by("pk")]
    events = [event for batch in kept for event in batch["events"]]
    assert [event["kind"] for event in events] == [
        "arrived", "menu", "queued", "offered", "accepted", "answered", "ended"
    ]  # fmt: skip
    assert events[0]["data"]["caller_name"] == UNWRITABLE_NAME
    first = DeadLetter.objects.order_by("pk")[0]
    assert first.kind == "DataError"
    assert first.error
    assert "UnknownEnquiry" in {row.kind for row in DeadLetter.objects.all()}, "what follows has no beginning"
    alert = Alert.objects.get()
    assert (alert.code, alert.enquiry) == (dead_letters.ALERT, UUID(lost))
    assert "DataError" in alert.text
    assert Mark.objects.filter(part="all/alerts").exists()


def test_whoever_waits_for_an_answer_is_refused_and_the_next_call_is_written(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            leg = await an_unwritable_call(house, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: Presence.objects.get(person=world.anna).state == "talking")
            with pytest.raises(commands.Refused) as refused:
                await house.give("hold", world.anna)
            assert refused.value.code == dead_letters.REFUSAL
            assert (await house.db(Command.objects.latest, "pk")).outcome == Command.Outcome.REFUSED
            house.simulator.hang_up(leg)
            await house.until(lambda: Presence.objects.get(person=world.anna).state == "wrap_up")
            with pytest.raises(commands.Refused):  # the call owns the end of the wrap-up
                await house.give("ready", world.anna)
            await house.until(lambda: Presence.objects.get(person=world.anna).state == "ready")
            await a_call(house, "2", "+4520000002")
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.filter(state=State.TALKING).exists())

    told(story())
    assert Enquiry.objects.get().caller_number == "+4520000002"
    assert Alert.objects.count() == 1


def test_what_is_written_together_with_it_is_kept(world: World, tmp_path: Path) -> None:
    """A valid batch next to an invalid one: the first reaches the register, and only the second is a dead letter."""

    async def story() -> None:
        async with running(tmp_path) as house:
            await house.db(lambda: None)
            at, good, bad = clock.now(), "0198f6b2-0000-7000-8000-000000000001", "0198f6b2-0000-7000-8000-000000000002"
            data = {"exchange": "simulator", "leg": "x", "dialled": NUMBER, "caller_number": "", "language": "da"}
            batches = [
                Batch(at, [Kind.ARRIVED.event(good, at, data=data)]),
                Batch(at, [Kind.ARRIVED.event(bad, at, data=data | {"caller_name": UNWRITABLE_NAME})]),
                Batch(at, [Kind.MENU.event(good, at, data={"key": "2", "label": "Byliv"})]),
            ]
            await house.switchboard._write(batches)

    told(story())
    assert list(StoredEvent.objects.order_by("position").values_list("kind", flat=True)) == [Kind.ARRIVED, Kind.MENU]
    assert DeadLetter.objects.get().enquiries == ["0198f6b2-0000-7000-8000-000000000002"]


def test_a_dead_letter_has_no_telephones_password(world: World) -> None:
    at = clock.now()
    batch = Batch(at, answers=[OrderAnswer(7, True, {"password": "hemmelig"})])
    dead_letters.keep(batch, ValueError("half a character: \ud800, zero: \x00"), at)
    row = DeadLetter.objects.get()
    assert "hemmelig" not in row.content
    assert json.loads(row.content)["answers"] == [7]
    assert row.error == "half a character: \\ud800, zero: \\x00"


def test_a_call_whose_kept_state_is_odd_becomes_a_dead_letter_and_goes_on(world: World, tmp_path: Path) -> None:
    """Three callers wait: one flow and one whole call cannot be read after a restart. All three continue."""

    async def story() -> None:
        async with running(tmp_path) as house:
            simulator = house.simulator
            await house.comes_on(world.anna)
            await house.give("pause", world.anna)
            legs = [await a_call(house, "2", f"+452000000{n}") for n in range(3)]
            await house.until(lambda: Enquiry.objects.filter(state=State.WAITING).count() == 3)
        await asyncio.to_thread(_spoil)
        async with running(tmp_path, simulator=simulator) as house:
            await house.until(lambda: DeadLetter.objects.count() == 2)
            await house.until(lambda: Enquiry.objects.filter(state=State.LEFT).exists())
            # the caller whose record is unreadable starts as a new call
            await house.until(lambda: Enquiry.objects.filter(caller_number="+4520000002").count() == 2)
            for leg in legs[:2]:
                await house.give("ready", world.anna)
                await house.picks_up(world.anna)
                await house.until(lambda: Presence.objects.get(person=world.anna).state == "talking")
                simulator.hang_up(leg)
                await house.until(lambda: Presence.objects.get(person=world.anna).state == "wrap_up")

    told(story())
    answered = Enquiry.objects.filter(answered_at__isnull=False).values_list("caller_number", flat=True)
    assert sorted(answered) == ["+4520000000", "+4520000001"]
    assert Alert.objects.filter(code=dead_letters.ALERT).count() == 2


def _spoil() -> None:
    """Damage two rows in ways that no release writes."""
    first, _second, third = (Enquiry.objects.get(caller_number=f"+452000000{n}") for n in range(3))
    row = LiveWork.objects.get(item=first.pk)
    row.kept["flow"] = {"step": ["no", "flow"]}
    row.save()
    row = LiveWork.objects.get(item=third.pk)
    row.kept = {"leg": None}
    row.save()
    connection.close()


@pytest.mark.parametrize("kind", ["task", "written", "chat", "robot", "staying"])
def test_what_cannot_be_read_and_is_ordered_anew_has_not_ended(world: World, tmp_path: Path, kind: str) -> None:
    """One dead letter, for what was kept; the enquiry waits as before, until its owner orders the item anew."""
    item = "0198f6b2-0000-7000-8000-000000000003"

    async def story() -> None:
        async with running(tmp_path) as house:
            kept = {"kind": kind, "id": None, "story": item}
            await house.db(lambda: LiveWork.objects.create(item=item, since=clock.now(), kept=kept))
        async with running(tmp_path) as house:
            await house.until(lambda: DeadLetter.objects.exists())
            await house.until(lambda: not LiveWork.objects.exists())

    told(story())
    assert DeadLetter.objects.count() == 1
    assert not StoredEvent.objects.exists()
