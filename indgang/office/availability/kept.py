"""Aftalt og holdt: what the units have promised in a month, and in how much of it somebody could be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import Unit
from indgang.core.ranges import DateRange
from indgang.core.text import sort_key
from indgang.workforce import reach_words, window_words
from indgang.workforce.models import PromisedWindow, ProvenDay

_GAPS: dict[str, str | Promise] = {
    "absent": gettext_lazy("fraværende"),
    "busy": gettext_lazy("i samtale"),
    "paused": gettext_lazy("på pause"),
}
_REASONS: dict[str, str | Promise] = {
    "no_answer": gettext_lazy("svarede ikke"),
    "refused": gettext_lazy("kunne ikke tage det"),
    "busy": gettext_lazy("optaget"),
    "no_phone": gettext_lazy("ingen telefon at ringe til"),
    "nobody": gettext_lazy("ingen at spørge"),
    "ended": gettext_lazy("opgivet undervejs"),
    "hung_up": gettext_lazy("lagt på"),
    "unreachable": gettext_lazy("kunne ikke nås"),
}
_OTHER = gettext_lazy("andet")
_CODE, _NAME = "window__agreement__unit__code", "window__agreement__unit__name"
_SUMS = ("promised", "reachable", "busy", "paused", "absent", "inside", "outside", "answered")


@dataclass(slots=True)
class KeptRow:
    """The sums of a unit, of a window or of one day of it."""

    name: str
    about: str = ""
    url_key: Any = None
    sums: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, day: ProvenDay) -> None:
        self.sums.update({name: getattr(day, name) for name in _SUMS})
        self.reasons.update(day.reasons)

    @property
    def promised(self) -> str:
        return hours(self.sums["promised"])

    @property
    def reachable(self) -> str:
        return hours(self.sums["reachable"])

    @property
    def share(self) -> str:
        """ "92 %"; empty when nothing was promised."""
        promised = self.sums["promised"]
        return reach_words.percent(self.sums["reachable"] / promised) if promised else ""

    @property
    def gaps(self) -> list[str]:
        """ "fraværende 1,5 t", the largest first."""
        found = sorted(_GAPS, key=lambda gap: -self.sums[gap])
        return [f"{_GAPS[gap]} {hours(self.sums[gap])}" for gap in found if self.sums[gap]]

    @property
    def unanswered(self) -> list[str]:
        """ "svarede ikke: 3", the most frequent first."""
        words = Counter[str]()
        for reason, count in self.reasons.items():
            words[str(_REASONS.get(reason, _OTHER))] += count
        return [f"{word}: {count}" for word, count in words.most_common()]


def hours(seconds: int) -> str:
    """ "12,5 t" """
    rounded = round(seconds / 3600, 1)
    written = number_format(rounded, decimal_pos=0 if rounded.is_integer() else 1)
    return (_("%(hours)s t") % {"hours": written}).replace(" ", "\N{NO-BREAK SPACE}")


def by_unit(units: QuerySet[Unit], month: DateRange) -> list[KeptRow]:
    """One row for each unit that promised something in the month or was asked, by name. The database adds them up."""
    days = _days(units, month).order_by()
    added = days.values(_CODE, _NAME).annotate(**{f"sum_{name}": Sum(name) for name in _SUMS})
    rows = {
        each[_CODE]: KeptRow(
            each[_NAME], url_key=each[_CODE], sums=Counter({name: each[f"sum_{name}"] for name in _SUMS})
        )
        for each in added
    }
    for code, reasons, count in days.exclude(reasons={}).values_list(_CODE, "reasons").annotate(count=Count("pk")):
        rows[code].reasons.update({reason: times * count for reason, times in reasons.items()})
    return sorted(rows.values(), key=lambda row: sort_key(row.name))


def by_window(unit: Unit, month: DateRange) -> list[KeptRow]:
    """One row for each window of the unit, by subject and hours."""
    rows = _summed(
        _days(Unit.objects.filter(pk=unit.pk), month), lambda day: day.window_id, lambda day: of_window(day.window)
    )
    return sorted(rows, key=lambda row: (sort_key(row.name), row.about, row.url_key))


def by_day(window: PromisedWindow, month: DateRange) -> list[KeptRow]:
    """One row for each day of a window."""
    days = _in_month(ProvenDay.objects.filter(window=window), month).order_by("day")
    return list(_summed(days, lambda day: day.day, lambda day: KeptRow(_day(day.day))))


def total(rows: Iterable[KeptRow]) -> KeptRow:
    found = KeptRow(str(_("I alt")))
    for row in rows:
        found.sums.update(row.sums)
        found.reasons.update(row.reasons)
    return found


def of_window(window: PromisedWindow) -> KeptRow:
    """A row without sums: what the window is about and its hours."""
    about = window_words.week(window)
    if window.is_back_up:
        about = f"{about} ({_('reserve')})"
    name = window.service.name if window.service else _("Alle ydelser i enheden")
    return KeptRow(name, about, window.pk)


def _day(day: date) -> str:
    return f"{day.day}.{day.month}."


def _days(units: QuerySet[Unit], month: DateRange) -> QuerySet[ProvenDay]:
    rows = ProvenDay.objects.filter(window__agreement__unit__in=units)
    return _in_month(rows, month).select_related("window__agreement__unit", "window__service")


def _in_month(rows: QuerySet[ProvenDay], month: DateRange) -> QuerySet[ProvenDay]:
    return rows.filter(day__gte=month.start, day__lt=month.end)


def _summed(
    days: Iterable[ProvenDay], key: Callable[[ProvenDay], Hashable], begin: Callable[[ProvenDay], KeptRow]
) -> list[KeptRow]:
    rows: dict[Hashable, KeptRow] = {}
    for day in days:
        rows.setdefault(key(day), begin(day)).add(day)
    return list(rows.values())
