"""What a contact costs on each channel: worked numbers."""

from __future__ import annotations

from decimal import Decimal

from indgang.measures.channel_cost import shared
from indgang.measures.sums import Duty
from indgang.measures.totals import Times

#: eight hours of conversation and after-work, two of written work, and ten of waiting
DUTY = Duty(people=10, talking=25_200, wrap_up=3_600, working=7_200, ready=36_000)


def test_the_price_is_shared_by_conversation_and_written_work_and_within_each() -> None:
    found = shared(
        Decimal(10_000), {"phone": 100, "walk_in": 50, "mail": 30, "chat": 10, "sms": 0},
        {"phone": Times(100, 30_000.0)}, DUTY,
    )  # fmt: skip
    assert {each.channel: (round(each.kroner, 2), each.of_each) for each in found} == {
        # four fifths of the price, shared 2 to 1: visits take as long as calls
        "phone": (Decimal("5333.33"), Decimal("53.33")),
        "walk_in": (Decimal("2666.67"), Decimal("53.33")),
        # one fifth, shared 3 to 1
        "mail": (Decimal("1500.00"), Decimal("50.00")),
        "chat": (Decimal("500.00"), Decimal("50.00")),
    }
    assert sum(round(each.kroner, 2) for each in found) == 10_000


def test_a_channel_with_longer_calls_bears_more() -> None:
    handled = {"phone": Times(10, 1_000.0), "direct": Times(10, 3_000.0)}
    found = shared(Decimal(400), {"phone": 10, "direct": 10}, handled, DUTY)
    assert {each.channel: each.of_each for each in found} == {"direct": Decimal("30.00"), "phone": Decimal("10.00")}


def test_what_is_not_measured_is_not_guessed() -> None:
    phone = {"phone": Times(10, 1_000.0)}
    assert shared(Decimal(400), {"phone": 10}, {}, DUTY) == [], "no call is over"
    silent = {"phone": Times(10, 0.0), "direct": Times(0, 0.0)}
    assert shared(Decimal(400), {"phone": 10}, silent, DUTY) == [], "the imported file says 0 of all"
    assert shared(Decimal(400), {"phone": 10}, phone, Duty()) == [], "nobody was counted on duty"
    assert shared(Decimal(400), {"phone": 10, "mail": 5}, phone, Duty(people=5, talking=60)) == []
    assert shared(Decimal(400), {}, {}, DUTY) == []
