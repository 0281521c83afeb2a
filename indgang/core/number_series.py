"""Series of telephone numbers (E.164) that belong to other municipalities, and whose a number is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NumberSeries:
    """The numbers from `first` to `last`, which is included; without `last`, all that begin with `first`.

    `number` is where that municipality is called, "" when nobody has said.
    """

    first: str
    last: str
    municipality: str
    number: str = ""

    def holds(self, number: str) -> bool:
        if not self.last:
            return number.startswith(self.first)
        return len(number) == len(self.first) and self.first <= number <= self.last

    def size_for(self, number: str) -> int:
        """How many numbers as long as this one are in the series."""
        if not self.last:
            return int(10 ** (len(number) - len(self.first)))
        return int(self.last[1:]) - int(self.first[1:]) + 1


def series_of(number: str, among: Iterable[NumberSeries]) -> NumberSeries | None:
    """The narrowest series that holds the number, the first of several; None: it belongs to none, or is withheld.

    >>> near = NumberSeries("+4539", "", "Gentofte")
    >>> series_of("+4539981234", [near, NumberSeries("+4539980000", "+4539989999", "Lyngby-Taarbæk")]).municipality
    'Lyngby-Taarbæk'
    """
    if not number.startswith("+"):
        return None
    return min((each for each in among if each.holds(number)), key=lambda each: each.size_for(number), default=None)
