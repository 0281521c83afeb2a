"""The contract of every exchange as one test suite, run against the simulator and a real Asterisk.

A `Rig` is an exchange with the people around it: callers and called parties. The suite gives orders, reads
reports and asks the rig which voices the people hear.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

import pytest

from indgang.telephony import sound
from indgang.telephony.contract import (
    CONVERSATION,
    Answer,
    Answered,
    Arrived,
    Connect,
    Connected,
    ConversationRecorded,
    Disconnect,
    Failed,
    Failure,
    FallBack,
    Gone,
    Hangup,
    Keyed,
    LegId,
    Lost,
    MessageLeft,
    Monitor,
    MonitorMode,
    Music,
    Mute,
    NoRecording,
    PauseRecording,
    PhoneRegistered,
    Play,
    Played,
    Record,
    RecordConversation,
    Recorded,
    Report,
    Ring,
    SendKeys,
    StopPlaying,
    StopRecording,
    Telephone,
    TelephoneError,
)

#: seconds to wait for a report that must come
PATIENCE = 60.0
#: seconds of talk that is recorded, and that is said in a pause of the recording
SAID, KEPT_BACK = 1.0, 4.0
R = TypeVar("R")


class Rig(Protocol):
    """An exchange with people. Each address is named after the behaviour of its person."""

    @property
    def telephone(self) -> Telephone: ...

    answers: str
    busy: str
    refuses: str
    never_answers: str
    unreachable: str
    #: length of a short prompt, in seconds of the exchange's clock
    short: float
    #: how much faster the exchange's clock runs
    pace: float

    async def call(self, dialled: str, number: str) -> LegId: ...
    async def press(self, leg: LegId, key: str) -> None: ...
    async def hang_up(self, leg: LegId) -> None: ...
    async def speak(self, leg: LegId) -> None: ...
    async def fall_silent(self, leg: LegId) -> None: ...
    async def talk(self, seconds: float) -> None: ...
    async def keys_heard(self, leg: LegId, keys: str) -> bool: ...
    async def hears(self, listener: LegId, talker: LegId) -> bool: ...
    async def hears_music(self, leg: LegId) -> bool: ...
    async def lose(self) -> None: ...
    async def restore(self) -> None: ...
    async def leave_message(self, dialled: str, number: str) -> None: ...


class Listener:
    """Collects reports, so that a test can wait for one or inspect all."""

    def __init__(self, telephone: Telephone) -> None:
        self.all: list[Report] = []
        self._taken: set[int] = set()
        self._more = asyncio.Condition()
        self._reading = asyncio.create_task(self._read(telephone))

    async def _read(self, telephone: Telephone) -> None:
        async for report in telephone.reports():
            async with self._more:
                self.all.append(report)
                self._more.notify_all()

    async def expect(self, kind: type[R], *, patience: float = PATIENCE, **wanted: object) -> R:
        """The first report of this kind with these fields that no earlier `expect` has taken."""
        try:
            async with asyncio.timeout(patience), self._more:
                while True:
                    for place, report in enumerate(self.all):
                        if place not in self._taken and isinstance(report, kind) and _fits(report, wanted):
                            self._taken.add(place)
                            return report
                    await self._more.wait()
        except TimeoutError:
            raise AssertionError(f"no {kind.__name__} with {wanted}; there was {self.all}") from None

    def of(self, kind: type[R], **wanted: object) -> list[R]:
        return [report for report in self.all if isinstance(report, kind) and _fits(report, wanted)]

    def place(self, report: object) -> int:
        return next(place for place, one in enumerate(self.all) if one is report)

    async def stop(self) -> None:
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)


def _fits(report: object, wanted: dict[str, object]) -> bool:
    return all(getattr(report, name, None) == value for name, value in wanted.items())


class Stage:
    """A rig with a listener, and short methods for the usual beginnings of scenarios."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.heard = Listener(rig.telephone)
        self.perform = rig.telephone.perform
        self.expect = self.heard.expect
        self._legs = 0

    async def incoming(self, *, answered: bool = True) -> LegId:
        leg = await self.rig.call("70121212", "33662211")
        await self.expect(Arrived, leg=leg)
        if answered:
            await self.perform(Answer(leg))
        return leg

    def new_leg(self) -> LegId:
        self._legs += 1
        return f"leg-{id(self):x}-{self._legs}"

    async def dial(self, address: str, timeout: float = 20.0) -> LegId:
        leg = self.new_leg()
        await self.perform(Ring(leg, address, "33662211", "Erhvervslinjen", timeout, "call-1"))
        return leg

    async def dialled(self) -> LegId:
        leg = await self.dial(self.rig.answers)
        await self.expect(Answered, leg=leg)
        return leg

    async def talk(self, seconds: float) -> float:
        """Let everybody talk; for how many seconds of the exchange's clock they did, on a busy machine too."""
        began = time.monotonic()
        await self.rig.talk(seconds)
        return (time.monotonic() - began) * self.rig.pace

    async def becomes(self, question: Callable[[], Awaitable[bool]], wanted: bool = True) -> bool:
        """Whether the answer becomes the expected one in time: an order needs a moment to reach the far end."""
        until = time.monotonic() + PATIENCE
        while await question() is not wanted:
            if time.monotonic() > until:
                return False
        return True

    async def hears(self, listener: LegId, talker: LegId) -> bool:
        return await self.becomes(functools.partial(self.rig.hears, listener, talker))

    async def no_longer_hears(self, listener: LegId, talker: LegId) -> bool:
        return await self.becomes(functools.partial(self.rig.hears, listener, talker), wanted=False)


