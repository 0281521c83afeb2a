"""The least a page can cost: its queries through a cursor and its bytes in an answer, without models and templates."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

#: what it is called beside a figure
PEER = "the same SQL through a cursor, same bytes"


def p95_ms(fetch: Callable[[], Any], rounds: int) -> float:
    """95 % of the rounds took no longer than this. `fetch` asks for the page and returns the answer."""
    statements, content = _recorded(fetch)
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        _answer(statements, content)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(times, n=20)[18]


def beside(own: float, bare: float) -> dict[str, Any]:
    """The fields of a figure that say what the peer took, and how many times that ours is."""
    return {"peer": PEER, "peer_value": round(bare, 2), "ratio": round(own / bare, 2)}


def _recorded(fetch: Callable[[], Any]) -> tuple[list[str], bytes]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    fetch()  # who asks is known from here on
    with CaptureQueriesContext(connection) as captured:
        answer = fetch()
    return [query["sql"] for query in captured.captured_queries], answer.content


def _answer(statements: list[str], content: bytes) -> Any:
    from django.db import connection
    from django.http import HttpResponse

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()
    return HttpResponse(content)
