"""The stream process is alive whatever the database does, and ready when it hears its announcements."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from indgang.live.stream import Stream


def _asked(stream: Stream, path: str) -> tuple[int, dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    asyncio.run(stream(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_health_asks_nobody_and_readiness_waits_for_the_database() -> None:
    stream = Stream()
    assert _asked(stream, "/health") == (200, {"alive": True})
    assert _asked(stream, "/readiness") == (503, {"listening": False, "streams": 0})
    stream.hub.listening = True
    assert _asked(stream, "/readiness") == (200, {"listening": True, "streams": 0})
