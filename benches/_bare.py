"""The minimum cost of a page.

This is the cost of its queries through a cursor and its bytes in a response, without models and templates.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

#: the name of the peer beside a figure
PEER = "the same SQL through a cursor, same bytes"


def p95_ms(fetch: Callable[[], Any], rounds: int) -> float:
    """The 95th percentile of the rounds in ms. `fetch` requests the page and returns the response."""
    statements, content = _recorded(fetch)
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        _answer(statements, content)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(times, n=20)[18]


def beside(own: float, bare: float) -> dict[str, Any]:
    """The fields of a figure with the peer's value, and the ratio of ours to it."""
    return {"peer": PEER, "peer_value": round(bare, 2), "ratio": round(own / bare, 2)}


def _recorded(fetch: Callable[[], Any]) -> tuple[list[str], bytes]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    fetch()  # the session is known from here on
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
