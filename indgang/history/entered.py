"""Imported values of periods that feed the figures which people count (`measures.entered_values`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection

from indgang.catalogue.models import ContactCentre
from indgang.history import past_values
from indgang.history.models import HistoryImport
from indgang.measures.entered_kinds import KINDS
from indgang.measures.entered_values import StandingValue

#: the values of a series added up by unit and period, as many as there are; those whose period overlaps another one of
#: their subject are left apart. A satisfaction counts where the file says how many answered; 0 is a count
_SUMS = f"""
SELECT unit, is_alone, CASE WHEN is_alone THEN '' ELSE subject END, first_day, last_day,
       sum(number)::float8, sum(out_of)::float8
FROM (
  SELECT unit, subject, first_day, last_day,
         CASE WHEN kind <> '{HistoryImport.Kind.SATISFACTION}' THEN number
              WHEN number > 0 AND value BETWEEN 0 AND 100 THEN number * value / 100 END AS number,
         CASE WHEN kind = '{HistoryImport.Kind.SATISFACTION}' AND value BETWEEN 0 AND 100 THEN number END AS out_of,
         coalesce(first_day > max(last_day) OVER (begun ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true)
         AND coalesce(last_day < lead(first_day) OVER begun, true) AS is_alone
  FROM history_pastvalue
  WHERE kind = %s AND starts_with(subject, %s) AND first_day >= %s AND last_day <= %s
  WINDOW begun AS (PARTITION BY unit, subject ORDER BY first_day, last_day DESC)
) AS held
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608  # our names


@dataclass(frozen=True, slots=True)
class _SeriesSum:
    """Of all subjects of a unit, or of the one whose period overlaps another one. `number` is None where none of them
    has one."""

    unit: str
    subject: str
    first_day: date
    last_day: date
    number: float | None
    out_of: float | None


def values(figure: str, series: str, first: date, last: date) -> list[StandingValue]:
    """The values of a series (a subject, or the beginning of one) that lie in these days, added up by centre and
    period. Those of a unit count for its centre, if it owns exactly one, and the others for the whole municipality.

    A satisfaction is read as the percentage of those who were satisfied, and counts where the file says how many
    answered. One query, and one for the centres."""
    sums = list(_sums(KINDS[figure].imported, series, first, last))
    centres = _centres() if sums else {}
    found: dict[tuple[str, date, date], tuple[float, float]] = {}
    for each in sums:
        if each.number is not None:
            key = centres.get(each.unit, ""), each.first_day, each.last_day
            number, out_of = found.get(key, (0.0, 0.0))
            found[key] = number + each.number, out_of + (each.out_of or 0.0)
    return [
        StandingValue(figure, centre, begins, ends, ends, number, out_of, is_imported=True)
        for (centre, begins, ends), (number, out_of) in found.items()
    ]


def _sums(kind: str, series: str, first: date, last: date) -> Iterator[_SeriesSum]:
    """Of those that overlap, the ones that count (`past_values.apart`)."""
    overlapping = []
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [kind, series, first, last])
        for unit, is_alone, *rest in cursor.fetchall():
            if is_alone:
                yield _SeriesSum(unit, *rest)
            else:
                overlapping.append(_SeriesSum(unit, *rest))
    yield from past_values.apart(overlapping)


def _centres() -> dict[str, str]:
    """The centre of each unit that owns exactly one."""
    owned: dict[str, list[str]] = {}
    for unit, centre in ContactCentre.objects.values_list("owner__code", "code"):
        owned.setdefault(unit, []).append(centre)
    return {unit: codes[0] for unit, codes in owned.items() if len(codes) == 1}
