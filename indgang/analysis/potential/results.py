"""What the decided enquiries come to for each unit in a year: the shapes of tables 10-A and 10-B. Pure.

Figures of units are rounded; totals add the rounded figures, so that a table adds up, as the documents do. Intervals
come from the differences between the counted days (`counting.scaling`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indgang.analysis.counting.scaling import STEP, ScaledDays, interval_of_sum, rounded
from indgang.analysis.potential.classifying import UNDECIDED, Decided
from indgang.analysis.potential.rules import CHANNELS, FutureChannel

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit, and the area that it belongs to (TMF, BIF …)."""

    area: str
    name: str


@dataclass(frozen=True, slots=True)
class CountedRows:
    """Where each enquiry came in. `unit` and `day` are places in the lists; `first_level` says that it met the main
    entry first, `at_once` that it was resolved there. Every unit counted on all `days`; `is_by_unit`: each on the days
    on which it has rows, as in a file, which does not say when a unit counted. `days_of`: how many days of its own each
    unit counted on, when those of the units are others; the first `day` of each is 0."""

    units: tuple[UnitName, ...]
    days: int
    unit: NDArray[np.int32]
    day: NDArray[np.int32]
    first_level: NDArray[np.bool_]
    at_once: NDArray[np.bool_]
    is_by_unit: bool = False
    days_of: tuple[int, ...] = ()

    @property
    def are_days_shared(self) -> bool:
        """Whether a day is the same one for all units, so that they can be added by day."""
        return not self.days_of and not self.is_by_unit


@dataclass(frozen=True, slots=True)
class UnitPotential:
    """A row of the tables: what comes in today, who resolves it, and who could."""

    unit: UnitName
    first_level: int
    direct: int
    main_entry: int
    case_workers: int
    digital: int
    contact_centre: int
    future_case_workers: int
    is_total: bool = False
    #: of the three channels; empty when one day was counted
    intervals: tuple[tuple[int, int], ...] = ()

    @property
    def total(self) -> int:
        return self.first_level + self.direct

    @property
    def future_total(self) -> int:
        return self.digital + self.contact_centre + self.future_case_workers

    @property
    def at_once_percent(self) -> float | None:
        """Of the first level, resolved at once; None without a first level."""
        return 100 * self.main_entry / self.first_level if self.first_level else None

    @property
    def movable_percent(self) -> float | None:
        """Of all, what the website or a contact centre could answer."""
        return 100 * (self.digital + self.contact_centre) / self.future_total if self.future_total else None

    @property
    def moved(self) -> int:
        """What case workers no longer resolve; negative when they resolve more."""
        return self.case_workers - self.future_case_workers


