"""The table of services (ydelser)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.catalogue import service_units
from indgang.catalogue.models import Service, Unit
from indgang.catalogue.offering import LARGE_FROM
from indgang.tables import columns as read
from indgang.tables.columns import ByName, Column
from indgang.tables.kinds import (
    UnitScope,
    cells_of,
    compare,
    look_up,
    present,
    read_values,
    refuse_days,
    refuse_new_code,
    write_rows,
)
from indgang.tables.plan import ImportPlan, PlannedRow, RowProblem, RowState, refuse_doubles
from indgang.tables.reading import TableSheet

_GROUPS = {code: str(word) for code, word in Service.Situation.choices}
_COMPLEXITY = {"low": "Lav", "high": "Høj"}


class ServiceTable:
    code = "services"
    title = gettext_lazy("Ydelser")
    about = gettext_lazy("Det, folk spørger om, og den enhed, der svarer for det. Koden er nøglen.")
    columns: Sequence[Column] = (
        Column("Kode", "code", gettext_lazy("Små bogstaver, tal og bindestreg."), True, read.code(100)),
        Column("Navn", "name", "", True, read.text(300)),
        Column("Navn på engelsk", "name_en", "", False, read.text(300)),
        Column("Navn på hjemmesiden", "public_name", "", False, read.text(100)),
        Column("Navn på hjemmesiden på engelsk", "public_name_en", "", False, read.text(100)),
        Column(
            "Gruppe på hjemmesiden",
            "situation",
            ", ".join(_GROUPS.values()),
            False,
            read.one_of(_GROUPS, empty=True),
            read.word_of(_GROUPS),
        ),
        Column(
            "Enhed",
            "unit",
            gettext_lazy("Enhedens kode eller navn."),
            True,
            str,
            lambda unit: getattr(unit, "code", ""),
        ),
        Column(
            "Søgeord",
            "keywords",
            gettext_lazy("De ord, folk bruger, med komma imellem."),
            False,
            read.text(2000, lines=True),
        ),
        Column("Sager om året", "cases_per_year", "", False, read.count),
        Column(
            "Kompleksitet",
            "complexity",
            "Lav, Høj",
            False,
            read.one_of(_COMPLEXITY, empty=True),
            read.word_of(_COMPLEXITY),
        ),
        Column(
            "Gælder fra", "valid_from", gettext_lazy("Tom: i dag, når ydelsen er ny."), False, read.day, read.day_text
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
    _FIELDS = (*(column.field for column in columns if column.field != "code"), "volume")

    def plan(self, sheet: TableSheet, *, scope: UnitScope, day: date) -> ImportPlan:
        used = present(sheet, self.columns)
        there = {service.code: service for service in Service.objects.select_related("unit")}
        units = ByName(list(Unit.objects.all()), lambda unit: unit.code, lambda unit: unit.name)
        rows = []
        for row in sheet.rows:
            planned = PlannedRow(row.line, row.cells.get("navn", ""))
            read_values(row, used, planned)
            planned.target = there.get(str(planned.values.get("code", "")))
            look_up(planned, "unit", "Enhed", units)
            self._finish(planned, scope, day)
            rows.append(planned)
        codes = [str(row.values.get("code", "")) for row in rows]
        refuse_doubles(rows, codes, "Kode", _("Koden står også på linje %(line)s."))
        return ImportPlan(rows)

    def _finish(self, row: PlannedRow, scope: UnitScope, day: date) -> None:
        values = row.values
        if values.get("valid_from", True) is None:
            del values["valid_from"]
        if row.target is None:
            values.setdefault("valid_from", day)
        cases = values.get("cases_per_year")
        if cases is not None:
            values["volume"] = "large" if cases >= LARGE_FROM else "small"
        refuse_days(row)
        refuse_new_code(row)
        for unit in (values.get("unit"), row.target.unit if row.target else None):
            if unit is not None and not scope.holds(unit):
                reason = _("Du har ikke rettigheder til enheden “%(name)s”.") % {"name": unit.name}
                row.problems.append(RowProblem(row.line, "Enhed", reason))
        compare(row, self.columns)

    def write(self, plan: ImportPlan, *, by: Person, at: datetime) -> None:
        targets = [row.target for row in plan.of(RowState.CHANGED)]
        before = {target: target.unit for target in targets if isinstance(target, Service)}
        write_rows(plan, Service, by=by, at=at, fields=self._FIELDS)
        service_units.keep_changes(before, at=at)

    def export(self, *, scope: UnitScope, day: date) -> Iterator[list[str]]:
        for service in Service.objects.select_related("unit").order_by("code").iterator(chunk_size=2000):
            if scope.holds(service.unit):
                yield cells_of(service, self.columns)
