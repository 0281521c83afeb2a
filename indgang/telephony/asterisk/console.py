"""Asterisk's console, through its control socket on this machine: ARI does not report registrations at operators."""

from __future__ import annotations

import asyncio
from pathlib import Path

#: time limit for an answer of the console, in seconds; normally it takes less than a millisecond
PATIENCE = 5.0


async def ask(directory: Path, command: str) -> str | None:
    """The console's answer, for the exchange in this folder; None when it is away or on another machine."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_unix_connection(str(directory / "run" / "asterisk.ctl"))
            try:
                writer.write(f"cli quit after {command}".encode() + b"\0")
                await writer.drain()
                return (await reader.read()).decode(errors="replace")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
