"""Recordings are fetched one at a time, and each until it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from indgang.entry.switchboard import recorded_sound
from indgang.entry.switchboard.recorded_sound import RecordedSound
from indgang.telephony.contract import NoRecording, TelephoneError


async def becomes(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


class Backlog:
    """The recordings to store, from an exchange that may fail to give some of them."""

    def __init__(self) -> None:
        self.recordings = RecordedSound(self._store)
        self.failing: dict[str, TelephoneError] = {}
        self.tried: list[str] = []
        self.stored: list[str] = []
        self.at_once = self.most_at_once = 0

    async def _store(self, exchange: str, name: str) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        self.tried.append(name)
        if name in self.failing:
            raise self.failing[name]
        self.stored.append(name)

    def played(self, story: Callable[[], Awaitable[None]]) -> None:
        async def beside() -> None:
            working = asyncio.create_task(self.recordings.work())
            try:
                await story()
            finally:
                working.cancel()

        asyncio.run(beside())


def test_recordings_are_fetched_one_at_a_time_and_each_until_it_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded_sound, "FETCH_AGAIN_SECONDS", (0.01, 0.02))
    backlog = Backlog()
    backlog.failing["a"] = TelephoneError("too busy")

    async def story() -> None:
        for name in "abcab":
            backlog.recordings.add("asterisk", name)
        await becomes(lambda: backlog.tried.count("a") > 5)
        assert backlog.stored == ["b", "c"]
        backlog.failing.clear()
        await becomes(lambda: "a" in backlog.stored)

    backlog.played(story)
    assert backlog.most_at_once == 1
    assert sorted(backlog.stored) == ["a", "b", "c"]


def test_a_recording_of_an_exchange_that_is_back_is_fetched_at_once() -> None:
    backlog = Backlog()
    backlog.failing["a"] = TelephoneError("away")

    async def story() -> None:
        backlog.recordings.add("asterisk", "a")
        await becomes(lambda: backlog.tried == ["a"])
        backlog.failing.clear()
        backlog.recordings.add("asterisk", "a")
        await asyncio.sleep(0.05)
        assert backlog.stored == ["a"]

    backlog.played(story)


def test_a_recording_without_a_file_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded_sound, "FETCH_AGAIN_SECONDS", (0.01,))
    backlog = Backlog()
    backlog.failing["a"] = NoRecording("none")

    async def story() -> None:
        backlog.recordings.add("asterisk", "a")
        await becomes(lambda: len(backlog.tried) == recorded_sound.MOST_WITHOUT_FILE)
        await asyncio.sleep(0.1)

    backlog.played(story)
    assert len(backlog.tried) == recorded_sound.MOST_WITHOUT_FILE
