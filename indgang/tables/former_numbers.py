"""The table of old main numbers and where they lead now. The number is the key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.catalogue.models import Unit
from indgang.core import phone_numbers
from indgang.entry.models import EntryPoint, FormerNumber, Queue
from indgang.entry.models.former_numbers import LEADS_TO
from indgang.entry.setup import former_numbers
from indgang.tables import columns as read
from indgang.tables.columns import ByName, Column
from indgang.tables.kinds import UnitScope, cells_of, compare, look_up, present, read_values, refuse_days, write_rows
from indgang.tables.plan import ImportPlan, PlannedRow, RowProblem, refuse_doubles
from indgang.tables.reading import TableSheet


def _entry_point_text(value: Any) -> str:
    return phone_numbers.for_people(value.number) if isinstance(value, EntryPoint) else value or ""


class FormerNumberTable:
    code = "former-numbers"
    title = gettext_lazy("Gamle numre")
    about = gettext_lazy("Numre, som folk stadig ringer til eller finder i gamle breve, og hvor de fører hen nu.")
    columns: Sequence[Column] = (
        Column("Nummer", "number", gettext_lazy("Nøglen."), True, read.phone, read.phone_text),
        Column("Navn", "name", gettext_lazy("Hvis nummer det var."), True, read.text(200)),
        Column(
            "Indgang",
            "entry_point",
            gettext_lazy("Nummeret eller navnet på den indgang, det fører til."),
            False,
            str,
            _entry_point_text,
        ),
        Column("Kø", "queue", gettext_lazy("Køens kode eller navn."), False, str, lambda row: getattr(row, "code", "")),
        Column(
            "Enhed",
            "unit",
            gettext_lazy("Enhedens kode eller navn."),
            False,
            str,
            lambda row: getattr(row, "code", ""),
        ),
        Column("Besked", "text", gettext_lazy("Det, den, der ringer, skal vide."), False, read.text(300)),
        Column(
            "Gælder fra", "valid_from", gettext_lazy("Tom: i dag, når nummeret er nyt."), False, read.day, read.day_text
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
    _FIELDS = tuple(column.field for column in columns)

    def plan(self, sheet: TableSheet, *, scope: UnitScope, day: date) -> ImportPlan:
        used, known = present(sheet, self.columns), _places(day)
        rows_there = FormerNumber.objects.select_related(*LEADS_TO).order_by("valid_from")
        there = {row.number: row for row in rows_there}
        rows = []
        for row in sheet.rows:
            planned = PlannedRow(row.line, row.cells.get("navn", ""))
            read_values(row, used, planned)
            planned.target = there.get(str(planned.values.get("number", "")))
            for field, column in (("entry_point", "Indgang"), ("queue", "Kø"), ("unit", "Enhed")):
                look_up(planned, field, column, known[field])
            self._finish(planned, scope, day)
            rows.append(planned)
        numbers = [str(row.values.get("number", "")) for row in rows]
        refuse_doubles(rows, numbers, "Nummer", _("Nummeret står også på linje %(line)s."))
        return ImportPlan(rows)

    def _finish(self, row: PlannedRow, scope: UnitScope, day: date) -> None:
        if row.values.get("valid_from", True) is None:
            del row.values["valid_from"]
        if row.target is None:
            row.values.setdefault("valid_from", day)
        refuse_days(row)
        names = (*LEADS_TO, "text")
        refused = former_numbers.wrong_place({n: row.values.get(n, getattr(row.target, n, None)) for n in names})
        if refused and not row.problems:
            row.problems.append(RowProblem(row.line, "", refused))
        units = [row.values.get("unit")] + ([row.target.unit] if row.target else [])
        if not all(scope.holds(unit) for unit in units):
            reason = _("Numre uden for dine enheder kan kun ændres af den, der har rettigheder til hele kommunen.")
            row.problems.append(RowProblem(row.line, "Nummer", reason))
        compare(row, self.columns)

    def write(self, plan: ImportPlan, *, by: Person, at: datetime) -> None:
        write_rows(plan, FormerNumber, by=by, at=at, fields=self._FIELDS)

    def export(self, *, scope: UnitScope, day: date) -> Iterator[list[str]]:
        for row in FormerNumber.objects.valid_on(day).select_related(*LEADS_TO):
            if scope.holds(row.unit):
                yield cells_of(row, self.columns)


def _places(day: date) -> dict[str, ByName[Any]]:
    """What a number may lead to, by code or name; entry points by number or name."""
    points, queues = EntryPoint.objects.valid_on(day), Queue.objects.valid_on(day).select_related("centre")
    return {
        "entry_point": ByName(list(points), lambda row: phone_numbers.for_people(row.number), lambda row: row.name),
        "queue": ByName(list(queues), lambda row: row.code, lambda row: row.name),
        "unit": ByName(list(Unit.objects.all()), lambda row: row.code, lambda row: row.name),
    }
