"""What the doctor says of a telephone system: gone, refusing us, not Asterisk, too old, without a module."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from indgang.config.checks.telephone_system import _MODULES, findings
from indgang.health.finding import Level
from indgang.telephony.asterisk.configuration import ExchangeSettings

_PASSWORD = "et-langt-kodeord-77"


@contextmanager
def _ari(version: str, modules: list[str]) -> Iterator[int]:
    signed_in = "Basic " + base64.b64encode(f"indgang:{_PASSWORD}".encode()).decode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            right = self.headers["Authorization"] == signed_in
            listed = [{"name": name, "status": "Running"} for name in modules]
            content = {"system": {"version": version}} if self.path.endswith("info") else listed
            self.send_response(200 if right else 401)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_about: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _found(port: int, password: str = _PASSWORD) -> list[tuple[Level, str]]:
    system = ExchangeSettings(directory=Path("/nowhere"), ari_password=password, http_port=port)
    return [(finding.level, finding.text) for finding in findings(system)]


def test_one_that_has_everything_is_all_right() -> None:
    with _ari("22.10.0", list(_MODULES)) as port:
        assert [level for level, _text in _found(port)] == [Level.OK]


def test_one_that_refuses_us_is_old_or_lacks_a_module_is_told() -> None:
    with _ari("18.2.1", [name for name in _MODULES if name != "app_stasis.so"]) as port:
        refused, *_rest = _found(port, "et-andet-kodeord-88")
        assert refused[0] is Level.ERROR
        assert "et-andet-kodeord-88" not in refused[1]
        levels = dict(_found(port))
        assert "18.2.1" in levels[Level.WARNING]
        assert "app_stasis.so" in levels[Level.ERROR]


def test_one_that_is_gone_is_told() -> None:
    with _ari("22.10.0", []) as port:
        pass
    ((level, text),) = _found(port)
    assert level is Level.ERROR
    assert str(port) in text
