"""During an absence of the switchboard or an exchange, callers keep their places and their timers stand still."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.entry.board.call import UNREADABLE, Call, salvaged
from indgang.entry.board.phone_trust import COMES_BACK_SECONDS
from indgang.entry.board.recovery import PHONES_COME_BACK_SECONDS
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.desk import Doing
from indgang.routing.centre.offers import NOBODY_ABLE_SECONDS
from indgang.routing.centre.plan import Plan
from indgang.routing.flows import data
from indgang.telephony import contract as tel
from tests import sample
from tests.entry.house import ANNA, BO, EXCHANGE, FLOW, NUMBER, START, House, desks_of, new_board, plan

ENDS = {Kind.ENDED, Kind.ABANDONED, Kind.LEFT}
MAX_WAIT = 300.0
#: kinds of absence: killed, disconnected from the exchange, or unable to write to the database
HOW = ["killed", "lost", "halted"]
WAYS = st.sampled_from(HOW)
RECONNECTS = st.sampled_from(["killed", "lost"])


def busy_queue() -> Plan:
    """A plan with a queue that has everything with a delay: messages, overflow and a longest wait."""
    steps = [step for step in FLOW["steps"] if step["id"] != "byg"]  # type: ignore[attr-defined]
    steps.append(
        {"id": "byg", "kind": "queue", "queue": "byg", "max_wait": MAX_WAIT, "on_max_wait": "besked",
         "messages": [{"prompts": ["menu"], "after": 20, "every": 45}],
         "overflow": [{"when": "waited", "after": 240, "to": "byliv"}]}
    )  # fmt: skip
    flow = data.parse({**FLOW, "steps": steps})
    return replace(plan(), flows={"erhverv": flow}, versions={("erhverv", 1): flow})


def goes_away(house: House, how: str, *, ended: bool = False) -> None:
    if how == "lost":
        house.tell(tel.Lost("cut", house.at, ended=ended))
    elif how == "halted":
        house._take(house.board.halt(house.at))


def comes_back(
    house: House, how: str, *, phones: frozenset[str] = frozenset({"p1", "p2"}), started: datetime | None = None
) -> None:
    """The switchboard returns at `house.at`: callers and answered legs are still up, ringing ones are gone."""
    if how == "halted":
        house._take(house.board.go_on(house.at))
        return
    if how == "killed":
        seen = {EXCHANGE: house.board.at}
        board = new_board(house.board.plan, house.at)
        calls = [Call.from_data(kept) for kept in house.kept.values()]
        house._take(board.restore(calls, desks_of(house.board), house.at, seen=seen))
        house.board = board
    house.up = {leg: up for leg, up in house.up.items() if up or leg.startswith("caller")}
    legs = tuple(tel.LegUp(leg, up, None, "", "") for leg, up in house.up.items())
    house.tell(tel.Connected(legs, house.at, phones, started))


def away(house: House, how: str, seconds: float, *, phones: frozenset[str] = frozenset({"p1", "p2"})) -> None:
    """Let the switchboard be absent for some seconds. A killed board gets no ticks meanwhile."""
    goes_away(house, how)
    if how in ("lost", "halted"):
        house.wait(seconds)
    else:
        house.at += timedelta(seconds=seconds)
    comes_back(house, how, phones=phones)


def told_to_the_caller(house: House, since: int) -> list[tuple[float, str]]:
    """Returns the prompts and moves of the caller, each with the seconds since the start."""
    events = [
        (event.at, f"{event.kind} {event.queue}")
        for event in house.events[since:]
        if event.kind in (Kind.QUEUED, Kind.LEFT_QUEUE, Kind.OVERFLOWED, Kind.MESSAGE, *ENDS)
        and ["restarted", ""] not in event.data.get("reasons", [])
    ]
    return [((at - START).total_seconds(), what) for at, what in events]


def a_waiting_caller() -> House:
    house = House(new_board(busy_queue(), START))
    house.sign_in(ANNA)
    house.ask("pause", ANNA)
    house.call()
    house.press("caller-1", "1")
    return house


@settings(max_examples=sample.examples(80), deadline=None)
@given(before=st.floats(0.5, MAX_WAIT + 60), gap=st.floats(0.1, 4000), how=WAYS)
def test_what_is_due_is_due_later_by_as_long_as_we_were_away(before: float, gap: float, how: str) -> None:
    never, once = a_waiting_caller(), a_waiting_caller()
    for house in (never, once):
        house.wait(before)
    seen = len(once.events)
    assert seen == len(never.events)
    away(once, how, gap)
    for house in (never, once):
        house.wait(MAX_WAIT + 60)
    without = told_to_the_caller(never, seen)
    shifted = [(at - gap, what) for at, what in told_to_the_caller(once, seen)]
    assert [what for _, what in shifted] == [what for _, what in without]
    for (late, what), (at, _) in zip(shifted, without, strict=True):
        assert late == pytest.approx(at, abs=1e-3), what


@settings(max_examples=sample.examples(60), deadline=None)
@given(gap=st.floats(0.1, 4000), back_after=st.floats(0.0, PHONES_COME_BACK_SECONDS - 1), how=RECONNECTS)
def test_a_caller_keeps_the_queue_while_the_phones_come_back(gap: float, back_after: float, how: str) -> None:
    house = House()
    house.sign_in(ANNA, BO)
    house.ask("pause", BO)
    house.ask("pause", ANNA)
    enquiry = house.call()
    house.press("caller-1", "1")
    away(house, how, gap, phones=frozenset())
    house.wait(back_after)
    assert house.board.calls[enquiry].queue == "byg"
    assert Kind.ALERTED not in house.kinds(enquiry)
    assert not house.ringing()
    house.tell(tel.PhoneRegistered("p2", True, house.at))
    house.ask("ready", BO)
    assert [ring.address for ring in house.ringing()] == ["agent:p2"]


def test_a_queue_whose_phones_do_not_come_back_is_told_of_in_the_end() -> None:
    house = House()
    house.sign_in(BO)
    house.ask("pause", BO)
    house.call()
    house.press("caller-1", "1")
    away(house, "killed", 60.0, phones=frozenset())
    alerts = []
    take = house._take
    house._take = lambda outcome: alerts.extend(outcome.batch.alerts) or take(outcome)  # type: ignore[method-assign,func-returns-value]
    house.wait(PHONES_COME_BACK_SECONDS + NOBODY_ABLE_SECONDS)
    assert "nobody_able" in {alert.code for alert in alerts}


@settings(max_examples=sample.examples(60), deadline=None)
@given(
    arrivals=st.lists(st.tuples(st.floats(0.1, 60), st.sampled_from("12")), min_size=1, max_size=8),
    gap=st.floats(0.1, 4000),
    how=WAYS,
)
def test_every_place_is_kept(arrivals: list[tuple[float, str]], gap: float, how: str) -> None:
    house = House()
    house.sign_in(ANNA)
    house.ask("pause", ANNA)
    for number, (pause, key) in enumerate(arrivals):
        house.call(f"caller-{number}", f"+45203040{number:02}")
        house.press(f"caller-{number}", key)
        house.wait(pause)
    queues = ("byg", "byliv")
    before = {queue: house.board.centre.distributor.waiting(queue) for queue in queues}
    away(house, how, gap)
    assert {queue: house.board.centre.distributor.waiting(queue) for queue in queues} == before
    first = min(house.board.calls.values(), key=lambda call: call.queued_since or house.at)
    house.ask("ready", ANNA)
    assert [ring.call for ring in house.ringing()] == [first.id]


@pytest.mark.parametrize("how", HOW)
def test_who_came_first_is_offered_first_however_the_calls_were_kept(how: str) -> None:
    """When the switchboard returns, agents get the caller at the front of the queue, not the first one stored."""
    house = House()
    house.sign_in(ANNA)
    house.call("caller-1")  # in the menu
    house.wait(1)
    house.call("caller-2")
    house.press("caller-2", "2")  # rings at Anna's phone
    house.call("caller-3")
    house.press("caller-3", "2")
    house.wait(1)
    house.press("caller-1", "2")
    assert house.ringing()[0].call == house.board.legs["caller-2"][0]
    away(house, how, 5.0)
    assert [ring.call for ring in house.ringing()] == [house.board.legs["caller-2"][0]]


@settings(max_examples=sample.examples(40), deadline=None)
@given(gap=st.floats(0.1, 4000), how=WAYS)
def test_nobody_is_blamed_for_a_call_that_rang_when_we_went_away(gap: float, how: str) -> None:
    house = House()
    house.sign_in(BO)
    house.call()
    house.press("caller-1", "1")
    rang = house.ringing()[0].leg
    away(house, how, gap)
    assert house.board.desks[BO].doing is Doing.RINGING
    assert [ring.leg for ring in house.ringing() if ring.leg != rang]
    house.answer(house.ringing()[-1].leg)
    assert house.board.desks[BO].doing is Doing.TALKING


@pytest.mark.parametrize("how", ["killed", "lost"])
def test_a_phone_that_is_not_on_gets_no_call(how: str) -> None:
    house = House()
    house.sign_in(ANNA, BO)
    house.tell(tel.PhoneRegistered("p1", False, house.at))
    house.call()
    house.press("caller-1", "1")
    away(house, how, 3.0, phones=frozenset({"p1"}))
    assert [ring.address for ring in house.ringing()] == ["agent:p1"]
    assert not house.presences[BO].phone_on
    assert house.board.desks[BO].doing is Doing.READY


def test_while_the_exchange_is_lost_no_phone_is_on_and_nothing_is_offered() -> None:
    house = House()
    house.sign_in(BO)
    house.call()
    house.press("caller-1", "1")
    house.tell(tel.Lost("cut", house.at))
    assert not house.presences[BO].phone_on
    house.wait(120)
    assert house.board.desks[BO].doing is Doing.READY
    assert not house.board.telephones.phone(BO).call


@settings(max_examples=sample.examples(40), deadline=None)
@given(gap=st.floats(0.1, 4000), how=WAYS)
def test_a_caller_who_was_lost_waits_for_the_same_agent_as_long_as_before(gap: float, how: str) -> None:
    """Bo reloads his page when the absence begins. Anna is free, and must not get the caller before Bo's time is up."""
    house = House()
    house.sign_in(BO)
    house.call()
    house.press("caller-1", "1")
    house.answer(house.ringing()[0].leg)
    house.sign_in(ANNA)
    house.ask("pause", BO)
    house.gone(house.board.calls[house.board.legs["caller-1"][0]].talk.leg)  # type: ignore[union-attr]
    before = house.board.calls[house.board.legs["caller-1"][0]].queued_since
    house.wait(3)
    away(house, how, gap)
    call = house.board.calls[house.board.legs["caller-1"][0]]
    assert call.queued_since == before
    assert call.away_seconds == pytest.approx(gap, abs=1e-3)
    awaited = house.board.centre.distributor._board.entries[call.id].preferred_until
    assert awaited - house.at.timestamp() == pytest.approx(COMES_BACK_SECONDS - 3, abs=1e-3)


