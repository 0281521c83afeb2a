"""The two connections of a stream process: one listens, one announces. Both reconnect by themselves.

However many pages are open, the database has only these two connections, and now and then a short one for the heartbeat
of the process (`processes`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

from indgang.live.hub import Hub
from indgang.live.token import LIFETIME

log = logging.getLogger(__name__)

CHANNEL = "indgang_live"

#: seconds between two reads of the outbox
PAUSE = 0.02

#: seconds between two reads of recent ends
TURN = 10.0
#: seconds of ends in each read; more than twice the interval between two reads
ENDINGS_AGAIN = 60

#: the key of the advisory lock; any number that nothing else uses
_LEADER = 7_301_944_201

#: Empties the outbox and announces each part once, packed into as few notifications as their limit of 8,000 bytes
#: allows. One statement does both, so that no part is taken without being announced.
_ANNOUNCE = """
WITH taken AS (DELETE FROM live_mark RETURNING part),
     packed AS (
        SELECT part, sum(octet_length(part) + 1) OVER (ORDER BY part) / 6000 AS packet
        FROM (SELECT DISTINCT left(part, 500) AS part FROM taken) AS once
     )
SELECT pg_notify(%s, string_agg(part, E'\\n')) FROM packed GROUP BY packet
"""

_ENDINGS = "SELECT whose, extract(epoch FROM at)::float FROM live_ending WHERE at > now() - make_interval(secs => %s)"


async def listen(hub: Hub) -> None:
    """Receive announcements for ever and pass them to `hub`. After every (re)connection all pages refresh."""
    await _for_ever("listening", lambda connection: _listen(connection, hub))


async def announce() -> None:
    """Empty the outbox for ever; one process does this, and the others stand by."""
    await _for_ever("announcing", _announce)


async def _listen(connection: psycopg.AsyncConnection, hub: Hub) -> None:
    await connection.execute(f"LISTEN {CHANNEL}")
    await _end(connection, hub, LIFETIME)
    hub.after_a_gap()
    try:
        while True:
            async for notification in connection.notifies(timeout=TURN):
                hub.announce(notification.payload.split("\n"))
            # this read makes up for a lost announcement of an end, and notices a server that has vanished
            await _end(connection, hub, ENDINGS_AGAIN)
    finally:
        hub.listening = False


async def _end(connection: psycopg.AsyncConnection, hub: Hub, seconds: float) -> None:
    """Pass to the hub the sessions and people whose streams were ended in the last `seconds`."""
    for whose, at in await (await connection.execute(_ENDINGS, [seconds])).fetchall():
        hub.end(whose, at)


async def _announce(connection: psycopg.AsyncConnection) -> None:
    while not await _is_leader(connection):
        await asyncio.sleep(1)
    while True:
        await connection.execute(_ANNOUNCE, [CHANNEL], prepare=True)
        await asyncio.sleep(PAUSE)


async def _is_leader(connection: psycopg.AsyncConnection) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", [_LEADER])).fetchone()
    return bool(row and row[0])


async def _for_ever(what: str, work: Callable[[psycopg.AsyncConnection], Awaitable[None]]) -> None:
    patience = 0.1
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
                patience = 0.1
                await work(connection)
        except (psycopg.Error, OSError) as error:
            log.warning("%s: the database is away (%s); trying again", what, str(error).strip().split("\n")[0])
            await asyncio.sleep(patience)
            patience = min(patience * 2, 2.0)


def conninfo() -> str:
    """The libpq connection string for the database in the settings."""
    database: dict[str, Any] = settings.DATABASES["default"]
    given = {
        "host": database["HOST"],
        "port": database["PORT"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "dbname": database["NAME"],
    }
    options = {"connect_timeout": 5, "keepalives_idle": 10, "application_name": "indgang-live"} | database["OPTIONS"]
    return make_conninfo("", **{key: value for key, value in (given | options).items() if value})
