"""The telephone lines for visitors: number, opening hours, expected wait, and the best time to call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from indgang.catalogue import hours
from indgang.catalogue.hours import Day, Opening
from indgang.catalogue.models import ContactCentre, Service, ServiceContact, Unit
from indgang.core import hours_text, phone_numbers
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.schedule import ClosedKind
from indgang.entry.models import EntryPoint
from indgang.portal import access, waiting
from indgang.portal.page_cache import for_seconds
from indgang.portal.waiting import Expected, Habit

DAYS = 7


@dataclass(frozen=True, slots=True)
class CentreLine:
    """One centre with its numbers."""

    centre: ContactCentre
    numbers: tuple[tuple[str, str, str], ...]
    """(name, as dialled, as written)"""
    opening: Opening
    days: tuple[Day, ...]
    expected: Expected | None
    habit: Habit
    at: datetime

    @property
    def state(self) -> str:
        """Until when the line is open, or when it opens again."""
        until = self.opening.until.astimezone(COPENHAGEN) if self.opening.until else None
        if self.opening.is_open:
            return _("Åbent til kl. %(time)s") % {"time": clock_time(until.time())} if until else _("Åbent")
        if until is None:
            return _("Lukket")
        return _("Lukket. Åbner %(day)s kl. %(time)s") % {
            "day": _day_word(until.date(), day_of(self.at)),
            "time": clock_time(until.time()),
        }

    @property
    def special(self) -> str:
        """Why it is closed on a day when visitors expect it to be open: a holiday or another exception."""
        why = self.opening.why
        return self.opening.sentence if why and why.kind in (ClosedKind.HOLIDAY, ClosedKind.EXCEPTION) else ""

    @property
    def week(self) -> list[tuple[str, str]]:
        """(days, hours) of today and of the following runs of days with equal hours."""
        rows = [(_("I dag"), _hours(self.days[0]))]
        for said, run in groupby(self.days[1:], key=_hours):
            names = [weekday(day.date.weekday()) for day in run]
            days = names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"
            rows.append((capfirst(days), said))
        return rows

    @property
    def wait(self) -> str:
        """A sentence; empty when the line is closed or the wait is unknown."""
        if not self.opening.is_open or self.expected is None:
            return ""
        if self.expected.seconds is None:
            return _("Ventetiden kan ikke beregnes lige nu.")
        if self.expected.minutes <= 1:
            return _("Forventet ventetid lige nu: under 1 minut")
        return _("Forventet ventetid lige nu: cirka %(minutes)s minutter") % {"minutes": self.expected.minutes}

    @property
    def best(self) -> list[str]:
        """The hours of the week with the shortest wait, adjacent ones as one span: 'tirsdag kl. 14–16'."""
        return [
            _("%(weekday)s kl. %(from)s–%(until)s") % {"weekday": weekday(number), "from": start, "until": end}
            for number, start, end in spans(self.habit.best)
        ]


def spans(hours_of_week: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(weekday, hour) as (weekday, from, until), in the order of the week; adjacent hours of a day are one span."""
    found: list[tuple[int, int, int]] = []
    for number, hour in sorted(hours_of_week):
        begins = found.pop()[1] if found and found[-1][::2] == (number, hour) else hour
        found.append((number, begins, hour + 1))
    return found


@dataclass(frozen=True, slots=True)
class OwnLine:
    """The number and mail address of a service itself, until it has moved to a contact centre (R-038)."""

    phone: str
    email: str
    is_own: bool = True

    @property
    def written(self) -> str:
        return written(self.phone) if self.phone else ""


