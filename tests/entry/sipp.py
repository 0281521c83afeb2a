"""Callers and telephones simulated by SIPp, with the scenarios of the bench."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from indgang.telephony import sound

with warnings.catch_warnings():
    # deprecated in Python 3.11 and 3.12; from 3.13 it is the package audioop-lts
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

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


@asynccontextmanager
async def asked(port: int, folder: Path, *, keys: str, comment: float = 0.0) -> AsyncIterator[None]:
    """Whoever a robot call reaches (benches/sip/asked.xml): people who press these four keys and then speak for
    `comment` seconds, and answering machines at numbers that end with 9. Their sound is made in `folder`."""
    sounds_of_the_asked(folder, comment=comment)
    options = ["-i", "127.0.0.1", "-p", str(port), "-nostdin"]
    for number, key in enumerate(keys, start=1):
        options += ["-key", f"key{number}", key]
    process = await _sipp("-sf", str(SCENARIOS / "asked.xml"), *options, folder=folder)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


#: from the answer to the fourth key of benches/sip/asked.xml and the tone after which one speaks, in seconds
KEYED_SECONDS = 12.5


def sounds_of_the_asked(folder: Path, *, comment: float = 0.0) -> None:
    """What the far ends of benches/sip/asked.xml say: a word and, after the keys, a comment of so many seconds; or the
    greeting of an answering machine."""
    hello = _speech(0.6, KEYED_SECONDS - 0.6) + _speech(comment, 40.0)
    (folder / "hello.alaw").write_bytes(hello)
    (folder / "machine.alaw").write_bytes(_speech(9.0, 2.0))


def _speech(speaks: float, silent: float) -> bytes:
    """Raw A-law sound: a tone for so many seconds, then silence."""
    samples = (sound.tone(speaks, hertz=300.0)[44:] if speaks else b"") + sound.silence(silent)[44:]
    return audioop.lin2alaw(samples, sound.WIDTH)


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


async def _sipp(*arguments: str, folder: Path | None = None) -> asyncio.subprocess.Process:
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec("sipp", *arguments, stdin=quiet, stdout=quiet, stderr=quiet, cwd=folder)
