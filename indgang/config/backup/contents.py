"""The contents of a database as numbers that a restored one must reproduce: rows of tables and figures of four
weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from indgang.entry.models import Queue
from indgang.measures import recount
from indgang.measures.period import Period

#: tables of which no row may be lost
_TABLES = ("enquiries_enquiry", "events_event", "audit_change", "audit_look", "accounts_person", "knowledge_article")
_FIGURES_OF = timedelta(days=28)


def rows(tables: Iterable[str] = _TABLES) -> dict[str, int]:
    """Rows of the most important tables, or of those that a backup has counted."""
    with connection.cursor() as cursor:
        return {table: _count(cursor, table) for table in tables}


def figures(at: datetime) -> dict[str, dict[str, float]]:
    """By queue (code), the segments of the four weeks before `at`, counted from the events."""
    codes = dict(Queue.objects.values_list("pk", "code"))
    period = Period(at - _FIGURES_OF, at)
    counted = recount.segments(list(codes), period, at=at)
    return {codes[queue]: asdict(sums) for queue, sums in sorted(counted.items())}


def migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The numbers that both sides have and that differ, each as `what: before, after`."""
    found = []
    for name, value in before.items():
        now = after.get(name)
        if isinstance(value, Mapping):
            found += [f"{name} {each}" for each in differences(value, now or {})]
        elif name in after and not _same(value, now):
            found.append(f"{name}: {value} in the backup, {now} after")
        elif now is None and value:
            found.append(f"{name}: {value} in the backup, nothing after")
    return found


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, float) or isinstance(after, float):
        return abs(float(before) - float(after)) < 0.001
    return bool(before == after)


def _count(cursor: Any, table: str) -> int:
    cursor.execute("SELECT to_regclass(%s)", [table])
    if cursor.fetchone()[0] is None:
        return 0
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    return int(cursor.fetchone()[0])
