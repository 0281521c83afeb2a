"""Planned pauses and wrap-up survive a restart of the switchboard and a second conversation."""

from __future__ import annotations

import pytest

from indgang.entry.board import kept_desks
from indgang.entry.board.call import UNREADABLE, Phone
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.distribution.line import SeatPresence
from indgang.telephony import contract as tel
from tests.entry.board.test_agents_lost import rung_out
from tests.entry.board.test_board import agent_leg, talking
from tests.entry.board.test_recovery import away
from tests.entry.house import ANNA, BO, House, desks_of, new_board


def killed(house: House, seconds: float = 3.0) -> None:
    """Kill the switchboard and start it again after this many seconds."""
    away(house, "killed", seconds)


def doing(house: House, who: int) -> tuple[Doing, str]:
    desk = house.board.desks[who]
    return desk.doing, desk.reason


def wrapped_up(house: House, enquiry: str) -> list[float]:
    """Returns the duration of each wrap-up event of this enquiry, in seconds."""
    found = [event for event in house.events if event.stream == enquiry and event.kind is Kind.WRAPPED_UP]
    return [event.data["seconds"] for event in found]


def ask_for(house: House, plan: str) -> None:
    """Anna requests a pause or a sign-out while she talks."""
    asked = house.ask("pause", ANNA, reason="frokost") if plan == "pause" else house.ask("sign_out", ANNA)
    assert asked.done
    assert doing(house, ANNA)[0] is Doing.TALKING


PLANS = pytest.mark.parametrize(
    ("plan", "then"), [("pause", (Doing.PAUSED, "frokost")), ("sign_out", (Doing.SIGNED_OUT, ""))]
)


# --- restarts ------------------------------------------------------------------------------------


@PLANS
def test_what_was_planned_in_a_conversation_follows_it_after_a_restart(plan: str, then: tuple[Doing, str]) -> None:
    house = House()
    call = talking(house)
    ask_for(house, plan)
    killed(house)
    assert doing(house, ANNA)[0] is Doing.TALKING
    waits = house.call("caller-2", "+4520304051")
    house.press("caller-2", "2")
    house.gone("caller-1")
    assert doing(house, ANNA)[0] is Doing.WRAP_UP
    killed(house)
    house.wait(31)
    assert doing(house, ANNA) == then
    assert not house.ringing(), f"{waits} is nothing for somebody who has gone"
    assert len(wrapped_up(house, call)) == 1


@PLANS
def test_what_was_planned_begins_when_the_conversation_has_ended_meanwhile(plan: str, then: tuple[Doing, str]) -> None:
    house = House()
    talking(house)
    ask_for(house, plan)
    house.up.clear()
    killed(house)
    house.wait(31)
    assert doing(house, ANNA) == then


@PLANS
def test_what_was_planned_begins_at_once_when_the_conversation_cannot_be_read(
    plan: str, then: tuple[Doing, str]
) -> None:
    house = House()
    talking(house)
    ask_for(house, plan)
    board = new_board(house.board.plan, house.at)
    board.restore([], desks_of(house.board), house.at)
    assert (board.desks[ANNA].doing, board.desks[ANNA].reason) == then
    assert board.desks[ANNA].afterwards is None


def test_who_calls_out_from_a_pause_is_back_in_it_after_a_restart() -> None:
    house = House()
    house.sign_in(ANNA)
    house.ask("pause", ANNA, reason="frokost")
    rung_out(house, ANNA)
    killed(house)
    house.call("caller-2", "+4520304051")
    house.press("caller-2", "2")
    house.ask("hang_up", ANNA)
    house.wait(61)
    assert doing(house, ANNA) == (Doing.PAUSED, "frokost")
    assert not house.ringing()


def test_who_did_not_respond_and_calls_out_takes_no_calls_after_a_restart_either() -> None:
    house = House()
    house.sign_in(ANNA)
    house.call("caller-2", "+4520304051")
    house.press("caller-2", "2")
    house.wait(16)
    assert doing(house, ANNA)[0] is Doing.NOT_RESPONDING
    rung_out(house, ANNA)
    killed(house)
    house.ask("hang_up", ANNA)
    house.wait(61)
    assert doing(house, ANNA)[0] is Doing.NOT_RESPONDING
    assert not house.ringing()


