"""CSV as Danish spreadsheets open it: a byte-order mark, semicolons, and no cell that becomes a formula.

A spreadsheet runs a cell that begins with =, +, -, @, a tab or a line break as a formula. Such a cell gets an
apostrophe before it, as a person would type. So does a cell that begins with apostrophes before such a character, so
that `text_of` restores exactly what was written.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path

#: the encoding of all files; reading also accepts files without the byte-order mark
ENCODING = "utf-8-sig"
DELIMITER = ";"

_LIVE = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


class NumberCell(str):
    """A number as a Danish spreadsheet reads it, with a decimal comma. Made from a number, it cannot be a formula, so a
    minus before it stays."""

    __slots__ = ()

    @classmethod
    def of(cls, value: Decimal | int) -> NumberCell:
        """
        >>> NumberCell.of(Decimal("-1234.50"))
        '-1234,50'
        """
        return cls(f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value))


def cell_of(text: str) -> str:
    """The text as a cell that no spreadsheet runs as a formula."""
    return f"'{text}" if _LIVE.match(text) and not isinstance(text, NumberCell) else text


def text_of(cell: str) -> str:
    """The text from which `cell_of` made the cell."""
    return cell[1:] if _GUARDED.match(cell) else cell


def lines(*parts: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """The file in pieces, which are sent as they are made; the rows come in several parts."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=DELIMITER)
    yield codecs.BOM_UTF8
    for number, row in enumerate(chain(*parts)):
        writer.writerow([cell_of(each) for each in row])
        if number % 500 == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write(file: Path, rows: Iterable[Iterable[str]]) -> None:
    """Write the rows, including the column names, as a file that a spreadsheet opens directly."""
    with file.open("w", encoding=ENCODING, newline="") as lines:
        csv.writer(lines, delimiter=DELIMITER).writerows([cell_of(each) for each in row] for row in rows)
