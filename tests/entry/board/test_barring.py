"""Barred numbers cannot be reached by any kind of outgoing call, and a colleague's phone rings for a limited time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indgang.core.barring import Barring
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.desk import Doing
from indgang.routing.flows import data
from indgang.telephony import contract as tel
from tests.entry.board.test_board import talking
from tests.entry.house import ANNA, BO, DAVID, FLOW, House, plan

PREMIUM, SATELLITE, FAR = "+4590112233", "00870776001234", "+12125551234"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (PREMIUM, "barred_premium"),
        (SATELLITE, "barred_satellite"),
        (FAR, "barred_country"),
        ("118", "barred_prefix"),
        ("12a", "bad_number"),
        ("+", "bad_number"),
    ],
)
def test_no_way_out_leads_to_a_barred_number(number: str, code: str) -> None:
    house = House()
    house.sign_in(BO)
    assert house.ask("dial", BO, number=number).detail == {"code": code}
    assert house.ask("dial", BO, number=number, follows="x", return_call=7).detail == {"code": code}
    assert house.board.desks[BO].doing is Doing.READY
    talking(house)
    for kind in ("consult", "transfer"):
        assert house.ask(kind, ANNA, address=f"tel:{number}", name="Udenfor").detail == {"code": code}
    assert not house.ringing()


@pytest.mark.parametrize("number", ["112", "114", "1813", "5200", "+4533333333"])
def test_short_numbers_and_danish_ones_are_rung(number: str) -> None:
    house = House()
    house.sign_in(BO)
    assert house.ask("dial", BO, number=number).done
    house.answer(house.ringing()[0].leg)
    assert house.ringing()[0].address == f"tel:{number}"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("sip:anna@evil.example", "barred_phone"),
        ("sip:admin@127.0.0.1:5038", "barred_phone"),
        ("sip:anna@10.0.0.1 X: y", "bad_phone"),
        ("sip:", "bad_phone"),
        ("http://10.0.0.1", "bad_phone"),
    ],
)
def test_a_desk_phone_is_where_the_house_has_them(address: str, code: str) -> None:
    house = House()
    assert house.ask("sign_in", BO, phone_kind="sip", phone_address=address).detail == {"code": code}
    assert not house.board.desks[BO].signed_in
    talking(house)
    assert house.ask("consult", ANNA, address=address).detail["code"] in (code, "bad_address")
    assert not house.ringing()


def test_a_desk_phone_that_may_no_longer_be_there_does_not_ring() -> None:
    house = House()
    house.ask("sign_in", ANNA, phone_kind="sip", phone_address="sip:anna@10.0.0.1")
    house.ask("ready", ANNA)
    house.board.replan(replace(plan(), barring=Barring()), house.at)
    house.call()
    house.press("caller-1", "1")
    assert not house.ringing()


def test_a_flow_that_transfers_to_a_barred_number_goes_on_and_tells() -> None:
    steps = [
        {"id": "videre", "kind": "transfer", "to": f"tel:{PREMIUM}", "on_failed": "byg"},
        {"id": "byg", "kind": "queue", "queue": "byg", "max_wait": 600, "on_max_wait": "farvel"},
        {"id": "farvel", "kind": "hang_up", "prompts": ["farvel"]},
    ]
    flow = data.parse({**FLOW, "start": "videre", "steps": steps})
    house = House()
    house.board.replan(replace(plan(), flows={"erhverv": flow}, versions={("erhverv", 1): flow}), house.at)
    call = house.call()
    assert house.board.calls[call].waits
    assert not house.ringing()
    assert [alert.code for alert in house.board.centre.out.alerts] == ["barred"]


def test_a_call_back_is_promised_to_no_barred_number() -> None:
    steps = [
        {"id": "op", "kind": "callback_offer", "queue": "byg", "prompts": ["menu"], "enter_prompts": ["menu"],
         "confirm_prompts": ["menu"], "done_prompts": ["farvel"], "on_declined": "farvel", "retries": 9},
        {"id": "farvel", "kind": "hang_up", "prompts": ["farvel"]},
    ]  # fmt: skip
    flow = data.parse({**FLOW, "start": "op", "steps": steps})
    house = House()
    house.board.replan(replace(plan(), flows={"erhverv": flow}, versions={("erhverv", 1): flow}), house.at)
    call = house.call()
    house.press("caller-1", "2")
    for number in ("008707760012341", "90112233"):
        for key in (*number, "#", "1"):
            house.press("caller-1", key)
        assert Kind.CALLBACK not in house.kinds(call), number
    for key in "*333333331":
        house.press("caller-1", key)
    assert Kind.CALLBACK in house.kinds(call)


def test_a_colleague_rings_half_a_minute_and_no_longer() -> None:
    house = House()
    house.sign_in(DAVID)
    talking(house)
    house.ask("consult", ANNA, address=f"person:{DAVID}")
    assert house.ringing()[0].timeout == 30.0


def test_ones_own_phone_rings_half_a_minute_when_one_dials() -> None:
    house = House()
    house.sign_in(BO)
    house.ask("dial", BO, number="+4533333333")
    assert house.ringing()[0].timeout == 30.0


def test_who_is_found_in_a_consulted_queue_rings_as_long_as_the_queue_says() -> None:
    house = House()
    house.sign_in(BO)
    talking(house)
    house.ask("consult", ANNA, address="queue:byg", name="Byggesager")
    ring = house.ringing()[0]
    assert ring.timeout == 25.0, "the queue's fifteen seconds, and ten in case nobody ends it"
    house.wait(15.5)
    assert tel.Hangup(ring.leg) in house.orders
