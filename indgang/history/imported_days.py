"""Which of the days that a page rests on have imported figures: pages say so, so that nobody takes them for our own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import ngettext

from indgang.history.models import HistoryImport, ImportedPart
from indgang.measures.models import SummedRollup
from indgang.measures.rollups.grains import Grain

#: files that a sentence names; of more it says how many
MOST_NAMES = 3
_OF_PARTS = ("centre", "queue", "channel")
#: what only the figures of a day tell: parts hold contacts about anything
_OF_FIGURES = ("service", "purpose", "level")


@dataclass(frozen=True, slots=True)
class ImportedDays:
    """So many days with imported contacts, between the first and the last of them, and the files that they came in."""

    days: int
    first: date
    last: date
    contacts: int
    names: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """`12 dage i perioden (3.3.2025 – 14.3.2025) har importerede tal: CallGuide.csv.`"""
        said = ngettext(
            "%(days)s dag i perioden (%(first)s) har importerede tal: %(names)s.",
            "%(days)s dage i perioden (%(first)s – %(last)s) har importerede tal: %(names)s.",
            self.days,
        )
        return said % {"days": self.days, "first": _day(self.first), "last": _day(self.last), "names": self._named}

    @property
    def _named(self) -> str:
        named, more = ", ".join(self.names[:MOST_NAMES]), len(self.names) - MOST_NAMES
        if more <= 0:
            return named
        said = ngettext("%(names)s og %(more)s fil mere", "%(names)s og %(more)s filer mere", more)
        return said % {"names": named, "more": more}


@dataclass(frozen=True, slots=True)
class _ImportedDay:
    """The contacts of one import on a day, from when to when they counted."""

    day: date
    name: str
    contacts: int
    made_at: datetime
    withdrawn_at: datetime | None

    def counts(self, at: datetime | None) -> bool:
        """Whether they count now, or did at a moment."""
        if at is None:
            return self.withdrawn_at is None
        return self.made_at <= at and (self.withdrawn_at is None or self.withdrawn_at > at)


@dataclass(frozen=True, slots=True)
class ImportedParts:
    """What was imported in a period, for whoever looks at several parts of it."""

    _found: Sequence[_ImportedDay]

    def within(self, first: date, last: date, *, at: datetime | None = None) -> ImportedDays | None:
        """The imported days from `first` to `last` that count now, or that counted at a moment: what was computed then
        rests on them, also when the import was taken back since. None when there are none."""
        rows = [each for each in self._found if first <= each.day <= last and each.counts(at)]
        if not rows:
            return None
        days = {each.day for each in rows}
        names = tuple(sorted({each.name for each in rows}))
        return ImportedDays(len(days), min(days), max(days), sum(each.contacts for each in rows), names)


def read(first: date, last: date, only: Mapping[str, Iterable[str]] | None = None) -> ImportedParts:
    """What was imported from `first` to `last` in the chosen rows of the roll-ups (codes, as for
    `rollups.reading.totals`)."""
    chosen = {name: list(codes) for name, codes in (only or {}).items()}
    parts = ImportedPart.objects.filter(day__gte=first, day__lte=last)
    parts = parts.filter(**{f"{name}__in": chosen[name] for name in _OF_PARTS if name in chosen})
    if chosen.keys() & set(_OF_FIGURES):
        parts = parts.filter(_has_figures(chosen))
    return ImportedParts(list(_days(parts)))


def within(
    first: date, last: date, only: Mapping[str, Iterable[str]] | None = None, *, at: datetime | None = None
) -> ImportedDays | None:
    """As `ImportedParts.within`, of one period."""
    return read(first, last, only).within(first, last, at=at)


def _has_figures(chosen: Mapping[str, Collection[str]]) -> Q:
    """Whether the day has figures of these services in the queue and channel of the part. A queue has figures of its
    own or imported ones on a day, so they are the imported ones. Those of an import that was taken back are gone, so
    all its parts may have had them."""
    figures = SummedRollup.objects.filter(
        grain=Grain.DAY, day=OuterRef("day"), queue=OuterRef("queue"), channel=OuterRef("channel")
    )
    found = Exists(figures.filter(**{f"{name}__in": chosen[name] for name in _OF_FIGURES if name in chosen}))
    return Q(found) | Q(source__state=HistoryImport.State.WITHDRAWN)


def _days(parts: QuerySet[ImportedPart]) -> Iterator[_ImportedDay]:
    source = ("source_id", "source__name", "source__made_at", "source__withdrawn_at")
    for row in parts.order_by().values("day", *source).annotate(contacts=Sum("contacts")):
        yield _ImportedDay(
            row["day"], row["source__name"], row["contacts"], row["source__made_at"], row["source__withdrawn_at"]
        )


def _day(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
