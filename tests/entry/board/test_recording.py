"""Conversations are recorded with consent only, and never during private parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from indgang.entry.board.call import Call
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import RecordingState
from indgang.routing.centre.plan import Plan
from indgang.routing.flows import RecordingQuestion, data
from indgang.telephony import contract as tel
from tests.entry.house import ANNA, BO, DAVID, EVA, FLOW, START, House, desks_of, new_board, plan

CALLER = "caller-1"
PURPOSE = 7
ORDERS = (tel.RecordConversation, tel.PauseRecording, tel.StopRecording)


def recorded(purpose: int = PURPOSE) -> Plan:
    """A plan in which callers of the queue "byg" are asked for consent and those of "byliv" are not."""
    base = plan()
    asked = RecordingQuestion(purpose, ("optagelse",))
    return replace(base, queues={**base.queues, "byg": replace(base.queues["byg"], recording=asked)})


class Told:
    """A house with a caller who is asked for consent, and the orders about recording."""

    def __init__(self, of: Plan | None = None) -> None:
        self.house = House(new_board(of or recorded(), START))

    def call_in(self, queue_key: str = "1") -> Call:
        enquiry = self.house.call(CALLER)
        self.house.press(CALLER, queue_key)
        self.call = self.house.board.calls[enquiry]
        return self.call

    def answer_question(self, key: str, after: float = 3.0) -> None:
        self.house.wait(after)
        self.house.press(CALLER, key)

    def agent_answers(self, *people: int) -> None:
        self.house.sign_in(*(people or (ANNA,)))
        self.house.answer(self.house.ringing()[-1].leg)

    def orders(self) -> list[Any]:
        return [order for order in self.house.orders if isinstance(order, ORDERS)]

    def last(self) -> Any:
        return self.orders()[-1]

    def answers(self) -> list[tuple[bool, str]]:
        consents = [event.payload for event in self.house.events if event.kind == Kind.RECORDING_CONSENT]
        assert all(each.purpose == PURPOSE for each in consents)
        return [(each.given, each.how) for each in consents]

    def shown(self, person: int = ANNA) -> RecordingState:
        return self.house.presences[person].in_hand[0].recording  # type: ignore[no-any-return]

    def talking(self) -> Call:
        """A caller gives consent and talks with an agent, and the conversation is recorded."""
        call = self.call_in()
        self.answer_question("1")
        self.agent_answers()
        assert isinstance(self.last(), tel.RecordConversation)
        return call


@pytest.fixture
def told() -> Told:
    return Told()


def test_a_conversation_is_recorded_after_the_key_1_alone(told: Told) -> None:
    call = told.call_in()
    assert told.house.ordered(tel.Play)[-1].prompts == ("optagelse.da",)
    told.answer_question("1")
    assert not told.orders(), "nothing is recorded before an agent talks"
    told.agent_answers()
    assert told.answers() == [(True, "1")]
    begun = [event for event in told.house.events if event.kind == Kind.RECORDING_BEGUN]
    assert [(each.payload.purpose, each.person, each.queue) for each in begun] == [(PURPOSE, ANNA, "byg")]
    connect = told.house.orders.index(told.house.ordered(tel.Connect)[-1])
    assert told.house.orders[connect + 1] == tel.RecordConversation(call.bridge, begun[0].payload.recording)
    assert told.shown() is RecordingState.ON


@pytest.mark.parametrize("key", [*"234567890*#"])
def test_every_other_key_is_no(told: Told, key: str) -> None:
    told.call_in()
    told.answer_question(key)
    told.agent_answers()
    assert told.answers() == [(False, key)]
    assert not told.orders()
    assert told.shown() is RecordingState.OFF


def test_silence_is_no_and_a_later_key_changes_nothing(told: Told) -> None:
    call = told.call_in()
    told.house.wait(6)
    told.house.tell(tel.Played(CALLER, told.house.ordered(tel.Play)[-1].playback, told.house.at))
    told.house.wait(6)
    told.house.press(CALLER, "1")
    assert told.answers() == [(False, "silence")]
    told.agent_answers()
    assert not told.orders()
    assert call.talk is not None


def test_an_agent_who_answers_during_the_question_has_an_unrecorded_call(told: Told) -> None:
    told.house.sign_in(ANNA)
    told.call_in()
    told.house.answer(told.house.ringing()[-1].leg)
    assert told.answers() == [(False, "answered")]
    assert not told.orders()


def test_the_question_costs_no_place_and_no_time(told: Told) -> None:
    call = told.call_in()
    assert call.waits
    assert call.queued_since == START
    told.house.sign_in(ANNA)
    assert told.house.ringing(), "the agent's phone rings while the caller is asked"
    told.answer_question("1")
    assert call.queued_since == START
    told.house.answer(told.house.ringing()[-1].leg)
    assert told.answers() == [(True, "1")]


def test_the_key_of_the_menu_is_no_consent(told: Told) -> None:
    told.call_in()
    told.house.press(CALLER, "1")  # the second of two quick presses of the same key
    assert not told.answers()


def test_a_question_that_cannot_be_played_is_never_agreed_to(told: Told) -> None:
    told.call_in()
    told.house.tell(tel.Played(CALLER, told.house.ordered(tel.Play)[-1].playback, told.house.at))
    told.answer_question("1")
    assert told.answers() == [(False, "not_said")]


def test_nobody_is_asked_in_a_queue_without_a_purpose(told: Told) -> None:
    told.call_in("2")
    told.answer_question("1")
    told.agent_answers()
    assert not told.answers()
    assert not told.orders()
    assert told.shown() is RecordingState.NOT_ASKED


def test_a_purpose_that_has_ended_or_changed_since_the_answer_is_not_recorded_for(told: Told) -> None:
    for now in (plan(), recorded(purpose=8)):
        other = Told()
        other.call_in()
        other.answer_question("1")
        other.house._take(other.house.board.replan(now, other.house.at))
        other.agent_answers()
        assert not other.orders()


def test_it_is_paused_on_hold_before_the_caller_is_taken_away(told: Told) -> None:
    told.talking()
    name = told.last().recording
    assert told.house.ask("hold", ANNA).done
    pause = told.house.orders.index(tel.PauseRecording(name, True))
    assert isinstance(told.house.orders[pause + 1], tel.Disconnect)
    assert told.shown() is RecordingState.PAUSED
    assert told.house.ask("resume", ANNA).done
    assert told.last() == tel.PauseRecording(name, False)
    assert isinstance(told.house.orders[told.house.orders.index(told.last()) - 1], tel.Connect)
    assert told.shown() is RecordingState.ON


@pytest.mark.parametrize("ends", ["consult_end", "gone"])
def test_it_is_paused_during_a_consult_and_with_three(told: Told, ends: str) -> None:
    told.talking()
    name = told.last().recording
    told.house.sign_in(BO)
    assert told.house.ask("consult", ANNA, address=f"person:{BO}", name="Bo").done
    pause = told.house.orders.index(tel.PauseRecording(name, True))
    leg = told.house.ringing()[-1].leg
    assert pause < next(n for n, order in enumerate(told.house.orders) if getattr(order, "leg", "") == leg)
    told.house.answer(leg)
    assert told.house.ask("join", ANNA).done
    assert told.last() == tel.PauseRecording(name, True), "a third person has not agreed to anything"
    if ends == "gone":
        told.house.gone(leg)
    else:
        assert told.house.ask("consult_end", ANNA).done
    assert told.last() == tel.PauseRecording(name, False)


def test_the_agents_pause_lasts_through_hold(told: Told) -> None:
    told.talking()
    name = told.last().recording
    assert told.house.ask("pause_recording", ANNA).done
    assert told.last() == tel.PauseRecording(name, True)
    for kind in ("hold", "resume"):
        assert told.house.ask(kind, ANNA).done
        assert told.last() == tel.PauseRecording(name, True)
    assert told.house.ask("resume_recording", ANNA).done
    assert told.last() == tel.PauseRecording(name, False)
    whys = [event.payload.why for event in told.house.events if event.kind == Kind.RECORDING_PAUSED]
    assert whys == ["agent"]


def test_the_agent_stops_it_for_good(told: Told) -> None:
    told.talking()
    name = told.last().recording
    assert told.house.ask("stop_recording", ANNA).done
    assert told.last() == tel.StopRecording(name)
    assert told.shown() is RecordingState.KEPT
    for kind in ("pause_recording", "resume_recording", "stop_recording"):
        answer = told.house.ask(kind, ANNA)
        assert (answer.done, answer.detail) == (False, {"code": "not_recorded"})


def test_a_caller_who_withdraws_leaves_no_recording(told: Told) -> None:
    told.talking()
    name = told.last().recording
    assert told.house.ask("stop_recording", ANNA, withdrawn=True).done
    assert told.last() == tel.StopRecording(name, discard=True)
    ended = [event.payload for event in told.house.events if event.kind == Kind.RECORDING_ENDED]
    assert [(each.why, each.recording) for each in ended] == [("withdrawn", name)]


def withdrawn(told: Told, by: int = ANNA) -> list[str | None]:
    """The caller withdraws the consent. Returns the names of the recordings that are deleted."""
    assert told.house.ask("stop_recording", by, withdrawn=True).done
    ended = [event.payload for event in told.house.events if event.kind == Kind.RECORDING_ENDED]
    deleted = [each.recording for each in ended if each.why == "withdrawn"]
    assert [order.recording for order in told.orders() if getattr(order, "discard", False)] == deleted
    return deleted


def test_a_caller_may_withdraw_what_the_agent_has_stopped(told: Told) -> None:
    told.talking()
    name = told.last().recording
    told.house.ask("stop_recording", ANNA)
    assert withdrawn(told) == [name]
    assert told.shown() is RecordingState.OFF
    assert told.house.ask("stop_recording", ANNA, withdrawn=True).detail == {"code": "not_recorded"}


def test_a_caller_may_withdraw_what_the_release_before_has_begun(told: Told) -> None:
    call = told.talking()
    (kept,) = told.house.kept.values()
    assert Call.from_data({name: kept[name] for name in kept if name != "recorded"}).recorded == call.recorded


def test_a_caller_who_withdraws_leaves_no_recording_by_an_agent_before(told: Told) -> None:
    told.talking()
    first = told.last().recording
    told.house.sign_in(BO)
    assert told.call.talk is not None
    told.house.gone(told.call.talk.leg)
    while not told.house.ringing():
        told.house.wait(1)
    told.house.answer(told.house.ringing()[-1].leg)
    assert withdrawn(told, told.call.talk.person) == [first, told.orders()[-1].recording]


def test_only_the_agent_who_talks_may_pause(told: Told) -> None:
    told.talking()
    told.house.sign_in(BO)
    assert not told.house.ask("pause_recording", BO).done
    assert isinstance(told.last(), tel.RecordConversation)


@pytest.mark.parametrize("end", ["agent", "caller"])
def test_it_ends_with_the_conversation(told: Told, end: str) -> None:
    told.talking()
    name = told.last().recording
    if end == "agent":
        assert told.house.ask("hang_up", ANNA).done
    else:
        told.house.gone(CALLER)
    assert told.last() == tel.StopRecording(name)
    assert [kind for kind in told.house.kinds(told.call.id) if kind == Kind.RECORDING_ENDED] == [Kind.RECORDING_ENDED]


@pytest.mark.parametrize("warm", [True, False])
def test_a_transfer_ends_it_and_the_next_conversation_is_not_recorded(told: Told, warm: bool) -> None:
    told.talking()
    name = told.last().recording
    told.house.sign_in(BO)
    kind = "consult" if warm else "transfer"
    assert told.house.ask(kind, ANNA, address=f"person:{BO}", name="Bo").done
    told.house.answer(told.house.ringing()[-1].leg)
    if warm:
        assert told.house.ask("complete_transfer", ANNA).done
    assert told.call.talk is not None
    assert told.call.talk.person == BO
    assert told.last() == tel.StopRecording(name)
    assert told.shown(BO) is RecordingState.KEPT


def test_a_caller_who_leaves_the_queue_for_a_transfer_step_is_not_recorded() -> None:
    of = recorded()
    queue = {"id": "byg", "kind": "queue", "queue": "byg", "max_wait": 60, "on_max_wait": "ud"}
    step = {"id": "ud", "kind": "transfer", "to": f"person:{DAVID}", "on_failed": "farvel", "timeout": 12}
    flow = data.parse({**FLOW, "start": "byg", "steps": [queue, step, FLOW["steps"][-1]]})  # type: ignore[index]
    told = Told(replace(of, flows={"erhverv": flow}, versions={("erhverv", 1): flow}))
    told.house.sign_in(DAVID)
    call = told.call_in()
    told.answer_question("1")
    assert told.answers() == [(True, "1")]
    told.house.wait(60)
    told.house.answer(told.house.ringing()[-1].leg)
    assert call.talk is not None
    assert call.talk.person == DAVID
    assert not told.orders()
    assert told.shown(DAVID) is RecordingState.NOT_ASKED


@pytest.mark.parametrize("ends", ["listen", "end", "gone", "rights"])
def test_it_is_paused_while_a_supervisor_barges_in(told: Told, ends: str) -> None:
    told.talking()
    name = told.last().recording
    told.house.sign_in(EVA)
    assert told.house.ask("monitor", EVA, person=ANNA, mode="listen").done
    told.house.answer(leg := told.house.ringing()[-1].leg)
    assert isinstance(told.last(), tel.RecordConversation), "who listens says nothing"
    assert told.house.ask("monitor", EVA, person=ANNA, mode="barge_in").done
    pause = told.house.orders.index(tel.PauseRecording(name, True))
    assert told.house.orders[pause + 1] == told.house.ordered(tel.Monitor)[-1]
    assert told.shown() is RecordingState.PAUSED
    if ends == "listen":
        assert told.house.ask("monitor", EVA, person=ANNA, mode="listen").done
    elif ends == "end":
        assert told.house.ask("monitor_end", EVA).done
    elif ends == "gone":
        told.house.gone(leg)
    else:
        told.house._take(told.house.board.replan(replace(recorded(), supervisors={}), told.house.at))
    assert told.orders()[-2:] == [tel.PauseRecording(name, True), tel.PauseRecording(name, False)]
    assert told.shown() is RecordingState.ON
    whys = [event.payload.why for event in told.house.events if event.kind == Kind.RECORDING_PAUSED]
    assert whys == ["barge_in"]


@pytest.mark.parametrize("begins", ["listen", "barge_in"])
def test_a_supervisor_who_barges_in_at_once_is_not_recorded(told: Told, begins: str) -> None:
    """It goes on while the supervisor's phone only rings, whichever button they press."""
    told.talking()
    name = told.last().recording
    told.house.sign_in(EVA)
    for mode in (begins, "barge_in"):
        assert told.house.ask("monitor", EVA, person=ANNA, mode=mode).done
    assert told.house.ordered(tel.PauseRecording) == told.house.ordered(tel.Monitor) == []
    assert told.shown() is RecordingState.ON
    told.house.answer(told.house.ringing()[-1].leg)
    assert told.house.ordered(tel.PauseRecording) == [tel.PauseRecording(name, True)]
    assert told.house.orders.index(told.last()) < told.house.orders.index(told.house.ordered(tel.Monitor)[0])


