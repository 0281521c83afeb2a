"""How many calls a service brings to the queue that it moves into, of what is documented of its enquiries. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MovedPart(StrEnum):
    """Which of the enquiries come into the queue."""

    ALL = "all"
    """All that do not become digital: one number meets every caller, and passes some of them on."""
    RESOLVED = "resolved"
    """Those that the contact centre resolves; all, where nobody has documented how many that is."""


@dataclass(frozen=True, slots=True)
class DocumentedVolume:
    """Enquiries of a service in a year by `source`, and shares of them from 0 to 1; None where a share is not known.

    `digital` become digital, the contact centre resolves `resolved`, and `by_phone` are calls.
    """

    enquiries: int
    source: str
    digital: float | None = None
    resolved: float | None = None
    by_phone: float | None = None

    def moved(self, part: MovedPart) -> float:
        """The share that comes into the queue."""
        if part is MovedPart.RESOLVED and self.resolved is not None:
            return self.resolved
        return 1.0 - (self.digital or 0.0)

    def phoned(self, given: float | None = None) -> float:
        """The share of calls: the one that is given, else the counted one, else all."""
        known = self.by_phone if given is None else given
        return 1.0 if known is None else known

    def calls(self, part: MovedPart, by_phone: float | None = None) -> int:
        """Calls in a year.

        >>> DocumentedVolume(10_000, "", digital=0.1, resolved=0.4).calls(MovedPart.ALL, 0.5)
        4500
        """
        return round(self.enquiries * self.moved(part) * self.phoned(by_phone))


def part_of(enquiries: int, cases: int, of: int) -> int:
    """The enquiries of one service of a unit, by its cases of all the unit's cases."""
    return round(enquiries * cases / of) if of else 0
