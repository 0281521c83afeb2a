"""A stand-in for the Microsoft identity platform over HTTP: tokens for an application, and what Dovecot asks about them
(RFC 7662)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

TENANT, CLIENT, SECRET = "kommune.example", "5b1d-client-of-the-mailboxes", "a-secret~of-the-mailboxes"


@dataclass
class TokenServer:
    """Gives tokens for one mailbox. `issued` is called with each; those in `withdrawn` are no longer valid."""

    mailbox: str
    issued: Callable[[str], None] = lambda _token: None
    tokens: list[str] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    error: int = 0
    is_down: bool = False
    expires_in: int = 3599
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """As new, so that the next test begins without tokens."""
        self.withdrawn.update(self.tokens)
        self.asked.clear()
        self.error, self.is_down, self.expires_in = 0, False, 3599

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def sign_in(self, tenant: str, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        self.asked.append(form)
        code = self.error
        if tenant != TENANT:
            code = 90002
        elif form["client_id"] != [CLIENT]:
            code = 700016
        elif form["client_secret"] != [SECRET]:
            code = 7000215
        if code:
            return 401, {"error": "invalid_client", "error_description": f"AADSTS{code}: …", "error_codes": [code]}
        assert form["grant_type"] == ["client_credentials"]
        assert form["scope"] == ["https://outlook.office365.com/.default"]
        self.tokens.append(f"mail-token-{len(self.tokens) + 1}")
        self.issued(self.tokens[-1])
        return 200, {"token_type": "Bearer", "expires_in": self.expires_in, "access_token": self.tokens[-1]}

    def introspect(self, token: str) -> dict[str, Any]:
        if token in self.tokens and token not in self.withdrawn:
            return {"active": True, "username": self.mailbox}
        return {"active": False}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        tokens = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                path = unquote(self.path).strip("/").split("/")
                if path == ["introspect"]:
                    self._answer(200, tokens.introspect(form["token"][0]))
                elif tokens.is_down:
                    self._answer(503, {})
                else:
                    assert path[1:] == ["oauth2", "v2.0", "token"]
                    self._answer(*tokens.sign_in(path[0], form))

            def _answer(self, status: int, content: dict[str, Any]) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
