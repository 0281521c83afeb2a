"""Imports a file of any kind: as contacts, or as values of periods."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.history import files, importing, value_importing
from indgang.history.importing import ImportTally
from indgang.history.known import OurPlaces
from indgang.history.mapping.choices import ColumnMapping
from indgang.history.mapping.fields import VALUE_KINDS
from indgang.history.models import HistoryImport


def tried(file: IO[bytes], mapping: ColumnMapping, *, places: OurPlaces, at: datetime, unit: str = "") -> ImportTally:
    """What importing the file would do, of which nothing is written. `unit` is the code of the unit that values of
    periods belong to, and "" the whole municipality."""
    if mapping.kind in VALUE_KINDS:
        return value_importing.tried(file, mapping, at=at, unit=unit)
    return importing.tried(file, mapping, places=places, at=at)


def run(
    file: IO[bytes], mapping: ColumnMapping, *, name: str, places: OurPlaces, by: Person | trail.System, at: datetime,
    unit: str = "", is_whole: bool = False,
) -> HistoryImport:  # fmt: skip
    """`run_table` for a file. Raises UnreadableTable too."""
    table = files.read(file)
    return run_table(table, mapping, name=name, places=places, by=by, at=at, unit=unit, is_whole=is_whole)


def run_table(
    table: files.SourceTable, mapping: ColumnMapping, *, name: str, places: OurPlaces, by: Person | trail.System,
    at: datetime, unit: str = "", is_whole: bool = False, at_once: int | None = None,
) -> HistoryImport:  # fmt: skip
    """Import the rows; raises what `importing.run_table` and `value_importing.run_table` raise."""
    if mapping.kind in VALUE_KINDS:
        return value_importing.run_table(table, mapping, name=name, by=by, at=at, unit=unit, is_whole=is_whole)
    return importing.run_table(
        table, mapping, name=name, places=places, by=by, at=at, is_whole=is_whole, at_once=at_once
    )
