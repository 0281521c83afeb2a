"""The rules about numbers outside hold for all outgoing calls: barring, limits, and alerts about unusual calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from indgang.core.dial_rules import DialRule, NumberKind
from indgang.core.odd_calls import MANY_BARRED, MANY_SHORT, MANY_TO_ONE
from indgang.entry.board.board import Board
from indgang.entry.board.call import Call
from indgang.entry.board.call import Stage as CallStage
from indgang.entry.board.kept import read_item
from indgang.telephony import contract as tel
from tests.entry.board.test_board import talking
from tests.entry.board.test_callbacks import dialled as take_promised
from tests.entry.board.test_callbacks import promised, with_offer
from tests.entry.house import ANNA, BO, NUMBER, House, mobile, plan

SWEDEN, HOME, OTHER = "+46812345678", "+4533333333", "+4533663366"
DANISH = DialRule("agent", frozenset({NumberKind.SHORT, NumberKind.DENMARK}), longest_seconds=600, at_once=1)


def house_with(rule: DialRule, *people: int) -> House:
    house = House()
    house.board.replan(replace(plan(), dial_rules=dict.fromkeys(people, (rule,))), house.at)
    return house


def alerts(house: House) -> list[str]:
    return [alert.code for alert in house.board.centre.out.alerts]


def test_a_rule_holds_on_every_way_out_and_for_its_role_alone() -> None:
    house = house_with(DANISH, ANNA)
    house.sign_in(BO)
    talking(house)
    for kind in ("consult", "transfer"):
        assert house.ask(kind, ANNA, address=f"tel:{SWEDEN}", name="Udenfor").detail == {"code": "rule_kind"}
    assert house.ask("dial", BO, number=SWEDEN).done, "Bo's role has no rule"
    house = house_with(DANISH, ANNA)
    house.sign_in(ANNA)
    assert house.ask("dial", ANNA, number=SWEDEN).detail == {"code": "rule_kind"}
    assert house.ask("dial", ANNA, number=HOME).done


def test_a_role_has_so_many_calls_out_at_once() -> None:
    house = house_with(DANISH, ANNA, BO)
    house.sign_in(ANNA, BO)
    call = house.ask("dial", ANNA, number=HOME).detail["enquiry"]
    assert house.ask("dial", BO, number=HOME).detail == {"code": "rule_at_once"}
    assert house.ask("dial", BO, number="112").done
    house.ask("hang_up", ANNA)
    assert call not in house.board.calls


def test_a_call_that_was_passed_on_to_an_outside_number_still_counts() -> None:
    house = house_with(DANISH, ANNA, BO)
    house.sign_in(BO)
    talking(house)
    assert house.ask("transfer", ANNA, address=f"tel:{HOME}", name="Udenfor").done
    assert house.ask("dial", BO, number=OTHER).detail == {"code": "rule_at_once"}
    house.answer(house.ringing()[0].leg)
    assert house.ask("dial", BO, number=OTHER).detail == {"code": "rule_at_once"}
    house.gone("caller-1")
    assert house.ask("dial", BO, number=OTHER).done


def dialled(house: House) -> str:
    """Anna talks with a number outside. Returns its leg."""
    house.ask("dial", ANNA, number=HOME)
    house.answer(house.ringing()[0].leg)
    outside = house.ringing()[0].leg
    house.answer(outside)
    return outside


def test_a_call_ends_when_its_time_is_over() -> None:
    house = house_with(DANISH, ANNA)
    house.sign_in(ANNA)
    outside = dialled(house)
    house.wait(590)
    assert tel.Hangup(outside) not in house.orders
    house.wait(15)
    assert tel.Hangup(outside) in house.orders


def test_the_limit_holds_after_a_restart() -> None:
    house = house_with(DANISH, ANNA)
    house.sign_in(ANNA)
    outside = dialled(house)
    (kept,) = house.kept.values()
    call = read_item(kept)
    assert isinstance(call, Call)
    again = Board(house.board.plan, house.at, lambda: "x")
    again.restore([call], [], house.at, seen={})
    assert call.limited_leg == outside
    due = again.next_due()
    assert due is not None
    assert call.limited_until is not None
    assert due <= call.limited_until


@pytest.mark.parametrize("kind", ["consult", "transfer"])
def test_somebody_outside_who_is_asked_in_has_the_same_limit(kind: str) -> None:
    house = house_with(DANISH, ANNA)
    talking(house)
    assert house.ask(kind, ANNA, address=f"tel:{HOME}", name="Udenfor").done
    outside = house.ringing()[0].leg
    house.answer(outside)
    house.wait(605)
    assert tel.Hangup(outside) in house.orders


def test_a_call_and_its_consult_end_each_when_its_own_time_is_over() -> None:
    house = house_with(replace(DANISH, at_once=0), ANNA)
    house.sign_in(ANNA)
    outside = dialled(house)
    house.wait(300)
    assert house.ask("consult", ANNA, address=f"tel:{OTHER}", name="Udenfor").done
    consulted = house.ringing()[0].leg
    house.answer(consulted)
    (kept,) = house.kept.values()
    call = read_item(kept)
    assert isinstance(call, Call)
    assert call.consult is not None
    assert (call.consult.by, call.consult.limited_until) == (ANNA, house.at + timedelta(seconds=600))
    assert call.limited_leg == outside
    house.wait(305)
    assert tel.Hangup(outside) in house.orders


def test_a_consult_of_the_release_before_has_no_limit_of_its_own() -> None:
    house = house_with(DANISH, ANNA)
    talking(house)
    house.ask("consult", ANNA, address=f"tel:{HOME}", name="Udenfor")
    (kept,) = house.kept.values()
    asked = {name: value for name, value in kept["consult"].items() if name not in ("by", "limited_until")}
    call = read_item({**kept, "consult": asked, "limited_leg": asked["leg"], "limited_until": house.at.isoformat()})
    assert isinstance(call, Call)
    assert call.consult is not None
    assert (call.consult.by, call.consult.limited_until) == (None, None)
    assert call.limited_until == house.at


def test_odd_patterns_raise_alerts() -> None:
    house = House()
    house.sign_in(ANNA)
    told: list[str] = []
    for _ in range(MANY_BARRED):
        house.ask("dial", ANNA, number="+4590112233")
        told += alerts(house)
    assert told == ["odd_calls_barred"]
    for _ in range(MANY_TO_ONE):
        house.ask("dial", ANNA, number=OTHER)
        told += alerts(house)
        house.ask("hang_up", ANNA)
    assert told == ["odd_calls_barred", "odd_calls_one_number"]


@pytest.mark.parametrize(("is_answered", "told"), [(True, ["odd_calls_short"]), (False, [])])
def test_only_calls_that_were_answered_can_be_oddly_short(is_answered: bool, told: list[str]) -> None:
    house = House()
    house.sign_in(ANNA)
    seen: list[str] = []
    for number in range(MANY_SHORT):
        house.ask("dial", ANNA, number=f"+453366336{number}")
        house.answer(house.ringing()[0].leg)
        house.wait(20)
        outside = house.ringing()[0].leg
        if is_answered:
            house.answer(outside)
        house.wait(3)
        house.ask("hang_up", ANNA)
        seen += alerts(house)
        house.ask("wrap_up_over", ANNA)
    assert seen == told


def test_a_promised_call_is_not_a_number_that_its_agent_chose() -> None:
    house = with_offer()
    promised(house)
    house.sign_in(ANNA)
    house.answer(take_promised(house, ANNA))
    (call,) = house.board.calls.values()
    assert call.stage is CallStage.TALKING
    assert call.reached_at is None


def test_whoever_is_called_sees_a_number_of_ours() -> None:
    house = House()
    house.sign_in(ANNA)
    house.ask("dial", ANNA, number=HOME)
    house.answer(house.ringing()[0].leg)
    called = house.ringing()[0]
    assert (called.address, called.caller_number, called.centre_number) == (f"tel:{HOME}", "", NUMBER)
    house.answer(called.leg)
    assert house.ask("consult", ANNA, address=f"tel:{OTHER}", name="Udenfor").done
    consulted = house.ringing()[0]
    assert (consulted.caller_number, consulted.centre_number) == ("", NUMBER)


def test_ones_own_number_rings_with_a_number_of_ours_before_a_call_out() -> None:
    house = House()
    house.at_mobile(ANNA)
    house.ask("dial", ANNA, number=HOME)
    (own,) = house.ringing()
    assert (own.address, own.caller_number, own.centre_number) == (f"tel:{mobile(ANNA)}", "", NUMBER)