def test_who_talked_and_wanted_no_pause_takes_calls_after_a_restart() -> None:
    house = House()
    talking(house)
    killed(house)
    house.call("caller-2", "+4520304051")
    house.press("caller-2", "2")
    house.gone("caller-1")
    house.wait(31)
    assert [ring.address for ring in house.ringing()] == ["agent:p1"]


# --- a second conversation -----------------------------------------------------------------------


def in_a_second_conversation(house: House) -> tuple[str, str]:
    """Anna dials somebody ten seconds into the wrap-up of her first call. Returns both enquiries."""
    first = talking(house)
    house.gone("caller-1")
    house.wait(10)
    return first, rung_out(house, ANNA)


def test_a_second_conversation_that_ends_in_wrap_up_leaves_the_first_ones_event() -> None:
    house = House()
    first, second = in_a_second_conversation(house)
    house.wait(5)
    house.ask("hang_up", ANNA)
    assert doing(house, ANNA)[0] is Doing.WRAP_UP
    assert wrapped_up(house, first) == [10], "the second conversation was no wrap-up of the first"
    house.wait(61)
    assert wrapped_up(house, second) == [60]
    assert wrapped_up(house, first) == [10]
    assert doing(house, ANNA)[0] is Doing.READY


def test_a_wrap_up_whose_time_runs_out_in_a_second_conversation_lasted_until_that_began() -> None:
    house = House()
    first, _ = in_a_second_conversation(house)
    house.wait(25)
    assert wrapped_up(house, first) == [10]
    assert doing(house, ANNA)[0] is Doing.TALKING


def test_wrap_up_goes_on_after_a_second_conversation_without_one_of_its_own() -> None:
    house = House()
    first = talking(house)
    house.gone("caller-1")
    house.wait(10)
    house.ask("dial", ANNA, number="+4520304050")
    house.wait(5)
    house.ask("hang_up", ANNA)
    assert doing(house, ANNA)[0] is Doing.WRAP_UP
    house.wait(16)
    assert wrapped_up(house, first) == [25]


def test_both_wrap_ups_are_written_when_the_switchboard_is_killed_in_the_second_conversation() -> None:
    house = House()
    first, second = in_a_second_conversation(house)
    killed(house)
    assert doing(house, ANNA)[0] is Doing.TALKING
    house.ask("hang_up", ANNA)
    house.wait(61)
    assert wrapped_up(house, first) == [10]
    assert wrapped_up(house, second) == [60]


def test_a_longer_first_wrap_up_is_shown_as_long_as_it_lasts() -> None:
    house = House()
    talking(house)
    house.gone("caller-1")
    house.ask("extend_wrap_up", ANNA, seconds=600)
    rung_out(house, ANNA)
    house.ask("hang_up", ANNA)
    until = house.board.desks[ANNA].wrap_up_until
    assert until is not None
    house.wait((until - house.at).total_seconds() - 1)
    assert doing(house, ANNA)[0] is Doing.WRAP_UP
    house.wait(2)
    assert doing(house, ANNA)[0] is Doing.READY


@PLANS
def test_a_wrap_up_that_runs_out_in_a_second_conversation_does_not_end_it(plan: str, then: tuple[Doing, str]) -> None:
    house = House()
    in_a_second_conversation(house)
    ask_for(house, plan)
    house.wait(25)
    assert doing(house, ANNA)[0] is Doing.TALKING
    assert house.ask("hold", ANNA).done
    house.ask("hang_up", ANNA)
    house.wait(61)
    assert doing(house, ANNA) == then


# --- consults and lost calls ---------------------------------------------------------------------


@PLANS
def test_what_was_planned_in_a_consult_follows_it(plan: str, then: tuple[Doing, str]) -> None:
    house = House()
    house.sign_in(ANNA)
    house.sign_in(BO)
    house.call()
    house.press("caller-1", "1")
    house.ask("refuse", ANNA)
    house.answer(house.ringing()[-1].leg)
    assert house.ask("consult", BO, address=f"person:{ANNA}", name="Anna").done
    house.answer(house.ringing()[-1].leg)
    ask_for(house, plan)
    house.ask("consult_end", BO)
    assert doing(house, ANNA) == then


