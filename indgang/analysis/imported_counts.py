"""Imported counts (`history`), for the rules of potential: how many enquiries came in about what.

A count says a period, a subject and a number. A subject that is one of the nine purposes, or a service's own wording of
one, gives the purpose. How marked, how long and how often resolved they were, nobody counted: whoever looks assumes it
for all of them, or the rules leave them undecided.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from django.db.models import QuerySet

from indgang.accounts.models import Person
from indgang.analysis import count_tables, registrations
from indgang.analysis.count_sources import CountSource
from indgang.analysis.potential.classifying import EnquiryColumns
from indgang.analysis.potential.results import CountedRows
from indgang.analysis.potential.rules import MOST_MINUTES, PURPOSES, CountMark
from indgang.catalogue import service_units
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core.schedule import working_days
from indgang.history import past_values
from indgang.history.models import HistoryImport, PastValue
from indgang.history.rights import imports_of

#: enquiries that a page classifies
MOST = 2_000_000
_YEAR = 365
_LONGEST_YEAR = 366


class TooManyCounted(ValueError):
    """More enquiries than a page classifies."""


@dataclass(frozen=True, slots=True)
class AssumedOfCounts:
    """What is assumed of all counted enquiries; None: not known."""

    mark: CountMark | None = None
    is_resolved: bool | None = None
    minutes: float | None = None

    @classmethod
    def read(cls, mark: str = "", resolved: str = "", minutes: str = "") -> AssumedOfCounts:
        """From `general` or `case_specific`, `yes` or `no`, and a number; each may be empty. Raises ValueError."""
        marks = {"": None, "general": CountMark.GENERAL, "case_specific": CountMark.CASE_SPECIFIC}
        answers = {"": None, "yes": True, "no": False}
        length = float(minutes) if minutes else None
        if mark not in marks or resolved not in answers or not (length is None or 0 <= length < MOST_MINUTES):
            raise ValueError(f"{mark} {resolved} {minutes}")
        return cls(marks[mark], answers[resolved], length)


def offered(imports: QuerySet[HistoryImport] | None = None) -> QuerySet[HistoryImport]:
    """The counts of all imports or of some, the newest first."""
    imports = HistoryImport.objects.all() if imports is None else imports
    return imports.filter(kind=HistoryImport.Kind.COUNTS, state=HistoryImport.State.DONE, imported__gt=0)


def offered_to(person: Person) -> QuerySet[HistoryImport]:
    """Those that the person sees."""
    return offered(imports_of(person))


def count(source: HistoryImport, assumed: AssumedOfCounts) -> CountSource:
    """The enquiries of an import in columns, by the unit of the import; those of the whole municipality by the unit
    that the service, which the subject names, had then. They met the main entry first when the unit operates a contact
    centre. Raises TooManyCounted.

    Remarks: `no_purpose`, enquiries whose subject is no purpose; `doubled`, values of a period that lies in a longer
    one of the same subject, and are left out; `partly_counted`, subjects with values of a part of the time
    alone, which the factor of all makes too small a year of, unless there were none in the rest.
    """
    values = list(source.past_values.all())
    kept = past_values.apart(values)
    periods = sorted({(each.first_day, each.last_day) for each in kept})
    places = {period: place for place, period in enumerate(periods)} if _are_alike(periods) else {}
    purposes = {name: PURPOSES.index(code) for name, code in count_tables.written_purposes().items()}
    times = np.array([each.number or 0 for each in kept], dtype=np.int64)
    if times.sum() > MOST:
        raise TooManyCounted
    asked = np.array([purposes.get(each.subject.casefold().strip(), -1) for each in kept], dtype=np.int8)
    units = _units(kept)
    named, names = registrations.units_named(set(units))
    with_centre = _with_centre(set(units))
    first = np.array([each in with_centre for each in units], dtype=bool)
    unit = np.array([named[each] for each in units], dtype=np.int32)
    day = np.array([places.get((each.first_day, each.last_day), 0) for each in kept], dtype=np.int32)
    unit, day, first, asked = (np.repeat(each, times) for each in (unit, day, first, asked))
    resolved = assumed.is_resolved is True
    partly = _partly(kept)
    rows = CountedRows(
        tuple(names), max(len(places), 1), unit, day, first, first & resolved, is_by_unit=partly > 0
    )  # fmt: skip
    remarks = {
        "no_purpose": int((asked < 0).sum()), "doubled": len(values) - len(kept), "partly_counted": partly,
    }  # fmt: skip
    return CountSource(rows, _columns(asked, assumed), factor(periods), remarks=remarks)


def _partly(values: Sequence[PastValue]) -> int:
    """How many subjects begin later or end earlier than the others."""
    spans: dict[str, tuple[date, date]] = {}
    for each in values:
        first, last = spans.get(each.subject, (each.first_day, each.last_day))
        spans[each.subject] = min(first, each.first_day), max(last, each.last_day)
    begun = min((first for first, _last in spans.values()), default=None)
    ended = max((last for _first, last in spans.values()), default=None)
    return sum(span != (begun, ended) for span in spans.values())


def factor(periods: Sequence[tuple[date, date]]) -> float:
    """What makes the counted periods a year: single days are working days, longer periods are all of their days. A
    whole year is one."""
    if not periods:
        return 1.0
    first, last = periods[0][0], max(until for _from, until in periods)
    if all(since == until for since, until in periods):
        return registrations.WORKING_DAYS / max(len(working_days(first, last)), 1)
    days = len(
        {since + timedelta(days=number) for since, until in periods for number in range((until - since).days + 1)}
    )
    return 1.0 if _YEAR <= days <= _LONGEST_YEAR else _YEAR / days


def _are_alike(periods: Sequence[tuple[date, date]]) -> bool:
    """Whether the periods are of one kind, and none lies in another, so that their differences say how sure the year
    is: days, or months (of 28 to 31 days), or quarters, or years."""
    lengths = {(until - since).days + 1 for since, until in periods}
    is_apart = all(before[1] < after[0] for before, after in pairwise(periods))
    return is_apart and len(periods) > 0 and max(lengths) <= 1.11 * min(lengths)


def _units(values: Sequence[PastValue]) -> list[int | None]:
    """The unit of each value; that of a service is the one that it had on the first day of the period."""
    units = dict(Unit.objects.filter(code__in={each.unit for each in values}).values_list("code", "pk"))
    services: dict[str, tuple[int, int | None]] = {}
    for number, code, name, unit in Service.objects.values_list("pk", "code", "name", "unit"):
        services |= {code.casefold(): (number, unit), name.casefold(): (number, unit)}
    named = [None if each.unit else services.get(each.subject.casefold().strip()) for each in values]
    periods = service_units.periods_of({each[0] for each in named if each})
    return [
        service_units.unit_on(each.first_day, periods.get(service[0], ()), now=service[1]) if service
        else units.get(each.unit)
        for each, service in zip(values, named, strict=True)
    ]  # fmt: skip


def _with_centre(units: Collection[int | None]) -> set[int]:
    operators = ContactCentre.objects.filter(operator__in=[each for each in units if each is not None])
    return set(operators.values_list("operator", flat=True))


def _columns(asked: np.ndarray[tuple[int, ...], np.dtype[np.int8]], assumed: AssumedOfCounts) -> EnquiryColumns:
    number = len(asked)
    mark = -1 if assumed.mark is None else int(assumed.mark)
    resolved = -1 if assumed.is_resolved is None else int(assumed.is_resolved)
    minutes = np.nan if assumed.minutes is None else assumed.minutes
    return EnquiryColumns(
        np.full(number, mark, dtype=np.int8), asked, np.full(number, resolved, dtype=np.int8),
        np.full(number, -1, dtype=np.int8), np.full(number, minutes, dtype=np.float32),
    )  # fmt: skip
