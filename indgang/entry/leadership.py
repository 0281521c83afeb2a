"""One active switchboard: who holds the advisory lock. Others wait for it."""

from __future__ import annotations

import asyncio
import logging

import psycopg

from indgang.entry.wakeup import parameters

logger = logging.getLogger(__name__)

#: an arbitrary number that only switchboards lock
LOCK = 7_203_001
LOOK_SECONDS = 1.0


class DeposedError(RuntimeError):
    """Another switchboard has taken over; this one must stop at once."""


class Leadership:
    """`take` waits until this process leads; `keep` runs for ever and raises `DeposedError` when it no longer does."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[tuple[bool]] | None = None

    async def take(self) -> None:
        waiting_said = False
        while not await self._try():
            if not waiting_said:
                logger.info("another switchboard is active; standing by")
                waiting_said = True
            await asyncio.sleep(LOOK_SECONDS)

    async def keep(self) -> None:
        """A lost connection is no lost lead as long as nobody else takes the lock before we are back."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._connection is not None and await self._still_connected():
                continue
            self._connection = None
            if await self._reachable() and not await self._try():
                raise DeposedError("another switchboard has the lock")

    async def _try(self) -> bool:
        try:
            if self._connection is None:
                self._connection = await psycopg.AsyncConnection.connect(**parameters(), autocommit=True)
            cursor = await self._connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            row = await cursor.fetchone()
        except psycopg.OperationalError:
            self._connection = None
            return False
        return bool(row and row[0])

    async def _still_connected(self) -> bool:
        try:
            assert self._connection is not None
            await self._connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    async def _reachable(self) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(**parameters()):
                return True
        except psycopg.OperationalError:
            return False
