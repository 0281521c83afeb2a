"""Files as Danish spreadsheets write them, and files that are no tables."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from indgang.analysis import count_tables
from indgang.analysis.potential import presets
from indgang.tables import reading
from indgang.tables.reading import UnreadableTable

HEADER = ["Kode", "Navn", "Hører under"]
ROW = ["æble", "Ærø og Åle", "kk"]


def _lines(delimiter: str = ";") -> str:
    return "\r\n".join(delimiter.join(cells) for cells in (HEADER, ROW)) + "\r\n"


def _workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (HEADER, [], ROW):
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (_lines().encode("utf-8-sig"), 2),
        (_lines().encode(), 2),
        (_lines().encode("cp1252"), 2),
        (_lines("\t").encode("utf-16"), 2),
        (_lines(",").encode(), 2),
        (_workbook(), 3),
    ],
    ids=["utf-8 with mark", "utf-8", "windows-1252", "utf-16", "comma", "xlsx"],
)
def test_what_excel_writes_is_read(content: bytes, line: int) -> None:
    sheet = reading.read(content)
    assert sheet.header == HEADER
    assert [(row.line, row.cells) for row in sheet.rows] == [
        (line, {"kode": "æble", "navn": "Ærø og Åle", "hørerunder": "kk"})
    ]


def test_merged_cells_are_refused_with_their_place_in_every_table() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (["Dag", "Ærinde", "Antal"], ["9.3.2026", "Status", 10], ["9.3.2026", "Vejledning", None]):
        sheet.append(cells)
    sheet.merge_cells("C2:C3")
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(UnreadableTable, match="C2:C3"):
        reading.read(content.getvalue())
    with pytest.raises(UnreadableTable, match="C2:C3"):
        count_tables.read(content.getvalue(), presets.TMF)


def test_a_cell_of_several_lines_keeps_the_numbers_of_the_lines_after_it() -> None:
    sheet = reading.read(b'Kode;Navn\r\na;"to\r\nlinjer"\r\nb;en\r\n')
    assert [row.line for row in sheet.rows] == [2, 4]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "tom"),
        (b"\n\n ;; \n", "tom"),
        (b"PK\x03\x04 not a workbook", "Regnearket kan ikke læses"),
        (b"\x00\x01\x02\x03", "ikke en tabel"),
        (b"Kode;Navn;kode\n", "to gange"),
        (b"Kode;Navn\n" + b"a;b\n" * (reading.MOST_ROWS + 1), "Del filen"),
        (b"x" * (reading.MOST_BYTES + 1), "for stor"),
    ],
)
def test_what_is_no_table_says_why(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableTable, match=words):
        reading.read(content)
