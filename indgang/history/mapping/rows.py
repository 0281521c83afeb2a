"""From the cells of a row to a contact of ours, or to what is wrong in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from indgang.history.mapping.choices import ColumnMapping, MappingFault
from indgang.history.mapping.codes import ABANDONED, ANSWERED, REGISTERED, CodeReader, KnownCodes
from indgang.history.mapping.faults import BadCell, Fault, RowFault
from indgang.history.mapping.fields import FieldName, FileKind, folded
from indgang.history.mapping.moments import LONGEST_SECONDS, DurationReader, MomentReader

_F = FieldName


class PastContact(NamedTuple):
    """A call or a registered enquiry of another system. `start` is in seconds since the day began in Copenhagen;
    `talk` and `wrap_up` are -1 where the file does not say them. `identity` tells it apart from other rows: the id
    that the other system gave it, or what is known of it."""

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


class ContactMapper:
    """Maps the rows of one file. `last` is the last day that may be imported. Raises MappingFault."""

    def __init__(self, mapping: ColumnMapping, header: Sequence[str], known: KnownCodes, *, last: date) -> None:
        mapping.check(header)
        self._mapping, self._header, self._last, self._width = mapping, header, last, len(header)
        places = {folded(name): place for place, name in reversed(list(enumerate(header)))}
        self._places = {name: places[folded(column)] for name, column in mapping.columns.items()}
        self._moments = MomentReader(mapping.order, mapping.zone)
        self._durations = DurationReader(mapping.unit)
        self.readers = {
            name: CodeReader(name, mapping, known)
            for name in (_F.QUEUE, _F.CHANNEL, _F.RESULT, _F.SERVICE, _F.PURPOSE, _F.RESOLUTION)
        }
        for name, reader in self.readers.items():
            if reader.strange:
                raise MappingFault("unknown_target", f"{name}: {reader.strange[0]}")
        self._fixed = {name: self.readers[name].read(text) for name, text in _checked_fixed(mapping, self.readers)}
        self._is_register = mapping.kind is FileKind.REGISTER

    def read(self, line: int, cells: Sequence[str]) -> PastContact | RowFault | None:
        """The contact; what is wrong in the row; or None for one that the mapping leaves out (a code that means "")."""
        try:
            if len(cells) > self._width and any(each.strip() for each in cells[self._width :]):
                raise BadCell(Fault.CELLS)
            return self._read(cells)
        except BadCell as bad:
            return RowFault(line, bad.column, bad.fault, bad.told)

    def _read(self, cells: Sequence[str]) -> PastContact | None:
        day, start = self._moment(cells)
        if day > self._last:
            name = _F.AT if _F.AT in self._places else _F.DAY
            raise BadCell(Fault.OUT_OF_RANGE, f"{day:%d.%m.%Y}", self._named(name))
        queue = self._code(_F.QUEUE, cells, needed=True)
        channel = self._code(_F.CHANNEL, cells, needed=True) if self._is_register else "phone"
        if not queue or not channel:
            return None
        wait, talk, wrap_up, result = (0, -1, -1, REGISTERED) if self._is_register else self._call(cells)
        service, purpose = self._code(_F.SERVICE, cells), self._code(_F.PURPOSE, cells)
        resolution = self._code(_F.RESOLUTION, cells, needed=self._is_register)
        own = self._cell(_F.ROW_ID, cells)
        mapped = (start, queue, channel, wait, talk, wrap_up, result, service, purpose, resolution)
        identity = f"#{own}|{start}" if own else "|".join(map(str, mapped))
        return PastContact(
            day, queue, channel, start, wait, talk, wrap_up, result, service, purpose, resolution, identity
        )

    def _call(self, cells: Sequence[str]) -> tuple[int, int, int, str]:
        wait = self._duration(_F.WAIT, cells, needed=True)
        talk, wrap_up = self._duration(_F.TALK, cells), self._duration(_F.WRAP_UP, cells)
        if _F.RESULT in self._places:
            result = self._code(_F.RESULT, cells, needed=True)
        else:
            result = ANSWERED if talk > 0 or _F.TALK not in self._places else ABANDONED
        if wait + max(talk, 0) + max(wrap_up, 0) > LONGEST_SECONDS:
            raise BadCell(Fault.TOO_LONG, "", self._named(_F.TALK))
        return wait, talk, wrap_up, result

    def _moment(self, cells: Sequence[str]) -> tuple[date, int]:
        try:
            if _F.AT in self._places:
                name = _F.AT
                text = self._cell(_F.AT, cells)
                if not text:
                    raise BadCell(Fault.EMPTY)
                return self._moments.both(text)
            name = _F.DAY
            day_text = self._cell(_F.DAY, cells)
            if not day_text:
                raise BadCell(Fault.EMPTY)
            day_text = day_text.split(" ")[0].split("T")[0]
            self._moments.day(day_text)
            name = _F.TIME
            time_text = self._cell(_F.TIME, cells)
            if not time_text:
                raise BadCell(Fault.EMPTY)
            return self._moments.moment(day_text, time_text)
        except BadCell as bad:
            bad.column = self._named(name)
            raise

    def _duration(self, name: FieldName, cells: Sequence[str], *, needed: bool = False) -> int:
        text = self._cell(name, cells)
        try:
            if text:
                return self._durations.read(text)
            if needed:
                raise BadCell(Fault.EMPTY)
            return -1
        except BadCell as bad:
            bad.column = self._named(name)
            raise

    def _code(self, name: FieldName, cells: Sequence[str], *, needed: bool = False) -> str:
        fixed = self._fixed.get(name)
        if fixed is not None and name not in self._places:
            return fixed
        text = self._cell(name, cells)
        try:
            if text:
                return self.readers[name].read(text)
            if needed:
                raise BadCell(Fault.EMPTY)
            return ""
        except BadCell as bad:
            bad.column = self._named(name)
            raise

    def _cell(self, name: FieldName, cells: Sequence[str]) -> str:
        place = self._places.get(name)
        if place is None or place >= len(cells):
            return ""
        return cells[place].strip()

    def _named(self, name: FieldName) -> str:
        place = self._places.get(name)
        return "" if place is None else self._header[place]


def _checked_fixed(mapping: ColumnMapping, readers: dict[FieldName, CodeReader]) -> list[tuple[FieldName, str]]:
    found = []
    for name, text in mapping.fixed.items():
        try:
            readers[name].read(text)
        except BadCell as bad:
            raise MappingFault("unknown_target", f"{name}: {text[:40]}") from bad
        found.append((name, text))
    return found