@pytest.mark.parametrize("how", HOW)
def test_a_page_that_was_loaded_anew_while_we_were_away_has_its_caller_back(how: str) -> None:
    house = House()
    house.sign_in(BO)
    house.call()
    house.press("caller-1", "1")
    house.answer(house.ringing()[0].leg)
    house.sign_in(ANNA)
    house.gone(house.board.calls[house.board.legs["caller-1"][0]].talk.leg)  # type: ignore[union-attr]
    house.tell(tel.PhoneRegistered("p2", False, house.at))
    away(house, how, 60, phones=frozenset({"p1"}))
    assert not house.ringing(), "Anna is free, and Bo is waited for as long as before"
    house.tell(tel.PhoneRegistered("p2", True, house.at))
    assert [ring.address for ring in house.ringing()] == ["agent:p2"]


@pytest.mark.parametrize("how", HOW)
def test_nobody_waits_for_ever_for_a_page_that_was_closed_while_we_were_away(how: str) -> None:
    house = House()
    house.sign_in(BO)
    house.call()
    house.press("caller-1", "1")
    house.answer(house.ringing()[0].leg)
    house.sign_in(ANNA)
    house.gone(house.board.calls[house.board.legs["caller-1"][0]].talk.leg)  # type: ignore[union-attr]
    house.tell(tel.PhoneRegistered("p2", False, house.at))
    away(house, how, 60, phones=frozenset({"p1"}))
    house.wait(COMES_BACK_SECONDS + 1)
    assert [ring.address for ring in house.ringing()] == ["agent:p1"]


