"""What is wrong in a row, as a code with what was read. `history.words` says it in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from indgang.core.masking import mask_cpr
from indgang.history.mapping.fields import FieldName

_LONGEST = 60


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
    NO_NUMBER = "no_number"
    NEGATIVE = "negative"
    UNKNOWN_CODE = "unknown_code"
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
    """As much of a cell as may stand in a list of faults: no long runs of digits that can be somebody's number."""
    short = mask_cpr(text.strip()[:_LONGEST])
    digits = sum(sign.isdigit() for sign in short)
    looks_like_time = any(sign in short for sign in ":/") or short[4:5] == "-" or short[2:3] in ("-", ".")
    return short if digits < 8 or looks_like_time else "****"
