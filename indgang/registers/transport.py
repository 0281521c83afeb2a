"""One question over HTTP: no redirects, and a limit of time and size for the whole answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp

from indgang.registers.contract import ANSWER_SECONDS, RegisterError, RegisterFault

#: a larger answer is refused, in bytes
LARGEST = 1_000_000
_OUT_OF_ORDER = frozenset((429, 500, 502, 503, 504))


def get(address: str, headers: Mapping[str, str]) -> bytes | None:
    """The body of the answer; None when nothing is there (404, 410, 204). Raises RegisterError."""
    return asyncio.run(_ask("GET", address, dict(headers), None))


def post(address: str, headers: Mapping[str, str], body: bytes) -> bytes | None:
    """As `get`."""
    return asyncio.run(_ask("POST", address, dict(headers), body))


async def _ask(method: str, address: str, headers: dict[str, str], body: bytes | None) -> bytes | None:
    limit = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.request(method, address, headers=headers, data=body, allow_redirects=False) as answer,
        ):
            return await _body(answer)
    except TimeoutError as error:
        raise RegisterError(RegisterFault.SLOW) from error
    except aiohttp.ClientPayloadError as error:
        raise RegisterError(RegisterFault.WRONG_ANSWER, type(error).__name__) from error
    except (aiohttp.ClientError, OSError) as error:
        raise RegisterError(RegisterFault.DOWN, type(error).__name__) from error
    except ValueError as error:  # an address or a header that cannot be sent
        raise RegisterError(RegisterFault.NOT_ALLOWED, type(error).__name__) from error


async def _body(answer: aiohttp.ClientResponse) -> bytes | None:
    if answer.status in (401, 403):
        raise RegisterError(RegisterFault.REFUSED, str(answer.status))
    if answer.status in (204, 404, 410):
        return None
    if answer.status in _OUT_OF_ORDER:
        raise RegisterError(RegisterFault.DOWN, str(answer.status))
    if answer.status != 200:
        raise RegisterError(RegisterFault.WRONG_ANSWER, str(answer.status))
    pieces, size = [], 0
    async for piece in answer.content.iter_chunked(65_536):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise RegisterError(RegisterFault.WRONG_ANSWER, "too large")
    return b"".join(pieces)
