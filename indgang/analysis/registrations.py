"""Registered questions as a count: what agents and case workers registered of each enquiry, for the rules of potential.

The minutes of a question are those of its enquiry in conversation, divided by its questions; they are not known where
no conversation was measured. The days that count are working days that are over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from indgang.accounts.access import centres_with, everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.analysis.count_sources import TOPIC_KINDS, CountSource
from indgang.analysis.counting.scaling import place
from indgang.analysis.potential.classifying import EnquiryColumns
from indgang.analysis.potential.results import CountedRows, UnitName
from indgang.analysis.potential.rules import PURPOSES, CountMark
from indgang.catalogue import service_units
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.core.ranges import DateRange
from indgang.core.schedule import working_days
from indgang.enquiries.models import Character, Outcome, Question
from indgang.measures.period import Period

#: of a year, for scaling those with registrations
WORKING_DAYS = 250
#: questions that are classified for a page
MOST = 300_000
_MARKS = {Character.GENERAL.value: CountMark.GENERAL, Character.CASE_SPECIFIC.value: CountMark.CASE_SPECIFIC}
#: answered by whoever took the enquiry
AT_ONCE = {Outcome.RESOLVED.value, Outcome.DIRECTED.value}
_NO_UNIT = "–"


class TooMany(ValueError):
    """More questions than a page classifies."""


def registered(period: Period, centres: Collection[str] | None) -> QuerySet[Question]:
    """The questions that were registered in a period, of enquiries to centres (codes; None: all, and those to none)."""
    found = Question.objects.filter(registered_at__gte=period.start, registered_at__lt=period.end)
    return found if centres is None else found.filter(enquiry__centre__code__in=centres)


def centres_of(person: Person) -> list[str] | None:
    """The codes of the centres whose registrations this person sees as figures; None: all, and those to none."""
    if everywhere(person, Permission.SEE_FIGURES):
        return None
    return list(centres_with(person, Permission.SEE_FIGURES).values_list("code", flat=True))


def count(questions: QuerySet[Question], *, last: date, today: date) -> tuple[CountedRows, EnquiryColumns]:
    """The questions in columns, by the unit that their service had on the day. Raises TooMany.

    Every working day counts from that of the first question to the `last` one, also without a question. Today is left
    out until it is over, if it is not alone; what was registered on another day belongs to the working day before.
    """
    together = Question.objects.filter(enquiry=OuterRef("enquiry")).order_by().values("enquiry")
    number = Subquery(together.annotate(number=Count("pk")).values("number"))
    seconds = Coalesce(F("enquiry__talk_seconds"), 0.0) + Coalesce(F("enquiry__hold_seconds"), 0.0)
    values = questions.order_by().annotate(
        day=TruncDate("registered_at", tzinfo=clock.COPENHAGEN), number=number, seconds=seconds
    ).values_list(
        "service__unit", "day", "enquiry__centre", "character", "purpose__code", "outcome", "seconds", "number",
        "service", "local_purpose__topic",
    )[: MOST + 1]  # fmt: skip
    rows = list(values)
    if len(rows) > MOST:
        raise TooMany
    rows = [each for each in rows if each[1] < today] or rows
    unit_of_row = _units_of_the_day(rows)
    units, named = units_named(set(unit_of_row))
    days = _days({each[1] for each in rows}, min(last, today - timedelta(days=1)))
    first = np.array([each[2] is not None for each in rows], dtype=bool)
    resolved = np.array([each[5] in AT_ONCE for each in rows], dtype=bool)
    counted = CountedRows(
        tuple(named), max(len(days), 1), np.array([units[each] for each in unit_of_row], dtype=np.int32),
        np.array([place(days, each[1]) for each in rows], dtype=np.int32), first, first & resolved,
    )  # fmt: skip
    return counted, _columns(rows, resolved)


def _units_of_the_day(rows: Sequence[Any]) -> list[int | None]:
    """The unit of each row: that of its service on its day, which need not be the one of today."""
    periods = service_units.periods_of({each[8] for each in rows})
    return [service_units.unit_on(each[1], periods.get(each[8], ()), now=each[0]) for each in rows]


def source(questions: QuerySet[Question], *, last: date, today: date) -> CountSource:
    """The questions as `count` has them, with the factor that makes them a year. Raises TooMany."""
    rows, enquiries = count(questions, last=last, today=today)
    return CountSource(rows, enquiries, WORKING_DAYS / rows.days, moves=tuple(_moves(questions, last)))


def _moves(questions: QuerySet[Question], last: date) -> Iterator[dict[str, str | None]]:
    """The services of these questions that got another unit after the first of them: `service` (code), `name`, `day`,
    and the names of the units `before` and `after`. What was registered before the day is the old unit's."""
    first = questions.aggregate(first=Min("registered_at"))["first"]
    if first is None or clock.day_of(first) >= last:
        return
    codes = set(questions.order_by().values_list("service__code", flat=True).distinct())
    later = DateRange(clock.day_of(first) + timedelta(days=1), last + timedelta(days=1))
    for each in service_units.moves_of(codes, later):
        yield {
            "service": each.service.code, "name": each.service.name, "day": each.day.isoformat(),
            "before": each.before.name if each.before else None, "after": each.after.name if each.after else None,
        }  # fmt: skip


def _days(registered: Collection[date], last: date) -> Sequence[date]:
    return (working_days(min(registered), last) if registered else []) or sorted(registered)


def _columns(rows: Sequence[Any], resolved: np.ndarray[Any, np.dtype[np.bool_]]) -> EnquiryColumns:
    places = {code: index for index, code in enumerate(PURPOSES)}
    return EnquiryColumns(
        np.array([_MARKS.get(each[3], -1) for each in rows], dtype=np.int8),
        np.array([places.get(each[4], -1) for each in rows], dtype=np.int8),
        resolved.astype(np.int8), np.array([TOPIC_KINDS.get(each[9], -1) for each in rows], dtype=np.int8),
        np.array([(each[6] or np.nan) / 60 / max(each[7] or 1, 1) for each in rows], dtype=np.float32),
    )  # fmt: skip


def units_named(numbers: set[int | None]) -> tuple[dict[int | None, int], list[UnitName]]:
    """The place of each unit in the list of names, which is by administration."""
    rows = {unit.pk: unit for unit in Unit.objects.filter(pk__in=[each for each in numbers if each is not None])}
    names = dict(Unit.objects.filter(kind=Unit.Kind.ADMINISTRATION).values_list("path", "name"))
    found = []
    for number in numbers:
        unit = rows.get(number) if number is not None else None
        area = next((name for path, name in names.items() if unit and unit.path.startswith(path)), "")
        found.append((area, unit.name if unit else _NO_UNIT, number))
    ordered = sorted(found, key=lambda each: (each[0] or "~", each[1]))
    return {number: place for place, (_a, _n, number) in enumerate(ordered)}, [UnitName(a, n) for a, n, _x in ordered]
