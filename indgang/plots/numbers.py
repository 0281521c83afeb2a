"""Numbers as Danes write them, and the round numbers of an axis."""

from __future__ import annotations

import math
from enum import StrEnum

#: steps of an axis of seconds below an hour: what people read on a clock
_CLOCK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_HOUR = 3600
#: of an axis: below it, ups and downs that nobody would notice would look large
_SMALLEST_SPAN = 5.0
_DANISH = {ord(","): ".", ord("."): ","}
#: from here on nobody reads the øre
_ROUND_KRONER = 1000


class ValueUnit(StrEnum):
    """What a number counts. The values are those of the definitions of figures."""

    PERCENT = "percent"
    SECONDS = "seconds"
    COUNT = "count"
    PER_HOUR = "per_hour"
    KRONER = "kroner"
    INDEX = "index"

    @property
    def highest(self) -> float | None:
        """The largest value there is; None when there is none."""
        return 100.0 if self in (ValueUnit.PERCENT, ValueUnit.INDEX) else None


def between(low: float, high: float, unit: ValueUnit) -> str:
    """From a number to another: `19,0–22,5`; `-60,2 – -25,8` with room around the dash, which a sign would run into."""
    dash = "\N{EN DASH}" if low >= 0 and high >= 0 else " \N{EN DASH} "
    return f"{written(low, unit)}{dash}{written(high, unit)}"


def written(value: float, unit: ValueUnit) -> str:
    """The number with its unit: `83,2 %`, `1:05`, `12.345`, `12.345 kr.`, `53,50 kr.`. Seconds are minutes and
    seconds; kroner below a thousand have their øre."""
    match unit:
        case ValueUnit.PERCENT:
            return f"{decimal(value, 1)}\N{NO-BREAK SPACE}%"
        case ValueUnit.SECONDS:
            return _clock(value)
        case ValueUnit.KRONER:
            return f"{_kroner(value)}\N{NO-BREAK SPACE}kr."
        case ValueUnit.INDEX:
            return decimal(value, 1)
    return decimal(value, 0 if abs(value) >= 100 else 1)


def decimal(value: float, places: int) -> str:
    """The number with at most so many decimals, a comma before them and points between thousands."""
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.translate(_DANISH)
    return "0" if text == "-0" else text


def _kroner(value: float) -> str:
    """Whole kroner, or both digits of the øre."""
    if abs(value) >= _ROUND_KRONER or round(value, 2) == round(value):
        return decimal(value, 0)
    return f"{value:.2f}".translate(_DANISH)


def _clock(seconds: float) -> str:
    whole = round(abs(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 and whole else ""
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"


def ticks(low: float, high: float, unit: ValueUnit, most: int = 5) -> list[float]:
    """Evenly spaced round numbers: the first is at most `low`, the last at least `high`. At least two, and at most
    `most` and two."""
    step = _step(max(high - low, abs(high) * 1e-9, _SMALLEST_SPAN) / most, unit)
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 1)
    if unit.highest is not None and high <= unit.highest < last * step:
        first, last = first - 1, last - 1
    return [each * step for each in range(first, last + 1)]


def _step(rough: float, unit: ValueUnit) -> float:
    """The smallest round number of the unit that is at least `rough`."""
    if unit is ValueUnit.SECONDS and rough <= _HOUR:
        return float(next(each for each in _CLOCK_STEPS if each >= rough))
    scale = _HOUR if unit is ValueUnit.SECONDS else 1
    ten = 10.0 ** math.floor(math.log10(rough / scale))
    return scale * next(ten * each for each in (1, 2, 5, 10, 20) if ten * each >= rough / scale)
