"""A caller who stays on the line waits seconds at most for whoever decides about them, whose faults end no calls."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import pytest

from indgang.core import clock
from indgang.entry.board.robot_script import Script
from indgang.entry.setup import end_of_call
from indgang.entry.switchboard import process
from indgang.entry.switchboard.process import Switchboard

SCRIPT = ("0190aaaa-0000-7000-8000-000000000001", Script("hello", ("one",), "again", "wrong", "thanks", "out"))
SLOW = 0.2


class Led:
    """A board that notes what callers are led into."""

    def __init__(self) -> None:
        self.found: list[Any] = []

    def lead(self, _exchange: str, _leg: str, found: object, _at: datetime) -> None:
        self.found.append(found)


def led_into(monkeypatch: pytest.MonkeyPatch, begin: Callable[[str, datetime], object]) -> list[Any]:
    """What the caller is led into, one after the other, when this decides."""
    board = Led()
    monkeypatch.setattr(end_of_call, "begin", begin)
    monkeypatch.setattr(process, "ASK_AT_END_SECONDS", SLOW / 4)
    monkeypatch.setattr(Switchboard, "_take_in", lambda _self, decide: decide(board, clock.now()))
    house = Switchboard(telephones={}, journal=cast(Any, None), now=clock.now, sounds=cast(Any, None))

    async def story() -> None:
        await house._ask_at_end("0190aaaa-0000-7000-8000-000000000002", "simulator", "caller-1")
        await house.close()

    asyncio.run(story())
    return board.found


def after(found: object) -> Callable[[str, datetime], object]:
    def begin(_enquiry: str, _at: datetime) -> object:
        time.sleep(SLOW)
        return found

    return begin


def test_whoever_is_asked_is_led_into_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    assert led_into(monkeypatch, lambda _enquiry, _at: SCRIPT) == [SCRIPT]


def test_a_fault_hangs_the_caller_up_and_ends_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(_enquiry: str, _at: datetime) -> object:
        raise RuntimeError("a fault of the package above")

    assert led_into(monkeypatch, fault) == [None]


def test_whoever_would_wait_too_long_is_hung_up_and_what_is_decided_later_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert led_into(monkeypatch, after(SCRIPT)) == [None, SCRIPT]
    assert led_into(monkeypatch, after(None)) == [None]
