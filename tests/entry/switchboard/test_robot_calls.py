"""Robot calls of the switchboard process, with the simulator (tests/feedback/test_robot_on_asterisk.py: Asterisk)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction

from indgang.core import clock
from indgang.core.ids import uuid7
from indgang.entry import robot_calls
from indgang.entry.board.robot_script import Script
from indgang.entry.models import LiveWork, Prompt, RobotCall
from indgang.events.models import StoredEvent
from indgang.telephony import sound
from indgang.telephony.contract import COMMENT, Recorded
from indgang.telephony.simulator import RepliesByKeys, Simulator
from tests.entry.asterisk_house import NUMBER
from tests.entry.running import running, told
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = Script("hello", ("one", "two", "three", "four"), "again", "wrong", "thanks", "out")


@pytest.fixture(autouse=True)
def _texts(world: World) -> None:
    for code in (SCRIPT.intro, *SCRIPT.questions, "comment"):
        Prompt.objects.create(code=code, language="da", text=code, updated_at=MORNING)


def place(number: str, script: Script = SCRIPT) -> UUID:
    at = clock.now()
    robot_calls.place(
        call := uuid7(), number=number, ours=NUMBER, script=script, until=at + timedelta(hours=1), at=at,
        reference="test:1",
    )  # fmt: skip
    return call


def _collect(call: UUID) -> None:
    with transaction.atomic():
        assert robot_calls.collect(call, at=clock.now())
    with transaction.atomic():
        assert robot_calls.collect(call, at=clock.now()) is None


def over(call: UUID) -> RobotCall | None:
    return RobotCall.objects.filter(pk=call).exclude(outcome="").first()


def kinds(call: UUID) -> list[str]:
    return list(StoredEvent.objects.filter(stream=call).order_by("number").values_list("kind", flat=True))


def test_the_simulator_does_the_same_and_a_result_is_collected_once(world: World, tmp_path: Path) -> None:
    people = {
        "tel:+4520304051": RepliesByKeys(0.05, 0.1, " 8979"),
        "tel:+4520304059": RepliesByKeys(0.05, 9.0),
        "tel:+4520304052": RepliesByKeys(0.05, 0.1, "*"),
    }
    simulator = Simulator(now=clock.now, ring_delay=0.01, outside=lambda ring: people[ring.address])

    async def story() -> None:
        async with running(tmp_path, simulator=simulator) as house:
            calls = [await house.db(place, address.removeprefix("tel:")) for address in people]
            results = [await house.until(partial(over, call)) for call in calls]
            assert [each.outcome for each in results] == ["answered", "machine", "opted_out"]
            assert results[0].marks == [8, 9, 7, 9]
            assert not await house.db(LiveWork.objects.exists)
            at = clock.now()
            found = await house.db(lambda: robot_calls.finished("test:", at=at))
            assert set(found) == set(calls)
            for call in calls:
                await house.db(_collect, call)
            assert not await house.db(lambda: robot_calls.finished("test:", at=at))

    told(story())


def has_sound(call: UUID) -> RobotCall | None:
    return RobotCall.objects.filter(pk=call, comment__isnull=False).first()


def test_after_a_kill_while_recording_the_comment_is_stored_and_nothing_is_left_at_the_exchange(
    world: World, tmp_path: Path
) -> None:
    script = replace(SCRIPT, questions=("one",), comment="comment")
    person = RepliesByKeys(0.05, 0.1, " 81")
    simulator = Simulator(now=clock.now, ring_delay=0.01, outside=lambda _ring: person, speech_seconds=120)

    def records() -> list[str]:
        return [leg.leg for leg in simulator.legs.values() if leg.recording]

    def is_empty() -> bool:
        return not simulator._recordings

    async def story() -> None:
        async with running(tmp_path, simulator=simulator) as house:
            call = await house.db(place, "+4520304051", script)
            (leg,) = await house.until(records)
        simulator.hang_up(leg)
        simulator._recordings[f"{COMMENT}{uuid7()}"] = sound.tone(1.0)  # of a call that is deleted
        async with running(tmp_path, simulator=simulator) as house:
            result = await house.until(partial(over, call))
            assert (result.outcome, result.marks) == ("answered", [8])
            found = await house.until(partial(has_sound, call))
            assert found.has_comment
            assert found.comment_at == found.answered_at
            await house.until(is_empty)

    told(story())


def test_of_a_silent_comment_nothing_is_left_at_the_exchange(world: World, tmp_path: Path) -> None:
    simulator = Simulator(now=clock.now)

    async def story() -> None:
        async with running(tmp_path, simulator=simulator) as house:
            silent = f"{COMMENT}{uuid7()}"
            simulator._recordings[silent] = sound.tone(1.0)
            simulator._report(Recorded(silent, silent, 0.0, clock.now()))
            await house.until(lambda: silent not in simulator._recordings)

    told(story())
