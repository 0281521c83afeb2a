"""Processes that each count one share of the streams, all at the same moment of the database.

This module is imported before Django is set up in such a process, and imports no models itself.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class SharingFailed(RuntimeError):
    """A process ended before its share was counted; it has said why on its standard error."""


def count(folder: Path, *, shares: int, snapshot: str, database: Mapping[str, Any], most: int) -> None:
    """Count all events that the exported `snapshot` sees into runs in the folder, in as many processes as shares.

    Raises SharingFailed.
    """
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_count, args=(number, shares, os.getpid(), folder, snapshot, dict(database), most))
        for number in range(shares)
    ]
    try:
        for each in processes:
            each.start()
        for each in processes:
            each.join()
        if any(each.exitcode for each in processes):
            raise SharingFailed(f"the processes ended with {[each.exitcode for each in processes]}")
    finally:
        for each in processes:
            if each.pid is not None:
                each.terminate()
                each.join()


def _count(
    number: int, shares: int, parent: int, folder: Path, snapshot: str, database: dict[str, Any], most: int
) -> None:
    import django

    django.setup()
    from django.db import connection, transaction

    from indgang.measures.rollups import shares as counting

    connection.settings_dict.update(database)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
        counting.count(number, shares, folder, most=most, parent=parent)
    connection.close()
