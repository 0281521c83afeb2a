"""The part of the contract suite about who speaks on a leg."""

from __future__ import annotations

from indgang.telephony.contract import Talking, WatchTalk
from tests.telephony.contract_suite import Stage, scenario


class TalkSuite:
    """Inherit it beside `ContractSuite`."""

    @scenario
    async def test_the_beginning_and_the_end_of_speech_on_a_watched_leg_are_reported(self, stage: Stage) -> None:
        leg = await stage.dialled()
        await stage.perform(WatchTalk(leg))
        await stage.perform(WatchTalk(leg))
        await stage.rig.speak(leg)
        await stage.rig.fall_silent(leg)
        began = await stage.expect(Talking, leg=leg, on=True)
        ended = await stage.expect(Talking, leg=leg, on=False)
        assert ended.at > began.at
        assert len(stage.heard.of(Talking, leg=leg)) == 2
