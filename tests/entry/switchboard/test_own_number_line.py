"""Agents with own numbers on a trunk: a second Asterisk is the operator and provides their mobiles."""

from __future__ import annotations

import asyncio
from array import array
from pathlib import Path

import pytest

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.entry.event_kinds import Kind
from indgang.entry.models import OwnNumber, Presence, Queue
from indgang.events.models import StoredEvent
from tests.entry.asterisk_house import KEY, QUEUE, AsteriskHouse, agents, check_the_books, kinds_of, patient_menu
from tests.entry.switchboard.test_operator_line import play
from tests.telephony.exchange_rig import LOUD, TONE, strength
from tests.telephony.operator_exchange import Operator
from tests.world import World

pytestmark = [pytest.mark.exchange, pytest.mark.django_db(transaction=True)]

#: numbers in the operator's dial plan: a person who presses 1, a voicemail, a congested line, and a busy person
MOBILE, VOICEMAIL, CONGESTED, BUSY = "+4533663010", "+4533663011", "+4533663004", "+4533663002"
CALLER = "+4522334455"


def has_number(person: Person, number: str) -> None:
    OwnNumber.objects.create(person=person, number=number, confirmed_at=clock.now())


async def comes_on(house: AsteriskHouse, person: Person, number: str) -> None:
    await house.give("sign_in", person, phone_kind="number", phone_address=number)
    await house.give("ready", person)


async def becomes(holds: object) -> None:
    """Wait until the coroutine function returns a true value."""
    async with asyncio.timeout(60):
        while not await holds():  # type: ignore[operator]
            await asyncio.sleep(0.1)


def test_an_agent_presses_1_at_a_mobile_and_both_hear_each_other(world: World, tmp_path: Path) -> None:
    patient_menu()
    (anna,) = agents(1)
    has_number(anna, MOBILE)

    async def scene(house: AsteriskHouse, operator: Operator) -> None:
        await comes_on(house, anna, MOBILE)
        leg = await house.call(CALLER, KEY)
        enquiry = await house.comes_to(CALLER, answered_at__isnull=False)
        assert operator.variable("CALLER") == "+4533663366", "the centre's number, not the caller's"
        person = await house.rig._person(leg)

        async def caller_hears() -> bool:
            return strength(await house.rig._heard(person), TONE) > LOUD

        async def mobile_hears() -> bool:
            await house.rig.speak(leg)
            return strength(array("h", (await asyncio.to_thread(operator.heard))[44:][-1600:]), TONE) > LOUD

        await becomes(caller_hears)
        await becomes(mobile_hears)
        talking = await house.both_are_connected()
        house.switchboard.kill()
        await house.connected()
        assert await house.conversations() == talking, "talking goes on over a restart of the switchboard"
        await house.give("hold", anna)
        await house.give("resume", anna)
        await asyncio.to_thread(operator.hang_up_all)
        enquiry = await house.comes_to(CALLER, ended_at__isnull=False)
        await house.until(lambda: Presence.objects.filter(person=anna, state="ready").exists())
        kinds = await house.db(lambda: kinds_of(enquiry))
        assert kinds[-2:] == [Kind.OUTSIDE_LEG, Kind.ENDED]
        told = await house.db(lambda: StoredEvent.objects.get(stream=enquiry.pk, kind=Kind.OUTSIDE_LEG).data)
        assert told["accepted"]
        assert told["seconds"] > 1
        await house.db(lambda: check_the_books([enquiry]))

    play(tmp_path, scene)


def test_a_voicemail_answers_and_the_caller_is_offered_to_the_next_agent(world: World, tmp_path: Path) -> None:
    patient_menu()
    anna, bo = agents(2)
    has_number(anna, VOICEMAIL)
    Queue.objects.filter(code=QUEUE).update(ring_seconds=6)

    async def scene(house: AsteriskHouse, operator: Operator) -> None:
        await comes_on(house, anna, VOICEMAIL)
        await house.call(CALLER, KEY)
        await becomes(lambda: asyncio.to_thread(lambda: operator.variable("DIALLED") == VOICEMAIL))
        await house.comes_on(bo)
        enquiry = await house.comes_to(CALLER, answered_at__isnull=False, agent=bo)
        told = await house.db(lambda: Presence.objects.get(person=anna))
        assert (told.state, told.phone_fault) == ("not_responding", "no_key")
        assert operator.channels() == 0, "the voicemail is hung up"
        leg = await house.db(lambda: StoredEvent.objects.get(stream=enquiry.pk, kind=Kind.OUTSIDE_LEG).data)
        assert not leg["accepted"]

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("number", "state", "fault"), [(CONGESTED, "paused", "unreachable"), (BUSY, "not_responding", "busy")]
)
def test_a_number_that_cannot_be_rung_is_told_on_the_desk_and_tried_once(
    world: World, tmp_path: Path, number: str, state: str, fault: str
) -> None:
    patient_menu()
    (anna,) = agents(1)
    has_number(anna, number)

    async def scene(house: AsteriskHouse, operator: Operator) -> None:
        await comes_on(house, anna, number)
        leg = await house.call(CALLER, KEY)
        await house.until(lambda: Presence.objects.filter(person=anna, state=state, phone_fault=fault).exists())
        await house.comes_to(CALLER, state="waiting")
        # long enough for another call to the mobile to begin
        await asyncio.sleep(2)
        assert operator.variable("CALLS") == "1"
        await house.rig.hang_up(leg)
        await house.comes_to(CALLER, ended_at__isnull=False)

    play(tmp_path, scene)
