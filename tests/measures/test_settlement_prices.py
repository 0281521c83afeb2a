"""Which centre answered which call, and what it costs: by hand, on random days of the board, and as laws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.core.money import percent_of
from indgang.enquiries import stream
from indgang.entry.board.board import Board
from indgang.entry.event_kinds import Kind
from indgang.events.event import Event
from indgang.measures.settlement import prices
from indgang.measures.settlement.answers import AnsweredCall, NotedEvent, answered_calls
from indgang.measures.settlement.prices import AgreedPrices, OwnerRule, SettledAs, SettlementLine, month_lines
from tests import sample
from tests.entry import any_day
from tests.entry.house import ANNA, BO, DAVID, EVA, House, plan
from tests.entry.house import START as HOUSE_OPENS

START = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)
CENTRES = {"tmf-byg": "tmf", "bif-erhverv": "bif", "kff-borger": "kff", "": ""}
Step = tuple[float, str, str, int | None, dict[str, Any]]


def step(after: float, kind: str, queue: str = "", person: int | None = None, **payload: Any) -> Step:
    return after, kind, queue, person, payload


def answers(*steps: Step, entry: str = "tmf") -> list[tuple[str, str, int, int]]:
    """(first centre, answering centre, seconds of talk, seconds of wrap-up) of a call that comes in for `entry`."""
    events = [NotedEvent(Kind.ARRIVED, START, entry)]
    events += [
        NotedEvent(kind, START + timedelta(seconds=after), CENTRES[queue] or entry, queue, person, **payload)
        for after, kind, queue, person, payload in steps
    ]
    return [
        (call.first_centre, call.answered_by, call.talk // timedelta(seconds=1), call.wrap_up // timedelta(seconds=1))
        for call in answered_calls("e", events)
    ]


OVERFLOWED = (
    step(5, Kind.QUEUED, "tmf-byg"),
    step(65, Kind.OVERFLOWED, "tmf-byg"),
    step(65, Kind.QUEUED, "bif-erhverv"),
)
ANSWERED = step(70, Kind.ANSWERED, "bif-erhverv", BO)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # overflow: the queue of another centre answered; hold is part of the conversation, wrap-up stands beside it
        (
            (*OVERFLOWED, ANSWERED, step(100, Kind.HELD), step(130, Kind.RESUMED), step(190, Kind.ENDED, "bif-erhverv"),
             step(220, Kind.WRAPPED_UP, "bif-erhverv", BO, seconds=30.0)),
            [("tmf", "bif", 120, 30)],
        ),
        # the own queue, but an agent who serves BIF alone helped out
        (
            (step(5, Kind.QUEUED, "tmf-byg"), step(10, Kind.ANSWERED, "tmf-byg", BO, helping_centre="bif"),
             step(70, Kind.ENDED, "tmf-byg")),
            [("tmf", "bif", 60, 0)],
        ),
        # answered at home, then handed on to the queue of another centre: each has its own minutes and its wrap-up
        (
            (step(5, Kind.QUEUED, "tmf-byg"), step(10, Kind.ANSWERED, "tmf-byg", ANNA),
             step(40, Kind.TRANSFERRED, "tmf-byg", ANNA, warm=False), step(40, Kind.QUEUED, "bif-erhverv"),
             step(50, Kind.WRAPPED_UP, "tmf-byg", ANNA, seconds=9.0), ANSWERED, step(190, Kind.ENDED, "bif-erhverv"),
             step(200, Kind.WRAPPED_UP, "bif-erhverv", BO, seconds=11.0)),
            [("tmf", "tmf", 30, 9), ("tmf", "bif", 120, 11)],
        ),
        # a colleague takes over after a warm transfer: one call of one centre
        (
            (*OVERFLOWED, ANSWERED, step(80, Kind.CONSULTING, "", BO),
             step(90, Kind.TRANSFERRED, "bif-erhverv", DAVID, warm=True), step(190, Kind.ENDED, "bif-erhverv"),
             step(200, Kind.WRAPPED_UP, "bif-erhverv", DAVID, seconds=5.0)),
            [("tmf", "bif", 120, 5)],
        ),
        # the agent's phone was lost and somebody else of the centre took the caller back: the wait is not talk
        (
            (*OVERFLOWED, ANSWERED, step(80, Kind.AGENT_LOST, "bif-erhverv", BO),
             step(100, Kind.OFFERED, "bif-erhverv", EVA),
             step(110, Kind.ANSWERED, "bif-erhverv", EVA), step(120, Kind.ENDED, "bif-erhverv")),
            [("tmf", "bif", 20, 0)],
        ),
        # called back: each attempt that is answered is a call of its own
        (
            (*OVERFLOWED, ANSWERED, step(100, Kind.ENDED, "bif-erhverv"),
             step(9000, Kind.CALLED_BACK, "bif-erhverv", EVA),
             step(9010, Kind.ANSWERED, "bif-erhverv", EVA), step(9050, Kind.ENDED, "bif-erhverv")),
            [("tmf", "bif", 30, 0), ("tmf", "bif", 40, 0)],
        ),
        # given up: nobody answered
        ((*OVERFLOWED, step(90, Kind.ABANDONED, "bif-erhverv")), []),
    ],
)  # fmt: skip
def test_who_answered_and_how_long(steps: tuple[Step, ...], expected: list[tuple[str, str, int, int]]) -> None:
    assert answers(*steps) == expected


def test_a_common_number_has_an_entry_centre_and_a_first_centre() -> None:
    steps = (step(5, Kind.QUEUED, "bif-erhverv"), step(10, Kind.ANSWERED, "bif-erhverv", BO), step(20, Kind.ENDED))
    assert answers(*steps, entry="kff") == [("bif", "bif", 10, 0)]
    events = [NotedEvent(Kind.ARRIVED, START, "kff"), NotedEvent(Kind.QUEUED, START, "bif", "bif-erhverv")]
    (call,) = answered_calls("e", [*events, NotedEvent(Kind.ANSWERED, START, "bif", "bif-erhverv", BO)])
    by_entry = AgreedPrices("kff", "bif", per_call=Decimal(10))
    assert prices.terms_of(call, prices.by_sides([by_entry])) == by_entry
    assert (
        prices.terms_of(call, prices.by_sides([AgreedPrices("kff", "", OwnerRule.FIRST_QUEUE, per_call=Decimal(10))]))
        is None
    )


def test_calls_that_agents_make_are_nobodys_to_settle() -> None:
    events = [NotedEvent(Kind.DIALLED, START, "tmf"), NotedEvent(Kind.ANSWERED, START, "bif", "bif-erhverv", BO)]
    assert not list(answered_calls("e", events))


# --- Random days of the board ------------------------------------------------------------------

QUEUE_CENTRES = {"byg": "tmf", "byliv": "bif", "safe": "kff"}
PLACES = stream.Places(
    queues={"byg": 1, "byliv": 2, "safe": 3}, centres={"tmf": 1, "bif": 2, "kff": 3}, centre_of_queue=QUEUE_CENTRES
)


def noted(event: Event[Any], centre: str) -> NotedEvent:
    payload = event.payload
    return NotedEvent(
        event.kind, event.at, QUEUE_CENTRES.get(event.queue, centre), event.queue, event.person,
        warm=bool(getattr(payload, "warm", False)), seconds=float(getattr(payload, "seconds", None) or 0.0),
    )  # fmt: skip


@settings(deadline=None, max_examples=sample.examples(15))
@given(st.integers(0, 10**6))
def test_on_any_day_the_seconds_of_all_centres_are_those_of_the_enquiries(seed: int) -> None:
    """The row of the enquiry is derived from the same events by other code (`enquiries.stream`)."""
    streams = _streams_of_a_day(seed)
    for key, events in streams.items():
        if not stream.begins(events[0].kind):
            continue
        row = stream.replay(events, PLACES)
        calls = list(answered_calls(key, [noted(event, "tmf") for event in events]))
        if events[0].kind == Kind.DIALLED:
            assert not calls
            continue
        if row.phase in ("talk", "hold"):  # still going on: until its last event
            stream._enter(row, "", events[-1])
        talked = sum((call.talk for call in calls), timedelta()).total_seconds()
        assert talked == pytest.approx(row.talk_seconds + row.hold_seconds, abs=1e-5)
        wrapped = sum((call.wrap_up for call in calls), timedelta()).total_seconds()
        assert wrapped == pytest.approx(row.wrap_up_seconds, abs=1e-5)
        assert bool(calls) == (row.answered_at is not None)
        assert {call.answered_by for call in calls} <= set(QUEUE_CENTRES.values())


def _streams_of_a_day(seed: int) -> dict[str, list[Event[Any]]]:
    random = Random(seed)
    house = House(Board(plan(), HOUSE_OPENS, lambda: str(UUID(int=random.getrandbits(128)))))
    house.sign_in(ANNA, BO, DAVID, EVA)
    for number in range(120):
        any_day._happen(random, house, number)
        house.wait(random.choice((0, 1, 3, 10, 40)))
    found: dict[str, list[Event[Any]]] = defaultdict(list)
    for event in house.events:
        found[event.stream].append(event)
    return found


# --- Prices ------------------------------------------------------------------------------------


def call(talk: float, wrap_up: float = 0.0, *, owner: str = "tmf", by: str = "bif", number: int = 0) -> AnsweredCall:
    return AnsweredCall(
        f"e{number}", owner, owner, by, START + timedelta(minutes=number), "bif-erhverv", timedelta(seconds=talk),
        timedelta(seconds=wrap_up),
    )  # fmt: skip


AGREED = AgreedPrices(
    "tmf", "bif", per_call=Decimal("12.50"), per_minute=Decimal("4.25"), free_seconds=10, vat_percent=Decimal(25)
)


@pytest.mark.parametrize(
    ("talk", "wrap_up", "minutes", "amount"),
    [
        (10.9, 0, 0, "0.00"), (11, 0, 1, "16.75"), (60, 0, 1, "16.75"), (60.9, 0, 1, "16.75"), (61, 0, 2, "21.00"),
        (59, 31, 1, "16.75"), (0, 0, 0, "0.00"),
    ],
)  # fmt: skip
def test_a_call_costs_its_price_and_its_begun_minutes(talk: float, wrap_up: float, minutes: int, amount: str) -> None:
    line = prices.call_line(call(talk, wrap_up), AGREED)
    assert (line.minutes, line.amount, line.free_calls) == (minutes, Decimal(amount), int(minutes == 0))
    assert line.calls == 1


def test_wrap_up_is_counted_where_the_terms_say_so() -> None:
    with_wrap_up = AgreedPrices("tmf", "bif", per_minute=Decimal(1), wrap_up=True)
    assert prices.call_line(call(59, 31), with_wrap_up).minutes == 2


@pytest.mark.parametrize(
    ("limits", "extra", "net"),
    [
        ({"minimum": Decimal(100)}, (SettledAs.MINIMUM, Decimal("66.50")), "100.00"),
        ({"cap": Decimal(20)}, (SettledAs.CAP, Decimal("-13.50")), "20.00"),
        ({"minimum": Decimal(10), "cap": Decimal(50)}, None, "33.50"),
    ],
)
def test_a_minimum_and_a_cap_are_lines_and_vat_is_of_what_is_left(
    limits: dict[str, Any], extra: tuple[SettledAs, Decimal] | None, net: str
) -> None:
    terms = [replace(AGREED, free_seconds=0, **limits)]
    lines = month_lines("tmf", [call(30), call(40, number=1)], terms)
    extras = [(line.kind, line.amount) for line in lines if line.kind in (SettledAs.MINIMUM, SettledAs.CAP)]
    assert extras == ([extra] if extra else [])
    amount = prices.total(lines)
    assert (amount.net, amount.vat) == (Decimal(net), percent_of(Decimal(net), Decimal(25)))


def test_a_minimum_is_owed_in_a_month_without_calls() -> None:
    lines = month_lines("tmf", [], [AgreedPrices("tmf", "bif", minimum=Decimal(500))])
    assert prices.total(lines).total == Decimal(500)


def test_terms_with_a_named_centre_go_before_those_with_any_and_nobody_pays_twice() -> None:
    anybody = AgreedPrices("kff", "", per_call=Decimal(1))
    named = AgreedPrices("kff", "bif", per_call=Decimal(2))
    queue = AgreedPrices("tmf", "bif", OwnerRule.FIRST_QUEUE, per_call=Decimal(3))
    from_main = AnsweredCall("e", "kff", "tmf", "bif", START, "bif-erhverv", timedelta(seconds=60), timedelta())
    assert prices.terms_of(from_main, prices.by_sides([anybody, named])) == named
    assert prices.terms_of(from_main, prices.by_sides([anybody, named, queue])) == queue
    own = AnsweredCall("e", "kff", "kff", "kff", START, "kff-borger", timedelta(seconds=60), timedelta())
    assert prices.terms_of(own, prices.by_sides([anybody])) is None


amounts = st.decimals(0, 100, places=2)
terms_drawn = st.builds(
    lambda rule, call, minute, free, wrap_up, limits, vat: AgreedPrices(
        "tmf", "", rule, call, minute, free, wrap_up, None, limits, vat
    ),
    st.sampled_from(OwnerRule), amounts, amounts, st.integers(0, 60), st.booleans(),
    st.none() | st.decimals(0, 1000, places=2), st.none() | st.decimals(0, 100, places=2),
)  # fmt: skip
calls_drawn = st.lists(
    st.builds(
        lambda talk, wrap_up, by, first, number: AnsweredCall(
            f"e{number}", "tmf", first, by, START + timedelta(minutes=number), "q", timedelta(seconds=talk),
            timedelta(seconds=wrap_up),
        ),
        st.floats(0, 4000), st.floats(0, 300), st.sampled_from(["tmf", "bif", "kff"]), st.sampled_from(["tmf", "bif"]),
        st.integers(0, 10**5),
    ),
    max_size=25, unique_by=lambda each: each.enquiry,
)  # fmt: skip


def _of_calls(lines: Sequence[SettlementLine]) -> list[SettlementLine]:
    return [line for line in lines if line.kind is SettledAs.CALL]


@settings(max_examples=sample.examples(150))
@given(calls_drawn, terms_drawn, st.integers(0, 25))
def test_lines_add_up_and_parts_of_a_month_make_the_month(
    calls: list[AnsweredCall], terms: AgreedPrices, at: int
) -> None:
    lines = month_lines("tmf", calls, [terms])
    assert month_lines("tmf", list(reversed(calls)), [terms]) == lines, "whatever the order"
    amount = prices.total(lines)
    assert amount == sum(prices.by_centre(lines).values(), prices.SettlementSum())
    assert amount.total == sum((line.amount for line in lines), Decimal(0))
    parts = _of_calls(month_lines("tmf", calls[:at], [terms])) + _of_calls(month_lines("tmf", calls[at:], [terms]))
    assert prices.total(parts) == prices.total(_of_calls(lines))
    for each in prices.by_centre(lines).values():
        assert terms.cap is None or each.net <= terms.cap


@settings(max_examples=sample.examples(150))
@given(calls_drawn, calls_drawn, terms_drawn)
def test_a_statement_and_its_correction_are_what_is_owed_now(
    before: list[AnsweredCall], now: list[AnsweredCall], terms: AgreedPrices
) -> None:
    stated, owed = month_lines("tmf", before, [terms]), month_lines("tmf", now, [terms])
    corrected = [*stated, *prices.difference(owed, stated)]
    assert prices.total(corrected) == prices.total(owed)
    assert not prices.difference(owed, corrected)
    assert not prices.difference(stated, stated)
