"""From the cells of a row to a value of a period: a count, visits to a page, or a measured satisfaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from indgang.history.mapping import subjects
from indgang.history.mapping.choices import ColumnMapping, refuse_other_order
from indgang.history.mapping.faults import BadCell, CellFault, RowFault
from indgang.history.mapping.fields import FIELDS, FieldName, SourceKind, folded
from indgang.history.mapping.moments import number
from indgang.history.mapping.periods import PeriodReader

_F = FieldName
T = TypeVar("T")
_MOST_NUMBER = 2_000_000_000
_LONGEST_SUBJECT = 300


class PeriodValue(NamedTuple):
    """What was counted or measured about a subject in a period. `number` is how many (of a satisfaction: how many
    answered, None when the file does not say), `value` the measured mean; None for counts and visits."""

    first: date
    last: date
    subject: str
    number: int | None
    value: float | None


class ValueMapper:
    """Maps the rows of one file. `last` is the last day that may be imported. Raises MappingFault."""

    def __init__(self, mapping: ColumnMapping, header: Sequence[str], *, last: date) -> None:
        mapping.check(header)
        self._header, self._last, self._width = header, last, len(header)
        self._fixed, self._needed = mapping.fixed, FIELDS[mapping.kind].needed
        self._kind, self._is_measured = mapping.kind, mapping.kind is SourceKind.SATISFACTION
        places = {folded(name): place for place, name in reversed(list(enumerate(header)))}
        self._places = {name: places[folded(column)] for name, column in mapping.columns.items()}
        self._periods = PeriodReader(mapping.order)

    def read(self, line: int, cells: Sequence[str]) -> PeriodValue | RowFault:
        if len(cells) > self._width and any(each.strip() for each in cells[self._width :]):
            return RowFault(line, "", CellFault.CELLS)
        name: FieldName | None = None
        texts: dict[FieldName, str] = dict(self._fixed)
        try:
            for name, place in self._places.items():
                text = cells[place].strip() if place < len(cells) else ""
                if not text and name in self._needed:
                    raise BadCell(CellFault.EMPTY)
                texts[name] = text
            return self._value(texts)
        except BadCell as bad:
            place_of = self._places.get(bad.field or name) if name else None
            return RowFault(line, "" if place_of is None else self._header[place_of], bad.fault, bad.told)

    def refuse_other_order(self) -> None:
        """After the last row: raise MappingFault when the days can only be read in the other order."""
        refuse_other_order(self._periods)

    def _value(self, texts: dict[FieldName, str]) -> PeriodValue:
        first, last = _in(_F.DAY, texts, self._periods.read)
        if last > self._last:
            raise BadCell(CellFault.OUT_OF_RANGE, texts[_F.DAY], _F.DAY)
        counted = _in(_F.NUMBER, texts, _count) if texts.get(_F.NUMBER) else None
        value = _in(_F.VALUE, texts, number) if self._is_measured else None
        subject = texts[_F.SUBJECT]
        if len(subject) > _LONGEST_SUBJECT and len(subjects.kept(self._kind, subject)) > _LONGEST_SUBJECT:
            raise BadCell(CellFault.TOO_LONG_TEXT, subject, _F.SUBJECT)  # cut, it could be the subject of another row
        return PeriodValue(first, last, subject, counted, value)


def _in(name: FieldName, texts: Mapping[FieldName, str], read: Callable[[str], T]) -> T:
    """What a cell says; a fault in it names the field."""
    try:
        return read(texts[name])
    except BadCell as bad:
        raise BadCell(bad.fault, bad.told, name) from bad


def _count(text: str) -> int:
    found = number(text)
    if found < 0:
        raise BadCell(CellFault.NEGATIVE, text)
    if found > _MOST_NUMBER or found != int(found):
        raise BadCell(CellFault.NO_NUMBER, text)
    return int(found)