def test_a_supervisor_who_does_not_answer_pauses_nothing(told: Told) -> None:
    told.talking()
    told.house.sign_in(EVA)
    assert told.house.ask("monitor", EVA, person=ANNA, mode="barge_in").done
    told.house.tell(tel.Failed(told.house.ringing()[-1].leg, tel.Failure.NO_ANSWER, told.house.at))
    assert told.house.ordered(tel.PauseRecording) == []


@pytest.mark.parametrize("now", [plan(), recorded(purpose=8)])
def test_a_purpose_that_is_stopped_ends_what_is_being_recorded_for_it(told: Told, now: Plan) -> None:
    told.talking()
    name = told.last().recording
    told.house._take(told.house.board.replan(recorded(), told.house.at))
    assert isinstance(told.last(), tel.RecordConversation), "another change of the set-up ends nothing"
    told.house._take(told.house.board.replan(now, told.house.at))
    assert told.last() == tel.StopRecording(name)
    assert told.shown() is RecordingState.KEPT
    ended = [event.payload.why for event in told.house.events if event.kind == Kind.RECORDING_ENDED]
    assert ended == ["stopped"]


def test_a_caller_whose_agent_is_lost_is_recorded_again_with_the_next(told: Told) -> None:
    told.talking()
    first = told.last().recording
    told.house.sign_in(BO)
    assert told.call.talk is not None
    told.house.gone(told.call.talk.leg)
    assert tel.StopRecording(first) in told.orders()
    while not told.house.ringing():
        told.house.wait(1)
    told.house.answer(told.house.ringing()[-1].leg)
    assert isinstance(told.last(), tel.RecordConversation)
    assert told.last().recording != first


