"""From the cells of a row to a contact of ours, or to what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from indgang.history.mapping.choices import ColumnMapping, MappingFault, refuse_other_order, unit_in
from indgang.history.mapping.codes import ABANDONED, ANSWERED, REGISTERED, CodeReader, KnownCodes
from indgang.history.mapping.faults import BadCell, CellFault, RowFault
from indgang.history.mapping.fields import FieldName, SourceKind, folded
from indgang.history.mapping.moments import LONGEST_SECONDS, DurationReader, Moment, MomentReader

_F = FieldName
_CODED = (_F.QUEUE, _F.CHANNEL, _F.RESULT, _F.SERVICE, _F.PURPOSE, _F.RESOLUTION)
_DURATIONS = (_F.WAIT, _F.TALK, _F.WRAP_UP)
#: the fields in the order in which `_contact` takes them, each with its place
_PLACES = {name: place for place, name in enumerate((
    _F.AT, _F.DAY, _F.TIME, _F.QUEUE, _F.CHANNEL, _F.WAIT, _F.TALK, _F.WRAP_UP, _F.RESULT, _F.SERVICE, _F.PURPOSE,
    _F.RESOLUTION, _F.ROW_ID,
))}  # fmt: skip
#: what a field is in a row whose cell is empty
_EMPTY: dict[FieldName, Any] = dict.fromkeys(_DURATIONS, -1)


class PastContact(NamedTuple):
    """A call or a registered enquiry of another system. `start` is in seconds since the day began in Copenhagen;
    `talk` and `wrap_up` are -1 where the file does not say them. `identity` tells it apart from other rows of the day:
    after a # the id that the other system gave it, its start and its queue (a call that goes on to another queue often
    keeps its id), or what is known of it."""

    day: date
    queue: str
    channel: str
    start: int
    wait: int
    talk: int
    wrap_up: int
    result: str
    service: str
    purpose: str
    resolution: str
    identity: str


class _Cell(NamedTuple):
    """How one column is read: `known` holds what has been read, and `target` is a place in `_PLACES`."""

    name: FieldName
    place: int
    target: int
    known: Mapping[str, Any]
    read: Callable[[str], Any]
    is_needed: bool


class ContactMapper:
    """Maps the rows of one file. `last` is the last day that may be imported. Raises MappingFault."""

    def __init__(self, mapping: ColumnMapping, header: Sequence[str], known: KnownCodes, *, last: date) -> None:
        mapping.check(header)
        self._header, self._last, self._width = header, last, len(header)
        self._is_register = mapping.kind is SourceKind.REGISTER
        self._readers = {name: CodeReader(name, mapping, known) for name in _CODED}
        for name, reader in self._readers.items():
            if reader.strange:
                raise MappingFault("unknown_target", f"{name}: {reader.strange[0]}")
        self._moments = MomentReader(mapping.order, mapping.zone)
        self._durations = {
            name: DurationReader(mapping.unit, unit_in(mapping.columns.get(name, ""))) for name in _DURATIONS
        }
        places = {folded(name): place for place, name in reversed(list(enumerate(header)))}
        self._places = {name: places[folded(column)] for name, column in mapping.columns.items()}
        self._cells = [
            self._cell(name, place) for name, place in sorted(self._places.items(), key=lambda each: each[1])
        ]
        self._fixed = {name: self._fixed_code(name, text) for name, text in mapping.fixed.items()}
        usual = {name: _EMPTY.get(name, "") for name in _PLACES} | self._fixed
        if not self._is_register:
            usual[_F.CHANNEL] = "phone"
        self._usual = [usual[name] for name in _PLACES]
        self._result_is_told = _F.RESULT in self._places

    def _cell(self, name: FieldName, place: int) -> _Cell:
        needed = {_F.AT, _F.DAY, _F.TIME, _F.QUEUE, _F.WAIT, _F.RESULT}
        needed |= {_F.CHANNEL, _F.RESOLUTION} if self._is_register else set()
        return _Cell(name, place, _PLACES[name], self._known(name), self._reader(name), name in needed)

    def _known(self, name: FieldName) -> Mapping[str, Any]:
        reader = self._durations.get(name) or self._readers.get(name)
        return reader.known if reader else {}

    def _reader(self, name: FieldName) -> Callable[[str], Any]:
        if name is _F.AT:
            return self._moments.both
        if name is _F.DAY:
            return self._day_text
        if name in _DURATIONS:
            return self._durations[name].read
        return self._readers[name].read if name in self._readers else str

    def _day_text(self, text: str) -> str:
        """The text of a day without the midnight that a spreadsheet writes behind it."""
        day = text.split(" ")[0].split("T")[0]
        self._moments.day(day)
        return day

    def _fixed_code(self, name: FieldName, text: str) -> str:
        try:
            return self._readers[name].read(text)
        except BadCell as bad:
            raise MappingFault("unknown_target", f"{name}: {text[:40]}") from bad

    def read(self, line: int, cells: Sequence[str]) -> PastContact | RowFault | None:
        """The contact; what is wrong in the row; or None for one that the mapping leaves out (a code that means "")."""
        if len(cells) > self._width and any(each.strip() for each in cells[self._width :]):
            return RowFault(line, "", CellFault.CELLS)
        values = self._usual.copy()
        name: FieldName | None = None
        number = len(cells)
        try:
            for name, place, target, known, read, is_needed in self._cells:
                text = cells[place] if place < number else ""
                value = known.get(text)
                if value is not None:
                    values[target] = value
                elif text := text.strip():
                    values[target] = read(text)
                elif is_needed:
                    raise BadCell(CellFault.EMPTY, "", name)
            return self._contact(*values)
        except BadCell as bad:
            return RowFault(line, self._named(bad.field or name), bad.fault, bad.told)

    def refuse_other_order(self) -> None:
        """After the last row: raise MappingFault when the days can only be read in the other order."""
        refuse_other_order(self._moments)

    def _contact(
        self, moment: Moment | None, day_text: str, time_text: str, queue: str, channel: str, wait: int, talk: int,
        wrap_up: int, result: str, service: str, purpose: str, resolution: str, own: str,
    ) -> PastContact | None:  # fmt: skip
        day, start = moment or self._of_two(day_text, time_text)
        if day > self._last:
            raise BadCell(CellFault.OUT_OF_RANGE, f"{day:%d.%m.%Y}", _F.AT if moment else _F.DAY)
        if not self._result_is_told:
            result = self._result(talk)
        if not queue or not channel or not result:
            return None
        if wait < 0:
            wait = 0
        if wait + talk + wrap_up > LONGEST_SECONDS:
            raise BadCell(CellFault.TOO_LONG, "", _F.TALK)
        told = (queue, channel, start, wait, talk, wrap_up, result, service, purpose, resolution)
        identity = f"#{own}|{start}|{queue}" if own else "|".join(map(str, told))
        return PastContact._make((day, *told, identity))

    def _of_two(self, day_text: str, time_text: str) -> Moment:
        try:
            return self._moments.moment(day_text, time_text)
        except BadCell as bad:
            raise BadCell(bad.fault, bad.told, _F.TIME) from bad

    def _result(self, talk: int) -> str:
        """The result of a row that does not say it."""
        if self._is_register:
            return REGISTERED
        return ANSWERED if talk > 0 or _F.TALK not in self._places else ABANDONED

    def _named(self, name: FieldName | None) -> str:
        place = self._places.get(name) if name else None
        return "" if place is None else self._header[place]
