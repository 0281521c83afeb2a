"""What all kinds of tables share: the columns of a file, the content of each row, and how rows are written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, Protocol

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.catalogue.models import Unit
from indgang.core.text import is_code
from indgang.tables.columns import BadValue, ByName, Column
from indgang.tables.plan import ImportPlan, PlannedRow, RowProblem, RowState, ValueChange
from indgang.tables.reading import Row, TableSheet, UnreadableTable, folded_name

BATCH = 1000


@dataclass(frozen=True, slots=True)
class UnitScope:
    """The scope of writable rows: those of the units (ids), and those without a unit; None: the whole municipality."""

    units: frozenset[int] | None

    def holds(self, unit: Unit | None) -> bool:
        return self.units is None or (unit is not None and unit.pk in self.units)


class TableKind(Protocol):
    """One kind of table. `plan` reads the present rows in a few queries, however many there are; `write` carries out
    the plan that was shown.

    `export` gives the present state as the cells of `columns`; reading that again plans no change.
    """

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str | Promise: ...
    @property
    def about(self) -> str | Promise: ...
    @property
    def columns(self) -> Sequence[Column]: ...

    def plan(self, sheet: TableSheet, *, scope: UnitScope, day: date) -> ImportPlan: ...
    def write(self, plan: ImportPlan, *, by: Person, at: datetime) -> None: ...
    def export(self, *, scope: UnitScope, day: date) -> Iterator[list[str]]: ...


def present(sheet: TableSheet, columns: Sequence[Column]) -> list[Column]:
    """The columns that the file has. Raises UnreadableTable for a missing or an unknown column."""
    known = {column.key: column for column in columns}
    names = {folded_name(name): name for name in sheet.header if name}
    for key, name in names.items():
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.6)
            if near:
                words = {"name": name, "near": known[near[0]].name}
                raise UnreadableTable(_("Kolonnen “%(name)s” kendes ikke. Mente du “%(near)s”?") % words)
            raise UnreadableTable(_("Kolonnen “%(name)s” kendes ikke. Se skabelonen.") % {"name": name})
    missing = [column.name for column in columns if column.required and column.key not in names]
    if missing:
        raise UnreadableTable(_("Disse kolonner mangler: %(names)s.") % {"names": ", ".join(missing)})
    return [known[key] for key in names]


def read_values(row: Row, columns: Sequence[Column], planned: PlannedRow) -> None:
    """Fill `values` of the planned row from its cells; an invalid cell becomes a problem."""
    if row.too_many:
        planned.problems.append(
            RowProblem(row.line, "", _("Der er flere celler i rækken end kolonner i første linje."))
        )
    for column in columns:
        cell = row.cells[column.key]
        if column.required and not cell:
            planned.problems.append(RowProblem(row.line, column.name, _("Skal udfyldes.")))
            continue
        try:
            planned.values[column.field] = column.read(cell)
        except BadValue as wrong:
            planned.problems.append(RowProblem(row.line, column.name, str(wrong)))


def look_up(planned: PlannedRow, field: str, column: str, known: ByName[Any]) -> None:
    """Replace the name in `values[field]` by the row with that name; an empty name becomes None."""
    written = planned.values.get(field)
    if written is None:
        return
    try:
        planned.values[field] = known.find(written) if written else None
    except BadValue as wrong:
        planned.problems.append(RowProblem(planned.line, column, str(wrong)))
        del planned.values[field]


def compare(planned: PlannedRow, columns: Sequence[Column]) -> None:
    """Compare the planned row with the present one, and note the values that would change."""
    if planned.target is None:
        return
    for column in columns:
        if column.field in planned.values:
            before, after = getattr(planned.target, column.field), planned.values[column.field]
            if before != after:
                planned.changes.append(ValueChange(column.name, column.write(before), column.write(after)))


def refuse_new_code(planned: PlannedRow) -> None:
    """Refuse a new row whose code has other characters than the column's description says. Present codes may."""
    code = planned.values.get("code")
    if planned.target is None and code and not is_code(code):
        reason = _("En ny kode må kun rumme små bogstaver fra a til z, tal og bindestreg.")
        planned.problems.append(RowProblem(planned.line, "Kode", reason))


def refuse_days(planned: PlannedRow, column: str = "Gælder til") -> None:
    starts = planned.values.get("valid_from") or getattr(planned.target, "valid_from", None)
    ends = planned.values.get("valid_to")
    if starts and ends and ends <= starts:
        planned.problems.append(RowProblem(planned.line, column, _("Slutdagen skal ligge efter den første dag.")))


def why() -> str:
    """The reason that the audit trail gives for what a table changes."""
    return _("Indlæst fra en tabel")


def cells_of(row: Any, columns: Sequence[Column]) -> list[str]:
    return [column.write(getattr(row, column.field)) for column in columns]


@transaction.atomic
def write_rows(
    plan: ImportPlan, model: type[models.Model], *, by: Person, at: datetime, fields: Collection[str],
    make: Callable[[PlannedRow], models.Model] | None = None,
) -> None:  # fmt: skip
    """Create new rows and change those that differ, with an audit row for each, in a few statements for every
    thousand."""
    kind = model._meta.model_name
    made = [(make or (lambda row: model(**row.values)))(row) for row in plan.of(RowState.NEW)]
    model._default_manager.bulk_create(made, batch_size=BATCH)
    differences: list[trail.Difference] = [(f"{kind}.add", row, {}, _values(row, fields)) for row in made]
    changed = []
    for row in plan.of(RowState.CHANGED):
        values = {name: value for name, value in row.values.items() if name in fields}
        before = _values(row.target, values)
        for name, value in values.items():
            setattr(row.target, name, value)
        after = _values(row.target, values)
        differing = [name for name in values if before[name] != after[name]]
        if differing:
            changed.append(row.target)
            differences.append((
                f"{kind}.change", row.target, {n: before[n] for n in differing}, {n: after[n] for n in differing}
            ))  # fmt: skip
    model._default_manager.bulk_update(changed, list(fields), batch_size=BATCH // 2)
    changes.record_changes(differences, by=by, at=at, why=why())


def _values(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    return trail.values_of(row, names)
