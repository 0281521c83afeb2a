"""The simulator fulfils the contract."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from indgang.telephony.contract import Answered, Connected, Failed, LegId, Ring
from indgang.telephony.simulator import Answers, Behaviour, Dead, Engaged, Refuses, Simulator, Waits
from tests import virtual_time
from tests.telephony.contract_suite import ContractSuite, Listener
from tests.telephony.talk_suite import TalkSuite

BEHAVIOURS: dict[str, Behaviour] = {
    "1": Answers(0.5),
    "2": Engaged(),
    "3": Refuses(0.5),
    "4": Waits(),
    "5": Dead(),
}


class SimulatedRig:
    answers, busy, refuses, never_answers, unreachable = "tel:1", "tel:2", "tel:3", "tel:4", "tel:5"
    short, pace = 1.0, 50.0

    def __init__(self) -> None:
        self.telephone = Simulator(speed=self.pace, outside=lambda ring: BEHAVIOURS[ring.address[-1]])

    async def call(self, dialled: str, number: str) -> LegId:
        return self.telephone.call(dialled=dialled, caller_number=number)

    async def press(self, leg: LegId, key: str) -> None:
        self.telephone.press(leg, key)

    async def hang_up(self, leg: LegId) -> None:
        self.telephone.hang_up(leg)

    async def speak(self, leg: LegId) -> None:
        self.telephone.speak(leg, 1.5)
        await asyncio.sleep(0.01)

    async def fall_silent(self, leg: LegId) -> None:
        pass

    async def talk(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.pace)

    async def keys_heard(self, leg: LegId, keys: str) -> bool:
        return self.telephone.legs[leg].keys_heard == keys

    async def hears(self, listener: LegId, talker: LegId) -> bool:
        return talker in self.telephone.hears(listener)

    async def hears_music(self, leg: LegId) -> bool:
        return self.telephone.legs[leg].music

    async def lose(self) -> None:
        self.telephone.lose()

    async def restore(self) -> None:
        self.telephone.restore()

    async def leave_message(self, dialled: str, number: str) -> None:
        self.telephone.leave_message(dialled=dialled, caller_number=number)


class TestSimulator(TalkSuite, ContractSuite):
    @asynccontextmanager
    async def open_rig(self) -> AsyncIterator[SimulatedRig]:
        yield SimulatedRig()


def test_a_phone_that_waits_for_a_person_is_picked_up_by_its_button() -> None:
    async def told() -> None:
        simulator = Simulator(speed=50)
        await simulator.start()
        heard = Listener(simulator)
        await heard.expect(Connected)
        simulator.provide_phone("anna")
        simulator.provide_phone("anna")  # a second time it stays as it is
        assert simulator.picks_up
        await simulator.perform(Ring("leg-1", "agent:anna", "", "", 600, "call-1"))
        assert not simulator.pick_up("another leg")
        while not simulator.pick_up("leg-1"):
            await asyncio.sleep(0.01)  # until it rings
        await heard.expect(Answered, leg="leg-1")
        assert not simulator.pick_up("leg-1"), "an answered phone no longer rings"
        await simulator.close()

    asyncio.run(told())


def test_the_same_script_gives_the_same_reports() -> None:
    async def told() -> list[str]:
        simulator = Simulator(speed=1000)
        await simulator.start()
        heard = Listener(simulator)
        simulator.plug_in("anna", Answers(1.0))
        simulator.plug_in("bo", Refuses(2.0))
        for turn in range(5):
            leg = simulator.call(dialled="70121212")
            await simulator.perform(Ring(f"leg-{turn}", f"agent:{'anna' if turn % 2 else 'bo'}", "", "", 9, "c"))
            simulator.press(leg, "12")
            simulator.hang_up(leg)
        for turn in range(5):
            await heard.expect(Answered if turn % 2 else Failed, leg=f"leg-{turn}")
        await simulator.close()
        return [f"{type(report).__name__} {getattr(report, 'leg', '')}" for report in heard.all]

    assert virtual_time.run(told()) == virtual_time.run(told())
