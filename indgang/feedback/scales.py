"""The scales that people answer on, and their common index of 0 to 100. Pure.

Answers on different scales are never averaged as they are: the lowest of each scale is 0 in the index, the highest 100.
Sources: the telephone's keys 1 to 9 and the web's 1 to 10 (001:1905, 001:5040).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scale(StrEnum):
    """The names of the scales. The later ones are for imported series only."""

    KEYS_1_9 = "keys_1_9"
    WEB_1_10 = "web_1_10"
    OPEN = "open"
    SMILEYS_1_4 = "smileys_1_4"
    SMILEYS_1_5 = "smileys_1_5"
    GRADES_1_7 = "grades_1_7"
    PERCENT = "percent"


class NotOnScale(ValueError):
    """The value is not one of the scale's."""


@dataclass(frozen=True, slots=True)
class Ends:
    lowest: int
    highest: int

    def __contains__(self, value: object) -> bool:
        return type(value) is int and self.lowest <= value <= self.highest


_ENDS: dict[Scale, Ends] = {
    Scale.KEYS_1_9: Ends(1, 9),
    Scale.WEB_1_10: Ends(1, 10),
    Scale.SMILEYS_1_4: Ends(1, 4),
    Scale.SMILEYS_1_5: Ends(1, 5),
    Scale.GRADES_1_7: Ends(1, 7),
    Scale.PERCENT: Ends(0, 100),
}


def ends(scale: Scale | str) -> Ends:
    """The lowest and the highest value. Raises NotOnScale for an open question, which has none."""
    found = _ENDS.get(Scale(scale))
    if found is None:
        raise NotOnScale(f"an answer on {scale!r} is a text")
    return found


def is_rated(scale: Scale | str) -> bool:
    return Scale(scale) in _ENDS


def values(scale: Scale | str) -> range:
    """All values of a scale, the lowest first."""
    found = ends(scale)
    return range(found.lowest, found.highest + 1)


def index(scale: Scale | str, value: float) -> float:
    """A value, or a mean of values, of a scale as an index of 0 (lowest) to 100. Raises NotOnScale outside it."""
    found = ends(scale)
    if not found.lowest <= value <= found.highest:
        raise NotOnScale(f"{value} is not from {found.lowest} to {found.highest}")
    return 100.0 * (value - found.lowest) / (found.highest - found.lowest)
