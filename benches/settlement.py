"""Settlement of a month of 100,000 calls, of which every fifth was answered by another centre than its owner's: reading
the events, finding who answered, and pricing. `--calls` changes the size, `--share` the share in percent.

Each call has ten events. The goal is from the feature's brief: a second or two.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime
from time import perf_counter
from typing import Any

from benches import _own

MONTH = date(2026, 3, 1)
#: kind, seconds after arrival, queue of an own call, queue of a call that another centre answers, data
_EVENTS = (
    ("arrived", 0, "", "", '{"centre": "tmf"}'),
    ("menu", 8, "", "", '{"key": "1"}'),
    ("queued", 10, "tmf-byg", "tmf-byg", "{}"),
    ("overflowed", 40, "tmf-byg", "tmf-byg", "{}"),
    ("queued", 40, "tmf-alt", "kff-byg", "{}"),
    ("offered", 42, "tmf-alt", "kff-byg", "{}"),
    ("accepted", 45, "tmf-alt", "kff-byg", "{}"),
    ("answered", 45, "tmf-alt", "kff-byg", '{"direction": "in"}'),
    ("ended", 245, "tmf-alt", "kff-byg", '{"by": "caller"}'),
    ("wrapped_up", 275, "tmf-alt", "kff-byg", '{"seconds": 30.0}'),
)
_WRITE = """
INSERT INTO events_event (stream, number, at, kind, version, queue, person, data, channel, level, centre)
SELECT md5(n::text)::uuid, %(number)s,
       %(start)s::timestamptz + n * interval '25.8 seconds' + %(after)s * interval '1 second',
       %(kind)s, 1, CASE WHEN n %% 100 < %(share)s THEN %(theirs)s ELSE %(own)s END, 7, %(data)s::jsonb, 'phone', 1,
       CASE WHEN n %% 100 < %(share)s AND %(theirs)s LIKE 'kff%%' THEN 'kff' ELSE 'tmf' END
FROM generate_series(1, %(calls)s) AS n
"""


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=100_000)
    options.add_argument("--share", type=int, default=20)
    chosen = options.parse_args()
    with _own.product("settlement"):
        _fill(chosen.calls, chosen.share)
        _own.settle()
        seconds, lines = _settled()
        _figure("month_seconds", seconds, "s", "<= 2")
        _figure("lines", lines, "lines", "none")


def _fill(calls: int, share: int) -> None:
    from django.db import connection

    from indgang.events import months

    start = datetime(MONTH.year, MONTH.month, MONTH.day, tzinfo=UTC)
    months.ensure(start)
    with connection.cursor() as cursor:
        for number, (kind, after, own, theirs, data) in enumerate(_EVENTS):
            words: dict[str, Any] = {
                "number": number, "after": after, "kind": kind, "own": own, "theirs": theirs, "data": data,
                "start": start, "calls": calls, "share": share,
            }  # fmt: skip
            cursor.execute(_WRITE, words)
    _own.analyse()


def _settled() -> tuple[float, int]:
    """The median of five runs in seconds, and the number of lines."""
    from decimal import Decimal

    from indgang.measures.period import Period
    from indgang.measures.settlement import prices, reading
    from indgang.measures.settlement.prices import AgreedPrices

    terms = [AgreedPrices("tmf", "kff", per_call=Decimal(18), per_minute=Decimal("6.50"), vat_percent=Decimal(25))]
    took, lines = [], 0
    for _run in range(5):
        began = perf_counter()
        calls = reading.calls(Period.month(MONTH), terms, at=datetime(2026, 5, 1, tzinfo=UTC))
        lines = len(prices.month_lines("tmf", calls, terms))
        took.append(perf_counter() - began)
    return sorted(took)[2], lines


def _figure(name: str, value: float, unit: str, goal: str) -> None:
    print(json.dumps({"bench": "settlement", "figure": name, "value": round(value, 3), "unit": unit, "goal": goal}))


if __name__ == "__main__":
    main()