@pytest.mark.parametrize("how", HOW)
def test_who_refused_a_call_is_not_rung_for_it_again_at_once(how: str) -> None:
    house = House()
    house.sign_in(BO)
    house.call()
    house.press("caller-1", "1")
    house.ask("refuse", BO)
    assert not house.ringing()
    away(house, how, 2.0)
    assert not house.ringing()
    house.wait(15)
    assert [ring.address for ring in house.ringing()] == ["agent:p2"]


def test_wrap_up_ends_when_it_was_said_to() -> None:
    """The clock of the wrap-up, which the agent sees, does not change."""
    house = House()
    house.sign_in(BO)
    house.call()
    house.press("caller-1", "1")
    house.answer(house.ringing()[0].leg)
    house.gone("caller-1")
    until = house.board.desks[BO].wrap_up_until
    away(house, "killed", 10.0)
    assert (house.board.desks[BO].doing, house.board.desks[BO].wrap_up_until) == (Doing.WRAP_UP, until)
    house.wait(20)
    assert house.board.desks[BO].doing is Doing.READY


def in_the_fallback_plan() -> House:
    """A caller without a free agent waits ten seconds, and then enters the exchange's fallback plan."""
    house = House()
    house.sign_in(ANNA)
    house.ask("pause", ANNA)
    house.call()
    house.press("caller-1", "1")
    house.wait(10)
    outcome = house.board.fall_back("caller-1", house.at)
    assert outcome is not None
    house._take(outcome)
    return house


