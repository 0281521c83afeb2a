"""A stand-in for Microsoft's sign-in and for Graph's `getSchedule`, over HTTP."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote
from zoneinfo import ZoneInfo

TENANT, CLIENT, SECRET = "kommune.example", "0f7f2d6a-client", "a-secret~of-the-application"
SLOT = timedelta(minutes=30)


def entry(start: str, end: str, status: str = "busy", zone: str = "UTC", **more: Any) -> dict[str, Any]:
    """A `scheduleItem` as Graph writes it: seven decimals of a second, and the zone beside the time."""
    return {
        "isPrivate": False, "status": status, "subject": "Samtale om opsigelse", "location": "Lokale 7, Njalsgade",
        "start": {"dateTime": f"{start}:00.0000000", "timeZone": zone},
        "end": {"dateTime": f"{end}:00.0000000", "timeZone": zone}, **more,
    }  # fmt: skip


@dataclass
class Microsoft:
    """What the server knows and has been asked. `mailboxes` holds the entries of each address it knows.

    `true_zone` is the zone in which entries are really meant, whatever they say; None: as they say.
    """

    mailboxes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sign_in_error: int = 0
    statuses: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    delay: float = 0
    padding: int = 0
    true_zone: ZoneInfo | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    refused_tokens: set[str] = field(default_factory=set)
    has_views: bool = True
    garbage: bytes = b""

    def sign_in(self, tenant: str, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        code = self.sign_in_error
        if tenant != TENANT:
            code = 90002
        elif form["client_id"] != [CLIENT]:
            code = 700016
        elif form["client_secret"] != [SECRET]:
            code = 7000215
        if code:
            return 401, {"error": "invalid_client", "error_description": f"AADSTS{code}: …", "error_codes": [code]}
        assert form["grant_type"] == ["client_credentials"]
        assert form["scope"] == ["https://graph.microsoft.com/.default"]
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return 200, {"token_type": "Bearer", "expires_in": 3599, "access_token": self.tokens[-1]}

    def schedules(self, name: str, token: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if token not in self.tokens or token in self.refused_tokens:
            return 401, {"error": {"code": "InvalidAuthenticationToken", "message": "…"}}
        self.asked.append(asked)
        self.names.append(name)
        if name not in self.mailboxes:
            return 404, {"error": {"code": "ErrorInvalidUser", "message": f"The requested user '{name}' is invalid."}}
        if not 1 <= len(asked["schedules"]) <= 20:
            return 400, {"error": {"code": "ErrorInvalidParameter", "message": "…"}}
        return 200, {"value": [self._one(address, asked) for address in asked["schedules"]], "pad": "x" * self.padding}

    def _one(self, address: str, asked: dict[str, Any]) -> dict[str, Any]:
        if address not in self.mailboxes:
            message = f"Unable to resolve e-mail address {address} to an Active Directory object."
            return {"scheduleId": address, "error": {"message": message, "responseCode": "5009"}}
        items = self.mailboxes[address]
        return {
            "scheduleId": address,
            "availabilityView": self._view(items, asked) if self.has_views else "",
            "scheduleItems": items,
        }

    def _view(self, items: list[dict[str, Any]], asked: dict[str, Any]) -> str:
        assert asked["availabilityViewInterval"] == 30
        assert asked["startTime"]["timeZone"] == asked["endTime"]["timeZone"] == "UTC"
        start, end = (datetime.fromisoformat(asked[f"{name}Time"]["dateTime"]) for name in ("start", "end"))
        view = ["0"] * round((end - start) / SLOT)
        for item in items:
            begins, ends = (self._utc(item[name]).replace(tzinfo=None) for name in ("start", "end"))
            for number in range(len(view)):
                if begins < start + (number + 1) * SLOT and start + number * SLOT < ends:
                    view[number] = max(
                        view[number], {"tentative": "1", "busy": "2", "oof": "3"}.get(item["status"], "0")
                    )
        return "".join(view)

    def _utc(self, given: dict[str, str]) -> datetime:
        zones = {
            "UTC": "UTC",
            "Romance Standard Time": "Europe/Copenhagen",
            "Eastern Standard Time": "America/New_York",
        }
        zone = self.true_zone or ZoneInfo(zones.get(given["timeZone"], "Europe/Copenhagen"))
        return datetime.fromisoformat(given["dateTime"]).replace(tzinfo=zone).astimezone(UTC)


def serve(microsoft: Microsoft) -> tuple[ThreadingHTTPServer, str]:
    """Start the server; returns it with its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            parts = unquote(self.path).strip("/").split("/")
            if parts[1:] == ["oauth2", "v2.0", "token"]:
                self._answer(*microsoft.sign_in(parts[0], parse_qs(body.decode())))
                return
            assert parts[:2] == ["v1.0", "users"]
            assert parts[3:] == ["calendar", "getSchedule"]
            time.sleep(microsoft.delay)
            if microsoft.statuses:
                status, headers = microsoft.statuses.pop(0)
                self._answer(status, {"error": {"code": "…", "message": "…"}}, headers)
                return
            token = self.headers["Authorization"].removeprefix("Bearer ")
            status, content = microsoft.schedules(parts[2], token, json.loads(body))
            self._answer(status, microsoft.garbage or content)

        def _answer(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
            with contextlib.suppress(OSError):  # the client has closed the connection
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content if isinstance(content, bytes) else json.dumps(content).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"