@for_seconds(5, changes=True)
def lines(language: str, *, at: datetime) -> list[CentreLine]:
    """Each centre that can be called, open ones first.

    Cached for some seconds, because every subject page shows a line.
    """
    schedules = hours.all_schedules()
    expected = waiting.expected(at)
    found = []
    for _code, points in groupby(access.entry_points(at), key=lambda each: each.centre.code):
        rows = list(points)
        centre = rows[0].centre
        schedule = schedules[centre.schedule.code]
        found.append(
            CentreLine(
                centre=centre,
                numbers=_numbers(rows),
                opening=hours.opening(schedule, at),
                days=tuple(hours.days(schedule, day_of(at), DAYS)),
                expected=expected.get(centre.pk),
                habit=waiting.habit(centre.pk, at=at),
                at=at,
            )
        )
    return sorted(found, key=lambda line: (not line.opening.is_open, -sum(each.seconds for each in line.habit.hours)))


def lines_for(service: Service | None, language: str, *, at: datetime) -> list[CentreLine] | list[OwnLine]:
    """The contact of the service itself, the line of its administration, or otherwise the first line; none when there
    is no line."""
    itself = _own_lines(at=at).get(service.pk) if service else None
    if itself:
        return [itself]
    own = line_instead_of(service.unit, language, at=at) if service and service.unit else None
    return [own] if own else lines(language, at=at)[:1]


@for_seconds(60, changes=True)
def _own_lines(*, at: datetime) -> dict[int, OwnLine]:
    """By the service's id."""
    rows = ServiceContact.objects.valid_on(day_of(at)).values_list("service", "phone", "email")
    return {service: OwnLine(phone, email) for service, phone, email in rows}


def line_instead_of(unit: Unit, language: str, *, at: datetime) -> CentreLine | None:
    """The line of the centre that answers for the unit. Where there is one, the site shows it and no longer the number
    and mail of the unit itself (R-038)."""
    own = (line for line in lines(language, at=at) if unit.path.startswith(line.centre.owner.path))
    return next(own, None)


def line_of(centre: ContactCentre, at: datetime) -> CentreLine:
    """The line of one centre, for a box on another website."""
    schedule = hours.schedule_of(centre.schedule)
    return CentreLine(
        centre=centre,
        numbers=_numbers(row for row in access.entry_points(at) if row.centre_id == centre.pk),
        opening=hours.opening(schedule, at),
        days=tuple(hours.days(schedule, day_of(at), DAYS)),
        expected=waiting.expected(at).get(centre.pk),
        habit=waiting.habit(centre.pk, at=at),
        at=at,
    )


def _numbers(points: Iterable[EntryPoint]) -> tuple[tuple[str, str, str], ...]:
    return tuple((point.name, point.number, written(point.number)) for point in points)


def written(number: str) -> str:
    """A number as people write it: 33 66 33 66. Numbers of units are stored without country code."""
    return phone_numbers.for_people(phone_numbers.from_exchange(number))


def time_of_day(at: datetime) -> str:
    """9.30, in Copenhagen time: the format of times on public pages."""
    local = at.astimezone(COPENHAGEN)
    return f"{local.hour}.{local.minute:02}"


def clock_time(at: time) -> str:
    """9 or 9.30, for opening hours, as people say them."""
    return f"{at.hour}.{at.minute:02}" if at.minute else str(at.hour)


def _closing_time(at: time) -> str:
    return "24" if at == hours_text.MIDNIGHT else clock_time(at)


def weekday(number: int) -> str:
    """The name of the day (0 is Monday) in the reader's language."""
    return date_format(date(2024, 1, 1 + number), "l") if number in range(7) else ""


def _hours(day: Day) -> str:
    said = ", ".join(f"{clock_time(opens)}–{_closing_time(closes)}" for opens, closes in day.spans)
    if hours_text.is_all_day(day.spans):
        said = _("døgnåbent")
    return f"{said} ({day.remark})" if said and day.remark else said or day.remark


def _day_word(day: date, today: date) -> str:
    ahead = (day - today).days
    if ahead == 0:
        return _("i dag")
    if ahead == 1:
        return _("i morgen")
    return weekday(day.weekday()) if ahead < 7 else date_format(day, "MONTH_DAY_FORMAT")
