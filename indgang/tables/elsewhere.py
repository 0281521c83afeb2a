"""The table of other municipalities' number series. First and last number together are the key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.core import phone_numbers
from indgang.entry.models import ElsewhereSeries
from indgang.tables import columns as read
from indgang.tables.columns import BadValue, Column
from indgang.tables.kinds import UnitScope, cells_of, compare, present, read_values, refuse_days, write_rows
from indgang.tables.plan import ImportPlan, PlannedRow, RowProblem, refuse_doubles
from indgang.tables.reading import TableSheet

#: digits after the country code that a beginning must have, or whole countries would be another municipality
_FEWEST = 2


def _start(cell: str) -> str:
    """A number or how it begins, in E.164; without a country code it is Danish."""
    text = re.sub(r"[\s.()/-]", "", cell)
    text = "+" + text[2:] if text.startswith("00") else text
    text = text if text.startswith("+") else f"+45{text}"
    if not re.fullmatch(r"\+[1-9][0-9]{3,14}", text) or (text.startswith("+45") and len(text) < 3 + _FEWEST):
        raise BadValue(_("“%(cell)s” er hverken et telefonnummer eller begyndelsen på et.") % {"cell": cell})
    return text


class ElsewhereTable:
    code = "number-series"
    title = gettext_lazy("Andre kommuners numre")
    about = gettext_lazy(
        "Numre, som opkald fra andre kommuner kendes på, og det nummer, som de bliver henvist til. Et opkaldsforløb "
        "spørger om det i en betingelse."
    )
    columns: Sequence[Column] = (
        Column(
            "Fra", "first", gettext_lazy("Første nummer, eller det, numrene begynder med."), True, _start,
            lambda value: str(value or ""),
        ),
        Column(
            "Til", "last", gettext_lazy("Sidste nummer. Tom: alle, der begynder med det i Fra."), False,
            lambda cell: _start(cell) if cell else "", lambda value: str(value or ""),
        ),
        Column("Kommune", "municipality", "", True, read.text(100)),
        Column(
            "Hovednummer", "number", gettext_lazy("Det nummer, kommunens borgere skal ringe til."), False, read.phone,
            lambda value: phone_numbers.for_people(value) if value else "",
        ),
        Column(
            "Gælder fra", "valid_from", gettext_lazy("Tom: i dag, når rækken er ny."), False, read.day, read.day_text
        ),
        Column(
            "Gælder til", "valid_to", gettext_lazy("Dagen er ikke med. Tom: indtil videre."), False, read.day,
            read.day_text,
        ),
    )  # fmt: skip
    _FIELDS = tuple(column.field for column in columns)

    def plan(self, sheet: TableSheet, *, scope: UnitScope, day: date) -> ImportPlan:
        used = present(sheet, self.columns)
        there = {(row.first, row.last): row for row in ElsewhereSeries.objects.order_by("valid_from")}
        rows = []
        for row in sheet.rows:
            planned = PlannedRow(row.line, row.cells.get("kommune", ""))
            read_values(row, used, planned)
            planned.target = there.get((str(planned.values.get("first", "")), str(planned.values.get("last", ""))))
            self._finish(planned, scope, day)
            rows.append(planned)
        keys = [f"{row.values.get('first', '')}-{row.values.get('last', '')}".strip("-") for row in rows]
        refuse_doubles(rows, keys, "Fra", _("Numrene står også på linje %(line)s."))
        return ImportPlan(rows)

    def _finish(self, row: PlannedRow, scope: UnitScope, day: date) -> None:
        if row.values.get("valid_from", True) is None:
            del row.values["valid_from"]
        if row.target is None:
            row.values.setdefault("valid_from", day)
        refuse_days(row)
        first, last = (str(row.values.get(name) or "") for name in ("first", "last"))
        if last and (len(first) != len(last) or first > last):
            reason = _("Det sidste nummer skal have lige så mange cifre som det første og komme efter det.")
            row.problems.append(RowProblem(row.line, "Til", reason))
        if not scope.holds(None):
            reason = _("Andre kommuners numre kan kun ændres af den, der har rettigheder til hele kommunen.")
            row.problems.append(RowProblem(row.line, "Fra", reason))
        compare(row, self.columns)

    def write(self, plan: ImportPlan, *, by: Person, at: datetime) -> None:
        write_rows(plan, ElsewhereSeries, by=by, at=at, fields=self._FIELDS)

    def export(self, *, scope: UnitScope, day: date) -> Iterator[list[str]]:
        for row in ElsewhereSeries.objects.valid_on(day):
            yield cells_of(row, self.columns)
