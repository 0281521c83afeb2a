"""Simulated callers press keys when they hear the menu, bear a wait, talk, and are put through."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random

from indgang.demo.callers import Book, CallerLine
from indgang.demo.colleagues import on_duty
from indgang.demo.day import Caller, Wish
from indgang.telephony import sound
from indgang.telephony.contract import Answer, Arrived, Connect, Gone, Keyed, Play, Report, Ring
from indgang.telephony.simulator import Answers, Simulator
from tests import virtual_time

_WISH = Wish("cby", "byggetilladelse", "status", "", True, "resolved", False)
CALLER = Caller(
    at=datetime(2026, 3, 11, 9, tzinfo=UTC),
    number="+4599990101",
    dialled="+4533665300",
    keys={"menu": ("8", "1")},
    queue="tmf-byggesager",
    patience=40.0,
    talk=20.0,
    wish=_WISH,
)

Scene = Callable[[Simulator, Book, Callable[[type], Awaitable[Report]]], Awaitable[None]]


def _play(caller: Caller, scene: Scene, book: Book | None = None) -> Book:
    """Let the caller call, and the scene be the product."""
    book = book or Book()

    async def run() -> None:
        simulator = Simulator()
        await simulator.start()
        await simulator.load_prompt("menu.da", sound.tone(3.0))
        reports = simulator.reports()

        async def until(kind: type) -> Report:
            async for report in reports:
                if isinstance(report, kind):
                    return report
            raise AssertionError(f"no {kind.__name__}")

        line = asyncio.create_task(CallerLine(simulator, caller, book, Random(1)).live())
        async with asyncio.timeout(600):
            await scene(simulator, book, until)
            await line

    virtual_time.run(run())
    return book


def test_a_wrong_key_first_and_then_the_right_one() -> None:
    async def scene(simulator: Simulator, book: Book, until: Callable[[type], Awaitable[Report]]) -> None:
        arrived = await until(Arrived)
        assert isinstance(arrived, Arrived)
        assert (arrived.dialled, arrived.caller_number) == ("+4533665300", "+4599990101")
        await simulator.perform(Answer(arrived.leg))
        pressed = []
        for playback in ("first", "again", "third"):
            await simulator.perform(Play(arrived.leg, playback, ("menu.da",)))
            key = await until(Keyed)
            assert isinstance(key, Keyed)
            pressed.append(key.key)
        assert pressed == ["8", "1", "1"]
        simulator.hang_up(arrived.leg)

    _play(CALLER, scene)


def test_who_waits_too_long_hangs_up() -> None:
    async def scene(simulator: Simulator, book: Book, until: Callable[[type], Awaitable[Report]]) -> None:
        arrived = await until(Arrived)
        assert isinstance(arrived, Arrived)
        await simulator.perform(Answer(arrived.leg))
        assert book.callers[arrived.leg] is CALLER
        await until(Gone)

    _play(CALLER, scene)


async def _connected(simulator: Simulator, until: Callable[[type], Awaitable[Report]], phone: str) -> str:
    arrived = await until(Arrived)
    assert isinstance(arrived, Arrived)
    simulator.plug_in(phone, Answers(0.1))
    await simulator.perform(Answer(arrived.leg))
    await simulator.perform(Ring("out-1", f"agent:{phone}", "", "", 20.0, "call"))
    while not simulator.legs["out-1"].answered:
        await asyncio.sleep(0.1)
    await simulator.perform(Connect("bridge", (arrived.leg, "out-1")))
    return arrived.leg


def test_who_has_talked_with_a_colleague_hangs_up() -> None:
    async def scene(simulator: Simulator, book: Book, until: Callable[[type], Awaitable[Report]]) -> None:
        await _connected(simulator, until, "p7")
        await until(Gone)

    _play(dataclasses.replace(CALLER, patience=1.0), scene, Book(phones={"p7"}))


def test_a_visitor_may_keep_the_caller_longer_than_a_colleague() -> None:
    async def scene(simulator: Simulator, book: Book, until: Callable[[type], Awaitable[Report]]) -> None:
        leg = await _connected(simulator, until, "p99")
        await asyncio.sleep(60)  # three times what the caller would talk with a colleague
        assert leg in simulator.legs
        simulator.hang_up(leg)

    _play(CALLER, scene, Book(phones={"p7"}))


def test_who_is_to_be_put_through_says_so_and_gives_up_when_nothing_happens() -> None:
    async def scene(simulator: Simulator, book: Book, until: Callable[[type], Awaitable[Report]]) -> None:
        leg = await _connected(simulator, until, "p7")
        while leg not in book.to_put_through:
            await asyncio.sleep(0.1)
        await until(Gone)

    wish = dataclasses.replace(_WISH, outcome="transferred")
    book = _play(dataclasses.replace(CALLER, wish=wish), scene, Book(phones={"p7"}))
    assert not book.to_put_through


def test_a_centre_has_a_little_fewer_people_than_the_calls_ask_for() -> None:
    assert on_duty(3.2) == 11  # 11.5 calls at once
    assert on_duty(0.25) == 2  # a small team is not kept short
    assert on_duty(100) == 16
