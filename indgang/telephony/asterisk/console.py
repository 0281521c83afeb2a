"""The console of Asterisk, through its control socket on this machine: ARI does not tell of sign-ins at operators."""

from __future__ import annotations

import asyncio
from pathlib import Path

#: seconds within which the console answers; it takes less than a millisecond
PATIENCE = 5.0


async def ask(directory: Path, command: str) -> str | None:
    """What the console of the exchange in this folder answers; None when it cannot be asked (another machine, away)."""
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
