"""Files of other systems are read as they are meant, or refused with the line."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from indgang.history import files
from indgang.history.mapping.moments import number
from indgang.tables.reading import UnreadableTable


def rows(content: bytes) -> list[list[str]]:
    return [cells for _line, cells in files.read(io.BytesIO(content)).rows]


@pytest.mark.parametrize("value", [4.125, 87.125, 0.125, 7.9, 1e-7, 1234.5, -2.5])
def test_the_numbers_of_a_workbook_are_read_as_they_are(value: float) -> None:
    book, file = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["Værdi"])
    book.active.append([value])
    book.save(file)
    assert number(rows(file.getvalue())[0][0]) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ['Kø;Note\nA;"Haster\nB;\nC;\n', 'Kø;Note\nA;"Haster' + "\nB;" * 30 + '"\nC;\n', 'Kø;Note\nA;"Haster" sagde hun\n'],
)
def test_an_open_quotation_mark_swallows_no_rows(text: str) -> None:
    with pytest.raises(UnreadableTable, match="Linje 2"):
        rows(text.encode())


def test_a_remark_of_some_lines_is_one_cell() -> None:
    assert rows('Kø;Note\nA;"Haster\nmeget"\nB;\n'.encode()) == [["A", "Haster\nmeget"], ["B", ""]]


def test_a_null_sign_is_refused_in_every_encoding() -> None:
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(UnreadableTable, match="ikke en tabel"):
            rows("Kø;Note\nA;x\x00\n".encode(encoding))
