"""Which of the days that a page shows have imported figures: pages say so, so that nobody takes them for our own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Sum

from indgang.history.models import HistoryImport, ImportedPart


@dataclass(frozen=True, slots=True)
class ImportedDays:
    """So many days with imported contacts, between the first and the last of them, and the files that they came in."""

    days: int
    first: date
    last: date
    contacts: int
    names: tuple[str, ...]


_CHOSEN = ("centre", "queue", "channel")


def within(first: date, last: date, only: Mapping[str, Iterable[str]] | None = None) -> ImportedDays | None:
    """The imported days from `first` to `last`, in the chosen centres, queues and channels (codes, as for
    `rollups.reading.totals`); None when there are none."""
    parts = ImportedPart.objects.filter(day__gte=first, day__lte=last)
    parts = parts.exclude(source__state=HistoryImport.State.WITHDRAWN)
    for name in _CHOSEN:
        if only and name in only:
            parts = parts.filter(**{f"{name}__in": list(only[name])})
    found = parts.aggregate(days=Count("day", distinct=True), first=Min("day"), last=Max("day"))
    if not found["days"]:
        return None
    by_source = parts.order_by().values_list("source__name").annotate(contacts=Sum("contacts")).order_by("source__name")
    rows = list(by_source)
    return ImportedDays(
        found["days"], found["first"], found["last"], sum(each for _name, each in rows), tuple(name for name, _ in rows)
    )