@pytest.mark.parametrize("how", ["killed", "lost"])
def test_a_caller_whom_the_exchange_lists_is_no_longer_in_its_fallback_plan(how: str) -> None:
    house = in_the_fallback_plan()
    (call,) = house.board.calls
    house.wait(20)
    away(house, how, 30)
    assert house.board.telephones.is_in_reach(house.board.calls[call])
    assert "fallen_back" not in house.kept[call], "what is empty is not stored"
    assert house.board.calls[call].away_seconds == 50, "no time passed in the fallback plan"
    house.ask("ready", ANNA)
    house.answer(house.ringing()[0].leg)
    assert house.board.calls[call].talk is not None
    assert not house.board.calls[call].stands_still


def a_full_house() -> House:
    house = House()
    house.sign_in(ANNA, BO)
    for number in range(4):
        house.call(f"caller-{number}", f"+45203040{number:02}")
        house.wait(1)
        if number:
            house.press(f"caller-{number}", "1")
    house.answer(house.ringing()[0].leg)
    house.wait(30)
    return house


def test_calls_end_when_the_exchange_died_and_not_when_that_became_known() -> None:
    house = a_full_house()
    died = house.at
    house.tell(tel.Lost("reset", died))
    house.wait(0.4)
    assert len(house.board.calls) == 4
    house.tell(tel.Lost("refused", house.at, ended=True))
    assert not house.board.calls
    assert {event.at for event in house.events if event.kind in ENDS} == {died}
    by = {event.data.get("by") for event in house.events if event.kind is Kind.ENDED}
    assert by == {"exchange"}
    assert house.board.desks[ANNA].doing is Doing.WRAP_UP


