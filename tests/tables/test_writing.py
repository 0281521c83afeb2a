"""Two people who read in the same table at once."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection

from indgang.catalogue.models import DirectoryEntry
from indgang.tables import reading
from indgang.tables.kinds import TableKind, UnitScope
from indgang.tables.registry import KINDS
from indgang.tables.writing import TableOutcome, write_seen
from tests.world import MORNING, World, build

SHEET = reading.read(b"Navn;Enhed;Telefon\nNina Ny;cby;33 66 11 11\n")
EVERYTHING = UnitScope(None)


class SlowKind:
    """The directory; its transaction stays open until it is released."""

    def __init__(self) -> None:
        self.written, self.release = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(KINDS["directory"], name)

    def write(self, *args: Any, **kwargs: Any) -> None:
        KINDS["directory"].write(*args, **kwargs)
        self.written.set()
        self.release.wait(20)


def is_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        return bool((cursor.fetchone() or (False,))[0])


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_sees_what_the_first_has_written(transactional_db: None) -> None:
    world, slow = build(), SlowKind()
    digest = KINDS["directory"].plan(SHEET, scope=EVERYTHING, day=MORNING.date()).digest()
    outcomes: list[TableOutcome] = []

    def write(kind: TableKind) -> None:
        outcomes.append(_written(kind, digest, world))
        connection.close()

    first, second = (
        threading.Thread(target=write, args=[slow]),
        threading.Thread(target=write, args=[KINDS["directory"]]),
    )
    first.start()
    try:
        assert slow.written.wait(20)
        second.start()
        until = time.monotonic() + 20
        while second.is_alive() and not is_waiting() and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        slow.release.set()
        first.join(20)
        second.join(20)
    assert outcomes == [TableOutcome.WRITTEN, TableOutcome.CHANGED]
    assert DirectoryEntry.objects.filter(name="Nina Ny").count() == 1


def _written(kind: TableKind, digest: str, world: World) -> TableOutcome:
    _plan, outcome = write_seen(kind, SHEET, digest=digest, skip_bad=False, scope=EVERYTHING, by=world.finn, at=MORNING)
    return outcome