def test_a_pause_that_the_exchange_would_not_hear_of_is_refused(told: Told) -> None:
    told.talking()
    told.house.tell(tel.Lost("cut", told.house.at))
    answer = told.house.ask("pause_recording", ANNA)
    assert (answer.done, answer.detail) == (False, {"code": "exchange_away"})


def test_a_recording_that_fails_is_shown_as_none(told: Told) -> None:
    told.talking()
    told.house.tell(tel.ConversationRecorded(told.last().recording, told.house.at))
    assert told.shown() is RecordingState.KEPT
    assert Kind.RECORDING_ENDED in told.house.kinds(told.call.id)


# --- restarts ------------------------------------------------------------------------------------


def restarted(told: Told, live: frozenset[str], *, legs: bool = True, now: Plan | None = None) -> House:
    """The house after a crash.

    The exchange reports the recordings `live` and, if `legs`, the legs of the call. `now` is the changed
    set-up, if any.
    """
    before = told.house
    board = new_board(now or before.board.plan, before.at)
    house = House(board, before.at, is_new=False)
    calls = [Call.from_data(kept) for kept in before.kept.values()]
    house._take(board.restore(calls, desks_of(before.board), before.at))
    call = told.call
    assert call.talk is not None
    up = (call.leg, call.talk.leg) if legs else ()
    listed = tuple(tel.LegUp(leg, True, call.bridge, "", "") for leg in up)
    phones = frozenset({f"p{ANNA}"})
    house.tell(tel.Connected(listed, house.at, phones, None, live))
    return house


