"""Orders become requests in the order that Asterisk needs."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.legs import LegBook
from indgang.telephony.asterisk.orders import Orders, RequestStep
from indgang.telephony.asterisk.translate import Ended
from indgang.telephony.asterisk.trunks import Trunk
from indgang.telephony.contract import (
    Arrived,
    Connect,
    Disconnect,
    Monitor,
    MonitorMode,
    Music,
    Order,
    Play,
    Played,
    Record,
    Recorded,
    Ring,
    TelephoneError,
)
from indgang.telephony.prompts import is_name, spelled

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def orders() -> Orders:
    settings = ExchangeSettings(directory=Path("/x"), ari_password="p", trunks=(Trunk("network", host="sip.example"),))
    marks = itertools.count(1)
    prompts = {"hello", "digit-1", "digit-2", "number-12"}
    return Orders(settings, LegBook(), prompts, fresh=lambda: str(next(marks)))


def lines(steps: list[RequestStep]) -> list[str]:
    return [f"{step.request.method} {step.request.path}" for step in steps if step.request is not None]


def given_out(orders: Orders, *several: Order) -> list[str]:
    return [line for order in several for line in lines(list(orders.steps(order)))]


def test_a_prompt_is_stopped_before_its_leg_is_bridged(orders: Orders) -> None:
    given_out(orders, Music("a", True), Play("a", "p", ("hello",)))
    assert given_out(orders, Connect("b", ("a", "c"))) == [
        "DELETE playbacks/p",
        "POST bridges/b.1",
        "POST bridges/b.1/addChannel",
    ]


def test_music_and_recording_are_stopped_before_the_leg_is_bridged(orders: Orders) -> None:
    given_out(orders, Record("a", "r", 9), Music("a", True))
    assert given_out(orders, Connect("b", ("a",)))[:2] == ["POST recordings/live/r/stop", "DELETE channels/a/moh"]


def test_a_call_costs_three_requests_to_bridge_and_unbridge(orders: Orders) -> None:
    assert len(given_out(orders, Connect("b", ("a", "c")), Connect("b", ("a", "c")))) == 2
    assert lines(list(orders.gone("a"))) == []
    assert lines(list(orders.gone("c"))) == ["DELETE bridges/b.1"]


def test_a_leg_leaves_one_bridge_before_it_enters_the_next(orders: Orders) -> None:
    given_out(orders, Connect("b", ("a", "c")))
    assert given_out(orders, Connect("d", ("a",)))[0] == "POST bridges/b.1/removeChannel"
    assert given_out(orders, Disconnect("b", ("c",))) == ["POST bridges/b.1/removeChannel", "DELETE bridges/b.1"]


def test_a_bridge_made_anew_has_another_id_in_asterisk(orders: Orders) -> None:
    """Asterisk keeps the id of a deleted bridge for a moment, and refuses to use it again."""
    given_out(orders, Connect("b", ("a", "c")), Disconnect("b", ("a", "c")))
    again = list(orders.steps(Connect("b", ("a", "c"))))
    assert lines(again) == ["POST bridges/b.2", "POST bridges/b.2/addChannel"]
    assert again[0].request is not None
    assert again[0].request.query["name"] == "b"


def test_a_leg_refused_in_company_is_tried_alone(orders: Orders) -> None:
    last = list(orders.steps(Connect("b", ("a", "c"))))[-1]
    assert [request.query["channel"] for request in last.otherwise] == ["a", "c"]


def test_what_had_been_promised_is_kept_when_the_leg_goes(orders: Orders) -> None:
    given_out(orders, Play("a", "p", ("hello",)), Record("c", "r", 9))
    promised = [step.refused(AT) for leg in "ac" for step in orders.gone(leg) if step.refused and not step.request]
    assert promised == [Played("a", "p", AT), Recorded("c", "r", 0, AT)]


def test_nothing_is_begun_for_a_leg_that_has_ended(orders: Orders) -> None:
    """A caller may hang up between the decision and the order: no bridge, tap or playback may be left behind."""
    for leg in ("a", "c"):
        orders.book.observe(Arrived(leg, "1", "2", "", AT))
        orders.book.observe(Ended(leg, 16, AT))
    begun = given_out(orders, Connect("b", ("a", "c")), Monitor("a", "x", "b", MonitorMode.LISTEN))
    assert begun == []
    promised = [step for order in (Play("a", "p", ("hello",)), Record("c", "r", 9)) for step in orders.steps(order)]
    assert [step.refused(AT) for step in promised if step.refused] == [Played("a", "p", AT), Recorded("c", "r", 0, AT)]
    assert lines(promised) == []
    assert lines([*orders.gone("a"), *orders.gone("c")]) == []
    assert lines(list(orders.steps(Connect("b", ("a", "d"))))) == ["POST bridges/b.1", "POST bridges/b.1/addChannel"]


def test_listening_ends_with_the_supervisor(orders: Orders) -> None:
    given_out(orders, Monitor("s", "a", "b", MonitorMode.LISTEN))
    assert lines(list(orders.gone("s"))) == [
        "POST bridges/s.listening.1/removeChannel",
        "DELETE channels/s.tap.1",
        "DELETE bridges/s.listening.1",
    ]


def test_text_from_outside_cannot_break_out_of_a_header(orders: Orders) -> None:
    order = Ring("a", "agent:anna", '1"\r\nX: y', 'Bo" <sip:evil>,x', 20, "call\r\n-1")
    request = next(iter(orders.steps(order))).request
    assert request is not None
    assert request.query["callerId"] == '"Bo   sip:evil  x" <1   X: y>'
    assert "\r" not in request.body["variables"]["PJSIP_HEADER(add,X-Indgang-Call)"]
    assert request.query["timeout"] == "20"


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        ("agent:anna.b", "PJSIP/anna.b"),
        ("tel:+4533662211", "PJSIP/+4533662211@network"),
        ("sip:bo@10.0.0.1:5070", "PJSIP/indgang-sip/sip:bo@10.0.0.1:5070"),
    ],
)
def test_each_kind_of_address_has_its_way_out(orders: Orders, address: str, endpoint: str) -> None:
    request = next(iter(orders.steps(Ring("a", address, "", "", 1.2, "c")))).request
    assert request is not None
    assert (request.query["endpoint"], request.query["timeout"]) == (endpoint, "2")


@pytest.mark.parametrize(
    "address", ["agent:a&b", "agent:../x", "tel:12,34", "tel:", "sip:x", "sip:a@b/c&d", "", "fax:1"]
)
def test_an_address_that_is_none_never_reaches_asterisk(orders: Orders, address: str) -> None:
    with pytest.raises(TelephoneError):
        list(orders.steps(Ring("a", address, "", "", 1, "c")))


def test_numbers_are_said_whole_where_there_is_a_prompt_and_else_digit_by_digit() -> None:
    known = {"number-12", "digit-1", "digit-2", "you-are"}
    assert spelled(("you-are", "number:12", "number:21", "digits:12", "number:9", "x"), known) == [
        "you-are", "number-12", "digit-2", "digit-1", "digit-1", "digit-2",
    ]  # fmt: skip


def test_names_of_prompts_are_plain() -> None:
    assert is_name("queue-3.da")
    assert not any(is_name(name) for name in ("", ".hidden", "a/b", "a b", "æ", "x" * 200))
