"""Reads files of other systems a row at a time: CSV in the encodings that Excel writes, or .xlsx.

A file is read twice: once for its fingerprint and its encoding, and once for its rows. No more than a row is in memory.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from indgang.core import spreadsheet
from indgang.history.mapping.fields import folded
from indgang.tables.reading import UnreadableTable, refuse_merged

#: the largest size of an unpacked workbook: a small file can expand to a very large one
MOST_UNPACKED = 1024 * 1024 * 1024
_MOST_COLUMNS = 200
_LONGEST_CELL = 20_000
_AT_A_TIME = 1024 * 1024
#: lines that a row can span; one with more has a quotation mark that nobody closed
_MOST_LINES = 20

Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class SourceTable:
    """The fingerprint of a file, the names of its columns, and its other rows, which can be read once."""

    digest: str
    header: list[str]
    rows: Iterator[Line]

    def first(self, most: int) -> tuple[SourceTable, list[Line]]:
        """The first rows, and the table with all of them still to be read."""
        begun = list(islice(self.rows, most))
        return SourceTable(self.digest, self.header, chain(begun, self.rows)), begun


def read(file: IO[bytes], *, most_unpacked: int = MOST_UNPACKED) -> SourceTable:
    """The table in a file that can be read from any place. Raises UnreadableTable, also while its rows are read."""
    digest, encoding = _scanned(file)
    file.seek(0)
    lines = _workbook(file, most_unpacked) if encoding is None else _csv(file, encoding)
    for _line, cells in lines:
        if any(cell.strip() for cell in cells):
            header = [cell.strip() for cell in cells]
            while header and not header[-1]:
                header.pop()
            _refuse_header(header)
            return SourceTable(digest, header, _filled(lines))
    raise UnreadableTable(_("Filen er tom."))


def _filled(lines: Iterable[Line]) -> Iterator[Line]:
    return (each for each in lines if any(each[1]))


def _refuse_header(header: Sequence[str]) -> None:
    if len(header) > _MOST_COLUMNS:
        raise UnreadableTable(_("Første linje har for mange kolonner."))
    names = [folded(name) for name in header if name]
    if doubled := next((name for name in header if name and names.count(folded(name)) > 1), ""):
        raise UnreadableTable(_("Kolonnen “%(name)s” står der to gange.") % {"name": doubled})


def _scanned(file: IO[bytes]) -> tuple[str, str | None]:
    """The fingerprint, and the encoding of a text; None for a workbook."""
    file.seek(0)
    digest, first = hashlib.sha256(), b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_null, size = True, False, 0
    while piece := file.read(_AT_A_TIME):
        first = first or piece[:4]
        size += len(piece)
        digest.update(piece)
        has_null = has_null or b"\x00" in piece
        if is_utf8:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                is_utf8 = False
    if not size:
        raise UnreadableTable(_("Filen er tom."))
    if first == b"PK\x03\x04":
        return digest.hexdigest(), None
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return digest.hexdigest(), "utf-16"
    if has_null:
        raise _no_table()
    return digest.hexdigest(), spreadsheet.ENCODING if is_utf8 else "cp1252"


def _no_table() -> UnreadableTable:
    return UnreadableTable(_("Filen er ikke en tabel. Gem den som CSV eller .xlsx i regnearket, og prøv igen."))


# --- CSV ---------------------------------------------------------------------------------------


def _csv(file: IO[bytes], encoding: str) -> Iterator[Line]:
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    first = ""
    while not first.strip():
        first = text.readline(_AT_A_TIME)
        if not first:
            raise UnreadableTable(_("Filen er tom."))
    text.seek(0)
    csv.field_size_limit(_AT_A_TIME)
    lines = _without_null(text) if encoding == "utf-16" else text
    reader = csv.reader(lines, delimiter=max(";,\t|", key=first.count), strict=True)
    line = 1
    try:
        for cells in reader:
            if reader.line_num - line >= _MOST_LINES:
                raise csv.Error
            yield line, list(map(spreadsheet.text_of, cells)) if "'" in "".join(cells) else cells
            line = reader.line_num + 1
    except csv.Error as error:
        said = _("Linje %(line)s kan ikke læses som CSV. Se, om der står et anførselstegn, der ikke bliver lukket.")
        raise UnreadableTable(said % {"line": line}) from error
    finally:
        text.detach()


def _without_null(lines: Iterable[str]) -> Iterator[str]:
    """The lines of UTF-16, where a null sign is only seen here (`_scanned` sees others). The database stores none."""
    for each in lines:
        if "\x00" in each:
            raise _no_table()
        yield each


# --- Workbooks ---------------------------------------------------------------------------------


def _workbook(file: IO[bytes], most_unpacked: int) -> Iterator[Line]:
    """The rows of the first sheet, with days and times as ISO texts and durations in seconds."""
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(part.file_size for part in packed.infolist()) > most_unpacked:
                raise UnreadableTable(_("Regnearket er for stort. Gem det som CSV, og prøv igen."))
        book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        refuse_merged(file, sheet)
        for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield line, [_text(cell) for cell in cells[: _MOST_COLUMNS + 1]]
    except UnreadableTable:
        raise
    except Exception as error:  # a broken file may raise any error in openpyxl
        raise UnreadableTable(
            _("Regnearket kan ikke læses. Gem det igen som .xlsx eller CSV, og prøv igen.")
        ) from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M:%S}"
    if isinstance(value, timedelta):
        return str(round(value.total_seconds()))
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else _decimal(value)
    return str(value)[:_LONGEST_CELL]


def _decimal(value: float) -> str:
    """With a comma: three digits after a point would be read as thousands."""
    return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")
