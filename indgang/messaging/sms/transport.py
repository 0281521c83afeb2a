"""One POST to a gateway over HTTP, and whether the gateway can have seen it when no answer comes.

No redirects, and a limit of time and size for the whole answer. Each request has a connection of its own, so that a
connection that breaks has never been used before: the request was read, or nobody knows.
"""

from __future__ import annotations

import asyncio
import base64

import aiohttp

from indgang.messaging.sms.contract import ANSWER_SECONDS

#: a larger answer is not read, in bytes
LARGEST = 65_536
#: how long a connection may take, in seconds
_CONNECT_SECONDS = 5.0


class NotReached(Exception):
    """The request has not left: there was no connection."""


class NoAnswer(Exception):
    """The request may have arrived, and there is no whole answer."""


def post(address: str, *, user: str, body: bytes) -> tuple[int, bytes]:
    """Send JSON; returns status and body of the answer. `user` is the user name of HTTP Basic authentication.

    Raises NotReached and NoAnswer; their texts hold nothing of the request.
    """
    return asyncio.run(_post(address, user, body))


async def _post(address: str, user: str, body: bytes) -> tuple[int, bytes]:
    limit = aiohttp.ClientTimeout(total=ANSWER_SECONDS, connect=_CONNECT_SECONDS)
    basic = base64.b64encode(f"{user}:".encode()).decode()
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Authorization": f"Basic {basic}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.post(address, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status, await _body(answer)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        raise NotReached(f"the gateway cannot be reached ({type(error).__name__})") from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise NoAnswer(f"no whole answer came ({type(error).__name__})") from error


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    """The body; of one that is too large only the beginning, which is no JSON then."""
    pieces, size = [], 0
    async for piece in answer.content.iter_chunked(LARGEST):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            break
    return b"".join(pieces)
