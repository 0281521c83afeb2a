"""Imports a file of any kind: as contacts, or as values of periods."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.history import importing, value_importing
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
    unit: str = "",
) -> HistoryImport:  # fmt: skip
    """Import the file; raises what `importing.run` and `value_importing.run` raise."""
    if mapping.kind in VALUE_KINDS:
        return value_importing.run(file, mapping, name=name, by=by, at=at, unit=unit)
    return importing.run(file, mapping, name=name, places=places, by=by, at=at)
