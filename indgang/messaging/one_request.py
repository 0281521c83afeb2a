"""One request to a service over HTTP, and whether the service can have seen it when no answer comes.

No redirects, and a limit of time and size for the whole answer. Each request has a connection of its own, so that a
connection that breaks has never been used before: the request was read, or nobody knows.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

import aiohttp

_PIECE = 65_536
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


class RequestFault(StrEnum):
    """Why no answer came. After the first two the request has not left."""

    CERTIFICATE = "certificate"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    CUT = "cut"


def is_encrypted(address: str) -> bool:
    """Whether it is a host over TLS; False for what is no address."""
    scheme, host = _place(address)
    return scheme == "https" and bool(host)


def is_here(address: str) -> bool:
    """Whether it is plain HTTP to this machine, as a stand-in speaks it; False for what is no address."""
    scheme, host = _place(address)
    return scheme == "http" and host in _LOOPBACK


def _place(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname or ""
    except ValueError:
        return "", ""


class RequestFailed(Exception):
    """There is no whole answer. The text holds nothing of the request; `detail` is the name of the error."""

    def __init__(self, fault: RequestFault, detail: str) -> None:
        super().__init__(f"{fault} ({detail})")
        self.fault, self.detail = fault, detail


class NotReached(RequestFailed):
    """The request has not left: there was no connection."""


class NoAnswer(RequestFailed):
    """The request may have arrived."""


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A request with HTTP Basic authentication. `kind` is the media type of the body, `accepts` those of the answer."""

    method: str
    address: str
    user: str = field(repr=False)
    password: str = field(default="", repr=False)
    body: bytes | None = field(default=None, repr=False)
    kind: str = "application/json"
    accepts: str = "application/json"


@dataclass(frozen=True, slots=True)
class ServiceResponse:
    """`body` is None when it is larger than asked for."""

    status: int
    body: bytes | None = field(repr=False)


def ask(
    request: ServiceRequest,
    *,
    seconds: float,
    connect_seconds: float,
    largest: int,
    tls: ssl.SSLContext | None = None,
) -> ServiceResponse:
    """Send the request, and wait for the whole answer so long. Raises NotReached and NoAnswer."""
    limit = aiohttp.ClientTimeout(total=seconds, connect=connect_seconds)
    return asyncio.run(_ask(request, limit, largest, tls))


async def _ask(
    request: ServiceRequest, limit: aiohttp.ClientTimeout, largest: int, tls: ssl.SSLContext | None
) -> ServiceResponse:
    try:
        async with (
            aiohttp.ClientSession(timeout=limit, auto_decompress=False) as session,
            session.request(
                request.method, request.address, data=request.body, headers=_headers(request), allow_redirects=False,
                ssl=tls if tls is not None else True,
            ) as answer,
        ):  # fmt: skip
            return ServiceResponse(answer.status, await _body(answer, largest))
    except (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError) as error:
        raise NotReached(RequestFault.CERTIFICATE, type(error).__name__) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        raise NotReached(RequestFault.UNREACHABLE, type(error).__name__) from None
    except TimeoutError as error:
        raise NoAnswer(RequestFault.SLOW, type(error).__name__) from None
    except (aiohttp.ClientError, OSError) as error:
        raise NoAnswer(RequestFault.CUT, type(error).__name__) from None


def _headers(request: ServiceRequest) -> dict[str, str]:
    basic = base64.b64encode(f"{request.user}:{request.password}".encode()).decode()
    return {
        "Content-Type": request.kind, "Accept": request.accepts, "Authorization": f"Basic {basic}",
        "Accept-Encoding": "identity",  # what is unpacked may be larger than allowed
    }  # fmt: skip


async def _body(answer: aiohttp.ClientResponse, largest: int) -> bytes | None:
    pieces, size = [], 0
    async for piece in answer.content.iter_chunked(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > largest:
            return None
    return b"".join(pieces)
