"""Reads the rows of a spreadsheet file: CSV in the encodings that Excel writes, or .xlsx."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from indgang.core import spreadsheet

MOST_ROWS = 50_000
MOST_BYTES = 8 * 1024 * 1024
#: the largest size of an unpacked workbook: a small file can expand to a very large one
_MOST_UNPACKED = 300 * 1024 * 1024
_MOST_COLUMNS = 100
_LONGEST_CELL = 20_000
_AT_A_TIME = 1024 * 1024
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell [^>]*ref=["']([A-Z0-9:]{1,20})["']""")


class UnreadableTable(Exception):
    """The file is not a usable table; the text tells a person why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number as the spreadsheet shows it, and its cells by the folded name of the column."""

    line: int
    cells: dict[str, str]
    #: cells beyond the last named column
    too_many: bool = False


@dataclass(frozen=True, slots=True)
class WrongRow:
    """What is wrong in a line of the file, and what to do."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class TableSheet:
    """The names of the columns as they are written, and the non-empty rows."""

    header: list[str]
    rows: list[Row]


def folded_name(header: str) -> str:
    """A column's name in the form that is compared: case, spaces and hyphens make no difference."""
    return "".join(sign for sign in header.lower() if sign.isalnum())


def read(content: bytes) -> TableSheet:
    """The table in the file. Raises UnreadableTable."""
    if len(content) > MOST_BYTES:
        raise UnreadableTable(_("Filen er for stor: højst %(most)s MB.") % {"most": MOST_BYTES // 1024 // 1024})
    if not content.strip():
        raise UnreadableTable(_("Filen er tom."))
    lines = _workbook(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    return _sheet(lines)


def _sheet(lines: Iterable[tuple[int, Sequence[str]]]) -> TableSheet:
    header: list[str] = []
    rows: list[Row] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [cell.strip() for cell in cells]
            while not header[-1]:
                header.pop()
            _refuse_header(header)
            continue
        rows.append(_row(line, cells, header))
        if len(rows) > MOST_ROWS:
            raise UnreadableTable(_("Højst %(most)s rækker ad gangen. Del filen i flere.") % {"most": MOST_ROWS})
    if not header:
        raise UnreadableTable(_("Filen er tom."))
    return TableSheet(header, rows)


def _row(line: int, cells: Sequence[str], header: Sequence[str]) -> Row:
    texts = [*cells, *[""] * (len(header) - len(cells))]
    named = {folded_name(name): text.strip() for name, text in zip(header, texts, strict=False)}
    return Row(line, named, any(cell.strip() for cell in cells[len(header) :]))


def _refuse_header(header: Sequence[str]) -> None:
    if len(header) > _MOST_COLUMNS:
        raise UnreadableTable(_("Første linje har for mange kolonner."))
    names = [folded_name(name) for name in header]
    if doubled := next((name for name in header if names.count(folded_name(name)) > 1), ""):
        raise UnreadableTable(_("Kolonnen “%(name)s” står der to gange.") % {"name": doubled})


# --- CSV ---------------------------------------------------------------------------------------


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            yield line, [spreadsheet.text_of(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableTable(_("Linje %(line)s kan ikke læses som CSV.") % {"line": line}) from error


def _decoded(content: bytes) -> str:
    """The text: UTF-8 with or without byte-order mark, UTF-16 with it ("Unicode text"), else Windows-1252, which
    accepts nearly all bytes."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    for encoding in (spreadsheet.ENCODING, "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableTable(_("Filen er ikke en tabel. Gem den som CSV eller .xlsx i regnearket, og prøv igen."))


# --- Workbooks ---------------------------------------------------------------------------------


def _workbook(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet; values as people see them, days as dd.mm.yyyy."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise UnreadableTable(_("Regnearket er for stort."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        refuse_merged(io.BytesIO(content), book.worksheets[0])
        for line, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield line, [_text(cell) for cell in cells[: _MOST_COLUMNS + 1]]
    except UnreadableTable:
        raise
    except Exception as error:  # a broken file may raise any error in openpyxl
        raise UnreadableTable(
            _("Regnearket kan ikke læses. Gem det igen som .xlsx eller CSV, og prøv igen.")
        ) from error


def refuse_merged(file: IO[bytes], sheet: Any) -> None:
    """Of merged cells only the first has the value: the other rows would be without it. Raises UnreadableTable."""
    with zipfile.ZipFile(file) as packed, packed.open(sheet._worksheet_path) as xml:
        before = b""
        while piece := xml.read(_AT_A_TIME):
            if found := _MERGED.search(before + piece):
                said = _("Cellerne %(cells)s er flettet. Ophæv fletningen, skriv værdien i hver celle, og prøv igen.")
                raise UnreadableTable(said % {"cells": found[1].decode()})
            before = piece[-100:]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:_LONGEST_CELL]
