"""Conversations are recorded by the switchboard process, with the simulator and with a real Asterisk."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indgang.core import clock
from indgang.enquiries.models import CallRecording, Enquiry, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import InHand
from indgang.entry.setup import recording_purposes
from indgang.events.models import StoredEvent
from indgang.telephony import sound
from indgang.telephony.asterisk.ari import Request
from indgang.telephony.asterisk.process import Exchange
from indgang.telephony.contract import CONVERSATION, LegId, TelephoneError
from indgang.telephony.simulator import Simulator
from tests.enquiries.recorded import purpose
from tests.entry.asterisk_house import KEY, NUMBER, QUEUE, AsteriskHouse, agents, kinds_of, open_house, running_exchange
from tests.entry.running import Running, running, told
from tests.telephony.exchange_rig import LOUD, TONE, strength
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

CALLER = "+4520304050"


def complete() -> CallRecording | None:
    return CallRecording.objects.exclude(sound=None).first()


def consent() -> Any:
    return StoredEvent.objects.filter(kind=Kind.RECORDING_CONSENT).first()


def shown() -> str:
    """Returns the recording state on the agent's screen."""
    row = InHand.objects.filter(stage="talking").first()
    return row.recording if row else ""


async def arrives(house: Running, key: str = "2") -> LegId:
    """A caller joins the queue and hears the question. Returns the caller's leg."""
    leg = house.simulator.call(dialled=NUMBER, caller_number=CALLER)
    await house.until(lambda: StoredEvent.objects.filter(kind=Kind.ARRIVED, data__leg=leg).first())
    house.simulator.press(leg, key)
    await house.until(lambda: Enquiry.objects.filter(state=State.WAITING).first())
    await asyncio.sleep(1.2)  # earlier keys do not count as an answer
    return leg


async def recorded(house: Running, world: World) -> LegId:
    """A caller gives consent and talks with Anna. Returns the caller's leg."""
    leg = await arrives(house)
    house.simulator.press(leg, "1")
    await house.until(consent)
    await house.comes_on(world.anna)
    await house.picks_up(world.anna)
    await house.until(lambda: shown() == "on")
    return leg


def test_a_call_with_consent_is_recorded_paused_and_stored(world: World, tmp_path: Path) -> None:
    agreed = purpose(world, "tmf-byliv", at=clock.now())

    async def story() -> None:
        async with running(tmp_path) as house:
            leg = await recorded(house, world)
            await house.give("pause_recording", world.anna)
            await house.until(lambda: shown() == "paused")
            assert all(taping.since is None for taping in house.simulator.taping.values())
            await house.give("resume_recording", world.anna)
            await house.until(lambda: shown() == "on")
            house.simulator.hang_up(leg)
            made = await house.until(complete)
            with pytest.raises(Exception, match="no recording"):
                await house.simulator.fetch_recording(made.name)

    told(story())
    made = CallRecording.objects.get()
    assert (made.purpose, made.agent, made.enquiry) == (agreed, world.anna, Enquiry.objects.get())
    assert made.seconds is not None
    assert (made.delete_at - made.began_at).days == 30


def test_a_call_without_consent_is_not(world: World, tmp_path: Path) -> None:
    purpose(world, "tmf-byliv", at=clock.now())

    async def story() -> None:
        async with running(tmp_path) as house:
            leg = await arrives(house)
            house.simulator.press(leg, "3")
            await house.comes_on(world.anna)
            await house.picks_up(world.anna)
            await house.until(lambda: shown() == "off")
            assert not house.simulator.taping
            house.simulator.hang_up(leg)
            await house.until(lambda: Enquiry.objects.filter(state=State.UNREGISTERED).first())

    told(story())
    assert not CallRecording.objects.exists()
    assert Kind.RECORDING_BEGUN not in kinds_of(Enquiry.objects.get())


def test_a_restart_keeps_the_pause_and_finds_the_file(world: World, tmp_path: Path) -> None:
    purpose(world, "tmf-byliv", at=clock.now())
    simulator = Simulator(now=clock.now, ring_delay=0.01)

    async def story() -> None:
        async with running(tmp_path, simulator=simulator) as house:
            leg = await recorded(house, world)
            await house.give("pause_recording", world.anna)
        (taping,) = simulator.taping.values()
        async with running(tmp_path, simulator=simulator) as house:
            await house.until(lambda: shown() == "paused")
            assert taping.since is None
            await house.give("resume_recording", world.anna)
            assert taping.since is not None
        simulator.hang_up(leg)  # the switchboard is down now
        async with running(tmp_path, simulator=simulator) as house:
            await house.until(complete)
        assert not simulator.taping

    told(story())


def test_the_withdrawn_recording_is_nowhere(world: World, tmp_path: Path) -> None:
    purpose(world, "tmf-byliv", at=clock.now())

    async def story() -> None:
        async with running(tmp_path) as house:
            await recorded(house, world)
            await house.give("stop_recording", world.anna, withdrawn=True)
            await house.until(lambda: shown() == "off")
            assert not house.simulator.taping
            assert not house.simulator._recordings

    told(story())
    assert not CallRecording.objects.exists()


