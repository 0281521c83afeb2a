"""What is wrong in a row, as a code with what was read. `history.words` says it in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from indgang.core.masking import without_personal_numbers
from indgang.history.mapping.fields import FieldName

_LONGEST = 60
#: so much is searched for numbers, so that none is cut in two
_SEARCHED = 200
_CLOCK = (
    r"(?:\d{1,3}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?|\d{1,2}\.\d{2}(?:\.\d{2})?)(?: ?[AaPp][Mm])?"
    r"(?: ?(?:Z|[+-]\d{2}:?\d{2}))?"
)
_DAY = r"(?:(?:[12]\d|99)\d{2}[-./][0-3]?\d[-./][0-3]?\d|[0-3]?\d[-./][0-3]?\d[-./](?:(?:[12]\d|99)\d{2}|\d{2}))"
_WHEN = re.compile(rf"{_DAY}(?:(?:T| (?:kl\.? ?)?){_CLOCK})?|{_CLOCK}")
_DIGITS_OF_A_NUMBER = 8


class CellFault(StrEnum):
    EMPTY = "empty"
    """A needed cell is empty."""
    NO_MOMENT = "no_moment"
    NO_DAY = "no_day"
    NO_SUCH_TIME = "no_such_time"
    """The hour that is left out when the clock is set forward."""
    OUT_OF_RANGE = "out_of_range"
    """Before the year 2000 or not a day that is over."""
    NO_DURATION = "no_duration"
    TOO_LONG = "too_long"
    """Longer than a day."""
    TOO_LONG_TEXT = "too_long_text"
    NO_NUMBER = "no_number"
    NEGATIVE = "negative"
    UNKNOWN_CODE = "unknown_code"
    DOUBLED = "doubled"
    """The same row of the other system comes twice in the file."""
    CELLS = "cells"
    """More cells than the file has columns."""
    OTHER_IMPORT = "other_import"
    """Another import has the queue on that day, and the rows cannot be compared."""
    OTHER_VALUE = "other_value"
    """Another value of the same subject and period is there."""
    OWN_DATA = "own_data"
    """The queue has figures of its own on that day."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that cannot be used: its line in the file, the column, and what stood there."""

    line: int
    column: str
    fault: CellFault
    told: str = ""


class BadCell(ValueError):
    """What is wrong in one cell; `field` is the field that it fills, where that is not the one that is read."""

    def __init__(self, fault: CellFault, told: str = "", field: FieldName | None = None) -> None:
        super().__init__(fault.value)
        self.fault, self.told, self.field = fault, shown(told), field


def shown(text: str) -> str:
    """As much of a cell as may stand in a list of faults: a moment or a duration as it is written, and of another text
    no mail address, and nothing when it has as many digits as somebody's number."""
    plain = text.strip()[:_SEARCHED]
    if _WHEN.fullmatch(plain):
        return plain
    if sum(sign.isdigit() for sign in plain) >= _DIGITS_OF_A_NUMBER:
        return "****"
    return without_personal_numbers(plain)[:_LONGEST]
