"""Reads counted enquiries from a CSV file. Every row that cannot be used is told with its line and why. Pure."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from indgang.analysis.potential.classifying import EnquiryColumns, classify
from indgang.analysis.potential.decided_rows import FileLines
from indgang.analysis.potential.results import CountedRows, UnitName
from indgang.analysis.potential.rules import MOST_MINUTES, PURPOSES, CountMark, RuleList, TopicKind

Scalar = TypeVar("Scalar", bound=np.generic)

#: the columns that a file may have; `unit` and those that the rules need must be there
COLUMNS = ("area", "unit", "day", "level", "mark", "purpose", "topic", "minutes", "resolved", "count")
#: the purpose of a counting week beside its local one
_CROSS_CUTTING = "tværgående ærinde"
#: what people write above them, in a count, in the file of a counting week and in a register of enquiries
_HEADINGS = {
    "område": "area", "enhed": "unit", "dag": "day", "dato": "day", "talt den": "day", "niveau": "level",
    "mærke": "mark", "karakter": "mark", "ærinde": "purpose", _CROSS_CUTTING: "purpose", "emne": "topic",
    "minutter": "minutes", "tidsforbrug": "minutes", "straksafklaret": "resolved", "afklaret": "resolved",
    "afklaring": "resolved", "antal": "count",
}  # fmt: skip
#: enquiries in one row of a file, and in a whole file
MOST_IN_ROW, MOST_ROWS = 1_000_000, 50_000_000
#: characters; the limit of `csv` itself is one for all that the process reads
_LONGEST_CELL = 100_000
_YES = {"1", "ja", "yes", "true", "straksafklaret", "afklaret"}
_NO = {"0", "nej", "no", "false", "viderestillet", "stillet videre", "ikke straksafklaret", "ikke afklaret"}
_MARKS = {"general": CountMark.GENERAL, "generel": CountMark.GENERAL, "case_specific": CountMark.CASE_SPECIFIC,
          "sagsspecifik": CountMark.CASE_SPECIFIC}  # fmt: skip
_TOPICS = {"no": TopicKind.NO, "nej": TopicKind.NO, "yes": TopicKind.YES, "ja": TopicKind.YES,
           "possibly": TopicKind.POSSIBLY, "måske": TopicKind.POSSIBLY}  # fmt: skip
_LEVELS = {"1": True, "first": True, "1. level": True, "2": False, "direct": False, "direkte": False, "2. level": False}


@dataclass(frozen=True, slots=True)
class UnusedRow:
    """A row that is not used: its line in the file, the column, and why (missing, unknown, range, unreadable)."""

    line: int
    column: str
    why: str
    value: str


class NoColumns(ValueError):
    """The file lacks columns that the rules need."""

    def __init__(self, columns: Iterable[str]) -> None:
        self.columns = tuple(columns)
        super().__init__(", ".join(self.columns))


class DoubledColumns(ValueError):
    """Two columns of the file have the same heading."""


@dataclass(slots=True)
class CountFile:
    """What a file held, for one rule list."""

    rows: CountedRows
    enquiries: EnquiryColumns
    bad: list[UnusedRow]
    lines: FileLines


@dataclass(slots=True)
class _Gathered:
    """Columns while they grow, and how often each row counts."""

    units: dict[UnitName, int] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    values: list[tuple[int, int, bool, int, int, int, int, float]] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    #: whether one rule decides a row that leaves something open, by what it says; many rows say the same
    decided: dict[tuple[int | float | None, ...], bool] = field(default_factory=dict)


def read(
    lines: Iterable[str], rules: RuleList, aliases: Mapping[str, str] | None = None, *, unit: str = ""
) -> CountFile:
    """The enquiries of a file with a heading, separated by semicolons, commas or tabs.

    `aliases` maps local purposes to the nine; `unit` is that of rows that name none. Raises NoColumns and
    DoubledColumns.
    """
    content = iter(lines)
    heading = next(content, "").lstrip("\ufeff")
    separator = max(";,\t", key=heading.count)
    names = [each.strip().lower() for each in next(_cells(csv.reader([heading], delimiter=separator)), None) or []]
    reader = csv.reader(content, delimiter=separator)
    rows = ((reader.line_num + 1, _named(names, cells)) for cells in _cells(reader))
    return read_rows(names, rows, rules, aliases, unit=unit)


def read_rows(
    names: Iterable[str], rows: Iterable[tuple[int, Mapping[str, str] | None]], rules: RuleList,
    aliases: Mapping[str, str] | None = None, *, unit: str = "", most: int = MOST_ROWS,
) -> CountFile:  # fmt: skip
    """The enquiries in the rows of a table: the line of each, and its cells by the names of the columns (None for a row
    that cannot be read). `unit` is that of rows that name none; `most` enquiries together. Raises NoColumns,
    DoubledColumns and OverflowError."""
    # a count that has local purposes and the cross-cutting ones beside them is read by the latter
    names = list(names)
    if doubled := sorted({each for each in names if each and names.count(each) > 1}):
        raise DoubledColumns(doubled)
    ordered = sorted(names, key=lambda each: each.strip().lower() == _CROSS_CUTTING)
    known = {column_of(each): each for each in ordered}
    uses = rules.uses
    lacking = [each for each in ("unit", *sorted(uses)) if each not in known and not (each == "unit" and unit)]
    if lacking:
        raise NoColumns(lacking)
    gathered, bad = _Gathered(), list[UnusedRow]()
    for line, cells in rows:
        if cells is None:
            bad.append(UnusedRow(line, "", "unreadable", ""))
        elif any(each.strip() for each in cells.values()):
            given = {column: cells.get(name, "").strip() for column, name in known.items()}
            given["unit"] = given.get("unit") or unit
            found = _row(given, rules, uses, aliases or {}, gathered)
            if found is not None:
                bad.append(UnusedRow(line, found.column, found.why, found.value))
            else:
                gathered.lines.append(line)
    lines = FileLines(*(np.array(each, dtype=np.int64) for each in (gathered.lines, gathered.times)))
    return CountFile(*_columns(gathered, most), bad, lines)


def column_of(name: str) -> str:
    """The column that a heading means; one that is not known means itself."""
    return _HEADINGS.get(name.strip().lower(), name.strip().lower())


def _cells(reader: Iterator[list[str]]) -> Iterator[list[str] | None]:
    """The cells of each row; None for one that is no row of a table: a cell is too long, or a line ends inside it."""
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None
        else:
            yield None if any(len(each) > _LONGEST_CELL for each in cells) else cells


def _named(names: Sequence[str], cells: list[str] | None) -> dict[str, str] | None:
    """The cells by the names of their columns; None when there are more of them."""
    return None if cells is None or any(cells[len(names) :]) else dict(zip(names, cells, strict=False))


def _row(
    given: Mapping[str, str], rules: RuleList, uses: frozenset[str], aliases: Mapping[str, str], into: _Gathered
) -> UnusedRow | None:
    """Add a row. What the rules do not need to decide it may be empty, but not wrong; a topic that they do not ask for
    is whatever the register calls its subject."""
    written = given.get("purpose", "")
    purpose = aliases.get(written, aliases.get(written.casefold(), written))
    places = {each: index for index, each in enumerate(PURPOSES)}
    choices: tuple[tuple[str, str, Mapping[str, int]], ...] = (
        ("mark", given.get("mark", "").lower(), _MARKS), ("purpose", purpose, places),
        ("resolved", given.get("resolved", "").lower(), dict.fromkeys(_YES, 1) | dict.fromkeys(_NO, 0)),
        ("topic", given.get("topic", "").lower() if "topic" in uses else "", _TOPICS),
        ("level", given.get("level", "1").lower() or "1", _LEVELS),
    )  # fmt: skip
    values, missing = {}, list[str]()
    for column, value, known in choices:
        if value not in known and value:
            return UnusedRow(0, column, "unknown", value[:40])
        if not value and column in uses:
            missing.append(column)
        values[column] = int(known.get(value, -1))
    minutes, times = _number(given.get("minutes", "")), _number(given.get("count", "") or "1")
    if minutes is None or not 0 <= minutes < MOST_MINUTES:
        if given.get("minutes"):
            return UnusedRow(0, "minutes", "range", given["minutes"][:40])
        minutes = math.nan
        missing += ["minutes"] if "minutes" in uses else []
    if missing and not _is_decided(rules, values, minutes, into):
        return UnusedRow(0, missing[0], "missing", "")
    if times is None or times != int(times) or not 0 < times <= MOST_IN_ROW:
        return UnusedRow(0, "count", "range", given.get("count", "")[:40])
    if not given.get("unit"):
        return UnusedRow(0, "unit", "missing", "")
    unit = into.units.setdefault(UnitName(given.get("area", ""), given["unit"]), len(into.units))
    day = into.days.setdefault(_day(given.get("day", "")), len(into.days))
    into.values.append((unit, day, bool(values["level"]), values["mark"], values["purpose"], values["resolved"],
                        values["topic"], minutes))  # fmt: skip
    into.times.append(int(times))
    return None


def _is_decided(rules: RuleList, values: Mapping[str, int], minutes: float, into: _Gathered) -> bool:
    """Whether one rule decides the row whatever it leaves open."""
    said = [values[name] for name in ("mark", "purpose", "resolved", "topic")]
    kind = (*said, None if math.isnan(minutes) else minutes)
    if kind not in into.decided:
        mark, purpose, resolved, topic = (np.array([each], dtype=np.int8) for each in said)
        row = EnquiryColumns(mark, purpose, resolved, topic, np.array([minutes], dtype=np.float32))
        into.decided[kind] = not len(classify(rules, row).undecided)
    return into.decided[kind]


def _day(text: str) -> str:
    """One day is the same however it is written: 1.3.2018, 01-03-2018, 2018-03-01. Other texts are days as they are."""
    parts = re.split(r"[./-]", text.split(" ")[0].split("T")[0])
    if len(parts) != 3 or not all(each.isdecimal() for each in parts):
        return text
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except (ValueError, OverflowError):  # no day at all, and a number that is too large for one
        return text


def _number(text: str) -> float | None:
    """A number with a decimal point or comma."""
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _columns(gathered: _Gathered, most: int) -> tuple[CountedRows, EnquiryColumns]:
    times = np.array(gathered.times, dtype=np.int64)
    if times.sum() > most:
        raise OverflowError
    columns = list(zip(*gathered.values, strict=True)) or [()] * 8

    first, resolved = _repeated(columns[2], times, np.bool_), _repeated(columns[5], times, np.int8)
    rows = CountedRows(
        tuple(gathered.units), max(len(gathered.days), 1), _repeated(columns[0], times, np.int32),
        _repeated(columns[1], times, np.int32), first, first & (resolved == 1), is_by_unit=True,
    )  # fmt: skip
    mark, purpose, topic = (_repeated(columns[place], times, np.int8) for place in (3, 4, 6))
    return rows, EnquiryColumns(mark, purpose, resolved, topic, _repeated(columns[7], times, np.float32))


def _repeated(values: Sequence[object], times: NDArray[np.int64], kind: type[Scalar]) -> NDArray[Scalar]:
    """Each value as often as its row counts."""
    return np.repeat(np.array(values, dtype=kind), times)
