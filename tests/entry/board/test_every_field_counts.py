"""Each fact of a condition and each field of a step changes the course of a live call.

This finds settings without effect: for every field there is a flow in which another value makes the board give other
orders or write other events. Reasons do not count as a difference, nor does a priority that changes no order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from indgang.core.number_series import NumberSeries
from indgang.core.schedule import Schedule, Weekly
from indgang.routing.centre.plan import CallbackRule, Plan
from indgang.routing.flows import data
from indgang.routing.flows.steps import STEP_KINDS, Fact, Overflow, QueueCallback, QueueMessage, marks
from indgang.routing.flows.steps import Test as Condition
from indgang.telephony import contract as tel
from tests.entry.house import ANNA, EVA, NUMBER, START, House, new_board, plan

Step = dict[str, Any]
CHRISTMAS = datetime(2026, 12, 25, 8, 30, tzinfo=UTC)


def _weekly(*spans: tuple[int, int]) -> tuple[Weekly, ...]:
    return tuple(Weekly(day, time(opens), time(closes)) for day in range(7) for opens, closes in spans)


#: START is 09.30 in Copenhagen
SCHEDULES = {
    "aaben": Schedule(_weekly((8, 16))),
    "lukket": Schedule(_weekly((20, 21))),
    "pause": Schedule(_weekly((8, 9), (10, 16))),
}
ENDS: list[Step] = [
    {"id": "a", "kind": "hang_up", "prompts": ["siger-a"]},
    {"id": "b", "kind": "hang_up", "prompts": ["siger-b"]},
]
WAIT: Step = {"kind": "queue", "queue": "byg"}
OPENING: Step = {"kind": "opening_hours", "schedule": "aaben", "on_open": "a", "on_closed": "b"}
HELLO: Step = {"kind": "announcement", "prompts": ["hej"], "next": "a"}
GREETING: Step = {"kind": "greeting", "next": "a"}
MENU: Step = {"kind": "menu", "prompts": ["menu"], "keys": {"1": "a"}, "on_exhausted": "b", "retries": 1, "timeout": 5}
IF: Step = {"kind": "condition", "all": [{"fact": "caller_withheld"}], "on_true": "a", "on_false": "b"}
MONDAY: Step = {"fact": "weekday", "value": [0]}
LANGUAGE: Step = {"kind": "language", "language": "da", "next": "a"}
ELSEWHERE: Step = {"kind": "overflow", "flow": "anden"}
OFFER: Step = {
    "kind": "callback_offer", "queue": "byg", "prompts": ["tilbud"], "enter_prompts": ["tast"], "retries": 1,
    "confirm_prompts": ["passer"], "done_prompts": ["tak"], "on_declined": "b", "timeout": 8,
}  # fmt: skip
CANCEL: Step = {"kind": "cancel_callback", "prompts": ["afmeldt"], "next": "a"}
MESSAGE: Step = {
    "kind": "take_message", "queue": "byg", "prompts": ["besked"], "on_empty": "b", "max_seconds": 60, "retries": 0,
}  # fmt: skip
RING: Step = {"kind": "transfer", "to": "tel:+4533333333", "on_failed": "b", "timeout": 20}
SEND: Step = {"kind": "send_elsewhere", "prompts": ["nummeret-er", "@elsewhere"], "on_failed": "b", "timeout": 20}
SAFE: Step = {"kind": "safe_queue"}
BYE: Step = {"kind": "hang_up", "prompts": ["farvel"]}


def _over(**fields: Any) -> Step:
    return {**WAIT, "overflow": [{"when": "waited", "to": "a", "after": 10, **fields}]}


def _says(**fields: Any) -> Step:
    return {**WAIT, "messages": [{"prompts": ["raad"], **fields}]}


def _back(**fields: Any) -> Step:
    return {**WAIT, "callback": {"to": "a", "prompts": ["tilbud"], "after": 10, "key": "1", **fields}}


@dataclass(frozen=True)
class Given:
    """The situation before the call."""

    at: datetime = START
    number: str = "+4520304050"
    phase: str = ""
    known: frozenset[str] = frozenset()
    closed: bool = False
    elsewhere: tuple[NumberSeries, ...] = ()
    before: Callable[[House], None] = lambda house: None


@dataclass(frozen=True)
class Case:
    """One step, the same step with one field changed, and the caller's actions.

    `acts` is a list of a key; `w30`: wait 30 seconds; `rec5`: speak for 5 seconds; `hear`: listen to the end; `fail`:
    the dialled person does not answer.
    """

    step: Step
    changed: Step
    acts: str = ""
    given: Given = field(default_factory=Given)


def _anna_is_there(house: House) -> None:
    house.sign_in(ANNA)


def _anna_talks_and_one_waits(house: House) -> None:
    house.sign_in(ANNA)
    for number in ("1", "2"):
        leg = f"other-{number}"
        house.tell(tel.Arrived(leg, OTHER, f"+452000000{number}", "", house.at))
    house.answer(house.ringing()[0].leg)


def _one_waits(house: House) -> None:
    house.tell(tel.Arrived("other-1", OTHER, "+4520000001", "", house.at))


def _callback_waits(house: House) -> None:
    house.ask("callback_order", EVA, number="+4520304050", queue="byg")


def _callback_was_missed(house: House) -> None:
    _callback_waits(house)
    house.sign_in(ANNA)
    for _attempt in range(CallbackRule().attempts):
        house.ask("answer", ANNA)
        house.answer(house.ringing()[-1].leg)
        house.tell(tel.Failed(house.ringing()[-1].leg, tel.Failure.NO_ANSWER, house.at))
        house.wait(CallbackRule().pause_seconds)


#: the caller lives in another municipality
NEAR = Given(elsewhere=(NumberSeries("+4520", "", "Fjordby", "+4533445566"),))
#: a number whose callers wait for Byggesager at once
OTHER = "+4533661001"

CASES: dict[tuple[type, str], Case] = {}


def _case(kind: str, name: str, step: Step, changed: Step, acts: str = "", given: Given | None = None) -> None:
    CASES[STEP_KINDS[kind], name] = Case(step, {**step, **changed}, acts, given or Given())


_case("opening_hours", "schedule", OPENING, {"schedule": "lukket"})
_case("opening_hours", "on_open", OPENING, {"on_open": "b"})
_case("opening_hours", "on_closed", {**OPENING, "schedule": "lukket"}, {"on_closed": "a"})
_case("opening_hours", "on_break", {**OPENING, "schedule": "pause"}, {"on_break": "a"})
_case("opening_hours", "on_holiday", OPENING, {"on_holiday": "a"}, given=Given(at=CHRISTMAS))
_case("announcement", "prompts", HELLO, {"prompts": ["dav"]})
_case("announcement", "next", HELLO, {"next": "b"}, "hear")
_case("announcement", "interruptible", HELLO, {"interruptible": False}, "1")
_case("greeting", "next", GREETING, {"next": "b"}, "hear")
_case("greeting", "interruptible", GREETING, {"interruptible": False}, "1")
_case("menu", "prompts", MENU, {"prompts": ["valg"]})
_case("menu", "keys", MENU, {"keys": {"1": "b"}}, "1")
_case("menu", "on_exhausted", MENU, {"on_exhausted": "a"}, "9 9")
_case("menu", "on_wrong", MENU, {"on_wrong": ["forkert"]}, "9")
_case("menu", "retries", MENU, {"retries": 0}, "9")
_case("menu", "timeout", MENU, {"timeout": 50}, "hear w10")
_case("condition", "all", IF, {"all": [MONDAY]})
_case("condition", "on_true", {**IF, "all": [MONDAY]}, {"on_true": "b"})
_case("condition", "on_false", IF, {"on_false": "a"})
_case("language", "language", LANGUAGE, {"language": "en"})
_case("language", "next", LANGUAGE, {"next": "b"})
_case("queue", "queue", WAIT, {"queue": "byliv"})
_case("queue", "priority", WAIT, {"priority": 5}, given=Given(before=_one_waits))
_case("queue", "messages", WAIT, {"messages": [{"prompts": ["raad"]}]})
_case("queue", "overflow", WAIT, _over(), "w20")
_case("queue", "callback", WAIT, _back(), "w20")
_case("queue", "max_wait", {**WAIT, "on_max_wait": "a"}, {"max_wait": 10}, "w20")
_case("queue", "on_max_wait", {**WAIT, "max_wait": 10, "on_max_wait": "a"}, {"on_max_wait": "b"}, "w20")
_case("overflow", "flow", ELSEWHERE, {"flow": "tredje"})
_case("overflow", "prompts", ELSEWHERE, {"prompts": ["vi-stiller-om"]})
_case("callback_offer", "queue", OFFER, {"queue": "byliv"}, "1")
_case("callback_offer", "prompts", OFFER, {"prompts": ["andet"]})
_case("callback_offer", "enter_prompts", OFFER, {"enter_prompts": ["andet"]}, "2")
_case("callback_offer", "confirm_prompts", OFFER, {"confirm_prompts": ["andet"]}, "2 2 0 3 0 4 0 5 0")
_case("callback_offer", "done_prompts", OFFER, {"done_prompts": ["andet"]}, "1")
_case("callback_offer", "on_declined", OFFER, {"on_declined": "a"}, "*")
_case("callback_offer", "next", OFFER, {"next": "a"}, "1 hear")
_case("callback_offer", "on_wrong", OFFER, {"on_wrong": ["forkert"]}, "9")
_case("callback_offer", "retries", OFFER, {"retries": 0}, "9")
_case("callback_offer", "timeout", OFFER, {"timeout": 80}, "hear w10")
_case("cancel_callback", "prompts", CANCEL, {"prompts": ["andet"]})
_case("cancel_callback", "next", CANCEL, {"next": "b"}, "hear")
_case("take_message", "queue", MESSAGE, {"queue": "byliv"}, "hear rec5")
_case("take_message", "prompts", MESSAGE, {"prompts": ["andet"]})
_case("take_message", "on_empty", MESSAGE, {"on_empty": "a"}, "hear rec0")
_case("take_message", "done_prompts", MESSAGE, {"done_prompts": ["tak"]}, "hear rec5")
_case("take_message", "next", MESSAGE, {"next": "a"}, "hear rec5")
_case("take_message", "max_seconds", MESSAGE, {"max_seconds": 30}, "hear")
_case("take_message", "retries", MESSAGE, {"retries": 1}, "hear rec0")
_case("transfer", "to", RING, {"to": "tel:+4544444444"})
_case("transfer", "on_failed", RING, {"on_failed": "a"}, "fail")
_case("transfer", "prompts", RING, {"prompts": ["vent"]})
_case("transfer", "timeout", RING, {"timeout": 40})
_case("menu", "elsewhere", MENU, {"elsewhere": "1"}, "1")
_case("send_elsewhere", "prompts", SEND, {"prompts": ["andet"]}, given=NEAR)
_case("send_elsewhere", "on_failed", SEND, {"on_failed": "a"})
_case("send_elsewhere", "next", SEND, {"next": "a"}, "hear", NEAR)
_case("send_elsewhere", "transfer", SEND, {"transfer": True}, "hear", NEAR)
_case("send_elsewhere", "timeout", {**SEND, "transfer": True}, {"timeout": 40}, "hear", NEAR)
_case("safe_queue", "prompts", SAFE, {"prompts": ["sikker"]})
_case("hang_up", "prompts", BYE, {"prompts": ["dav"]})
_case("hang_up", "cause", BYE, {"cause": "busy"}, "hear")
CASES |= {
    (Overflow, "when"): Case(_over(), _over(when="queue_closed"), "w20"),
    (Overflow, "to"): Case(_over(), _over(to="b"), "w20"),
    (Overflow, "after"): Case(_over(), _over(after=100), "w20"),
    (Overflow, "below"): Case(
        _over(when="agents_below", after=0), _over(when="agents_below", after=0, below=2), "",
        Given(before=_anna_is_there),
    ),
    (Overflow, "over"): Case(
        _over(when="expected_wait_over", after=0), _over(when="expected_wait_over", after=0, over=1), "",
        Given(before=_anna_talks_and_one_waits),
    ),
    (Overflow, "schedule"): Case(
        _over(when="outside_hours", after=0, schedule="aaben"), _over(when="outside_hours", after=0, schedule="lukket")
    ),
    (QueueMessage, "prompts"): Case(_says(), _says(prompts=["andet"])),
    (QueueMessage, "after"): Case(_says(), _says(after=10)),
    (QueueMessage, "every"): Case(_says(after=5), _says(after=5, every=10), "w6 hear w15"),
    (QueueMessage, "phases"): Case(_says(), _says(phases=["2"]), "", Given(phase="1")),
    (QueueCallback, "to"): Case(_back(), _back(to="b"), "w11 1"),
    (QueueCallback, "prompts"): Case(_back(), _back(prompts=["andet"]), "w11"),
    (QueueCallback, "after"): Case(_back(), _back(after=100), "w20"),
    (QueueCallback, "key"): Case(_back(), _back(key="2"), "w11 1"),
    (Condition, "fact"): Case(IF, {**IF, "all": [{"fact": "queue_closed", "queue": "byg"}]}, "", Given(closed=True)),
    (Condition, "queue"): Case(
        {**IF, "all": [{"fact": "queue_closed", "queue": "byg"}]},
        {**IF, "all": [{"fact": "queue_closed", "queue": "byliv"}]}, "", Given(closed=True),
    ),
    (Condition, "value"): Case({**IF, "all": [MONDAY]}, {**IF, "all": [{"fact": "weekday", "value": [1]}]}),
}  # fmt: skip

#: for each fact a condition, and two situations in which its result differs
FACTS: dict[Fact, tuple[Step, Given, Given]] = {
    Fact.WAITING_OVER: ({"queue": "byg", "value": 0}, Given(), Given(before=_one_waits)),
    Fact.AGENTS_BELOW: ({"queue": "byg", "value": 1}, Given(), Given(before=_anna_is_there)),
    Fact.EXPECTED_WAIT_OVER: (
        {"queue": "byg", "value": 60}, Given(before=_anna_is_there), Given(before=_anna_talks_and_one_waits),
    ),
    Fact.QUEUE_CLOSED: ({"queue": "byg"}, Given(), Given(closed=True)),
    Fact.CALLER_KNOWN: ({}, Given(), Given(known=frozenset({"+4520304050"}))),
    Fact.CALLER_WITHHELD: ({}, Given(), Given(number="")),
    Fact.CALLER_FROM_ELSEWHERE: ({}, Given(), NEAR),
    Fact.WEEKDAY: ({"value": [0]}, Given(), Given(at=START + timedelta(days=1))),
    Fact.TIME_BETWEEN: ({"value": ["09:00", "10:00"]}, Given(), Given(at=START + timedelta(hours=1))),
    Fact.DATE_BETWEEN: ({"value": ["2026-11-23", "2026-11-24"]}, Given(), Given(at=START + timedelta(days=1))),
    Fact.PHASE: ({"value": ["2"]}, Given(phase="1"), Given(phase="2")),
    Fact.CALLBACK_WAITING: ({}, Given(), Given(before=_callback_waits)),
    Fact.CALLBACK_MISSED: ({}, Given(before=_callback_waits), Given(before=_callback_was_missed)),
}  # fmt: skip


def _plan(step: Step, given: Given) -> Plan:
    base = plan()
    flows = {
        "erhverv": {"start": "x", "steps": [{"id": "x", **step}, *ENDS]},
        "anden": {"start": "a", "steps": ENDS},
        "tredje": {"start": "b", "steps": ENDS},
        "venter": {"start": "y", "steps": [{"id": "y", **WAIT}]},
    }
    parsed = {code: data.parse({"code": code, "title": code, "version": 1, **flow}) for code, flow in flows.items()}
    byg = replace(base.queues["byg"], closed=given.closed)
    return replace(
        base,
        entries={**base.entries, OTHER: replace(base.entries[NUMBER], number=OTHER, flow="venter")},
        flows=parsed,
        versions={(code, 1): flow for code, flow in parsed.items()},
        flow_centres=dict.fromkeys(parsed, "tmf"),
        queues={**base.queues, "byg": byg},
        schedules=SCHEDULES,
        prompts=base.prompts | {"siger-a.en"},
        known_numbers=given.known,
        phase=given.phase,
        elsewhere=given.elsewhere,
        greetings={"tmf": "velkommen"},
    )


def played(step: Step, acts: str, given: Given) -> list[str]:
    """Returns all orders and events after a call with these actions and an agent who signs in at the end."""
    house = House(new_board(_plan(step, given), given.at), at=given.at)
    given.before(house)
    house.call(number=given.number)
    for act in acts.split():
        _do(house, act)
    if ANNA not in house.board.desks:
        house.sign_in(ANNA)
    return [_plain(each) for each in (*_orders(house), *_events(house))]


def _do(house: House, act: str) -> None:
    match re.fullmatch(r"(w|rec)?(.+)", act):
        case match if match and match[1] == "w" and match[2].isdigit():
            house.wait(float(match[2]))
        case match if match and match[1] == "rec":
            recording = house.ordered(tel.Record)[-1].recording
            house.tell(tel.Recorded("caller-1", recording, float(match[2]), house.at))
        case _ if act == "hear":
            house.tell(tel.Played("caller-1", house.ordered(tel.Play)[-1].playback, house.at))
        case _ if act == "fail":
            house.tell(tel.Failed(house.ringing()[-1].leg, tel.Failure.NO_ANSWER, house.at))
        case _:
            house.press("caller-1", act)


def _orders(house: House) -> Iterator[Any]:
    for order in house.orders:
        yield type(order).__name__, asdict(order)


def _events(house: House) -> Iterator[Any]:
    for event in house.events:
        said = {name: value for name, value in event.data.items() if name not in ("reasons", "priority", "text")}
        yield str(event.kind), event.queue, event.person, said


def _plain(value: Any) -> str:
    """Leaves out the numbers of enquiries, which differ between houses."""
    return re.sub(r"enquiry-\d+", "enquiry", repr(value))


PARTS = (Overflow, QueueMessage, QueueCallback, Condition)


def test_every_field_of_every_step_has_a_case() -> None:
    fields = {(cls, mark.name) for cls in (*STEP_KINDS.values(), *PARTS) for mark in marks(cls)}
    assert set(CASES) == fields


@pytest.mark.parametrize(("cls", "name"), CASES, ids=lambda each: each if isinstance(each, str) else each.__name__)
def test_a_field_that_is_changed_changes_what_happens(cls: type, name: str) -> None:
    case = CASES[cls, name]
    as_it_was = played(case.step, case.acts, case.given)
    assert as_it_was == played(case.step, case.acts, case.given), "the same again is the same"
    assert as_it_was != played(case.changed, case.acts, case.given)


def test_every_fact_has_a_case() -> None:
    assert set(FACTS) == set(Fact)


@pytest.mark.parametrize("fact", Fact)
def test_a_fact_that_changes_changes_where_a_caller_goes(fact: Fact) -> None:
    asked, one, other = FACTS[fact]
    step = {**IF, "all": [{"fact": fact.value, **asked}]}
    went = [
        {end for end in "ab" if any(f"siger-{end}" in each for each in played(step, "", given))}
        for given in (one, other)
    ]
    assert sorted(map(sorted, went)) == [["a"], ["b"]]
