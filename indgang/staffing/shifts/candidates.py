"""The shifts that a person could work, with what each is worth. Pure.

The worth of a shift is a sum over the quarters that it covers. So the best activity of each block, and the best place
of the break, are found by themselves, and the worth of all shifts of a person is a few sums of arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indgang.staffing.shifts.problem import HOUR, ShiftPart, ShiftPerson, ShiftProblem, WorkShift

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: what a quarter is worth in which the person cannot do the activity: a shift with one is none
_UNTRAINED = -1e6
#: who changes between activities stays at each for this long at least
_BLOCK = 2 * HOUR
#: a break begins this long after the beginning of a shift at the earliest, and ends as long before its end
_MARGIN = 2 * HOUR


@dataclass(frozen=True, slots=True)
class ShiftGrid:
    """All shapes of shifts on all days, one column for each: the day, and the edges of its blocks in quarters: start,
    change, break, end of the break, change, end. Columns of one day, start and end stand together: they differ in the
    break, and begin at `firsts`."""

    day: Ints
    edges: Ints
    firsts: Ints


@dataclass(frozen=True, slots=True)
class ShiftTable:
    """Shifts of one person: the day, first and last quarter of each, and its worth without pay. Of those that differ
    only in break, workplace or activities the best is there."""

    day: Ints
    starts: Ints
    ends: Ints
    worth: Floats
    _edges: Ints
    _rows: Ints
    _offers: ShiftOffers
    _person: ShiftPerson

    def shift(self, number: int) -> WorkShift:
        return self._offers.shift(self._person, self._edges[:, number], self._rows[:, number])


#: the edge at which each block begins; the break lies between edges 2 and 3
_BLOCKS = (0, 1, 3, 4)


class ShiftOffers:
    """Makes the tables of a problem. What does not depend on what is still needed is worked out once."""

    def __init__(self, problem: ShiftProblem) -> None:
        self.problem = problem
        self.rows = tuple(problem.need)
        self.need: Floats = np.array([problem.need[row] for row in self.rows]).reshape(len(self.rows), problem.quarters)
        self._numbers = {row: number for number, row in enumerate(self.rows)}
        self._grids: dict[tuple[int, int, int, int], ShiftGrid] = {}
        self._masks: dict[str, npt.NDArray[np.bool_]] = {}

    def rows_of(self, person: ShiftPerson) -> dict[str, list[int]]:
        """The rows of the need that the person can serve, by workplace."""
        found: dict[str, list[int]] = {}
        for number, (place, activity) in enumerate(self.rows):
            if activity in person.activities and (not person.workplaces or place in person.workplaces):
                found.setdefault(place, []).append(number)
        return found

    def table(self, person: ShiftPerson, gain: Floats, *, all_breaks: bool = False) -> ShiftTable:
        """All shifts that the person could work; with `all_breaks` also those that differ only in their break.

        `gain` is what one more person is worth, by row and quarter.
        """
        grid, sums = self.shapes(person), self._sums(person, gain)
        worth = np.full(grid.day.shape, -np.inf)
        rows = np.zeros((len(_BLOCKS), len(worth)), dtype=np.int64)
        for place in self.rows_of(person).values():
            here, chosen = np.zeros(grid.day.shape), np.empty_like(rows)
            for block, edge in enumerate(_BLOCKS):
                each = sums[place][:, grid.edges[edge + 1]] - sums[place][:, grid.edges[edge]]
                best = each.argmax(axis=0)
                here += each[best, np.arange(len(best))]
                chosen[block] = np.asarray(place)[best]
            better = here > worth
            worth[better], rows[:, better] = here[better], chosen[:, better]
        worth[~self._possible(person, grid) | (worth < _UNTRAINED / 2)] = -np.inf
        kept = np.arange(len(worth)) if all_breaks else _best_of_each(worth, grid.firsts)
        kept = kept[np.isfinite(worth[kept])]
        return ShiftTable(
            grid.day[kept], grid.edges[0, kept], grid.edges[5, kept], worth[kept], grid.edges[:, kept], rows[:, kept],
            self, person,
        )  # fmt: skip

    def cells_of(self, shift: WorkShift) -> Iterator[tuple[int, int, int]]:
        """(row, first quarter, end) of each part that serves a need."""
        for part in shift.parts:
            row = self._numbers.get((shift.workplace, part.activity))
            if row is not None:
                yield row, part.start, part.end

    def served(self, shifts: Iterable[WorkShift]) -> Floats:
        """People by row and quarter."""
        found = np.zeros((len(self.rows), self.problem.quarters))
        for shift in shifts:
            for row, start, end in self.cells_of(shift):
                found[row, start:end] += 1
        return found

    def shift(self, person: ShiftPerson, edges: Ints, rows: Ints) -> WorkShift:
        place = self.rows[int(rows[0])][0]
        parts = [
            ShiftPart(self.rows[int(rows[block])][1], int(edges[edge]), int(edges[edge + 1]))
            for block, edge in enumerate(_BLOCKS)
        ]
        parts.insert(2, ShiftPart("", int(edges[2]), int(edges[3])))
        inside = [each for each in person.appointments if edges[0] <= each.start < edges[5]]
        return WorkShift(int(edges[0]), int(edges[5]), place, with_appointments(parts, inside))

    def _sums(self, person: ShiftPerson, gain: Floats) -> Floats:
        if person.appointments or person.untrained:
            gain = gain.copy()
            for activity, start, end in person.untrained:
                gain[[row for row, each in enumerate(self.rows) if each[1] == activity], start:end] = _UNTRAINED
            for each in person.appointments:
                gain[:, each.start : each.end] = 0
        sums = np.zeros((len(self.rows), self.problem.quarters + 1))
        np.cumsum(gain, axis=1, out=sums[:, 1:])
        return sums

    def shapes(self, person: ShiftPerson) -> ShiftGrid:
        """All shifts that the contract allows, absences not looked at."""
        key = (person.shortest, person.longest, person.earliest, person.latest)
        if key not in self._grids:
            self._grids[key] = _make_grid(self.problem, person)
        return self._grids[key]

    def _possible(self, person: ShiftPerson, grid: ShiftGrid) -> npt.NDArray[np.bool_]:
        """Whether each shape keeps clear of absences, and holds the appointments of its day outside its break."""
        if person.key in self._masks:
            return self._masks[person.key]
        starts, ends = grid.edges[0], grid.edges[5]
        free = np.ones(starts.shape, dtype=bool)
        for start, end in person.absences:
            free &= (ends <= start) | (starts >= end)
        for each in person.appointments:
            its_day = self.problem.day_of(each.start)
            holds = (starts <= each.start) & (ends >= each.end)
            clear = (grid.edges[3] <= each.start) | (grid.edges[2] >= each.end)
            free &= (grid.day != its_day) | (holds & clear)
        for shift in person.fixed:
            free &= ~np.isin(
                grid.day, [n for n, day in enumerate(self.problem.days) if day.start <= shift.start < day.end]
            )
        self._masks[person.key] = free
        return free


def pauses(problem: ShiftProblem, length: int) -> list[tuple[int, int]]:
    """Where the break of a shift of this length may lie, from its beginning: every hour in the middle of it, with no
    stretch that is too long. An empty break at the end when none is needed."""
    rules = problem.rules
    if length <= rules.break_after and length <= rules.longest_stretch:
        return [(length, length)]
    first = max(_MARGIN, length - rules.break_length - rules.longest_stretch)
    last = min(rules.longest_stretch, length - rules.break_length - _MARGIN)
    return [(at, at + rules.break_length) for at in range(first, last + 1, HOUR if last - first >= HOUR else 2)]


def with_appointments(parts: list[ShiftPart], appointments: Iterable[ShiftPart]) -> tuple[ShiftPart, ...]:
    """The parts of a shift with these appointments cut into them; neighbours of one activity are one part."""
    for each in appointments:
        parts = list(_with(parts, each))
    return tuple(_joined(parts))


def _make_grid(problem: ShiftProblem, person: ShiftPerson) -> ShiftGrid:
    lengths = [each for each in problem.rules.lengths if person.shortest <= each <= person.longest]
    day: list[int] = []
    columns: list[tuple[int, ...]] = []
    firsts: list[int] = []
    for number, when in enumerate(problem.days):
        for length in lengths:
            for on_the_wall in range(person.earliest, person.latest - length + 1, problem.rules.start_step):
                start = when.quarter(on_the_wall)
                firsts.append(len(day))
                for pause in pauses(problem, length):
                    day.append(number)
                    columns.append(_edges(start, length, pause))
    edges = np.array(columns, dtype=np.int64).reshape(-1, 6).T
    keep = edges[5] <= problem.quarters
    if not keep.all():
        return _without(np.array(day), edges, keep)
    return ShiftGrid(np.array(day, dtype=np.int64), edges, np.array(firsts, dtype=np.int64))


def _without(day: Ints, edges: Ints, keep: npt.NDArray[np.bool_]) -> ShiftGrid:
    day, edges = day[keep], edges[:, keep]
    is_new = np.ones(len(day), dtype=bool)
    is_new[1:] = (edges[0, 1:] != edges[0, :-1]) | (edges[5, 1:] != edges[5, :-1])
    return ShiftGrid(day, edges, np.flatnonzero(is_new))


def _edges(start: int, length: int, pause: tuple[int, int]) -> tuple[int, ...]:
    first, last = start + pause[0], start + pause[1]
    return start, _change(start, first), first, last, _change(last, start + length), start + length


def _change(start: int, end: int) -> int:
    """Where a person may change activity in a stretch; at its end when it is too short for two blocks."""
    return start + (end - start) // 2 if end - start >= 2 * _BLOCK else end


def _best_of_each(worth: Floats, firsts: Ints) -> Ints:
    """The best column of each group of neighbours."""
    if not len(worth):
        return np.zeros(0, dtype=np.int64)
    highest = np.maximum.reduceat(worth, firsts)
    group = np.zeros(len(worth), dtype=np.int64)
    group[firsts[1:]] = 1
    group = np.cumsum(group)
    hits = np.flatnonzero(worth == highest[group])
    _groups, at = np.unique(group[hits], return_index=True)
    return hits[at]


def _with(parts: list[ShiftPart], appointment: ShiftPart) -> Iterator[ShiftPart]:
    """The parts with an appointment cut into them."""
    for part in parts:
        if part.start < appointment.start:
            yield ShiftPart(part.activity, part.start, min(part.end, appointment.start))
        if part.start <= appointment.start < part.end:
            yield appointment
        if part.end > appointment.end:
            yield ShiftPart(part.activity, max(part.start, appointment.end), part.end)


def _joined(parts: list[ShiftPart]) -> Iterator[ShiftPart]:
    """Neighbours of one activity as one, without the empty ones."""
    last: ShiftPart | None = None
    for part in parts:
        if part.start >= part.end:
            continue
        if last is not None and last.activity == part.activity:
            last = ShiftPart(last.activity, last.start, part.end)
            continue
        if last is not None:
            yield last
        last = part
    if last is not None:
        yield last
