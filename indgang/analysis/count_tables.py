"""Counted enquiries in a table as spreadsheets write it, CSV or a workbook; and the names that purposes have there."""

from __future__ import annotations

from indgang.analysis.potential import reading
from indgang.analysis.potential.reading import MOST_ROWS, CountFile
from indgang.analysis.potential.rules import PURPOSES, RuleList
from indgang.catalogue.models import LocalPurpose, Purpose
from indgang.catalogue.purposes import NINE
from indgang.tables import reading as tables

#: the other names that the documents have for one of the nine (X-28)
_OTHER_NAMES = {"status på igangværende sag": "status", "status på en igangværende sag": "status"}


def read(content: bytes, rules: RuleList, *, unit: str = "", most: int = MOST_ROWS) -> CountFile:
    """The enquiries of the table; `unit` is that of rows that name none. Purposes may be written as their codes, their
    names or a service's own words. Raises UnreadableTable, NoColumns, and OverflowError for more than `most`."""
    sheet = tables.read(content)
    names = {tables.folded_name(each): each for each in sheet.header}
    rows = ((row.line, None if row.too_many else {names[key]: cell for key, cell in row.cells.items()})
            for row in sheet.rows)  # fmt: skip
    return reading.read_rows(sheet.header, rows, rules, written_purposes(), unit=unit, most=most)


def written_purposes() -> dict[str, str]:
    """The codes of the nine purposes by what people write, folded: code, name, the documents' other name, and services'
    own words. A word that stands for two of them says nothing."""
    local: dict[str, set[str]] = {}
    for name, code in LocalPurpose.objects.values_list("name", "purpose__code"):
        local.setdefault(name.casefold(), set()).add(code)
    known = set(PURPOSES)
    found = {name: next(iter(codes)) for name, codes in local.items() if len(codes) == 1 and codes <= known}
    found |= _OTHER_NAMES
    found |= {written.casefold(): each.code for each in NINE for written in (each.code, each.name, each.name_en)}
    for code, name, english in Purpose.objects.filter(code__in=known).values_list("code", "name", "name_en"):
        found |= {each.casefold(): code for each in (name, english) if each}
    return found
