"""A server that speaks GatewayAPI's documented interface over HTTP, and misbehaves where a test wants it to.

It keeps what it was sent. Reports are signed and handed to `report_to`, which stands for the network in between.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

TOKEN = "stand-in-token"
SECRET = "the secret of the webhook, long enough for HS256"
#: numbers that the account may not send to, as an error with a documented code
BLACKLISTED = 4599990001


@dataclass
class StandIn:
    """`misbehave` takes over the answer of the next requests: it returns True when it has answered by itself."""

    address: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    misbehave: Callable[[BaseHTTPRequestHandler, dict[str, Any]], bool] | None = None
    report_to: Callable[[str], int] | None = None
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(421332671))
    released: threading.Event = field(default_factory=threading.Event)

    # --- what a test wants to see and to happen -----------------------------------------------------

    def texts_to(self, number: str) -> list[str]:
        return [each["message"] for each in self.sent if f"+{each['recipients'][0]['msisdn']}" == number]

    def report(self, message: dict[str, Any], status: str, *, time: int = 1_773_218_000, **more: Any) -> int:
        """Report a delivery status; returns the HTTP status that was answered."""
        claims = {"id": message["id"], "msisdn": message["recipients"][0]["msisdn"], "time": time, "status": status,
                  "userref": message["userref"], "error": None, "code": None, **more}  # fmt: skip
        return self.post(claims)

    def write(
        self, number: str, text: str, *, key: int = 1_000_001, time: int = 1_773_218_000, to: int = 451204
    ) -> int:
        """Report a message from a telephone."""
        msisdn = int(number.removeprefix("+"))
        return self.post({"id": key, "msisdn": msisdn, "receiver": to, "message": text, "senttime": time,
                          "webhook_label": "indgang", "country_code": "DK", "country_prefix": 45})  # fmt: skip

    def post(self, claims: dict[str, Any], secret: str = SECRET) -> int:
        assert self.report_to is not None
        return self.report_to(jwt.encode(claims, secret, algorithm="HS256"))

    # --- the interface ------------------------------------------------------------------------------

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        basic = base64.b64encode(f"{TOKEN}:".encode()).decode()
        if handler.path != "/rest/mtsms":
            return reply(handler, 404, {"message": "not found"})
        if handler.headers.get("Authorization") != f"Basic {basic}":
            return reply(handler, 401, {"code": "0x0223", "message": "Invalid Consumer Key"})
        message = json.loads(body)
        if set(message) - {"message", "sender", "recipients", "userref", "encoding"} or not message.get("message"):
            return reply(handler, 400, {"code": "0x0222", "message": "Missing required parameter %1"})
        if message["recipients"][0]["msisdn"] == BLACKLISTED:
            said = {"code": "0x0215", "message": "MSISDN %1 blacklisted", "variables": [BLACKLISTED]}
            return reply(handler, 400, said)
        message["id"] = next(self.ids)
        if self.misbehave is not None and self.misbehave(handler, message):
            return None
        self.sent.append(message)
        usage = {"countries": {"DK": 1}, "currency": "DKK", "total_cost": 0.24}
        return reply(handler, 200, {"ids": [message["id"]], "usage": usage})


def reply(handler: BaseHTTPRequestHandler, status: int, content: object) -> None:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def cut(handler: BaseHTTPRequestHandler, message: dict[str, Any]) -> bool:
    """Close the connection after the request was read."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    return True


@contextlib.contextmanager
def running() -> Iterator[StandIn]:
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with contextlib.suppress(OSError):  # the client has closed the connection
                stand_in.answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stand_in.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stand_in
    finally:
        stand_in.released.set()
        server.shutdown()
        server.server_close()
