"""Partitions of the log, one for each month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection


def ensure(at: datetime) -> None:
    """Create the partitions for this month and the next two; other events go to the default partition.

    The database function runs with its owner's rights, because the application's role may not create tables
    (docs/adr/0018).
    """
    month = at.astimezone(UTC).date().replace(day=1)
    with connection.cursor() as cursor:
        for _ in range(3):
            cursor.execute("SELECT events_event_have_month(%s)", [month])
            month = (month + timedelta(days=32)).replace(day=1)
