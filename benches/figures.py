"""Figures of a day, a month and three years: from the roll-ups, by plain SQL over the enquiries, and by DuckDB.

`--enquiries` says how many there are in the three years. `--days` makes the time shorter, around the day and the
month that are asked for: 840,000 in 92 days are as many a day as ten million in three years. All three are asked for
the same: how many, answered, in time and given up, mean and percentiles of the wait, talk, and how many were
resolved; each is the median of 9, one after the other. The roll-ups are those of days and months; quarters are not
read for whole days and are not made here. The goals are from the feature's brief: 5, 50 and 150 ms; a month no slower
than 1.6 times DuckDB over Parquet and at least 7 times faster than plain SQL, three years at least 30 times.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from benches import _own

if TYPE_CHECKING:
    from indgang.measures.period import Period

DAYS = 1096
LAST = date(2026, 11, 30)
#: an ordinary day and month, in the middle
DAY, MONTH = date(2025, 5, 14), date(2025, 5, 1)
#: so that the whole month is among them
FEWEST_DAYS = 62
_ENQUIRIES = """
INSERT INTO bench_enquiry
SELECT (%(first)s::date + (n %% %(days)s)::int + time '06:00') AT TIME ZONE 'UTC' + random() * interval '9 hours',
       (ARRAY['tmf', 'bif', 'kff'])[1 + s %% 3], 'queue-' || s %% 12, 'service-' || s, 'purpose-' || s %% 9,
       (ARRAY['phone', 'phone', 'phone', 'direct'])[1 + (random() * 3.99)::int %% 4],
       CASE WHEN r < 0.93 THEN 'answered' ELSE 'abandoned' END, o < 0.7, -ln(1 - random()) * 60, 30 + random() * 400
FROM (SELECT n, (random() * 49.99)::int %% 50 AS s, random() AS r, random() AS o
      FROM generate_series(1, %(enquiries)s) AS n) AS drawn
"""
_TABLE = """
CREATE TABLE bench_enquiry (arrived_at timestamptz, centre text, queue text, service text, purpose text, channel text,
    outcome text, resolved bool, wait float8, talk float8)
"""
#: measure: which enquiries, outcome, part, seconds
_MEASURES = {
    "segments": ("true", "outcome", "wait <= 100", "wait"),
    "arrived": ("true", "'registered'", "true", None),
    "answered": ("outcome = 'answered'", "CASE WHEN resolved THEN 'resolved' ELSE 'message' END", "false", None),
    "talked": ("outcome = 'answered'", "CASE WHEN resolved THEN 'resolved' ELSE 'message' END", "false", "talk"),
    "whole_wait": ("outcome = 'answered'", "CASE WHEN resolved THEN 'resolved' ELSE 'message' END", "false", "wait"),
    "registered": ("outcome = 'answered'", "CASE WHEN resolved THEN 'resolved' ELSE 'message' END", "resolved", None),
}
_KEY = "day, centre, queue, service, purpose, channel, outcome"
_ROLLUPS = """
INSERT INTO measures_summedrollup (grain, day, measure, centre, queue, service, purpose, channel, level, outcome,
    whole, part, short, milliseconds, target_points, buckets, counts)
WITH fact AS (
    SELECT {day} AS day, {centre} AS centre, {queue} AS queue, {service} AS service, {purpose} AS purpose,
           {channel} AS channel, {outcome} AS outcome, ({part})::int AS part,
           {seconds} AS seconds, {bucket} AS bucket FROM bench_enquiry WHERE {chosen}
), held AS (
    SELECT {key}, bucket, count(*) AS n, sum(part) AS part, sum(round(seconds * 1000)) AS ms
    FROM fact GROUP BY {key}, bucket
)
SELECT '{grain}', day, '{measure}', centre, queue, service, purpose, channel, 1, outcome,
       sum(n), sum(part), 0, sum(ms), 0, coalesce(array_agg(bucket ORDER BY bucket) FILTER (WHERE {timed}), '{{}}'),
       coalesce(array_agg(n ORDER BY bucket) FILTER (WHERE {timed}), '{{}}')
FROM held GROUP BY {key}
"""
_GRAINS = {
    "day": ("(arrived_at AT TIME ZONE 'Europe/Copenhagen')::date", "service", "purpose"),
    "day_queues": ("(arrived_at AT TIME ZONE 'Europe/Copenhagen')::date", "''", "''"),
    "month_queues": ("date_trunc('month', arrived_at AT TIME ZONE 'Europe/Copenhagen')::date", "''", "''"),
    "by_service": ("date_trunc('month', arrived_at AT TIME ZONE 'Europe/Copenhagen')::date", "service", "''"),
    "by_purpose": ("date_trunc('month', arrived_at AT TIME ZONE 'Europe/Copenhagen')::date", "''", "purpose"),
    "month_whole": ("date_trunc('month', arrived_at AT TIME ZONE 'Europe/Copenhagen')::date", "''", "''"),
}
_SUMS = """count(*), count(*) FILTER (WHERE outcome = 'answered'),
    count(*) FILTER (WHERE outcome = 'answered' AND wait <= 100), count(*) FILTER (WHERE outcome = 'abandoned'),
    sum(wait) FILTER (WHERE outcome = 'answered'), sum(talk) FILTER (WHERE outcome = 'answered'),
    count(*) FILTER (WHERE outcome = 'answered' AND resolved)"""
_PLAIN = f"""SELECT {{group}}, {_SUMS},
    percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY wait) FILTER (WHERE outcome = 'answered')
