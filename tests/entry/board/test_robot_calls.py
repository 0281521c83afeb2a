"""Robot calls on the board: rung when there is room, gone through, and written down once, whatever happens."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from indgang.entry.board.kept import read_item
from indgang.entry.board.robot_calls import LiveRobotCall, RobotLimits
from indgang.entry.board.robot_script import Script
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.plan import Plan
from indgang.telephony import contract as tel
from tests.entry.board.test_board import talking
from tests.entry.house import ANNA, EXCHANGE, NUMBER, START, House, desks_of, new_board, plan

CALL, ASKED = "0190aaaa-0000-7000-8000-000000000001", "+4520304099"
SCRIPT = Script("hello", ("one", "two", "three"), "again", "wrong", "thanks", "out")
LEG = f"robot-{CALL}"


def spoken_plan() -> Plan:
    """The plan of the house, with the texts of the script."""
    known = plan()
    return replace(known, prompts=known.prompts | {"hello.da", "one.da", "two.da", "three.da", "comment.da"})


class RobotHouse(House):
    """The house, with what was written of robot calls."""

    steps: list[Any]

    def _take(self, outcome: Any) -> Any:
        self.steps = [*getattr(self, "steps", []), *outcome.batch.robot_steps]
        return super()._take(outcome)

    def place(self, call: str = CALL, number: str = ASKED, **payload: Any) -> None:
        order = {
            "call": call, "number": number, "ours": NUMBER, "script": SCRIPT.as_data(), "ring_seconds": 25,
            "until": (self.at + timedelta(hours=1)).isoformat(),
        }  # fmt: skip
        assert self.ask("robot_call", 0, **order | payload).done

    def played(self, leg: str = LEG) -> None:
        """What is said is said to its end."""
        said = next(order for order in reversed(self.orders) if isinstance(order, tel.Play) and order.leg == leg)
        self.tell(tel.Played(leg, said.playback, self.at))

    def greets(self, seconds: float, leg: str = LEG) -> None:
        self.tell(tel.Talking(leg, True, self.at))
        self.wait(seconds + tel.TALK_ENDS_AFTER)
        if leg in self.board.robots.by_leg:
            self.tell(tel.Talking(leg, False, self.at))

    def on_line(self) -> None:
        """Place a call that a person answers, who hears the introduction out."""
        self.place()
        self.answer(LEG)
        self.greets(0.6)
        self.wait(1.0)
        self.played()

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.wait(2.0)
            self.press(LEG, key)

    def results(self) -> list[tuple[str, list[int | None]]]:
        over = [step.event.payload for step in self.steps if step.event.kind == Kind.ROBOT_OVER]
        return [(each.outcome, list(each.marks)) for each in over]

    def said(self) -> list[tuple[str, ...]]:
        return [order.prompts for order in self.ordered(tel.Play) if order.leg == LEG]

    def restart(self, *recordings: str) -> None:
        """Kill the switchboard and start it from what was kept."""
        kept = [read_item(json.loads(json.dumps(each))) for each in self.kept.values()]
        board = new_board(spoken_plan(), self.at)
        self._take(board.restore(kept, desks_of(self.board), self.at))
        self.board = board
        up = tuple(tel.LegUp(leg, True, None, "", "") for leg, answered in self.up.items() if answered)
        self.tell(tel.Connected(up, self.at, recordings=frozenset(recordings)))


def test_each_key_is_written_before_the_next_question_is_said() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.on_line()
    house.keys("8", "9", "7")
    house.played()
    assert house.results() == [("answered", [8, 9, 7])]
    assert house.said() == [("hello.da",), ("one.da",), ("two.da",), ("three.da",), ("thanks.da",)]
    assert [step.number for step in house.steps] == list(range(len(house.steps)))
    assert {step.event.stream for step in house.steps} == {CALL}
    assert (house.kept, house.up) == ({}, {})


def test_who_hangs_up_in_question_3_has_answered_two() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.on_line()
    house.keys("8", "9")
    house.gone(LEG)
    assert house.results() == [("partly", [8, 9])]


def test_an_answering_machine_hears_nothing_and_is_not_counted() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.answer(LEG)
    house.greets(9.0)
    assert house.results() == [("machine", [])]
    assert not house.said()
    assert LEG not in house.up


def test_who_says_hallo_and_presses_nothing_is_asked_twice_and_hung_up() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.on_line()
    for _ in range(2):
        house.played()
        house.wait(7)
    house.played()
    assert house.results() == [("silent", [None])]
    assert house.said() == [("hello.da",), ("one.da",), ("again.da", "one.da"), ("thanks.da",)]


@pytest.mark.parametrize(
    ("why", "outcome"),
    [
        (tel.Failure.BUSY, "busy"),
        (tel.Failure.NO_ANSWER, "no_answer"),
        (tel.Failure.REFUSED, "declined"),
        (tel.Failure.UNREACHABLE, "failed"),
    ],
)
def test_a_number_that_nobody_answers_says_why(why: tel.Failure, outcome: str) -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.tell(tel.Failed(LEG, why, house.at))
    assert house.results() == [(outcome, [])]


@pytest.mark.parametrize("number", ["112", "114", "1813", "+4590112233", NUMBER, "+870772001234", "", "x"])
def test_a_number_that_may_not_be_rung_has_failed(number: str) -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place(number=number)
    assert house.results() == [("failed", [])]
    assert not house.ringing()


def test_an_order_given_twice_rings_once_and_two_of_one_number_ring_one_after_the_other() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.place()
    house.place("0190aaaa-0000-7000-8000-000000000002")
    house.wait(5)
    assert [ring.leg for ring in house.ringing()] == [LEG]
    assert not house.results()
    house.up.pop(LEG)
    house.tell(tel.Failed(LEG, tel.Failure.NO_ANSWER, house.at))
    house.wait(1)
    assert len(house.ringing()) == 1
    assert house.results() == [("no_answer", [])]


def test_robot_calls_leave_a_quarter_of_the_lines_to_people() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.board.robots.limits = RobotLimits(at_once=30, lines=8)
    talking(house)
    for number in range(10):
        house.place(f"0190aaaa-0000-7000-8000-0000000001{number:02}", f"+45203041{number:02}")
    house.wait(10)
    assert len(house.board.robots.by_id) == 10
    robots = [ring for ring in house.ringing() if ring.leg.startswith("robot-")]
    assert len(robots) == 5, "eight lines, of which two stay free and one is taken"
    house.call("caller-2", "+4520304051")
    house.up.pop(robots[0].leg)
    house.tell(tel.Failed(robots[0].leg, tel.Failure.NO_ANSWER, house.at))
    house.wait(10)
    assert len([ring for ring in house.ringing() if ring.leg.startswith("robot-")]) == 4


def test_as_long_as_the_lines_are_not_known_at_most_two_are_rung_at_once() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    for number in range(4):
        house.place(f"0190aaaa-0000-7000-8000-0000000001{number:02}", f"+45203041{number:02}")
    house.wait(10)
    assert len(house.ringing()) == 2


@pytest.mark.parametrize("ours", ["", "anonymous", "1234"])
def test_nobody_is_rung_from_no_number_and_callers_without_one_are_let_in(ours: str) -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place(ours=ours)
    assert house.results() == [("failed", [])]
    assert not house.ringing()


def test_a_caller_without_a_number_is_let_in_while_a_robot_call_rings() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.board.robots.by_id[CALL].ours = ""  # of a release that placed such calls
    assert house.call("caller-1", "anonymous") in house.board.calls
    assert not house.results()


def test_who_talks_with_us_is_not_rung_meanwhile() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.call("caller-1", ASKED)
    house.place()
    house.wait(5)
    assert not house.ringing()
    house.gone("caller-1")
    assert [ring.leg for ring in house.ringing()] == [LEG]


def test_a_call_for_which_there_is_no_time_expires() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.board.robots.limits = RobotLimits(at_once=0)
    house.place()
    house.wait(3700)
    assert house.results() == [("expired", [])]


def test_a_number_that_is_forwarded_to_us_is_recognised_and_makes_no_enquiry() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.up["caller-1"] = False
    house.tell(tel.Arrived("caller-1", NUMBER, NUMBER, "", house.at))
    assert house.results() == [("forwarded", [])]
    assert tel.Hangup(LEG) in house.orders
    house.gone("caller-1")  # it ends with ours
    house.wait(10)
    assert not house.board.calls
    assert not house.events


def test_a_colleague_who_shows_our_number_is_let_in_when_the_robot_call_has_ended() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.up["caller-1"] = False
    for _ in range(2):  # a repeated report changes nothing
        house.tell(tel.Arrived("caller-1", NUMBER, NUMBER, "", house.at))
    house.wait(3)
    (call,) = house.board.calls.values()
    assert call.leg == "caller-1"
    assert not any(isinstance(order, tel.Hangup) and order.leg == "caller-1" for order in house.orders)


def test_after_a_restart_an_arrival_that_was_doubted_is_a_caller() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.tell(tel.Arrived("caller-1", NUMBER, NUMBER, "", house.at))
    board = new_board(spoken_plan(), house.at)
    house._take(board.restore([read_item(each) for each in house.kept.values()], [], house.at))
    house.board = board
    house.tell(tel.Connected((tel.LegUp("caller-1", False, None, NUMBER, NUMBER),), house.at))
    assert len(house.board.calls) == 1


def test_of_two_that_ring_neither_ends_and_the_arrival_is_let_in() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.wait(1)
    house.place(second := "0190aaaa-0000-7000-8000-000000000002", "+4520304088")
    house.wait(1)
    house.call("caller-1", NUMBER)
    house.tell(tel.Failed(f"robot-{second}", tel.Failure.BUSY, house.at))
    assert house.results() == [("busy", [])]
    assert len(house.board.calls) == 1


def test_after_a_kill_in_mid_call_the_present_question_is_asked_again() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.on_line()
    house.keys("8", "9")
    house.restart()
    assert house.said()[-1] == ("three.da",)
    house.keys("7")
    house.played()
    assert house.results() == [("answered", [8, 9, 7])]
    assert [step.number for step in house.steps] == list(range(len(house.steps)))


def test_after_a_kill_while_it_rang_nobody_is_rung_twice() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.restart()
    house.wait(60)
    assert house.results() == [("interrupted", [])]
    assert len(house.ordered(tel.Ring)) == 1


@pytest.mark.parametrize(("known", "outcome"), [("never_left", "not_rung"), ("unheard", "no_answer")])
def test_only_what_never_left_has_not_rung_and_silence_is_no_answer(known: str, outcome: str) -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.tell(tel.Failed(LEG, tel.Failure.UNREACHABLE, house.at, **{known: True}))
    assert house.results() == [(outcome, [])]


def test_a_leg_that_the_exchange_still_rings_is_hung_up() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.place()
    house.tell(tel.Connected((tel.LegUp(LEG, False, None, "", ""),), house.at))
    assert house.results() == [("interrupted", [])]
    assert house.orders[-1] == tel.Hangup(LEG)


def test_after_a_kill_a_call_that_waited_is_rung() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.tell(tel.Lost("test", house.at))
    house.place()
    house.restart()
    assert [ring.leg for ring in house.ringing()] == [LEG]


def test_whoever_was_cut_off_while_we_were_away_has_answered_what_was_keyed() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.on_line()
    house.keys("8")
    del house.up[LEG]
    house.restart()
    assert house.results() == [("partly", [8])]


def test_a_cancelled_call_does_not_ring_and_one_that_rings_goes_on() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.board.robots.limits = RobotLimits(at_once=0)
    house.place()
    house.ask("robot_cancel", 0, call=CALL)
    assert house.results() == [("cancelled", [])]


def recording() -> RobotHouse:
    """Somebody has answered the only question, and is being recorded."""
    house = RobotHouse(new_board(spoken_plan(), START))
    script = Script("hello", ("one",), "again", "wrong", "thanks", "out", comment="comment")
    house.place(script=script.as_data())
    house.answer(LEG)
    house.wait(3)
    house.played()
    house.keys("8")
    house.wait(2)
    house.keys("1")
    assert house.ordered(tel.Record)
    return house


def with_comment(house: RobotHouse) -> list[bool]:
    return [step.event.payload.comment for step in house.steps if step.event.kind == Kind.ROBOT_OVER]


def test_who_hangs_up_while_speaking_has_left_a_comment() -> None:
    house = recording()
    house.gone(LEG)
    assert not house.results()
    house.tell(tel.Recorded(LEG, LEG, 4.0, house.at))
    assert (house.results(), with_comment(house)) == ([("answered", [8])], [True])


def test_after_a_kill_while_it_records_the_recording_goes_on() -> None:
    house = recording()
    house.restart(LEG)
    assert ("thanks.da",) not in house.said()
    house.tell(tel.Recorded(LEG, LEG, 4.0, house.at))
    assert house.said()[-1] == ("thanks.da",)
    house.played()
    assert (house.results(), with_comment(house)) == ([("answered", [8])], [True])


def test_after_a_kill_a_recording_that_has_ended_is_not_waited_for() -> None:
    house = recording()
    house.restart()
    assert house.said()[-1] == ("thanks.da",)


def test_a_recording_after_a_kill_of_which_nothing_is_heard_ends_the_call() -> None:
    house = recording()
    house.restart(LEG)
    house.wait(200)
    assert house.said()[-1] == ("thanks.da",)


def test_who_opts_out_while_speaking_is_not_rung_again_and_has_left_a_comment() -> None:
    house = recording()
    house.keys("*")
    assert house.said()[-1] == ("out.da",)
    house.tell(tel.Recorded(LEG, LEG, 4.0, house.at))
    house.played()
    assert (house.results(), with_comment(house)) == ([("opted_out", [8])], [True])


def test_who_presses_the_last_key_on_and_on_is_hung_up_all_the_same() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    script = Script("hello", ("one",), "again", "wrong", "thanks", "out", comment="comment")
    house.place(script=script.as_data())
    house.answer(LEG)
    house.wait(3)
    house.played()
    house.keys("8")
    house.played()  # of a prompt that could not be said
    house.wait(1)
    house.press(LEG, "8")
    house.wait(7)
    assert house.said()[-1] == ("thanks.da",)


def test_what_is_kept_of_a_call_is_all_that_a_restart_needs() -> None:
    house = RobotHouse(new_board(spoken_plan(), START))
    house.on_line()
    house.keys("8")
    kept = house.kept[CALL]
    assert LiveRobotCall.from_data(json.loads(json.dumps(kept))).as_data() == kept


def test_nobody_is_rung_to_hear_nothing() -> None:
    house = RobotHouse()
    house.place()
    house.wait(5)
    assert not house.ringing()
    house._take(house.board.replan(spoken_plan(), house.at))
    assert [ring.leg for ring in house.ringing()] == [LEG]


def ended_by_agent() -> tuple[RobotHouse, str]:
    """Anna has hung up on a caller who may be asked. Returns the enquiry too."""
    house = RobotHouse(new_board(replace(spoken_plan(), asked_at_end=frozenset({"byliv"})), START))
    call = talking(house)
    assert house.ask("hang_up", ANNA).done
    return house, call


def test_who_stays_when_the_agent_has_hung_up_is_led_into_the_script() -> None:
    house, call = ended_by_agent()
    assert house.kinds(call)[-1] in (Kind.ENDED, Kind.WRAPPED_UP)
    assert tel.Hangup("caller-1") not in house.orders
    assert not house.board.calls
    house._take(house.board.lead(EXCHANGE, "caller-1", (CALL, SCRIPT), house.at))
    house.played("caller-1")
    for key in "897":
        house.wait(2)
        house.press("caller-1", key)
    house.played("caller-1")
    assert house.results() == [("answered", [8, 9, 7])]
    assert house.orders[-1] == tel.Hangup("caller-1")


def test_who_stays_and_is_not_asked_is_hung_up() -> None:
    house, _call = ended_by_agent()
    assert tel.Hangup("caller-1") not in house.orders
    house._take(house.board.lead(EXCHANGE, "caller-1", None, house.at))
    assert house.orders[-1] == tel.Hangup("caller-1")


def test_after_a_kill_before_it_is_decided_a_served_caller_is_no_new_one() -> None:
    house, _call = ended_by_agent()
    kept = [read_item(json.loads(json.dumps(each))) for each in house.kept.values()]
    board = new_board(house.board.plan, house.at)
    house._take(board.restore(kept, [], house.at))
    house.board = board
    house.tell(tel.Connected((tel.LegUp("caller-1", True, None, NUMBER, ASKED),), house.at))
    assert not house.board.calls
    assert house.orders[-1] == tel.Hangup("caller-1")
    assert not house.kept


def test_nothing_is_kept_of_who_stayed_once_they_are_gone() -> None:
    house, _call = ended_by_agent()
    assert [each["kind"] for each in house.kept.values()] == ["staying"]
    house.gone("caller-1")
    assert not house.kept


def test_who_hangs_up_before_it_is_decided_has_not_answered() -> None:
    house, _call = ended_by_agent()
    house.gone("caller-1")
    house._take(house.board.lead(EXCHANGE, "caller-1", (CALL, SCRIPT), house.at))
    assert house.results() == [("cancelled", [])]
    assert ("hello.da",) not in [order.prompts for order in house.ordered(tel.Play)]
