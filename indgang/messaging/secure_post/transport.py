"""One request to a secure post service over HTTP, and whether the service can have seen it when no answer comes.

No redirects, and a limit of time and size for the whole answer. Each request has a connection of its own, so that a
connection that breaks has never been used before: the request was read, or nobody knows.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from dataclasses import dataclass, field

import aiohttp

from indgang.messaging.secure_post import contract
from indgang.messaging.secure_post.contract import SecurePostError, SecurePostFault

#: how long a connection may take, in seconds
_CONNECT_SECONDS = 10.0
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class PostRequest:
    method: str
    address: str
    user: str
    password: str = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    kind: str = "application/json"


@dataclass(frozen=True, slots=True)
class PostResponse:
    """`body` is None when it is larger than asked for."""

    status: int
    body: bytes | None = field(repr=False)


class PostNotReached(SecurePostError):
    """The request has not left: there was no connection."""


class PostNoAnswer(SecurePostError):
    """The request may have arrived, and there is no whole answer."""


def context_of(certificate: str, key: str) -> ssl.SSLContext:
    """TLS as a client with this certificate (a PEM file, with its key unless that has a file of its own). Raises
    SecurePostError."""
    context = ssl.create_default_context()
    if certificate:
        try:
            context.load_cert_chain(certificate, key or None)
        except (OSError, ssl.SSLError) as error:
            raise SecurePostError(SecurePostFault.NO_CERTIFICATE, type(error).__name__) from None
    return context


def exchange(request: PostRequest, *, tls: ssl.SSLContext | None, largest: int) -> PostResponse:
    """Send the request; returns status and body. Raises PostNotReached and PostNoAnswer."""
    return asyncio.run(_exchange(request, tls, largest))


async def _exchange(request: PostRequest, tls: ssl.SSLContext | None, largest: int) -> PostResponse:
    limit = aiohttp.ClientTimeout(total=contract.ANSWER_SECONDS, connect=_CONNECT_SECONDS)
    basic = base64.b64encode(f"{request.user}:{request.password}".encode()).decode()
    headers = {
        "Content-Type": request.kind, "Accept": "application/json, application/xml", "Authorization": f"Basic {basic}",
        "Accept-Encoding": "identity",  # what is unpacked may be larger than allowed
    }  # fmt: skip
    try:
        async with (
            aiohttp.ClientSession(timeout=limit, auto_decompress=False) as session,
            session.request(
                request.method, request.address, data=request.body, headers=headers, allow_redirects=False,
                ssl=tls if tls is not None else True,
            ) as answer,
        ):  # fmt: skip
            return PostResponse(answer.status, await _body(answer, largest))
    except (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError) as error:
        raise PostNotReached(SecurePostFault.CERTIFICATE, type(error).__name__) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        raise PostNotReached(SecurePostFault.UNREACHABLE, type(error).__name__) from None
    except TimeoutError as error:
        raise PostNoAnswer(SecurePostFault.SLOW, type(error).__name__) from None
    except (aiohttp.ClientError, OSError) as error:
        raise PostNoAnswer(SecurePostFault.CUT, type(error).__name__) from None


async def _body(answer: aiohttp.ClientResponse, largest: int) -> bytes | None:
    pieces, size = [], 0
    async for piece in answer.content.iter_chunked(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > largest:
            return None
    return b"".join(pieces)
