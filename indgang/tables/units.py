"""The table of units. The parent of a unit may come from another line of the same table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.catalogue import units
from indgang.catalogue.models import Unit
from indgang.tables import columns as read
from indgang.tables.columns import BadValue, ByName, Column
from indgang.tables.kinds import (
    UnitScope,
    cells_of,
    compare,
    present,
    read_values,
    refuse_days,
    refuse_new_code,
    write_rows,
)
from indgang.tables.plan import ImportPlan, PlannedRow, RowProblem, RowState, ValueChange, refuse_doubles
from indgang.tables.reading import TableSheet

_KINDS = dict(Unit.Kind.choices)
_PARENT = "Hører under"
#: fields that are written in bulk; `units.move` changes the place in the tree
_FIELDS = ("name", "name_en", "kind", "phone", "email", "valid_from", "valid_to")


class UnitTable:
    code = "units"
    title = gettext_lazy("Enheder")
    about = gettext_lazy("Forvaltninger, centre og enheder. Koden er nøglen: den ændres aldrig.")
    columns: Sequence[Column] = (
        Column("Kode", "code", gettext_lazy("Små bogstaver, tal og bindestreg."), True, read.code(60)),
        Column("Navn", "name", "", True, read.text(200)),
        Column("Navn på engelsk", "name_en", "", False, read.text(200)),
        Column("Slags", "kind", ", ".join(_KINDS.values()), True, read.one_of(_KINDS), read.word_of(_KINDS)),
        Column(
            _PARENT,
            "parent",
            gettext_lazy("Koden eller navnet på enheden over."),
            False,
            str,
            lambda unit: getattr(unit, "code", unit) or "",
        ),
        Column("Telefon", "phone", "", False, read.phone, read.phone_text),
        Column("E-mail", "email", "", False, read.email),
        Column(
            "Gælder fra", "valid_from", gettext_lazy("Tom: i dag, når enheden er ny."), False, read.day, read.day_text
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

    def plan(self, sheet: TableSheet, *, scope: UnitScope, day: date) -> ImportPlan:
        there = list(Unit.objects.select_related("parent"))
        by_code = {unit.code: unit for unit in there}
        used = present(sheet, self.columns)
        rows = []
        for row in sheet.rows:
            planned = PlannedRow(row.line, row.cells.get("navn", ""))
            read_values(row, used, planned)
            planned.target = by_code.get(str(planned.values.get("code", "")))
            rows.append(planned)
        new = [_unsaved(row, day) for row in rows if row.target is None and "code" in row.values]
        known = ByName([*there, *new], lambda unit: unit.code, lambda unit: unit.name)
        codes = [str(row.values.get("code", "")) for row in rows]
        refuse_doubles(rows, codes, "Kode", _("Koden står også på linje %(line)s."))
        for each in rows:
            self._finish(each, known, scope)
        _refuse_circles(rows, {unit.code: unit for unit in new})
        return ImportPlan(rows)

    def _finish(self, row: PlannedRow, known: ByName[Unit], scope: UnitScope) -> None:
        written = row.values.pop("parent", None)
        if row.values.get("valid_from", True) is None:
            del row.values["valid_from"]
        refuse_days(row)
        refuse_new_code(row)
        if row.target is not None and not scope.holds(row.target):
            row.problems.append(RowProblem(row.line, "Kode", _("Du har ikke ret til at ændre enheden.")))
        parent = self._parent(row, written, known)
        compare(row, [column for column in self.columns if column.field != "parent"])
        if parent is None:
            return
        if parent.pk is not None and not scope.holds(parent):
            row.problems.append(
                RowProblem(
                    row.line, _PARENT, _("Du har ikke rettigheder til enheden “%(name)s”.") % {"name": parent.name}
                )
            )
        row.values["parent"] = parent
        if row.target is not None and row.target.parent_id != parent.pk:
            before = row.target.parent.code if row.target.parent else ""
            row.changes.append(ValueChange(_PARENT, before, parent.code))
            if parent.path.startswith(row.target.path):
                row.problems.append(RowProblem(row.line, _PARENT, _("En enhed kan ikke ligge under sig selv.")))

    def _parent(self, row: PlannedRow, written: str | None, known: ByName[Unit]) -> Unit | None:
        if not written:
            if row.target is None:
                row.problems.append(RowProblem(row.line, _PARENT, _("Skriv, hvilken enhed den nye hører under.")))
            return None
        try:
            return known.find(written)
        except BadValue as wrong:
            row.problems.append(RowProblem(row.line, _PARENT, str(wrong)))
            return None

    @transaction.atomic
    def write(self, plan: ImportPlan, *, by: Person, at: datetime) -> None:
        waiting = plan.of(RowState.NEW)
        while waiting:
            placed = [(row, _place(row)) for row in waiting]
            ready = [row for row, is_ready in placed if is_ready]
            if not ready:
                return  # their parent is refused: `_refuse_circles` has reported them
            write_rows(ImportPlan(ready), Unit, by=by, at=at, fields=_FIELDS, make=_made)
            waiting = [row for row, is_ready in placed if not is_ready]
        changed = plan.of(RowState.CHANGED)
        write_rows(ImportPlan(changed), Unit, by=by, at=at, fields=_FIELDS)
        for row in changed:
            parent = row.values.get("parent")
            if parent is not None and row.target.parent_id != parent.pk:
                unit, above = Unit.objects.get(pk=row.target.pk), Unit.objects.get(code=parent.code)
                units.move(unit, parent=above, by=by, at=at)

    def export(self, *, scope: UnitScope, day: date) -> Iterator[list[str]]:
        for unit in Unit.objects.select_related("parent").order_by("path").iterator(chunk_size=2000):
            if scope.holds(unit):
                yield cells_of(unit, self.columns)


def _unsaved(row: PlannedRow, day: date) -> Unit:
    """The unit of a new line, unsaved; its path is set when its parent is known."""
    values = {name: value for name, value in row.values.items() if name != "parent" and value is not None}
    unit = Unit(**{"valid_from": day, **values})
    row.values["made"] = unit
    return unit


def _place(row: PlannedRow) -> bool:
    """Set the parent and the path of the new unit if the parent has been written. Return whether that was so."""
    unit, parent = row.values["made"], row.values["parent"]
    if parent.pk is None:
        return False
    unit.parent, unit.path = parent, f"{parent.path}{unit.code}/"
    return True


def _made(row: PlannedRow) -> Unit:
    unit: Unit = row.values["made"]
    return unit


def _refuse_circles(rows: Sequence[PlannedRow], new: dict[str, Unit]) -> None:
    """Refuse new units that form a circle, and the units, new or present, that go below a refused line."""
    by_code = {row.values["code"]: row for row in rows if row.target is None and "code" in row.values}
    placed: dict[str, bool] = {}
    for code in by_code:
        chain: list[str] = []
        while code not in placed:
            row = by_code[code]
            parent = row.values.get("parent")
            if code in chain or row.problems or parent is None:
                placed |= dict.fromkeys([*chain, code], False)
            elif parent.pk is not None:
                placed |= dict.fromkeys([*chain, code], True)
            else:
                chain.append(code)
                code = parent.code
        placed |= dict.fromkeys(chain, placed[code])
    refused = {code for code, is_placed in placed.items() if not is_placed}
    reason = _("Enheden over den kan ikke oprettes, eller de ligger under hinanden.")
    for code, row in by_code.items():
        if code in refused and not row.problems:
            row.problems.append(RowProblem(row.line, _PARENT, reason))
    for row in rows:
        parent = row.values.get("parent")
        if row.target is not None and parent is not None and parent.pk is None and parent.code in refused:
            row.problems.append(RowProblem(row.line, _PARENT, reason))
