"""The end of a connection to Asterisk: its tasks are awaited, and a cancellation meanwhile takes effect."""

from __future__ import annotations

import asyncio

import pytest

from indgang.telephony.asterisk.ari import ended


async def _slow_to_end(*, fails: Exception | None = None) -> None:
    try:
        await asyncio.sleep(600)
    finally:
        await asyncio.sleep(0.2)
        if fails:
            raise fails


def test_who_is_stopped_while_the_connection_ends_stops() -> None:
    async def story() -> None:
        task = asyncio.create_task(_slow_to_end())
        await asyncio.sleep(0)
        ending = asyncio.create_task(ended(task))
        await asyncio.sleep(0)
        ending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ending
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())


@pytest.mark.parametrize("fails", [None, OSError("gone")])
def test_a_lost_connection_is_no_failure(fails: Exception | None) -> None:
    asyncio.run(_end(fails))


def test_anything_else_is() -> None:
    with pytest.raises(KeyError):
        asyncio.run(_end(KeyError("id")))


async def _end(fails: Exception | None) -> None:
    task = asyncio.create_task(_slow_to_end(fails=fails))
    await asyncio.sleep(0)
    await ended(task)
    assert task.done()