Scenario = Callable[[Any, Stage], Awaitable[None]]


def scenario(told: Scenario) -> Callable[[Any], None]:
    """A test of the suite: an async function of (self, stage)."""

    @functools.wraps(told)
    def test(self: Any) -> None:
        async def run() -> None:
            async with self.open_rig() as rig:
                stage = Stage(rig)
                await rig.telephone.start()
                try:
                    await stage.expect(Connected)
                    await told(self, stage)
                finally:
                    await rig.telephone.close()
                    await stage.heard.stop()

        asyncio.run(run())

    # else pytest would treat the scenario's parameters as fixtures
    del test.__wrapped__
    return test


class ContractSuite:
    """Subclass it with `open_rig`."""

    def open_rig(self) -> AbstractAsyncContextManager[Any]:
        raise NotImplementedError

    # --- calls coming in --------------------------------------------------------------------------

    @scenario
    async def test_a_caller_in_the_exchanges_own_plan_hears_music_and_arrives_again(self, stage: Stage) -> None:
        leg = await stage.incoming()
        await stage.perform(Play(leg, "long", ("prompt-long",)))
        await stage.perform(FallBack(leg))
        assert await stage.becomes(functools.partial(stage.rig.hears_music, leg))
        again = await stage.expect(Arrived, leg=leg, patience=20)
        assert (again.dialled, again.caller_number) == ("70121212", "33662211")
        await stage.perform(FallBack(leg, again=True))
        await stage.expect(Arrived, leg=leg, patience=20)
        assert not stage.heard.of(Gone, leg=leg)
        await stage.perform(Connect("bridge-back", (leg, other := await stage.dialled())))
        assert await stage.hears(leg, other)
        await stage.perform(Hangup(leg))
        await stage.expect(Gone, leg=leg)

    @scenario
    async def test_a_caller_who_hangs_up_in_the_exchanges_own_plan_is_gone(self, stage: Stage) -> None:
        leg = await stage.incoming()
        await stage.perform(FallBack(leg))
        assert await stage.becomes(functools.partial(stage.rig.hears_music, leg))
        await stage.perform(Play(leg, "unheard", ("prompt",)))
        await stage.rig.hang_up(leg)
        await stage.expect(Gone, leg=leg)
        assert not stage.heard.of(Arrived, leg=leg)[1:]

    @scenario
    async def test_a_call_arrives_with_its_numbers_and_waits(self, stage: Stage) -> None:
        assert isinstance(stage.heard.all[0], Connected)
        leg = await stage.rig.call("70121212", "33662211")
        arrived = await stage.expect(Arrived)
        assert (arrived.leg, arrived.dialled, arrived.caller_number) == (leg, "70121212", "33662211")
        assert arrived.at.utcoffset() is not None

    @scenario
    async def test_a_caller_who_hangs_up_before_the_answer_is_gone_once(self, stage: Stage) -> None:
        leg = await stage.incoming(answered=False)
        await stage.rig.hang_up(leg)
        await stage.expect(Gone, leg=leg)
        await self.settled(stage)
        assert len(stage.heard.of(Gone, leg=leg)) == 1

    @scenario
    async def test_an_unanswered_call_can_be_turned_away(self, stage: Stage) -> None:
        leg = await stage.incoming(answered=False)
        await stage.perform(Hangup(leg, "busy"))
        await stage.expect(Gone, leg=leg)

    @scenario
    async def test_a_withheld_number_is_empty(self, stage: Stage) -> None:
        leg = await stage.rig.call("70121212", "")
        assert (await stage.expect(Arrived, leg=leg)).caller_number == ""

    @scenario
    async def test_a_leg_that_does_not_ring_at_a_phone_is_not_picked_up(self, stage: Stage) -> None:
        telephone = stage.rig.telephone
        assert isinstance(telephone.picks_up, bool)
        leg = await stage.incoming(answered=False)
        telephone.provide_phone("anna")
        assert not telephone.pick_up(leg)
        assert not telephone.pick_up("no leg")

    # --- prompts and keys -------------------------------------------------------------------------

    @scenario
    async def test_a_prompt_plays_to_its_end(self, stage: Stage) -> None:
        await self.load(stage, "hello", stage.rig.short)
        leg = await stage.incoming()
        await stage.perform(Play(leg, "p-1", ("hello",)))
        await stage.expect(Played, leg=leg, playback="p-1")

    @scenario
    async def test_a_key_is_reported_and_the_prompt_can_be_stopped_by_it(self, stage: Stage) -> None:
        await self.load(stage, "long", 60)
        leg = await stage.incoming()
        await stage.perform(Play(leg, "p-2", ("long",)))
        await stage.rig.press(leg, "4")
        assert (await stage.expect(Keyed, leg=leg)).key == "4"
        assert not stage.heard.of(Played)
        await stage.perform(StopPlaying(leg, "p-2"))
        await stage.expect(Played, leg=leg, playback="p-2")

    @scenario
    async def test_keys_come_in_the_order_they_were_pressed(self, stage: Stage) -> None:
        leg = await stage.incoming()
        for key in "1*#0":
            await stage.rig.press(leg, key)
        assert [(await stage.expect(Keyed, leg=leg)).key for _ in range(4)] == ["1", "*", "#", "0"]

    @scenario
    async def test_digits_and_numbers_are_said_with_the_prompts_there_are(self, stage: Stage) -> None:
        for figure in "0123456789":
            await self.load(stage, f"digit-{figure}", 0.05)
        await self.load(stage, "number-12", 0.05)
        leg = await stage.incoming()
        await stage.perform(Play(leg, "p-3", ("number:12", "digits:407", "number:3")))
        await stage.expect(Played, leg=leg, playback="p-3")

    @scenario
    async def test_an_unknown_prompt_ends_at_once(self, stage: Stage) -> None:
        leg = await stage.incoming()
        await stage.perform(Play(leg, "p-4", ("nobody-has-loaded-this",)))
        await stage.expect(Played, leg=leg, playback="p-4")

    @scenario
    async def test_a_new_prompt_ends_the_one_before(self, stage: Stage) -> None:
        await self.load(stage, "long", 60)
        await self.load(stage, "hello", stage.rig.short)
        leg = await stage.incoming()
        await stage.perform(Play(leg, "p-5", ("long",)))
        await stage.perform(Play(leg, "p-6", ("hello",)))
        await stage.expect(Played, leg=leg, playback="p-5")
        await stage.expect(Played, leg=leg, playback="p-6")

    @scenario
    async def test_a_caller_who_hangs_up_during_a_prompt_is_gone_and_the_prompt_has_ended(self, stage: Stage) -> None:
        await self.load(stage, "long", 60)
        leg = await stage.incoming()
        await stage.perform(Play(leg, "p-7", ("long",)))
        await stage.rig.hang_up(leg)
        await stage.expect(Played, leg=leg, playback="p-7")
        await stage.expect(Gone, leg=leg)

    @scenario
    async def test_prompts_that_are_none_are_refused(self, stage: Stage) -> None:
        with pytest.raises(TelephoneError):
            await stage.rig.telephone.load_prompt("../etc/passwd", sound.tone(0.1))
        with pytest.raises(TelephoneError):
            await stage.rig.telephone.load_prompt("hello", b"this is no sound")

    @scenario
    async def test_music_plays_until_it_is_turned_off(self, stage: Stage) -> None:
        leg = await stage.incoming()
        await stage.perform(Music(leg, True))
        assert await stage.becomes(lambda: stage.rig.hears_music(leg))
        await stage.perform(Music(leg, False))
        assert await stage.becomes(lambda: stage.rig.hears_music(leg), wanted=False)

    # --- dialling ---------------------------------------------------------------------------------

    @scenario
    async def test_a_dialled_leg_is_answered(self, stage: Stage) -> None:
        leg = await stage.dial(stage.rig.answers)
        await stage.expect(Answered, leg=leg)

    @scenario
    async def test_who_is_dialled_hears_a_line_and_presses_a_key_before_they_are_connected(self, stage: Stage) -> None:
        await self.load(stage, "long", 60)
        caller, leg = await stage.incoming(), await stage.dialled()
        await stage.perform(Play(leg, "ask", ("long", "long")))
        await stage.rig.press(leg, "1")
        assert (await stage.expect(Keyed, leg=leg)).key == "1"
        assert not await stage.rig.hears(caller, leg)
        await stage.perform(StopPlaying(leg, "ask"))
        await stage.expect(Played, leg=leg, playback="ask")
        await stage.perform(Connect("bridge-key", (caller, leg)))
        assert await stage.hears(caller, leg)
        assert await stage.hears(leg, caller)

    @scenario
    async def test_ringing_the_same_leg_twice_is_ringing_once(self, stage: Stage) -> None:
        order = Ring(stage.new_leg(), stage.rig.answers, "", "", 20, "call-1")
        await stage.perform(order)
        await stage.perform(order)
        await stage.expect(Answered, leg=order.leg)
        await stage.perform(order)
        await self.settled(stage)
        assert not stage.heard.of(Failed, leg=order.leg)
        assert len(stage.heard.of(Answered)) == 1

    @scenario
    async def test_the_reason_why_nobody_answered_is_told(self, stage: Stage) -> None:
        rig = stage.rig
        for address, why in (
            (rig.busy, Failure.BUSY),
            (rig.refuses, Failure.REFUSED),
            (rig.unreachable, Failure.UNREACHABLE),
        ):
            leg = await stage.dial(address)
            assert (await stage.expect(Failed, leg=leg)).why is why
        await self.settled(stage)
        assert not stage.heard.of(Gone)

    @scenario
    async def test_ringing_ends_after_its_time(self, stage: Stage) -> None:
        leg = await stage.dial(stage.rig.never_answers, timeout=1)
        assert (await stage.expect(Failed, leg=leg)).why is Failure.NO_ANSWER

    @scenario
    async def test_ringing_can_be_given_up(self, stage: Stage) -> None:
        leg = await stage.dial(stage.rig.never_answers)
        await stage.perform(Hangup(leg))
        assert (await stage.expect(Failed, leg=leg)).why is Failure.NO_ANSWER

    @scenario
    async def test_an_address_that_is_none_is_refused(self, stage: Stage) -> None:
        for address in ("", "anna", "agent:", "mailto:anna@example.dk", "tel:"):
            with pytest.raises(TelephoneError):
                await stage.dial(address)

    # --- talking ----------------------------------------------------------------------------------

    @scenario
    async def test_connected_legs_hear_each_other_until_disconnected(self, stage: Stage) -> None:
        caller, agent = await stage.incoming(), await stage.dialled()
        await stage.perform(Connect("b-1", (caller, agent)))
        assert await stage.hears(agent, caller)
        assert await stage.hears(caller, agent)
        await stage.perform(Disconnect("b-1", (caller,)))
        assert await stage.no_longer_hears(agent, caller)
        await stage.perform(Connect("b-1", (caller,)))
        assert await stage.hears(agent, caller)

    @scenario
    async def test_connecting_ends_prompt_and_music(self, stage: Stage) -> None:
        await self.load(stage, "long", 60)
        caller, agent = await stage.incoming(), await stage.dialled()
        await stage.perform(Play(caller, "p-8", ("long",)))
        await stage.perform(Connect("b-2", (caller, agent)))
        await stage.expect(Played, playback="p-8")
        assert await stage.hears(agent, caller)
        await stage.perform(Disconnect("b-2", (caller,)))
        await stage.perform(Music(caller, True))
        assert await stage.becomes(lambda: stage.rig.hears_music(caller))
        await stage.perform(Connect("b-2", (caller,)))
        assert await stage.hears(agent, caller)

    @scenario
    async def test_a_leg_is_moved_to_another_bridge(self, stage: Stage) -> None:
        caller, first, second = await stage.incoming(), await stage.dialled(), await stage.dialled()
        await stage.perform(Connect("b-3", (caller, first)))
        assert await stage.hears(first, caller)
        await stage.perform(Connect("b-4", (caller, second)))
        assert await stage.hears(second, caller)
        assert await stage.no_longer_hears(first, caller)

    @scenario
    async def test_three_talk_together_and_one_leaves(self, stage: Stage) -> None:
        caller, first, second = await stage.incoming(), await stage.dialled(), await stage.dialled()
        await stage.perform(Connect("b-5", (caller, first)))
        await stage.perform(Connect("b-5", (second,)))
        assert await stage.hears(second, caller)
        assert await stage.hears(first, second)
        await stage.perform(Hangup(first))
        await stage.expect(Gone, leg=first)
        assert await stage.hears(caller, second)

    @scenario
    async def test_one_leg_gone_does_not_keep_the_others_apart(self, stage: Stage) -> None:
        caller, agent = await stage.incoming(), await stage.dialled()
        await stage.perform(Connect("b-6", ("a-leg-that-never-was", caller, agent)))
        assert await stage.hears(agent, caller)

    @scenario
    async def test_a_muted_leg_is_not_heard(self, stage: Stage) -> None:
        caller, agent = await stage.incoming(), await stage.dialled()
        await stage.perform(Connect("b-7", (caller, agent)))
        assert await stage.hears(caller, agent)
        await stage.perform(Mute(agent, True))
        assert await stage.no_longer_hears(caller, agent)
        assert await stage.hears(agent, caller)
        await stage.perform(Mute(agent, False))
        assert await stage.hears(caller, agent)

    @scenario
    async def test_keys_are_sent_and_pressed_while_talking(self, stage: Stage) -> None:
        caller, agent = await stage.incoming(), await stage.dialled()
        await stage.perform(Connect("b-8", (caller, agent)))
        await stage.perform(SendKeys(agent, "42#"))
        assert await stage.rig.keys_heard(agent, "42#")
        await stage.rig.press(caller, "7")
        await stage.expect(Keyed, leg=caller, key="7")
        with pytest.raises(TelephoneError):
            await stage.perform(SendKeys(agent, "hello"))

    @scenario
    async def test_either_side_may_hang_up_a_conversation(self, stage: Stage) -> None:
        caller, agent = await stage.incoming(), await stage.dialled()
        await stage.perform(Connect("b-9", (caller, agent)))
        await stage.rig.hang_up(agent)
        await stage.expect(Gone, leg=agent)
        assert not stage.heard.of(Gone, leg=caller)
        await stage.rig.hang_up(caller)
        await stage.expect(Gone, leg=caller)

    @scenario
    async def test_orders_for_a_leg_that_has_gone_are_no_error(self, stage: Stage) -> None:
        leg = await stage.incoming()
        await stage.rig.hang_up(leg)
        await stage.expect(Gone, leg=leg)
        for order in (Answer(leg), Music(leg, True), Hangup(leg), Connect("b-10", (leg,)), Mute(leg, True)):
            await stage.perform(order)
        await stage.perform(StopPlaying(leg, "p-9"))
        await stage.perform(SendKeys(leg, "1"))
        await stage.perform(Disconnect("b-10", (leg,)))
        await self.load(stage, "hello", stage.rig.short)
        await stage.perform(Play(leg, "p-10", ("hello",)))
        await stage.expect(Played, leg=leg, playback="p-10")
        await stage.perform(Record(leg, "r-0", 5))
        assert (await stage.expect(Recorded, recording="r-0")).seconds == 0
        assert len(stage.heard.of(Gone)) == 1

    # --- recordings -------------------------------------------------------------------------------

    @scenario
    async def test_a_recording_ends_by_key_and_can_be_fetched_and_discarded(self, stage: Stage) -> None:
        leg = await stage.incoming()
        await stage.perform(Record(leg, "r-1", 60))
        assert await stage.becomes(lambda: self.spoken_and_pressed(stage, leg, "#"))
        recorded = await stage.expect(Recorded, leg=leg, recording="r-1")
        assert recorded.seconds > 0
        assert sound.seconds_of(await stage.rig.telephone.fetch_recording("r-1")) > 0
        await stage.rig.telephone.discard_recording("r-1")
        await stage.rig.telephone.discard_recording("r-1")
        with pytest.raises(NoRecording):
            await stage.rig.telephone.fetch_recording("r-1")

    @scenario
    async def test_a_recording_ends_at_its_limit(self, stage: Stage) -> None:
        leg = await stage.incoming()
        await stage.perform(Record(leg, "r-2", 1))
        await stage.expect(Recorded, leg=leg, recording="r-2")

    @scenario
    async def test_a_caller_who_hangs_up_while_recorded_leaves_a_recording(self, stage: Stage) -> None:
        leg = await stage.incoming()
        await stage.perform(Record(leg, "r-3", 60))
        await stage.rig.hang_up(leg)
        await stage.expect(Recorded, leg=leg, recording="r-3")
        await stage.expect(Gone, leg=leg)
        await self.settled(stage)
        assert len(stage.heard.of(Recorded)) == 1

    # --- recorded conversations -------------------------------------------------------------------

    @scenario
    async def test_a_conversation_is_recorded_without_its_pauses(self, stage: Stage) -> None:
        await self.recorded_conversation(stage, "b-20", name := CONVERSATION + "1")
        said = await stage.talk(SAID)
        await stage.perform(PauseRecording(name, True))
        await stage.perform(PauseRecording(name, True))
        kept_back = await stage.talk(KEPT_BACK)
        await stage.perform(PauseRecording(name, False))
        said += await stage.talk(SAID)
        await stage.perform(StopRecording(name))
        await stage.expect(ConversationRecorded, recording=name)
        seconds = sound.seconds_of(await stage.rig.telephone.fetch_recording(name))
        assert said * 0.6 < seconds < said + kept_back * 0.6
        await stage.rig.telephone.discard_recording(name)
        with pytest.raises(NoRecording):
            await stage.rig.telephone.fetch_recording(name)

    @scenario
    async def test_a_recording_ends_with_its_conversation(self, stage: Stage) -> None:
        caller, agent = await self.recorded_conversation(stage, "b-21", name := CONVERSATION + "2")
        await stage.talk(SAID)
        await stage.perform(Hangup(caller))
        await stage.perform(Hangup(agent))
        await stage.expect(ConversationRecorded, recording=name)
        assert sound.seconds_of(await stage.rig.telephone.fetch_recording(name)) > 0
        await stage.perform(StopRecording(name))
        await self.settled(stage)
        assert len(stage.heard.of(ConversationRecorded)) == 1
        await stage.rig.telephone.discard_recording(name)

    @scenario
    async def test_a_recording_that_is_thrown_away_leaves_nothing(self, stage: Stage) -> None:
        await self.recorded_conversation(stage, "b-22", name := CONVERSATION + "3")
        await stage.talk(SAID)
        await stage.perform(StopRecording(name, discard=True))
        await self.settled(stage)
        with pytest.raises(NoRecording):
            await stage.rig.telephone.fetch_recording(name)
        assert not stage.heard.of(ConversationRecorded)

    @scenario
    async def test_nothing_is_recorded_where_nobody_talks(self, stage: Stage) -> None:
        name = CONVERSATION + "4"
        await stage.perform(RecordConversation("b-none", name))
        await stage.expect(ConversationRecorded, recording=name)
        with pytest.raises(NoRecording):
            await stage.rig.telephone.fetch_recording(name)

    @scenario
    async def test_recordings_are_found_again_after_a_loss_until_they_are_discarded(self, stage: Stage) -> None:
        caller, agent = await self.recorded_conversation(stage, "b-23", live := CONVERSATION + "5")
        await stage.talk(SAID)
        await stage.perform(StopRecording(live))
        await stage.expect(ConversationRecorded, recording=live)
        await stage.perform(RecordConversation("b-23", later := CONVERSATION + "6"))
        await stage.talk(SAID)
        await stage.rig.lose()
        await stage.expect(Lost)
        await stage.rig.restore()
        connected = await stage.expect(Connected)
        assert connected.recordings == {later}
        assert {leg.leg: leg.bridge for leg in connected.legs} == {caller: "b-23", agent: "b-23"}
        await stage.expect(ConversationRecorded, recording=live)
        await stage.perform(RecordConversation("b-23", later))  # a repeated order has no effect
        await stage.perform(StopRecording(later))
        await stage.expect(ConversationRecorded, recording=later)
        for name in (live, later):
            assert sound.seconds_of(await stage.rig.telephone.fetch_recording(name)) > 0
            await stage.rig.telephone.discard_recording(name)

    async def recorded_conversation(self, stage: Stage, bridge: str, name: str) -> tuple[LegId, LegId]:
        """A caller and an agent who talk and are recorded."""
        caller, agent = await stage.incoming(), await stage.dialled()
        await stage.perform(Connect(bridge, (caller, agent)))
        assert await stage.hears(agent, caller)
        await stage.perform(RecordConversation(bridge, name))
        return caller, agent

    # --- supervisors ------------------------------------------------------------------------------

    @scenario
    async def test_a_supervisor_listens_whispers_and_joins(self, stage: Stage) -> None:
        caller, agent, leader = await stage.incoming(), await stage.dialled(), await stage.dialled()
        await stage.perform(Connect("b-11", (caller, agent)))
        await stage.perform(Monitor(leader, agent, "b-11", MonitorMode.LISTEN))
        assert await stage.hears(leader, caller)
        assert await stage.hears(leader, agent)
        assert not await stage.rig.hears(agent, leader)
        await stage.perform(Monitor(leader, agent, "b-11", MonitorMode.WHISPER))
        assert await stage.hears(agent, leader)
        assert not await stage.rig.hears(caller, leader)
        await stage.perform(Monitor(leader, agent, "b-11", MonitorMode.BARGE_IN))
        assert await stage.hears(caller, leader)
        await stage.perform(Hangup(leader))
        await stage.expect(Gone, leg=leader)
        assert await stage.hears(caller, agent)

    @scenario
    async def test_a_listening_supervisor_stays_when_the_call_ends(self, stage: Stage) -> None:
        caller, agent, leader = await stage.incoming(), await stage.dialled(), await stage.dialled()
        await stage.perform(Connect("b-12", (caller, agent)))
        await stage.perform(Monitor(leader, agent, "b-12", MonitorMode.LISTEN))
        assert await stage.hears(leader, caller)
        await stage.rig.hang_up(agent)
        await stage.expect(Gone, leg=agent)
        await self.settled(stage)
        assert not stage.heard.of(Gone, leg=leader)
        await stage.perform(Hangup(leader))
        await stage.expect(Gone, leg=leader)

    # --- lost connections -------------------------------------------------------------------------

    @scenario
    async def test_after_a_loss_what_is_up_is_told_and_goes_on(self, stage: Stage) -> None:
        caller, agent, waiting = await stage.incoming(), await stage.dialled(), await stage.incoming(answered=False)
        await stage.perform(Connect("b-13", (caller, agent)))
        assert await stage.hears(agent, caller)
        await stage.rig.lose()
        await stage.expect(Lost)
        assert await stage.rig.hears(agent, caller), "talking callers keep talking"
        await stage.rig.restore()
        up = {leg.leg: leg for leg in (await stage.expect(Connected)).legs}
        assert up.keys() == {caller, agent, waiting}
        assert up[caller].bridge == up[agent].bridge == "b-13"
        assert (up[caller].answered, up[waiting].answered, up[waiting].bridge) == (True, False, None)
        assert (up[waiting].dialled, up[waiting].caller_number) == ("70121212", "33662211")
        await stage.perform(Hangup(agent))
        await stage.expect(Gone, leg=agent)
        assert len(stage.heard.of(Arrived)) == 2, "nothing arrives twice"

    @scenario
    async def test_what_hung_up_during_a_loss_is_not_listed(self, stage: Stage) -> None:
        caller, other = await stage.incoming(), await stage.incoming()
        await stage.rig.lose()
        await stage.expect(Lost)
        await stage.rig.hang_up(caller)
        await stage.rig.restore()
        assert [leg.leg for leg in (await stage.expect(Connected)).legs] == [other]

    @scenario
    async def test_a_call_during_a_loss_arrives_afterwards(self, stage: Stage) -> None:
        await stage.rig.lose()
        await stage.expect(Lost)
        leg = await stage.rig.call("70121212", "33662211")
        await stage.rig.restore()
        connected = await stage.expect(Connected)
        arrived = await stage.expect(Arrived, leg=leg)
        assert arrived.dialled == "70121212"
        assert leg not in [one.leg for one in connected.legs]
        await stage.perform(Answer(leg))
        await stage.perform(Hangup(leg))
        await stage.expect(Gone, leg=leg)

    @scenario
    async def test_ringing_while_the_exchange_is_lost_fails_at_once(self, stage: Stage) -> None:
        await stage.rig.lose()
        await stage.expect(Lost)
        leg = await stage.dial(stage.rig.answers)
        assert (await stage.expect(Failed, leg=leg)).why is Failure.UNREACHABLE
        await stage.perform(Answer("any"))

    @scenario
    async def test_a_message_left_during_a_loss_is_told_until_it_is_discarded(self, stage: Stage) -> None:
        await stage.rig.lose()
        await stage.expect(Lost)
        await stage.rig.leave_message("70121212", "33662211")
        await stage.rig.restore()
        message = await stage.expect(MessageLeft)
        assert (message.dialled, message.caller_number) == ("70121212", "33662211")
        assert sound.seconds_of(await stage.rig.telephone.fetch_recording(message.recording)) > 0
        await stage.rig.telephone.discard_recording(message.recording)
        await stage.rig.lose()
        await stage.expect(Lost)
        await stage.rig.restore()
        await stage.expect(Connected)
        await self.settled(stage)
        assert len(stage.heard.of(MessageLeft)) == 1

    # --- browser phones ---------------------------------------------------------------------------

    @scenario
    async def test_sign_ins_are_refused_for_names_that_are_none(self, stage: Stage) -> None:
        with pytest.raises(TelephoneError):
            await stage.rig.telephone.issue_credentials("anna; drop", 60)

    @scenario
    async def test_a_phone_goes_off_when_its_sign_in_is_revoked(self, stage: Stage) -> None:
        telephone = stage.rig.telephone
        credentials = await telephone.issue_credentials("anna", 600)
        assert credentials.phone == "anna"
        await self.register(stage, "anna", credentials.password)
        await stage.expect(PhoneRegistered, phone="anna", on=True)
        await telephone.revoke_credentials("anna")
        await stage.expect(PhoneRegistered, phone="anna", on=False)
        await self.load(stage, "hello", stage.rig.short)
        leg = await stage.dial("agent:anna")
        assert (await stage.expect(Failed, leg=leg)).why is Failure.UNREACHABLE

    @scenario
    async def test_a_sign_in_ends_by_itself(self, stage: Stage) -> None:
        credentials = await stage.rig.telephone.issue_credentials("bo", 2)
        await self.register(stage, "bo", credentials.password)
        await stage.expect(PhoneRegistered, phone="bo", on=True)
        await stage.expect(PhoneRegistered, phone="bo", on=False)

    # --- words ------------------------------------------------------------------------------------

    async def load(self, stage: Stage, name: str, seconds: float) -> None:
        await stage.rig.telephone.load_prompt(name, sound.tone(seconds))

    async def register(self, stage: Stage, phone: str, password: str) -> None:
        """Register the phone; do nothing on an exchange where the sign-in itself registers it."""

    async def spoken_and_pressed(self, stage: Stage, leg: LegId, key: str) -> bool:
        """Speak, and press; again if the recording had not begun: what is said before is not in it."""
        await stage.rig.speak(leg)
        return await self.pressed(stage, leg, key)

    async def pressed(self, stage: Stage, leg: LegId, key: str) -> bool:
        """Press until the recording has begun and the key ended it."""
        await stage.rig.press(leg, key)
        await asyncio.sleep(0.2)
        return bool(stage.heard.of(Recorded))

    async def settled(self, stage: Stage) -> None:
        """Wait until all earlier orders have taken effect: a later call has come and ended."""
        leg = await stage.dial(stage.rig.unreachable)
        await stage.expect(Failed, leg=leg)
