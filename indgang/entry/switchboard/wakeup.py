"""Wake-ups by PostgreSQL: one listening connection and an event."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0


class Wakeup:
    """`listen` runs for ever, reconnecting when the database comes back; `wait` returns when something was notified."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._event = asyncio.Event()

    async def listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**parameters(), autocommit=True) as listening:
                    await listening.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(self._channel)))
                    self._event.set()
                    async for _notice in listening.notifies():
                        self._event.set()
            except psycopg.OperationalError as error:
                logger.warning("cannot listen, trying again: %s", error)
            await asyncio.sleep(AGAIN_SECONDS)

    async def wait(self, timeout: float) -> None:
        """Until notified, at most `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return
        self._event.clear()


def parameters() -> Mapping[str, Any]:
    """Django's connection parameters, for a connection of our own."""
    known = dict(connection.get_connection_params())
    for name in ("cursor_factory", "context", "prepare_threshold"):
        known.pop(name, None)
    return known