class Potential:
    """The decided enquiries of a count, by unit, day, how they came in, and deciding rule."""

    def __init__(
        self, decided: Decided, rows: CountedRows, *, factor: float | Sequence[float], step: int = STEP
    ) -> None:
        """`factor` scales what was counted to a year: one for all units, or one for each. Figures of a year are rounded
        to `step`."""
        self.rules, self.rows, self.step = decided.rules, rows, step
        self.factors = (factor,) * len(rows.units) if isinstance(factor, float | int) else tuple(factor)
        #: undecided rows are counted after the last rule
        width = len(decided.rules.rules) + 1
        rule = np.where(decided.rule == UNDECIDED, np.uint8(width - 1), decided.rule).astype(np.int64)
        way = rows.first_level.astype(np.int64) * 2 + rows.at_once
        code = ((rows.unit.astype(np.int64) * max(rows.days, 1) + rows.day) * 4 + way) * width + rule
        shape = (len(rows.units), max(rows.days, 1), 4, width)
        self.counts: Counts = np.bincount(code, minlength=math.prod(shape)).reshape(shape)

    @property
    def factor(self) -> float | None:
        """The factor of all units; None when they have several."""
        return self.factors[0] if len(set(self.factors)) == 1 else None

    @property
    def undecided(self) -> int:
        return int(self.counts[..., -1].sum())

    def by_rule(self) -> list[tuple[str, int]]:
        """Code of each rule, and how many counted enquiries it decided."""
        sums = self.counts.sum(axis=(0, 1, 2))
        return [(each.code, int(sums[index])) for index, each in enumerate(self.rules.rules)]

    @cached_property
    def table(self) -> list[UnitPotential]:
        """A row for each unit, after the units of an area its total, and the total of all."""
        rows = with_totals([self._unit(index) for index in range(len(self.rows.units))])
        return [replace(each, intervals=self._intervals(self._units_in(each))) if each.is_total else each
                for each in rows]  # fmt: skip

    def _units_in(self, total: UnitPotential) -> list[int]:
        """The places of the units of a total; the one of all has no area."""
        area = total.unit.area
        return [index for index, each in enumerate(self.rows.units) if not area or each.area == area]

    def _unit(self, index: int) -> UnitPotential:
        decided = self.counts[index, :, :, :-1]
        factor = self.factors[index]
        first, at_once = decided[:, 2:, :], decided[:, 3, :]
        channels = [decided[:, :, self.rules_of(each)].sum() * factor for each in CHANNELS]
        all_of_it, first_level, main_entry = (
            rounded(each.sum() * factor, self.step) for each in (decided, first, at_once)
        )
        # what is rounded apart need not add up to the rounded total: the largest figure takes the difference
        digital, centre, workers = _adding_up(channels, all_of_it, self.step)
        return UnitPotential(
            self.rows.units[index],
            first_level,
            all_of_it - first_level,
            main_entry,
            all_of_it - main_entry,
            digital,
            centre,
            workers,
            intervals=self._intervals([index]),
        )

    def _intervals(self, units: Sequence[int]) -> tuple[tuple[int, int], ...]:
        counts = self.day_counts(units)
        by_channel = [
            interval_of_sum([ScaledDays(days[:, :, self.rules_of(each)].sum(axis=(1, 2)).tolist(), factor)
                             for days, factor in counts], self.step)
            for each in CHANNELS
        ]  # fmt: skip
        return tuple(each for each in by_channel if each is not None)

    def day_counts(self, units: Sequence[int]) -> list[tuple[Counts, float]]:
        """The decided enquiries of units by day, how they came in, and rule, with the factor that makes them a year:
        added up where the units share their days, else those of each."""
        decided = self.counts[..., :-1]
        if self.rows.are_days_shared and len({self.factors[each] for each in units}) == 1:
            return [(decided[units].sum(axis=0), self.factors[units[0]])]
        return [(self._days_of(each), self.factors[each]) for each in units]

    def _days_of(self, index: int) -> Counts:
        decided = self.counts[index, ..., :-1]
        if self.rows.days_of:
            return decided[: self.rows.days_of[index]]
        return decided[self.counts[index].any(axis=(1, 2))] if self.rows.is_by_unit else decided

    def rules_of(self, channel: FutureChannel) -> list[int]:
        """The places of the rules that lead to a channel."""
        return [index for index, each in enumerate(self.rules.rules) if each.channel is channel]

    @property
    def days_a_year(self) -> float | None:
        """The days of a year; None when units have several factors."""
        return None if self.factor is None else self.factor * max(self.rows.days, 1)


def _adding_up(values: Sequence[float], total: int, step: int) -> list[int]:
    """The values rounded, with the difference to the rounded total in the largest of them."""
    found = [rounded(each, step) for each in values]
    largest = max(range(len(values)), key=lambda index: values[index])
    found[largest] += total - sum(found)
    return found


def with_totals(units: Iterable[UnitPotential]) -> list[UnitPotential]:
    """The rows by area, each area with its total, and the total of all at the end."""
    by_area: dict[str, list[UnitPotential]] = {}
    for each in units:
        by_area.setdefault(each.unit.area, []).append(each)
    found = list(_areas(by_area))
    return [*found, total(UnitName("", ""), [each for each in found if not each.is_total])] if by_area else []


def _areas(by_area: dict[str, list[UnitPotential]]) -> Iterator[UnitPotential]:
    """Units that belong to no area have no total but that of all."""
    for area, rows in by_area.items():
        yield from rows
        if area:
            yield total(UnitName(area, ""), rows)


def total(unit: UnitName, rows: Sequence[UnitPotential]) -> UnitPotential:
    """The sum of rows."""
    return UnitPotential(
        unit, sum(each.first_level for each in rows), sum(each.direct for each in rows),
        sum(each.main_entry for each in rows), sum(each.case_workers for each in rows),
        sum(each.digital for each in rows), sum(each.contact_centre for each in rows),
        sum(each.future_case_workers for each in rows), is_total=True,
    )  # fmt: skip