FROM bench_enquiry WHERE arrived_at >= %(start)s AND arrived_at < %(end)s GROUP BY 1"""
_DUCKDB = f"""SELECT {{group}}, {_SUMS}, quantile_disc(wait, [0.5, 0.9]) FILTER (WHERE outcome = 'answered')
FROM read_parquet('{{file}}') WHERE arrived_at >= $start AND arrived_at < $end GROUP BY 1"""


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--enquiries", type=int, default=10_000_000)
    options.add_argument("--days", type=int, default=DAYS, help=f"at least {FEWEST_DAYS}")
    chosen = options.parse_args()
    days = max(chosen.days, FEWEST_DAYS)
    first = LAST - timedelta(days=DAYS - 1) if days >= DAYS else DAY - timedelta(days=days // 2)
    with _own.product("figures") as folder:
        begun = perf_counter()
        _make(chosen.enquiries, first, days)
        file = _parquet(folder)
        _figure("made_seconds", perf_counter() - begun, f"s, {chosen.enquiries} enquiries and their roll-ups", "none")
        _own.vacuum("measures_summedrollup", "bench_enquiry")
        _compare(file, first, days)
        _pages()


def _make(enquiries: int, first: date, days: int) -> None:
    from django.db import connection

    from indgang.config import database_roles

    with database_roles.as_owner() as application, connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_ENQUIRIES, {"first": first, "days": days, "enquiries": enquiries})
        cursor.execute("CREATE INDEX ON bench_enquiry (arrived_at)")
        cursor.execute(f"GRANT SELECT ON bench_enquiry TO {application or 'PUBLIC'}")
        for grain, (day, service, purpose) in _GRAINS.items():
            for measure, (which, outcome, part, seconds) in _MEASURES.items():
                cursor.execute(_ROLLUPS.format(
                    grain=grain, day=day, **_codes(grain), service=service, purpose=purpose, measure=measure,
                    chosen=which, outcome=outcome, part=part, seconds=seconds or "0",
                    bucket=f"least(ceil({seconds}), 900)::int" if seconds else "0",
                    timed="true" if seconds else "false", key=_KEY,
                ))  # fmt: skip
        cursor.execute("SELECT grain, count(*) FROM measures_summedrollup GROUP BY grain ORDER BY grain")
        for grain, rows in cursor.fetchall():
            _figure(f"rows_of_{grain}", rows, "rows", "none")


def _codes(grain: str) -> dict[str, str]:
    kept = {"month_whole": (), "by_service": ("centre",), "by_purpose": ("centre",)}.get(grain)
    return {name: name if kept is None or name in kept else "''" for name in ("centre", "queue", "channel")}


def _parquet(folder: Path) -> Path:
    """The same enquiries as a Parquet file, in the order of their times."""
    import duckdb
    from django.db import connection

    rows, file = folder / "enquiries.csv", folder / "enquiries.parquet"
    told = "COPY (SELECT * FROM bench_enquiry ORDER BY arrived_at) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, rows.open("wb") as written, cursor.copy(told) as copy:
        for block in copy:
            written.write(block)
    columns = (
        "{arrived_at: 'TIMESTAMPTZ', centre: 'VARCHAR', queue: 'VARCHAR', service: 'VARCHAR', purpose: 'VARCHAR',"
        " channel: 'VARCHAR', outcome: 'VARCHAR', resolved: 'BOOLEAN', wait: 'DOUBLE', talk: 'DOUBLE'}"
    )
    with duckdb.connect() as own:
        read = f"SELECT * FROM read_csv('{rows}', header = false, columns = {columns})"
        own.execute(f"COPY ({read}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    rows.unlink()
    return file


def _compare(file: Path, first: date, days: int) -> None:
    from indgang.measures.period import Period
    from indgang.measures.rollups.reading import GroupBy

    months = "to_char(arrived_at AT TIME ZONE 'Europe/Copenhagen', 'YYYY-MM')"
    of_duckdb = "strftime(arrived_at AT TIME ZONE 'Europe/Copenhagen', '%Y-%m')"
    everything = Period.days(first, first + timedelta(days=days - 1))
    _case("day", Period.day(DAY), GroupBy.QUEUE, "queue", "queue", file, ours="<= 5")
    _case("month", Period.month(MONTH), GroupBy.QUEUE, "queue", "queue", file, ours="<= 50", plain=7.0, duck=1.6)
    _case("month_by_service", Period.month(MONTH), GroupBy.SERVICE, "service", "service", file, ours="<= 100")
    _case(
        "year_by_service",
        Period.days(MONTH.replace(month=1), MONTH.replace(month=12, day=31)),
        GroupBy.SERVICE,
        "service",
        "service",
        file,
        ours="none",
    )
    _case("three_years_by_month", everything, GroupBy.MONTH, months, of_duckdb, file, ours="<= 150", plain=30.0)


PAGE_ASKS = 60
#: milliseconds for a page of up to a month
PAGE_MS = 100


def _pages() -> None:
    """The server's own time for pages of figures, as a leader with all centres asks for them: from the request's
    arrival in Django to the last byte of the response."""
    from django.test import Client

    from indgang.accounts.models import Person, RoleAssignment
    from tests.world import build

    build()
    leader = Person.objects.create(username="bench-figures", name="Bench", password="!")
    RoleAssignment.objects.create(person=leader, role="administrator", unit=None)
    client = Client()
    client.force_login(leader, backend="django.contrib.auth.backends.ModelBackend")
    _own.settle()
    month = f"period=own&first={MONTH}&last={MONTH.replace(day=31)}"
    day = f"period=own&first={DAY}&last={DAY}"
    for name, address in (
        ("page_day", f"/office/figures/?{day}"),
        ("page_month", f"/office/figures/?{month}"),
        ("page_month_by_queue", f"/office/figures/?{month}&by=queue"),
        ("page_month_by_service", f"/office/figures/?{month}&by=service"),
        ("page_one_figure_by_queue", f"/office/figures/service_level_sl4/?{month}&by=queue"),
    ):
        p95, processor = _asked(client, address)
        _figure(f"{name}_p95_ms", p95, "ms, the whole page in the server", f"<= {PAGE_MS}")
        _figure(f"{name}_processor_ms", processor, "ms of processor time of Python for one of them", "none")


def _asked(client: Any, address: str) -> tuple[float, float]:
    """The p95 of the time, and the mean of the processor time: on a busy machine the one is mostly waiting."""
    times, used = [], process_time()
    for _turn in range(PAGE_ASKS + 3):
        begun = perf_counter()
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        times.append((perf_counter() - begun) * 1000)
    return statistics.quantiles(times[3:], n=20)[-1], (process_time() - used) * 1000 / len(times)


def _case(
    name: str, period: Period, by: Any, group: str, of_duckdb: str, file: Path, *, ours: str, plain: float = 0,
    duck: float = 0,
) -> None:  # fmt: skip
    import duckdb
    from django.db import connection

    from indgang.measures.definitions import holding
    from indgang.measures.rollups import reading

    words = {"start": period.start, "end": period.end}
    found: dict[str, Any] = {}

    def from_rollups() -> None:
        totals = reading.totals(period, by=by)
        for each in totals.values():
            for definition in holding(LAST):
                definition.of(each)
        found["ours"] = {
            code: (each.segments.offered, each.segments.answered, each.segments.answered_in_time, each.answer_waits)
            for code, each in totals.items()
        }

    def from_table() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_PLAIN.format(group=group), words)
            found["plain"] = {row[0]: row[1:] for row in cursor.fetchall()}

    with duckdb.connect() as own:
        own.execute("SET TimeZone = 'UTC'")

        def from_parquet() -> None:
            rows = own.execute(_DUCKDB.format(group=of_duckdb, file=file), words).fetchall()
            found["duckdb"] = {row[0]: row[1:] for row in rows}

        times = _medians(from_rollups, from_table, from_parquet)
    _check(found)
    _figure(f"{name}_ms", times[0], "ms, all figures from the roll-ups", ours)
    _figure(f"{name}_plain_ms", times[1], "ms, plain SQL over the enquiries", "none")
    _figure(f"{name}_duckdb_ms", times[2], "ms, DuckDB over Parquet", "none")
    _figure(f"{name}_times_faster_than_plain", times[1] / times[0], "times", f">= {plain:g}" if plain else "none")
    _figure(f"{name}_of_duckdb", times[0] / times[2], "of DuckDB's time", f"<= {duck:g}" if duck else "none")


def _medians(*asked: Callable[[], None]) -> list[float]:
    """The median of 9 of each, in turns, after one that is not counted."""
    times: list[list[float]] = [[] for _ in asked]
    for turn in range(10):
        for each, ask in zip(times, asked, strict=True):
            begun = perf_counter()
            ask()
            if turn:
                each.append((perf_counter() - begun) * 1000)
    return [statistics.median(each) for each in times]


def _check(found: dict[str, Any]) -> None:
    """All three say the same: counts exactly, percentiles to the second that the histogram keeps."""
    assert found["ours"].keys() == found["plain"].keys() == found["duckdb"].keys()
    for code, (offered, answered, in_time, waits) in found["ours"].items():
        plain, duckdb = found["plain"][code], found["duckdb"][code]
        assert (offered, answered, in_time) == tuple(plain[:3]) == tuple(duckdb[:3]), (code, plain, duckdb)
        for percent, exact in zip((50, 90), plain[-1], strict=True):
            assert 0 <= waits.percentile(percent) - exact <= 1, (code, percent, exact)


def _figure(name: str, value: float, unit: str, goal: str) -> None:
    shown = round(value, 3 if value < 10 else 0)
    print(json.dumps({"figure": name, "value": shown, "unit": unit, "goal": goal}), flush=True)


if __name__ == "__main__":
    main()