def test_a_purpose_that_is_stopped_ends_what_is_being_recorded(world: World, tmp_path: Path) -> None:
    agreed = purpose(world, "tmf-byliv", at=clock.now())

    async def story() -> None:
        async with running(tmp_path) as house:
            leg = await recorded(house, world)
            await house.db(lambda: recording_purposes.stop(agreed, by=world.finn, at=clock.now()))
            await house.until(lambda: shown() == "kept")
            await house.until(complete)
            assert not house.simulator.taping
            assert leg in house.simulator.legs

    told(story())
    assert CallRecording.objects.get().ended_at is not None


class Stammering(Simulator):
    """An exchange that refuses the first attempt to fetch a recording."""

    refused = 0

    async def fetch_recording(self, recording: str) -> bytes:
        self.refused += 1
        if self.refused == 1:
            raise TelephoneError("too busy")
        return await super().fetch_recording(recording)


def test_a_recording_that_cannot_be_fetched_is_fetched_later(world: World, tmp_path: Path) -> None:
    purpose(world, "tmf-byliv", at=clock.now())
    simulator = Stammering(now=clock.now, ring_delay=0.01)

    async def story() -> None:
        async with running(tmp_path, simulator=simulator) as house:
            house.simulator.hang_up(await recorded(house, world))
            await house.until(complete)

    told(story())
    assert simulator.refused == 2


# --- a real Asterisk -----------------------------------------------------------------------------


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    with running_exchange(tmp_path / "exchange") as running:
        yield running


async def agrees(house: AsteriskHouse, number: str, key: str = "1") -> LegId:
    """A caller joins the queue, hears the question and presses a key. Returns the caller's leg."""
    leg = await house.call(number, KEY)
    await house.comes_to(number, state=State.WAITING)
    await asyncio.sleep(1.5)  # sooner, no key is an answer
    await house.rig.press(leg, key)
    await house.until(consent)
    return leg


def loudness(wav: bytes) -> float:
    """Returns the highest strength of the test tone in any tenth of a second of the recording."""
    samples = array("h", wav[44:])
    step = sound.RATE // 10
    return max((strength(samples[at : at + step], TONE) for at in range(0, len(samples) - step, step)), default=0.0)


async def files(house: AsteriskHouse) -> list[str]:
    """Returns the names of the conversation recordings that Asterisk still stores."""
    answer = await house.rig.people.send(Request("GET", "recordings/stored"))
    return [one["name"] for one in answer.body if one["name"].startswith(CONVERSATION)]


@pytest.mark.exchange
def test_what_is_said_in_a_pause_is_not_in_the_file(world: World, exchange: Exchange, tmp_path: Path) -> None:
    purpose(world, QUEUE, at=clock.now())
    (agent,) = agents(1)

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            leg = await agrees(house, CALLER)
            await house.comes_on(agent)
            await house.until(lambda: shown() == "on")
            await asyncio.sleep(1)  # a second of the recording is from before the pause
            await house.give("pause_recording", agent)
            await house.rig.speak(leg)  # the private part
            await house.give("hold", agent)
            await house.rig.speak(leg)
            await house.give("resume", agent)
            await house.rig.hang_up(leg)
            await house.until(complete)
            assert not await files(house)

    told(story())
    made = CallRecording.objects.get()
    assert loudness(bytes(made.sound or b"")) < LOUD


@pytest.mark.exchange
def test_asterisk_records_after_consent_through_a_crash_of_the_switchboard(
    world: World, exchange: Exchange, tmp_path: Path
) -> None:
    purpose(world, QUEUE, at=clock.now())
    (agent,) = agents(1)

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            leg = await agrees(house, CALLER)
            await house.comes_on(agent)
            await house.until(lambda: shown() == "on")
            await house.rig.speak(leg)
            house.switchboard.kill()
            await house.rig.speak(leg)
            await house.connected()
            await house.give("pause_recording", agent)
            house.switchboard.kill()
            await house.rig.hang_up(leg)
            await house.connected()
            await house.until(complete)
            await house.nobody_is_left()
            assert not await files(house)

    told(story())
    made = CallRecording.objects.get()
    assert loudness(bytes(made.sound or b"")) > LOUD
    assert made.seconds is not None
    assert made.seconds > 2


@pytest.mark.exchange
def test_asterisk_records_nothing_without_the_key_1(world: World, exchange: Exchange, tmp_path: Path) -> None:
    purpose(world, QUEUE, at=clock.now())
    (agent,) = agents(1)

    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            leg = await agrees(house, CALLER, key="2")
            await house.comes_on(agent)
            await house.comes_to(CALLER, state=State.TALKING)
            await house.rig.speak(leg)
            assert not await files(house)
            await house.rig.hang_up(leg)
            await house.comes_to(CALLER, state=State.UNREGISTERED)

    told(story())
    assert not CallRecording.objects.exists()
