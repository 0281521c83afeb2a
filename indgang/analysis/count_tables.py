"""Counted enquiries in a table as spreadsheets write it: CSV or a workbook."""

from __future__ import annotations

from indgang.analysis.potential import reading
from indgang.analysis.potential.reading import MOST_ROWS, CountFile
from indgang.analysis.potential.rules import RuleList
from indgang.catalogue.purposes import NINE
from indgang.tables import reading as tables


def read(content: bytes, rules: RuleList, *, most: int = MOST_ROWS) -> CountFile:
    """The enquiries of the table. Purposes may be written as their codes or names. Raises UnreadableTable, NoColumns,
    and OverflowError for more than `most`."""
    sheet = tables.read(content)
    names = {tables.folded_name(each): each for each in sheet.header}
    rows = ((row.line, None if row.too_many else {names[key]: cell for key, cell in row.cells.items()})
            for row in sheet.rows)  # fmt: skip
    return reading.read_rows(sheet.header, rows, rules, written_purposes(), most=most)


def written_purposes() -> dict[str, str]:
    """The codes of the nine purposes by what people write."""
    return {written: each.code for each in NINE for written in (each.name, each.name.lower(), each.code.title())}
