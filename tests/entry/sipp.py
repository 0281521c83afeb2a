"""Callers and telephones simulated by SIPp, with the scenarios of the bench."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

SCENARIOS = Path(__file__).resolve().parents[2] / "benches" / "sip"


@asynccontextmanager
async def telephone(port: int, *, talk_ms: int) -> AsyncIterator[None]:
    """A telephone that answers at once, talks for `talk_ms` milliseconds and hangs up."""
    options = ["-i", "127.0.0.1", "-p", str(port), "-d", str(talk_ms), "-nostdin"]
    process = await _sipp("-sf", str(SCENARIOS / "agent.xml"), *options)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def call(exchange_port: int, dialled: str, *, key: str, caller: str) -> bool:
    """Make one whole call: press the key and talk until the other side hangs up. Returns whether it succeeded.

    `caller` is the caller's number without its last digit, which is 1.
    """
    target = [f"127.0.0.1:{exchange_port}", "-i", "127.0.0.1", "-s", dialled]
    keys = ["-key", "key", key, "-key", "from", caller]
    process = await _sipp(
        "-sf", str(SCENARIOS / "caller.xml"), *target, *keys, "-m", "1", "-nostdin", "-timeout", "200s"
    )
    return await process.wait() == 0


async def _sipp(*arguments: str) -> asyncio.subprocess.Process:
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec("sipp", *arguments, stdin=quiet, stdout=quiet, stderr=quiet)