def test_whoever_is_consulted_during_wrap_up_goes_on_with_it() -> None:
    house = House()
    first = talking(house)
    house.gone("caller-1")
    house.sign_in(BO)
    house.call("caller-2", "+4520304051")
    house.press("caller-2", "1")
    house.answer(house.ringing()[-1].leg)
    house.wait(5)
    assert house.ask("consult", BO, address=f"person:{ANNA}", name="Anna").done
    house.answer(house.ringing()[-1].leg)
    house.wait(5)
    house.ask("consult_end", BO)
    assert doing(house, ANNA)[0] is Doing.WRAP_UP
    house.wait(21)
    assert wrapped_up(house, first) == [25]


def test_a_pause_goes_on_when_who_was_rung_in_it_and_lost_hangs_up() -> None:
    house = House()
    house.sign_in(ANNA)
    house.ask("pause", ANNA, reason="frokost")
    call = rung_out(house, ANNA)
    outside = house.board.calls[call].leg
    house.gone(agent_leg(house, call))
    house.tell(tel.PhoneRegistered("p1", False, house.at))
    assert doing(house, ANNA)[0] is Doing.READY
    house.gone(outside)
    assert doing(house, ANNA) == (Doing.PAUSED, "frokost")


def test_a_pause_left_for_a_lost_call_goes_on_after_a_restart_when_it_is_over() -> None:
    house = House()
    house.sign_in(ANNA)
    house.ask("pause", ANNA, reason="frokost")
    call = rung_out(house, ANNA)
    house.gone(agent_leg(house, call))
    killed(house)
    assert [(ring.address, ring.call) for ring in house.ringing()] == [("agent:p1", call)]
    house.answer(house.ringing()[0].leg)
    house.ask("hang_up", ANNA)
    house.wait(61)
    assert doing(house, ANNA) == (Doing.PAUSED, "frokost")


# --- the stored form -----------------------------------------------------------------------------


def everything() -> Desk:
    house = House()
    in_a_second_conversation(house)
    ask_for(house, "pause")
    return house.board.desks[ANNA]


def read(data: dict[str, object]) -> kept_desks.KeptDesk:
    return kept_desks.put_back(Desk(ANNA, "Anna"), Phone(ANNA), data)


def test_what_is_kept_is_read_again() -> None:
    desk = everything()
    data = kept_desks.as_data(desk, SeatPresence.PAUSED)
    assert data["format"] == kept_desks.FORMAT
    assert data["afterwards"] == ["paused", "frokost"]
    assert data["wrapped_seconds"] == 10
    again = read(data)
    assert again.presence is SeatPresence.PAUSED
    assert kept_desks.as_data(again.desk, again.presence) == data


@pytest.mark.parametrize("name", sorted(kept_desks.as_data(Desk(ANNA, "Anna"), None)))
def test_a_field_that_another_release_lacks_or_adds_does_no_harm(name: str) -> None:
    data = kept_desks.as_data(everything(), SeatPresence.READY)
    less = {key: value for key, value in data.items() if key != name}
    new = kept_desks.as_data(Desk(ANNA, "Anna"), None)
    read_again = kept_desks.as_data(read(less).desk, read(less).presence)
    assert read_again[name] == new[name]
    assert read(data | {"invented_later": 1}) == read(data)
    assert read({}).desk == Desk(ANNA, "Anna")


@pytest.mark.parametrize(
    "wrong",
    [
        {"afterwards": 5}, {"afterwards": ["talking", ""]}, {"afterwards": ["paused", None]}, {"presence": "asleep"},
        {"wrapping": "x", "wrapping_since": "soon"}, {"wrapped_seconds": None}, {"paused_for": 3},
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_whole(wrong: dict[str, object]) -> None:
    desk = Desk(ANNA, "Anna")
    with pytest.raises(UNREADABLE):
        kept_desks.put_back(desk, Phone(ANNA), kept_desks.as_data(everything(), None) | wrong)
    assert desk == Desk(ANNA, "Anna")
