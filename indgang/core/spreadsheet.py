"""CSV as Danish spreadsheets open it: a byte-order mark, semicolons, and no cell that becomes a formula.

A cell that begins with =, +, -, @, a tab or a line break is run as a formula when somebody opens the file. It gets an
apostrophe before it, as a person would type, and so does a cell that begins with apostrophes before such a sign: then
`text_of` gives back exactly what was written.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

#: the encoding of files that are written or read; reading takes files without the mark too
ENCODING = "utf-8-sig"
DELIMITER = ";"

_LIVE = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def cell_of(text: str) -> str:
    """The text as a cell that stays text."""
    return f"'{text}" if _LIVE.match(text) else text


def text_of(cell: str) -> str:
    """What `cell_of` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def write(file: Path, rows: Iterable[Iterable[str]]) -> None:
    """Write the rows, the names of the columns among them, as a file that a spreadsheet opens with a double click."""
    with file.open("w", encoding=ENCODING, newline="") as lines:
        csv.writer(lines, delimiter=DELIMITER).writerows([cell_of(each) for each in row] for row in rows)
