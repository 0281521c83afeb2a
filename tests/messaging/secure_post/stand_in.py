"""A server that speaks Digital Post's interface over HTTP, and misbehaves where a test wants it to.

It keeps what it was sent, the memos that wait for us, and the receipts that wait for us.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from indgang.messaging.secure_post import memo

SYSTEM, KEY = "e545b339-8542-4a30-ae75-c67e4d2a7b99", "15632a8d-407c-4c3a-b1b1-aecaa514fcab"
NOT_REGISTERED, UNDELIVERABLE, EXEMPT, NO_ANSWER = "0101700001", "0101700002", "0101700004", "0101700003"
_LATER = {NOT_REGISTERED: "recipient.not.registered", UNDELIVERABLE: "file.extension.not.allowed"}


@dataclass
class StandIn:
    """`misbehave` takes over the answer of the next requests: it returns True when it has answered by itself."""

    address: str = ""
    sent: dict[str, bytes] = field(default_factory=dict)
    memos: dict[str, bytes] = field(default_factory=dict)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    confirmed: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    misbehave: Callable[[BaseHTTPRequestHandler], bool] | None = None
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.requests.append(f"{handler.command} {parts.path}")
        basic = base64.b64encode(f"{SYSTEM}:{KEY}".encode()).decode()
        if handler.headers.get("Authorization") != f"Basic {basic}":
            return reply(handler, 401, {"code": "unauthorized"})
        if self.misbehave is not None and self.misbehave(handler):
            return None
        match (handler.command, *parts.path.strip("/").split("/")):
            case ("POST", "memos"):
                return self._take(handler, parse_qs(parts.query).get("memo-message-uuid", [""])[0], body)
            case ("GET", "memos" | "receipts" as which):
                return self._list(handler, self.memos if which == "memos" else self.receipts, parse_qs(parts.query))
            case ("GET", "memos", uuid) if uuid in self.memos:
                return reply(handler, 200, self.memos[uuid], kind="application/xml")
            case ("POST", "memos", uuid, "receipt") if uuid in self.memos:
                self.confirmed[uuid] = json.loads(body)["receiptStatus"]
                del self.memos[uuid]
                return reply(handler, 200, {})
            case ("GET", "receipts", key) if key in self.receipts:
                return reply(handler, 200, self.receipts[key])
            case ("DELETE", "receipts", key) if key in self.receipts:
                del self.receipts[key]
                return reply(handler, 204, b"")
        return reply(handler, 404, {"code": "not.found"})

    def _list(self, handler: BaseHTTPRequestHandler, rows: dict[str, Any], asked: dict[str, list[str]]) -> None:
        page, size = int(asked["page"][0]), int(asked["size"][0])
        keys = list(rows)[page * size : (page + 1) * size]
        reply(handler, 200, {"content": keys, "totalElements": len(rows), "currentPage": page})

    def _take(self, handler: BaseHTTPRequestHandler, uuid: str, body: bytes) -> None:
        if handler.headers.get("Content-Type") != "application/xml":
            return reply(handler, 415, {"code": "content.type.not.allowed"})
        read = memo.read(body)
        if read.uuid != uuid:
            return reply(handler, 400, {"code": "message.uuid.mismatch"})
        number = read.recipient.number
        if number == EXEMPT:
            return reply(handler, 422, {"errorCode": "recipient.exempt", "errorMessage": f"{number} is exempt"})
        if number == NO_ANSWER:
            return cut(handler)
        if uuid in self.sent:
            return reply(handler, 409, {"code": "memo.already.received"})
        self.sent[uuid] = body
        self.receipts[str(uuid4())] = receipt(uuid, code=_LATER.get(number, ""))
        return reply(handler, 200, receipt(uuid, status="RECEIVED"))


def receipt(uuid: str, *, code: str = "", status: str = "") -> dict[str, Any]:
    told = {"transmissionId": str(uuid4()), "messageUUID": uuid, "timeStamp": "2026-11-30T09:00:00.123Z",
            "receiptStatus": status or ("INVALID" if code else "COMPLETED")}  # fmt: skip
    return told | ({"errorCode": code, "errorMessage": f"about {uuid}"} if code else {})


def reply(handler: BaseHTTPRequestHandler, status: int, content: object, kind: str = "application/json") -> None:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection after the request was read."""
    handler.connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[StandIn]:
    """The server on a free port; with `tls` it speaks HTTPS."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with contextlib.suppress(OSError):  # the client has closed the connection
                stand_in.answer(self)

        do_GET = do_DELETE = do_POST  # noqa: N815  # the library's names

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stand_in.address = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    try:
        yield stand_in
    finally:
        stand_in.released.set()
        server.shutdown()
        server.server_close()
