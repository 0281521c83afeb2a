"""A mapping: which column fills which field, how days and durations are written, and which codes mean what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from indgang.history.mapping.faults import shown
from indgang.history.mapping.fields import FIELDS, NAMES, FieldName, SourceKind, folded, is_personal
from indgang.history.mapping.moments import DayOrder, DurationUnit, OtherOrder, Zone

_MOST_CODES = 5_000
_LONGEST_NAME = 200


class MappingFault(ValueError):
    """A mapping that cannot be used. `code` says why; `told` names the field, column or setting."""

    def __init__(self, code: str, told: str = "") -> None:
        super().__init__(f"{code}: {told}" if told else code)
        self.code, self.told = code, told


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """`columns` names the column of each field, `fixed` the value of fields that have none, and `codes` our code for
    each code of the other system (by field; "" means: leave it out of this row)."""

    kind: SourceKind
    columns: Mapping[FieldName, str]
    fixed: Mapping[FieldName, str] = field(default_factory=dict)
    codes: Mapping[FieldName, Mapping[str, str]] = field(default_factory=dict)
    order: DayOrder = DayOrder.DAY_FIRST
    zone: Zone = Zone.COPENHAGEN
    unit: DurationUnit = DurationUnit.SECONDS

    @property
    def data(self) -> dict[str, Any]:
        """As JSON data, which `of` reads."""
        return {
            "kind": self.kind.value, "columns": dict(self.columns), "fixed": dict(self.fixed),
            "codes": {name: dict(codes) for name, codes in self.codes.items()}, "order": self.order.value,
            "zone": self.zone.value, "unit": self.unit.value,
        }  # fmt: skip

    @classmethod
    def of(cls, data: Any) -> Self:
        """The mapping in JSON data. Raises MappingFault."""
        if not isinstance(data, Mapping):
            raise MappingFault("not_an_object")
        if strange := sorted(map(str, data.keys() - {"kind", "columns", "fixed", "codes", "order", "zone", "unit"})):
            raise MappingFault("unknown_setting", strange[0])
        return cls(
            _one_of(SourceKind, data.get("kind"), "kind"), _texts(data.get("columns"), "columns"),
            _texts(data.get("fixed"), "fixed"), _codes(data.get("codes")),
            _one_of(DayOrder, data.get("order", DayOrder.DAY_FIRST), "order"),
            _one_of(Zone, data.get("zone", Zone.COPENHAGEN), "zone"),
            _one_of(DurationUnit, data.get("unit", DurationUnit.SECONDS), "unit"),
        )  # fmt: skip

    def check(self, header: Sequence[str]) -> None:
        """Raise MappingFault when the file has not what the mapping needs."""
        known, fields = {folded(name) for name in header}, FIELDS[self.kind]
        for name, column in self.columns.items():
            if name not in fields.all:
                raise MappingFault("strange_field", name)
            if folded(column) not in known:
                raise MappingFault("no_such_column", column)
            if is_personal(column):
                raise MappingFault("personal_column", column)
        if strange := [name for name in self.fixed if name not in fields.fixed]:
            raise MappingFault("not_fixed", strange[0])
        for name in fields.needed:
            in_parts = name is FieldName.AT and {FieldName.DAY, FieldName.TIME} <= self.columns.keys()
            if name not in self.columns and name not in self.fixed and not in_parts:
                raise MappingFault("field_missing", name)


def guessed(kind: SourceKind, header: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> ColumnMapping:
    """The mapping that the names of the columns suggest; fields without a likely column are left out. Days are written
    with the month first when one of the samples can be read in no other way."""
    taken: dict[FieldName, str] = {}
    names = {folded(name): name for name in reversed(header) if not is_personal(name)}
    durations = {folded(_UNIT.sub("", name)): name for name in names.values()} | names
    for wanted in FIELDS[kind].all:
        named = durations if wanted in _DURATIONS else names
        likely = (named[each] for each in NAMES[wanted] if each in named)
        column = next((each for each in likely if each not in taken.values()), None)
        if column is not None:
            taken[wanted] = column
    if FieldName.AT in taken or FieldName.AT not in FIELDS[kind].needed:
        taken.pop(FieldName.TIME, None)
        if FieldName.AT in taken:
            taken.pop(FieldName.DAY, None)
    return ColumnMapping(kind, taken, order=_order(header, taken, samples))


_DURATIONS = (FieldName.WAIT, FieldName.TALK, FieldName.WRAP_UP)
#: the unit at the end of a column's name, as in "Ventetid (min)" and "Ventetid i sekunder"
_UNIT = re.compile(r"[ ([_,-]*(?:\bi )?(?:min|minutter|minutes|sek|sekunder|sec|seconds)\.?[\])]?$", re.IGNORECASE)


def unit_in(column: str) -> DurationUnit | None:
    """What a plain number counts in a column of durations with this name; None where the name does not say it."""
    name = folded(column)
    if name.endswith(("min", "minutter", "minutes")):
        return DurationUnit.MINUTES
    return DurationUnit.SECONDS if name.endswith(("sek", "sekunder", "sec", "seconds")) else None


class DayReader(Protocol):
    """What reads the days of a file."""

    def refuse_other_order(self) -> None: ...


def refuse_other_order(reader: DayReader) -> None:
    """Raise MappingFault when the days that were read can only be written in the other order."""
    try:
        reader.refuse_other_order()
    except OtherOrder as other:
        raise MappingFault("other_order", shown(str(other))) from other


def _order(header: Sequence[str], taken: Mapping[FieldName, str], samples: Sequence[Sequence[str]]) -> DayOrder:
    column = taken.get(FieldName.AT) or taken.get(FieldName.DAY)
    if column is None:
        return DayOrder.DAY_FIRST
    place = header.index(column)
    written = [row[place] for row in samples if len(row) > place]
    parts = [text.replace("-", "/").replace(".", "/").split(" ")[0].split("/") for text in written]
    seconds = [each[1] for each in parts if len(each) == 3 and len(each[0]) < 3]
    return DayOrder.MONTH_FIRST if any(each.isdigit() and int(each) > 12 for each in seconds) else DayOrder.DAY_FIRST


def _one_of(wanted: Any, value: Any, name: str) -> Any:
    try:
        return wanted(value)
    except ValueError as error:
        raise MappingFault("unknown_value", f"{name}={str(value)[:40]}") from error


def _texts(data: Any, name: str) -> dict[FieldName, str]:
    if not isinstance(data or {}, Mapping):
        raise MappingFault("not_an_object", name)
    found = {}
    for key, value in (data or {}).items():
        if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_NAME:
            raise MappingFault("no_text", f"{name}.{str(key)[:40]}")
        found[_one_of(FieldName, key, name)] = value
    return found


def _codes(data: Any) -> dict[FieldName, dict[str, str]]:
    if not isinstance(data or {}, Mapping):
        raise MappingFault("not_an_object", "codes")
    found = {}
    for key, codes in (data or {}).items():
        if not isinstance(codes, Mapping) or not all(isinstance(each, str) for each in codes.values()):
            raise MappingFault("not_an_object", f"codes.{str(key)[:40]}")
        if len(codes) > _MOST_CODES:
            raise MappingFault("too_many_codes", str(key)[:40])
        found[_one_of(FieldName, key, "codes")] = {str(theirs): ours for theirs, ours in codes.items()}
    return found
