"""Which figures of chosen parts are not shown, because the page of all parts hides them.

Otherwise, what one page hides would stand on the next, and a small part could be worked out from the two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from indgang.measures.definitions import Figure, hidden_groups
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals


class ChosenParts:
    """The parts that a choice of rows is among, in one period: each chosen column's, within `scope` (what the person
    sees) and the rest of the choice, and within `scope` alone."""

    def __init__(
        self, period: Period, chosen: Mapping[str, Iterable[str]], scope: Mapping[str, Iterable[str]] | None = None,
        *, times: bool = True, entered: Collection[str] | None = None,
    ) -> None:  # fmt: skip
        scope = scope or {}
        self._among: list[tuple[set[str], dict[str, Totals]]] = []
        for name, codes in chosen.items():
            rest = {other: of for other, of in chosen.items() if other != name}
            for others in (rest, {}) if rest else ({},):
                only = {**scope, **others}
                parts = reading.totals(period, by=GroupBy(name), only=only, times=times, entered=entered)
                self._among.append((set(codes), parts))

    def hides(self, of: Callable[[Totals], Figure]) -> bool:
        """Whether a figure is not shown for the choice: it holds some of the hidden parts, but not all of them."""
        return any(
            self._divides(codes, hidden_groups(_figures(parts, of), is_part=True)) for codes, parts in self._among
        )

    @staticmethod
    def _divides(codes: set[str], hidden: set[str]) -> bool:
        return bool(codes & hidden) and not hidden <= codes


def _figures(parts: Mapping[str, Totals], of: Callable[[Totals], Figure]) -> dict[str, Figure]:
    return {group: of(totals) for group, totals in parts.items()}
