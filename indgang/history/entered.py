"""Imported values of periods that feed the figures which people count (`measures.entered_values`)."""

from __future__ import annotations

from datetime import date

from indgang.catalogue.models import ContactCentre
from indgang.history import past_values
from indgang.history.models import HistoryImport, PastValue
from indgang.measures.entered_kinds import KINDS
from indgang.measures.entered_values import StandingValue


def values(figure: str, series: str, first: date, last: date) -> list[StandingValue]:
    """The values of a series (a subject, or the beginning of one) that lie in these days, added up by centre and
    period. Those of a unit count for its centre, if it owns exactly one, and the others for the whole municipality.

    A satisfaction is read as the percentage of those who were satisfied, and counts where the file says how many
    answered."""
    kind = KINDS[figure]
    rows = PastValue.objects.filter(kind=kind.imported, subject__startswith=series)
    rows = rows.filter(first_day__gte=first, last_day__lte=last)
    centres = _centres() if rows else {}
    found: dict[tuple[str, date, date], tuple[float, float]] = {}
    for each in past_values.apart(rows):
        key = centres.get(each.unit, ""), each.first_day, each.last_day
        number, out_of = _counted(each)
        held = found.get(key, (0.0, 0.0))
        if number or out_of:
            found[key] = held[0] + number, held[1] + out_of
    return [
        StandingValue(figure, centre, begins, ends, ends, number, out_of, is_imported=True)
        for (centre, begins, ends), (number, out_of) in found.items()
    ]


def _counted(row: PastValue) -> tuple[float, float]:
    if row.kind != HistoryImport.Kind.SATISFACTION:
        return float(row.number or 0), 0.0
    if not row.number or row.value is None or not 0 <= row.value <= 100:
        return 0.0, 0.0
    return row.number * row.value / 100, float(row.number)


def _centres() -> dict[str, str]:
    """The centre of each unit that owns exactly one."""
    owned: dict[str, list[str]] = {}
    for unit, centre in ContactCentre.objects.values_list("owner__code", "code"):
        owned.setdefault(unit, []).append(centre)
    return {unit: codes[0] for unit, codes in owned.items() if len(codes) == 1}
