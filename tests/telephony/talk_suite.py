"""The part of the contract suite about who speaks on a leg, and is recorded there across an outage."""

from __future__ import annotations

from indgang.telephony.contract import COMMENT, CommentRecorded, Connected, Lost, Record, Recorded, Talking, WatchTalk
from tests.telephony.contract_suite import SAID, Stage, scenario


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

    @scenario
    async def test_comments_are_found_again_after_a_loss_until_they_are_discarded(self, stage: Stage) -> None:
        said, speaks = await stage.incoming(), await stage.incoming()
        await stage.perform(Record(said, complete := COMMENT + "1", 1))
        await stage.expect(Recorded, recording=complete)
        await stage.perform(Record(speaks, live := COMMENT + "2", 60))
        await stage.talk(SAID)
        await stage.rig.lose()
        await stage.expect(Lost)
        await stage.rig.restore()
        assert (await stage.expect(Connected)).recordings == {live}
        await stage.expect(CommentRecorded, recording=complete)
        await stage.rig.hang_up(speaks)
        await stage.expect(Recorded, recording=live)
        for name in (complete, live):
            assert await stage.rig.telephone.fetch_recording(name)
            await stage.rig.telephone.discard_recording(name)
