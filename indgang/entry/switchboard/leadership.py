"""The single active switchboard is the one that holds the advisory lock. Others wait for the lock."""

from __future__ import annotations

import asyncio
import logging

import psycopg

from indgang.entry.switchboard.wakeup import parameters

logger = logging.getLogger(__name__)

#: the key of the advisory lock, used by switchboards only
LOCK = 7_203_001
LOOK_SECONDS = 1.0
#: how often a standby asks for the lock. It does not wait in the database: a statement that waits for days keeps the
#: rows that its snapshot could see, and nothing is vacuumed
ASK_SECONDS = 0.25


class DeposedError(RuntimeError):
    """Another switchboard has taken over; this one must stop at once."""


class Leadership:
    """`take` waits until this process leads; `keep` runs for ever and raises `DeposedError` when it no longer does.

    A standby gets the lock within a moment after the leader is gone.
    """

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[tuple[bool]] | None = None

    async def take(self) -> None:
        if await self._try():
            return
        logger.info("another switchboard is active; standing by")
        while not await self._try():
            await asyncio.sleep(ASK_SECONDS if self._connection is not None else LOOK_SECONDS)

    async def keep(self) -> None:
        """Hold the lock. After a lost connection, this process still leads if nobody else took the lock meanwhile."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._connection is not None and await self._still_connected():
                continue
            self._connection = None
            if await self._reachable() and not await self._try():
                raise DeposedError("another switchboard has the lock")

    async def _connected(self) -> psycopg.AsyncConnection[tuple[bool]]:
        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(**parameters(), autocommit=True)
        return self._connection

    async def _try(self) -> bool:
        try:
            cursor = await (await self._connected()).execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
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
