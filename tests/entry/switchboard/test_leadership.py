"""Exactly one switchboard leads, and a standby takes over at once."""

from __future__ import annotations

import asyncio
import contextlib
import time

import psycopg
import pytest

from indgang.entry.switchboard.leadership import DeposedError, Leadership
from indgang.entry.switchboard.wakeup import parameters
from tests.entry.running import told

pytestmark = pytest.mark.django_db(transaction=True)


async def _end(leadership: Leadership) -> None:
    """End the leadership as the end of its process does."""
    assert leadership._connection is not None
    await leadership._connection.close()


def test_who_stands_by_leads_as_soon_as_the_other_is_gone() -> None:
    async def story() -> None:
        first, second = Leadership(), Leadership()
        await first.take()
        standing_by = asyncio.create_task(second.take())
        # it leads within a few hundredths of a second when it can
        await asyncio.sleep(0.5)
        assert not standing_by.done()
        began = time.monotonic()
        await _end(first)
        await standing_by
        print(f"took over after {time.monotonic() - began:.3f} s")
        with pytest.raises(DeposedError):
            await asyncio.wait_for(first.keep(), 20)
        await _end(second)

    told(story())


def test_who_stands_by_for_days_holds_up_no_vacuum() -> None:
    async def story() -> None:
        first, second = Leadership(), Leadership()
        await first.take()
        standing_by = asyncio.create_task(second.take())
        while second._connection is None:
            await asyncio.sleep(0.05)
        async with asyncio.timeout(20), await psycopg.AsyncConnection.connect(**parameters(), autocommit=True) as other:
            while True:
                asked = await other.execute(
                    "SELECT state = 'idle' AND xact_start IS NULL AND backend_xmin IS NULL FROM pg_stat_activity"
                    " WHERE pid = %s", [second._connection.info.backend_pid],
                )  # fmt: skip
                if await asked.fetchone() == (True,):
                    break
                await asyncio.sleep(0.05)
        assert not standing_by.done()
        await _end(first)
        await standing_by
        await _end(second)

    told(story())


def test_who_is_told_to_end_while_standing_by_leaves_the_lead_to_others() -> None:
    async def story() -> None:
        first, second, third = Leadership(), Leadership(), Leadership()
        await first.take()
        standing_by = asyncio.create_task(second.take())
        while second._connection is None:
            await asyncio.sleep(0.05)
        standing_by.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await standing_by
        await _end(first)
        await asyncio.wait_for(third.take(), 20)
        await _end(third)

    told(story())
