"""Fetches recorded conversations and comments from the exchanges, beside the calls.

One at a time, because a conversation may be an hour of sound, and again until it is stored.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from indgang.entry.journal import Journal
from indgang.telephony import contract as tel

logger = logging.getLogger(__name__)
#: pauses after failed attempts; the last one is repeated
FETCH_AGAIN_SECONDS = (1.0, 10.0, 60.0, 600.0)
#: so many attempts find that the exchange has no such recording
MOST_WITHOUT_FILE = 3

#: the name of the exchange, and of the recording
Recording = tuple[str, str]


class RecordedSound:
    """The recordings that are complete and not stored yet. `store` fetches one and stores it, or raises
    `TelephoneError`."""

    def __init__(self, store: Callable[[str, str], Awaitable[None]]) -> None:
        self._store = store
        self._ready: asyncio.Queue[Recording] = asyncio.Queue()
        self._failures: dict[Recording, int] = {}
        self._pauses: dict[Recording, asyncio.TimerHandle] = {}

    def add(self, exchange: str, name: str) -> None:
        """Fetch it soon. It is reported again when its exchange is back, and is then tried at once."""
        recording = (exchange, name)
        pause = self._pauses.pop(recording, None)
        if pause is not None:
            pause.cancel()
        elif recording in self._failures:
            return
        self._failures.setdefault(recording, 0)
        self._ready.put_nowait(recording)

    async def work(self) -> None:
        """Fetch and store for ever."""
        while True:
            recording = await self._ready.get()
            try:
                await self._store(*recording)
            except tel.TelephoneError as error:
                self._failed(recording, error)
            else:
                del self._failures[recording]

    def _failed(self, recording: Recording, error: tel.TelephoneError) -> None:
        logger.warning("a recording could not be fetched from %s", recording[0])
        failures = self._failures[recording] = self._failures[recording] + 1
        if isinstance(error, tel.NoRecording) and failures >= MOST_WITHOUT_FILE:
            del self._failures[recording]
            return
        pause = FETCH_AGAIN_SECONDS[min(failures, len(FETCH_AGAIN_SECONDS)) - 1]
        self._pauses[recording] = asyncio.get_running_loop().call_later(pause, self._again, recording)

    def _again(self, recording: Recording) -> None:
        del self._pauses[recording]
        self._ready.put_nowait(recording)


def keep(journal: Journal, recording: str, wav: bytes) -> None:
    """Store the sound. The journal leaves out what belongs to no call, and what may not be kept any more."""
    if recording.startswith(tel.COMMENT):
        journal.keep_comment(recording.removeprefix(tel.COMMENT), wav)
    else:
        journal.keep_conversation(recording, wav)