def test_calls_end_when_the_exchange_died_also_if_nobody_was_there_to_see_it() -> None:
    house = a_full_house()
    seen = house.at
    house.up.clear()
    house.at += timedelta(minutes=10)
    comes_back(house, "killed", started=house.at - timedelta(seconds=3))
    assert not house.board.calls
    assert {event.at for event in house.events if event.kind in ENDS} == {seen}


def test_a_call_that_is_up_is_not_cut_off_by_a_clock_that_is_ahead() -> None:
    house = a_full_house()
    house.at += timedelta(seconds=20)
    comes_back(house, "killed", started=house.at + timedelta(hours=1))
    assert len(house.board.calls) == 4


def test_who_hung_up_while_we_were_away_ends_when_that_is_seen() -> None:
    house = a_full_house()
    house.up.clear()
    house.at += timedelta(seconds=20)
    comes_back(house, "killed", started=START - timedelta(days=1))
    assert {event.at for event in house.events if event.kind in ENDS} == {house.at}


def test_the_same_is_kept_by_an_older_version() -> None:
    """Reads a call that was stored before these fields existed."""
    house = a_full_house()
    kept = next(iter(house.kept.values()))
    old = {name: value for name, value in kept.items() if name not in ("noted", "away_seconds", "spared")}
    call = Call.from_data(old)
    assert (call.noted, call.away_seconds, call.delays) == (None, 0.0, {})


JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.lists(st.integers())
    | st.dictionaries(st.text(), st.none())
)


@settings(max_examples=sample.examples(150), deadline=None)
@given(data=st.data(), number=st.integers(0, 3))
def test_of_odd_data_as_much_as_can_be_read_goes_on(data: st.DataObject, number: int) -> None:
    """One stored value is damaged: its call is restored as far as possible, and all other calls in full."""
    house = a_full_house()
    call_id = sorted(house.kept)[number]
    kept = dict(house.kept[call_id])
    # what is empty is not stored, and which of the calls is damaged depends on their random ids
    names = set().union(*house.kept.values()) - {"id", "exchange", "leg"}
    name = data.draw(st.sampled_from(sorted(names)))
    kept[name] = data.draw(JUNK)
    try:
        read = Call.from_data(kept)
    except UNREADABLE:
        read = salvaged(kept)
    assert (read.id, read.leg) == (call_id, house.kept[call_id]["leg"])
    board = new_board(plan(), house.at)
    others = [Call.from_data(other) for one, other in house.kept.items() if one != call_id]
    board.restore([read, *others], desks_of(house.board), house.at)
    legs = tuple(tel.LegUp(leg, True, None, "", "") for leg in house.up)
    board.report(EXCHANGE, tel.Connected(legs, house.at, frozenset({"p1", "p2"})))
    assert board.calls.keys() >= {other.id for other in others}
    assert board.calls.keys() - {other.id for other in others} <= {call_id}


def test_data_that_does_not_say_whose_call_it_is_cannot_be_salvaged() -> None:
    kept = next(iter(a_full_house().kept.values()))
    with pytest.raises(UNREADABLE):
        salvaged({name: value for name, value in kept.items() if name != "leg"})


def test_an_unknown_caller_is_met() -> None:
    house = House()
    house.tell(tel.Lost("cut", house.at))
    house.up["caller-9"] = False
    house.tell(tel.Connected((tel.LegUp("caller-9", False, None, NUMBER, "+4511223344"),), house.at))
    assert house.board.legs["caller-9"]
