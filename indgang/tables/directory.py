"""The table of the directory (telefonbog). An entry is identified by its initials, else its e-mail, else name and
unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.catalogue import directory
from indgang.catalogue.models import DirectoryEntry, Purpose, Service, Unit
from indgang.core.text import folded
from indgang.tables import columns as read
from indgang.tables.columns import BadValue, ByName, Column
from indgang.tables.kinds import (
    UnitScope,
    cells_of,
    compare,
    look_up,
    present,
    read_values,
    refuse_days,
    why,
    write_rows,
)
from indgang.tables.plan import ImportPlan, PlannedRow, RowProblem, RowState, ValueChange, refuse_doubles
from indgang.tables.reading import TableSheet

#: columns with lists of rows, which are written beside the entry
_LINKED = ("services", "purposes")


def _parts(cell: str) -> list[str]:
    """The names of a cell, between semicolons or line breaks: names of services have commas in them."""
    found = (" ".join(part.split()) for part in re.split(r"[;\n]", cell))
    return list(dict.fromkeys(part for part in found if part))


def _codes_text(value: Any) -> str:
    rows = value.all() if hasattr(value, "all") else value
    return "; ".join(sorted(row.code for row in rows))


class DirectoryTable:
    code = "directory"
    title = gettext_lazy("Telefonbog")
    about = gettext_lazy(
        "Dem, et opkald kan stilles om til. Nøglen er initialerne; uden dem e-mailadressen, ellers navn og enhed."
    )
    columns: Sequence[Column] = (
        Column("Navn", "name", "", True, read.text(200)),
        Column("Initialer", "initials", "", False, read.text(20)),
        Column("Titel", "title", "", False, read.text(200)),
        Column(
            "Enhed",
            "unit",
            gettext_lazy("Enhedens kode eller navn."),
            True,
            str,
            lambda unit: getattr(unit, "code", ""),
        ),
        Column("Telefon", "phone", "", False, read.phone, read.phone_text),
        Column("Mobil", "mobile", "", False, read.phone, read.phone_text),
        Column("E-mail", "email", "", False, read.email),
        Column(
            "Opgaver", "responsibilities", gettext_lazy("Bruges, når der søges."), False, read.text(2000, lines=True)
        ),
        Column(
            "Ved noget om",
            "knows",
            gettext_lazy("Det, kolleger spørger personen om, med egne ord."),
            False,
            read.text(2000, lines=True),
        ),
        Column(
            "Ydelser",
            "services",
            gettext_lazy("Ydelser, som personen kender: koder eller navne med semikolon imellem."),
            False,
            _parts,
            _codes_text,
        ),
        Column(
            "Ærinder",
            "purposes",
            gettext_lazy("Ærinder, som personen kender: koder eller navne med semikolon imellem."),
            False,
            _parts,
            _codes_text,
        ),
        Column(
            "Gælder fra", "valid_from", gettext_lazy("Tom: i dag, når opslaget er nyt."), False, read.day, read.day_text
        ),
        Column(
            "Gælder til",
            "valid_to",
            gettext_lazy("Dagen er ikke med. Tom: indtil videre."),
            False,
            read.day,
            read.day_text,
        ),
    )
    _FIELDS = tuple(column.field for column in columns if column.field not in _LINKED)

    def plan(self, sheet: TableSheet, *, scope: UnitScope, day: date) -> ImportPlan:
        used = present(sheet, self.columns)
        units = ByName(list(Unit.objects.all()), lambda unit: unit.code, lambda unit: unit.name)
        entries = DirectoryEntry.objects.select_related("unit").prefetch_related(*_LINKED)
        there = _Known(entries.order_by("-valid_from", "pk"))
        known = {
            "services": ByName(list(Service.objects.all()), lambda row: row.code, lambda row: row.name),
            "purposes": ByName(list(Purpose.objects.all()), lambda row: row.code, lambda row: row.name),
        }
        rows = []
        for row in sheet.rows:
            planned = PlannedRow(row.line, row.cells.get("navn", ""))
            read_values(row, used, planned)
            look_up(planned, "unit", "Enhed", units)
            planned.target = there.find(planned)
            self._finish(planned, scope, day)
            self._look_up_linked(planned, known)
            rows.append(planned)
        self._refuse_doubles(rows)
        return ImportPlan(rows)

    def _finish(self, row: PlannedRow, scope: UnitScope, day: date) -> None:
        if row.values.get("valid_from", True) is None:
            del row.values["valid_from"]
        if row.target is None:
            row.values.setdefault("valid_from", day)
        refuse_days(row)
        for unit in (row.values.get("unit"), row.target.unit if row.target else None):
            if unit is not None and not scope.holds(unit):
                reason = _("Du har ikke rettigheder til enheden “%(name)s”.") % {"name": unit.name}
                row.problems.append(RowProblem(row.line, "Enhed", reason))
        compare(row, [column for column in self.columns if column.field not in _LINKED])

    def _look_up_linked(self, row: PlannedRow, known: Mapping[str, ByName[Any]]) -> None:
        """Replace the names of services and purposes by the rows, and note what would change."""
        for column in (each for each in self.columns if each.field in row.values and each.field in _LINKED):
            found = []
            for name in row.values[column.field]:
                try:
                    found.append(known[column.field].find(name))
                except BadValue as wrong:
                    row.problems.append(RowProblem(row.line, column.name, str(wrong)))
            found = list(dict.fromkeys(found))  # the code and the name of one
            row.values[column.field] = found
            before, after = (_codes_text(each) for each in (getattr(row.target, column.field, ()), found))
            if row.target is not None and before != after:
                row.changes.append(ValueChange(column.name, before, after))

    def _refuse_doubles(self, rows: list[PlannedRow]) -> None:
        values: Any = [row.values for row in rows]
        initials = [folded(each.get("initials") or "") for each in values]
        refuse_doubles(rows, initials, "Initialer", _("Initialerne står også på linje %(line)s."))
        emails = [folded(each.get("email") or "") for each in values]
        refuse_doubles(rows, emails, "E-mail", _("E-mailadressen står også på linje %(line)s."))
        alone = ["" if initials[n] or emails[n] else _place_key(each) for n, each in enumerate(values)]
        refuse_doubles(rows, alone, "Navn", _("Navnet står også i den enhed på linje %(line)s."))

    @transaction.atomic
    def write(self, plan: ImportPlan, *, by: Person, at: datetime) -> None:
        made: dict[int, DirectoryEntry] = {}

        def make(row: PlannedRow) -> DirectoryEntry:
            values = {name: value for name, value in row.values.items() if name not in _LINKED}
            return made.setdefault(row.line, DirectoryEntry(**values))

        write_rows(plan, DirectoryEntry, by=by, at=at, fields=self._FIELDS, make=make)
        linked = [
            (made.get(row.line) or row.target, {name: row.values[name] for name in _LINKED if name in row.values})
            for row in (*plan.of(RowState.NEW), *plan.of(RowState.CHANGED))
        ]
        directory.link(linked, by=by, at=at, why=why())

    def export(self, *, scope: UnitScope, day: date) -> Iterator[list[str]]:
        found = DirectoryEntry.objects.select_related("unit").prefetch_related(*_LINKED).order_by("name", "pk")
        for entry in found.filter(pk__in=DirectoryEntry.objects.valid_on(day).values("pk")).iterator(chunk_size=2000):
            if scope.holds(entry.unit):
                yield cells_of(entry, self.columns)


class _Known:
    """The present entries, by each of their keys; of several, the newest."""

    def __init__(self, entries: Any) -> None:
        self._initials: dict[str, DirectoryEntry] = {}
        self._emails: dict[str, DirectoryEntry] = {}
        self._places: dict[str, DirectoryEntry] = {}
        for entry in entries:
            self._initials.setdefault(folded(entry.initials), entry)
            self._emails.setdefault(folded(entry.email), entry)
            self._places.setdefault(_place_key({"name": entry.name, "unit": entry.unit}), entry)

    def find(self, row: PlannedRow) -> DirectoryEntry | None:
        initials, email = folded(row.values.get("initials") or ""), folded(row.values.get("email") or "")
        if initials and initials in self._initials:
            return self._initials[initials]
        if email and email in self._emails:
            found = self._emails[email]
            return None if initials and found.initials and folded(found.initials) != initials else found
        placed = self._places.get(_place_key(row.values))
        if placed is None or (initials and placed.initials) or (email and placed.email):
            return None
        return placed


def _place_key(values: Any) -> str:
    unit = values.get("unit")
    return f"{folded(values.get('name') or '')}@{unit.pk if unit else ''}"