def test_after_a_restart_it_goes_on_as_it_was(told: Told) -> None:
    told.talking()
    name = told.last().recording
    told.house.ask("pause_recording", ANNA)
    house = restarted(told, frozenset({name}))
    assert [order for order in house.orders if isinstance(order, ORDERS)] == [tel.PauseRecording(name, True)]
    assert house.ask("resume_recording", ANNA).done
    assert house.ordered(tel.PauseRecording)[-1] == tel.PauseRecording(name, False)


def test_after_a_restart_one_whose_order_was_lost_begins(told: Told) -> None:
    call = told.talking()
    name = told.last().recording
    house = restarted(told, frozenset())
    assert house.ordered(tel.RecordConversation) == [tel.RecordConversation(call.bridge, name)]


def test_after_a_restart_one_whose_purpose_was_stopped_meanwhile_ends(told: Told) -> None:
    told.talking()
    name = told.last().recording
    house = restarted(told, frozenset({name}), now=plan())
    assert tel.StopRecording(name) in house.ordered(tel.StopRecording)
    assert not house.ordered(tel.PauseRecording)
    assert Kind.RECORDING_ENDED in house.kinds(told.call.id)


def test_after_a_restart_one_whose_conversation_is_over_ends(told: Told) -> None:
    told.talking()
    name = told.last().recording
    house = restarted(told, frozenset({name, f"{tel.CONVERSATION}of-nobody"}), legs=False)
    stopped = {order.recording for order in house.ordered(tel.StopRecording)}
    assert stopped == {name, f"{tel.CONVERSATION}of-nobody"}
    assert not house.board.calls
