"""What was counted in a week, for the rules of potential."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from indgang.analysis.counting.models import CountingWeek
from indgang.analysis.counting.scaling import place
from indgang.analysis.potential.classifying import EnquiryColumns
from indgang.analysis.potential.results import CountedRows, UnitName
from indgang.analysis.potential.rules import PURPOSES, CountMark
from indgang.catalogue.models import ContactCentre
from indgang.enquiries.models import Character

_MARKS = {Character.GENERAL.value: CountMark.GENERAL, Character.CASE_SPECIFIC.value: CountMark.CASE_SPECIFIC}


def count(week: CountingWeek, *, today: date) -> tuple[CountedRows, EnquiryColumns]:
    """The enquiries of a week in columns. They met the main entry first when a contact centre counted them. The days
    are those of `counted.result`: working days that are over. A purpose that nobody has mapped to one of the nine is
    not known."""
    columns = ("day", "character", "purpose__purpose__code", "minutes", "is_resolved")
    rows = list(week.enquiries.filter(day__lte=today).order_by("pk").values_list(*columns))
    over = [row for row in rows if row[0] < today]
    rows = over or rows
    days = week.working_days_until(today - timedelta(days=1)) if over else []
    days = days or sorted({row[0] for row in rows})
    places = {code: index for index, code in enumerate(PURPOSES)}
    is_first = ContactCentre.objects.filter(operator=week.unit).exists()
    resolved = np.array([-1 if row[4] is None else int(row[4]) for row in rows], dtype=np.int8)
    first = np.full(len(rows), is_first, dtype=bool)
    counted = CountedRows(
        (UnitName("", week.unit.name),), max(len(days), 1), np.zeros(len(rows), dtype=np.int32),
        np.array([place(days, row[0]) for row in rows], dtype=np.int32), first, first & (resolved == 1),
    )  # fmt: skip
    enquiries = EnquiryColumns(
        np.array([_MARKS.get(row[1], -1) for row in rows], dtype=np.int8),
        np.array([places.get(row[2], -1) for row in rows], dtype=np.int8),
        resolved, np.full(len(rows), -1, dtype=np.int8),
        np.array([np.nan if row[3] is None else row[3] for row in rows], dtype=np.float32),
    )  # fmt: skip
    return counted, enquiries
