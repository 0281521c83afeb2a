"""Writes a table as it was previewed, one table at a time."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto

from django.db import transaction

from indgang.accounts.models import Person
from indgang.catalogue.collisions import wait_for_turn
from indgang.core.clock import day_of
from indgang.tables.kinds import TableKind, UnitScope
from indgang.tables.plan import ImportPlan
from indgang.tables.reading import TableSheet


class TableOutcome(Enum):
    WRITTEN = auto()
    #: the table would do something else than the preview showed
    CHANGED = auto()
    #: some rows have problems
    REFUSED = auto()


@transaction.atomic
def write_seen(
    kind: TableKind, sheet: TableSheet, *, digest: str, skip_bad: bool, scope: UnitScope, by: Person, at: datetime
) -> tuple[ImportPlan, TableOutcome]:
    """Plan the table again and write it if its effect is still that of `digest`; rows with problems refuse the table
    unless `skip_bad`. Raises UnreadableTable and RefusedChange.

    Tables are planned and written in turn, because two at once would both find the same row missing. There is one turn
    for all kinds: people and the directory write the same entries.
    """
    wait_for_turn("tables")
    plan = kind.plan(sheet, scope=scope, day=day_of(at))
    if plan.digest() != digest:
        return plan, TableOutcome.CHANGED
    if plan.problems and not skip_bad:
        return plan, TableOutcome.REFUSED
    kind.write(plan, by=by, at=at)
    return plan, TableOutcome.WRITTEN
