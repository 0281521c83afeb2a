"""What was counted in counting weeks, for the rules of potential.

The weeks of one unit and service are one count: their days are put together and make one year. Other units and
services are counts beside it, so that several weeks give a table of units with totals, as tables 10-A and 10-B have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import numpy as np

from indgang.analysis.count_sources import TOPIC_KINDS, CountSource
from indgang.analysis.counting.models import CountedEnquiry, CountingWeek
from indgang.analysis.counting.scaling import STEP, place
from indgang.analysis.counting.setting_up import is_main_entry
from indgang.analysis.potential.classifying import EnquiryColumns
from indgang.analysis.potential.results import CountedRows, UnitName
from indgang.analysis.potential.rules import PURPOSES, CountMark
from indgang.analysis.registrations import units_named
from indgang.enquiries.models import Character

_MARKS = {Character.GENERAL.value: CountMark.GENERAL, Character.CASE_SPECIFIC.value: CountMark.CASE_SPECIFIC}
_PLACES = {code: index for index, code in enumerate(PURPOSES)}
_COLUMNS = ("day", "is_first_level", "character", "purpose__purpose__code", "is_resolved", "purpose__topic", "minutes")


@dataclass(frozen=True, slots=True)
class _Count:
    """The weeks of one unit and service in which something was counted: their rows, and the days that they rest on."""

    weeks: tuple[CountingWeek, ...]
    rows: tuple[tuple[Any, ...], ...]
    days: tuple[date, ...]

    @property
    def factor(self) -> float:
        days_a_year = sum(each.days_a_year for each in self.weeks) / len(self.weeks)
        return days_a_year / len(self.days)

    def overlaps(self, other: _Count) -> bool:
        """Whether both counted the same on some days: in a unit and one below it, or all services and a single one."""
        mine, theirs = self.weeks[0], other.weeks[0]
        are_nested = mine.unit.contains(theirs.unit) or theirs.unit.contains(mine.unit)
        are_alike = mine.service_id == theirs.service_id or None in (mine.service_id, theirs.service_id)
        return are_nested and are_alike and not set(self.days).isdisjoint(other.days)


def count(weeks: Sequence[CountingWeek], *, today: date) -> CountSource:
    """The enquiries of weeks in columns. They met the main entry first as the level of whoever counted says, or else
    when their unit operates a contact centre. The days are those of `counted.result`: working days that are over.
    A purpose that nobody has mapped to one of the nine is not known. Weeks without an enquiry are left out."""
    together: dict[tuple[int, int | None], list[CountingWeek]] = {}
    for week in sorted(weeks, key=lambda each: (each.starts_on, each.pk)):
        together.setdefault((week.unit_id, week.service_id), []).append(week)
    counts = [found for each in together.values() if (found := _count(each, today))]
    places, names = _named(counts)
    are_alike = len({(each.days, each.factor) for each in counts}) == 1
    days_of = () if are_alike else tuple(len(counts[each].days) for each in places)
    rows = [(number, place(counts[which].days, row[0]), *row[1:])
            for number, which in enumerate(places) for row in counts[which].rows]  # fmt: skip
    main = [is_main_entry(counts[each].weeks[0]) for each in places]
    first = np.array([main[row[0]] if row[2] is None else row[2] for row in rows], dtype=bool)
    resolved = np.array([-1 if row[5] is None else int(row[5]) for row in rows], dtype=np.int8)
    counted = CountedRows(
        tuple(names), max((len(each.days) for each in counts), default=1),
        np.array([row[0] for row in rows], dtype=np.int32), np.array([row[1] for row in rows], dtype=np.int32),
        first, first & (resolved == 1), days_of=days_of,
    )  # fmt: skip
    enquiries = EnquiryColumns(
        np.array([_MARKS.get(row[3], -1) for row in rows], dtype=np.int8),
        np.array([_PLACES.get(row[4], -1) for row in rows], dtype=np.int8), resolved,
        np.array([TOPIC_KINDS.get(row[6], -1) for row in rows], dtype=np.int8),
        np.array([np.nan if row[7] is None else row[7] for row in rows], dtype=np.float32),
    )  # fmt: skip
    return CountSource(
        counted, enquiries, tuple(counts[each].factor for each in places),
        max((week.rounds_to for each in counts for week in each.weeks), default=STEP),
        {"overlapping": sum(one.overlaps(other) for one, other in combinations(counts, 2))},
    )  # fmt: skip


def _count(weeks: Sequence[CountingWeek], today: date) -> _Count | None:
    """None until something is counted. Today is left out until it is over, if it is not alone."""
    found = CountedEnquiry.objects.filter(week__in=weeks, day__lte=today).order_by("pk").values_list("week", *_COLUMNS)
    rows = list(found)
    if not rows:
        return None
    over = [row for row in rows if row[1] < today]
    rows = over or rows
    there = {row[0] for row in rows}
    used = tuple(each for each in weeks if each.pk in there)
    days = {day for each in used for day in each.working_days_until(today - timedelta(days=1))} if over else set()
    return _Count(used, tuple(row[1:] for row in rows), tuple(sorted(days or {row[1] for row in rows})))


def _named(counts: Sequence[_Count]) -> tuple[list[int], list[UnitName]]:
    """The order of the counts in the table, by administration, and their names; a single one has no administration
    above it. A unit that counted for several services has a row for each."""
    if len(counts) == 1:
        return [0], [UnitName("", counts[0].weeks[0].unit.name)]
    units, names = units_named({each.weeks[0].unit_id for each in counts})
    several = {unit for unit in units if sum(each.weeks[0].unit_id == unit for each in counts) > 1}
    order = sorted(
        range(len(counts)), key=lambda index: (units[counts[index].weeks[0].unit_id], _service(counts[index]))
    )
    named = []
    for index in order:
        week = counts[index].weeks[0]
        name = names[units[week.unit_id]]
        own = _service(counts[index])
        named.append(UnitName(name.area, f"{name.name}: {own}") if own and week.unit_id in several else name)
    return order, named


def _service(count: _Count) -> str:
    service = count.weeks[0].service
    return service.name if service else ""
