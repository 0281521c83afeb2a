"""Aftalt og holdt: what the units have promised in a month, and in how much of it somebody could be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

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
#: the time in which the one person of a window could not be asked, and the attempts that were not answered then: why
#: is not said, because it would be known of whom
_UNSAID = "unsaid"
#: so many days of one person are summed up with their minutes
_FEWEST_DAYS = 5
#: the parameter for the windows that are about all services of their unit
WHOLE_UNIT = 0
_NOT_REACHED, _UNANSWERED = gettext_lazy("kunne ikke træffes"), gettext_lazy("ikke besvaret")
_SUMS = ("promised", "reachable", "busy", "paused", "absent", "inside", "outside", "answered")


@dataclass(slots=True)
class KeptRow:
    """The sums of a unit, of a window or of one day of it."""

    name: str
    about: str = ""
    url_key: Any = None
    sums: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    #: the parameters of the page with the attempts behind it
    behind: str = ""
    days: int = 0
    days_of_few: int = 0

    def add(self, day: ProvenDay) -> None:
        self.add_sums({name: getattr(day, name) for name in _SUMS}, days=1, is_of_few=day.is_of_few)
        self.add_reasons(day.reasons, is_of_few=day.is_of_few)

    def add_sums(self, sums: Mapping[str, int], *, days: int, is_of_few: bool) -> None:
        self.days, self.days_of_few = self.days + days, self.days_of_few + days * is_of_few
        if is_of_few:
            sums = {**sums, **dict.fromkeys(_GAPS, 0), _UNSAID: sums["promised"] - sums["reachable"]}
        self.sums.update(sums)

    def add_reasons(self, reasons: Mapping[str, int], *, is_of_few: bool) -> None:
        self.reasons.update({_UNSAID: sum(reasons.values())} if is_of_few else reasons)

    @property
    def promised(self) -> str:
        return hours(self.sums["promised"])

    @property
    def hides_minutes(self) -> bool:
        """Whether these are some days of windows with one person: the minutes would be those of the person."""
        return self.days == self.days_of_few and 0 < self.days < _FEWEST_DAYS

    @property
    def reachable(self) -> str:
        return _part(self.sums) if self.hides_minutes else hours(self.sums["reachable"])

    @property
    def share(self) -> str:
        """ "92 %"; empty when nothing was promised, or it would say how long a person was away."""
        promised = self.sums["promised"]
        return reach_words.percent(self.sums["reachable"] / promised) if promised and not self.hides_minutes else ""

    @property
    def gaps(self) -> list[str]:
        """ "fraværende 1,5 t", the largest first."""
        if self.hides_minutes:
            return []
        named = _GAPS | {_UNSAID: _NOT_REACHED}
        found = sorted(named, key=lambda gap: -self.sums[gap])
        return [f"{named[gap]} {hours(self.sums[gap])}" for gap in found if self.sums[gap]]

    @property
    def unanswered(self) -> list[str]:
        """ "svarede ikke: 3", the most frequent first."""
        words = Counter[str]()
        for reason, count in self.reasons.items():
            words[reason_words(reason)] += count
        return [f"{word}: {count}" for word, count in words.most_common() if count]


def reason_words(reason: str) -> str:
    """Why an attempt was not answered."""
    return str(_UNANSWERED if reason == _UNSAID else _REASONS.get(reason, _OTHER))


def _part(sums: Counter[str]) -> str:
    """In which part of the agreed time of a day somebody could be asked, without its length."""
    if not sums["promised"]:
        return hours(0)
    if sums["reachable"] == sums["promised"]:
        return _("hele tiden")
    return _("noget af tiden") if sums["reachable"] else _("slet ikke")


def hours(seconds: int) -> str:
    """ "12,5 t" """
    rounded = round(seconds / 3600, 1)
    written = number_format(rounded, decimal_pos=0 if rounded.is_integer() else 1)
    return (_("%(hours)s t") % {"hours": written}).replace(" ", "\N{NO-BREAK SPACE}")


def by_unit(units: QuerySet[Unit], month: DateRange) -> list[KeptRow]:
    """One row for each unit that promised something in the month or was asked, by name. The database adds them up."""
    rows = _added_up(
        _days(units, month),
        _CODE,
        _NAME,
        lambda code, name: KeptRow(name, url_key=code, behind=_behind(month, unit=code)),
    )
    return sorted(rows, key=lambda row: sort_key(row.name))


def by_subject(unit: Unit, month: DateRange) -> list[KeptRow]:
    """One row for each service that the windows of the unit are about, by name, and last one for those about all its
    services. The database adds them up."""
    rows = _added_up(
        _days(Unit.objects.filter(pk=unit.pk), month),
        "window__service",
        "window__service__name",
        lambda pk, name: KeptRow(
            name or _all_services(), url_key=pk, behind=_behind(month, unit=unit.code, subject=pk or WHOLE_UNIT)
        ),
    )
    return sorted(rows, key=lambda row: (row.url_key is None, sort_key(row.name)))


def _added_up(
    rows: QuerySet[ProvenDay], key: str, name: str, begin: Callable[[Any, Any], KeptRow]
) -> Iterable[KeptRow]:
    """The sums of the days by a key with its name, added up by the database."""
    days = rows.annotate(of_few=ProvenDay.OF_FEW).order_by()
    added = days.values(key, name, "of_few").annotate(days=Count("pk"), **{f"sum_{each}": Sum(each) for each in _SUMS})
    found: dict[Any, KeptRow] = {}
    for each in added:
        row = found.setdefault(each[key], begin(each[key], each[name]))
        row.add_sums({sum_: each[f"sum_{sum_}"] for sum_ in _SUMS}, days=each["days"], is_of_few=each["of_few"])
    groups = days.exclude(reasons={}).values_list(key, "reasons", "of_few").annotate(count=Count("pk"))
    for value, reasons, is_of_few, count in groups:
        found[value].add_reasons({reason: times * count for reason, times in reasons.items()}, is_of_few=is_of_few)
    return found.values()


def by_window(unit: Unit, month: DateRange) -> list[KeptRow]:
    """One row for each window of the unit, by subject and hours."""
    rows = _summed(
        _days(Unit.objects.filter(pk=unit.pk), month),
        lambda day: day.window_id,
        lambda day: replace(of_window(day.window), behind=_behind(month, unit=unit.code, window=day.window_id)),
    )
    return sorted(rows, key=lambda row: (sort_key(row.name), row.about, row.url_key))


def by_day(window: PromisedWindow, month: DateRange) -> list[KeptRow]:
    """One row for each day of a window."""
    days = _in_month(ProvenDay.objects.filter(window=window), month).order_by("day")
    unit = window.agreement.unit.code
    return _summed(
        days,
        lambda day: day.day,
        lambda day: KeptRow(
            _day(day.day), behind=_behind(month, unit=unit, window=window.pk, day=day.day)
        ),
    )  # fmt: skip


def total(rows: Iterable[KeptRow]) -> KeptRow:
    found = KeptRow(str(_("I alt")))
    for row in rows:
        found.sums.update(row.sums)
        found.days, found.days_of_few = found.days + row.days, found.days_of_few + row.days_of_few
        found.reasons.update(row.reasons)
    return found


def of_window(window: PromisedWindow) -> KeptRow:
    """A row without sums: what the window is about and its hours."""
    about = window_words.week(window)
    if window.is_back_up:
        about = f"{about} ({_('reserve')})"
    return KeptRow(window.service.name if window.service else _all_services(), about, window.pk)


def _all_services() -> str:
    return _("Alle ydelser i enheden")


def _behind(month: DateRange, **which: Any) -> str:
    return urlencode({"month": f"{month.start:%Y-%m}", **which})


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
