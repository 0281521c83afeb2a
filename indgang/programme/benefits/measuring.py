"""What a benefit was in a month, or in the period of its baseline: from the roll-ups, from contracts of employment, or
from counting weeks."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from indgang.analysis.counting.models import CountingWeek
from indgang.analysis.counting.scaling import place
from indgang.catalogue import service_units
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core.ranges import DateRange
from indgang.core.schedule import working_days
from indgang.measures import baselines
from indgang.measures.baselines import MeasuredFigure
from indgang.measures.definitions import Adding, Definition, is_too_few, versioned
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals
from indgang.programme.benefits import daily
from indgang.programme.benefits.following import NoData
from indgang.programme.benefits.models import BenefitVersion
from indgang.programme.benefits.terms import COUNTED, MeasureWay, months, next_month
from indgang.workforce.models import WorkContract

#: hours a week of a full-time employee
FULL_TIME = 37.0


@dataclass(frozen=True, slots=True)
class MeasuredSubject:
    """What is measured, and of whom: contacts about `services`, or all of a centre; a unit's counting weeks.

    Counting weeks are those for the one service of `services`; without one, those for all services."""

    way: MeasureWay
    unit: Unit
    kpi: Definition | None = None
    level: int = 0
    centre: ContactCentre | None = None
    services: tuple[str, ...] = ()

    @property
    def only(self) -> dict[str, list[str]]:
        """The rows of the roll-ups."""
        found: dict[str, list[str]] = {}
        if self.services:
            found["service"] = list(self.services)
        if self.centre is not None:
            found["centre"] = [self.centre.code]
        if self.level:
            found["level"] = [str(self.level)]
        return found


#: a figure, or why there is none
Told = tuple[MeasuredFigure | None, NoData | None]


def subject_of(version: BenefitVersion, services: Iterable[str] | None = None) -> MeasuredSubject:
    """What a version measures; `services` are others than it names."""
    kpi = versioned(version.kpi, version.kpi_version or 0) if version.kpi else None
    codes = tuple(version.services if services is None else services)
    return MeasuredSubject(version.measure, version.contract.unit, kpi, version.level, version.centre, codes)


def services_of(unit: Unit, on: date) -> list[str]:
    """The codes of the services that the unit had on a day, those of the units below it included."""
    spans = service_units.spans_of(unit, DateRange(on, on + timedelta(days=1)))
    codes = [code for _days, services in spans for code in services]
    return sorted(Service.objects.valid_on(on).filter(code__in=codes).values_list("code", flat=True))


def in_months(subject: MeasuredSubject, first: date, last: date) -> dict[date, Told]:
    """The figure of each month from one to another (first days). The months are over."""
    wanted = list(months(first, last))
    if not wanted or subject.way is MeasureWay.NOT:
        return dict.fromkeys(wanted, (None, NoData.NOT_MEASURABLE))
    if subject.way is MeasureWay.FIGURE:
        return _figures(subject, wanted)
    periods = {month: (month, next_month(month) - timedelta(days=1)) for month in wanted}
    first, last = wanted[0], periods[wanted[-1]][1]
    if subject.way is MeasureWay.STAFFING:
        employed = _employed(subject, first, last)
        return {month: _staffing(employed, *period) for month, period in periods.items()}
    weeks = _weeks(subject, first, last)
    return {month: _counted(subject, weeks, *period) for month, period in periods.items()}


def in_period(subject: MeasuredSubject, first: date, last: date) -> Told:
    """The figure of the days from one to another."""
    if subject.way is MeasureWay.FIGURE:
        return _figure(subject, _days(subject, first, last), first, last)
    if subject.way is MeasureWay.STAFFING:
        return _staffing(_employed(subject, first, last), first, last)
    if subject.way in COUNTED:
        return _counted(subject, _weeks(subject, first, last), first, last)
    return None, NoData.NOT_MEASURABLE


def factor(subject: MeasuredSubject, kroner: float, month: date) -> float:
    """Kroner for one unit of measure in a month: what is counted is a number a day."""
    if subject.kpi is not None and subject.kpi.adds is Adding.COUNTS:
        return kroner * monthrange(month.year, month.month)[1]
    if subject.way in COUNTED:
        return kroner * len(working_days(month, next_month(month) - timedelta(days=1)))
    return kroner


# --- Figures ------------------------------------------------------------------------------------


def _figures(subject: MeasuredSubject, wanted: list[date]) -> dict[date, Told]:
    end = next_month(wanted[-1]) - timedelta(days=1)
    counted = _days(subject, wanted[0], end)
    return {
        month: _figure(subject, counted, month, next_month(month) - timedelta(days=1)) for month in wanted
    }  # fmt: skip


def _days(subject: MeasuredSubject, first: date, last: date) -> Mapping[str, Totals]:
    assert subject.kpi is not None
    period = Period.days(first, last)
    return reading.totals(
        period, by=GroupBy.DAY, only=subject.only, times=subject.kpi.has_times, entered=[subject.kpi.code]
    )  # fmt: skip


def _figure(subject: MeasuredSubject, counted: Mapping[str, Totals], first: date, last: date) -> Told:
    assert subject.kpi is not None
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    found = baselines.measured(
        baselines.by_week({day: counted.get(day.isoformat(), Totals()) for day in days}), subject.kpi
    )
    if found.value is None:
        return None, NoData.NOTHING
    return (None, NoData.TOO_FEW) if is_too_few(found.base) else (found, None)


# --- Contracts of employment --------------------------------------------------------------------


def _employed(subject: MeasuredSubject, first: date, last: date) -> list[WorkContract]:
    """The contracts of the centre that hold on any of the days."""
    return list(WorkContract.objects.filter(centre=subject.centre, valid_from__lte=last).exclude(valid_to__lte=first))


def _staffing(employed: Sequence[WorkContract], first: date, last: date) -> Told:
    """Full-time employees on an average day. It is no estimate, so its interval has no width."""
    days = (last - first).days + 1
    rows = [each for each in employed if _overlap(each, first, last)]
    people = len({each.person_id for each in rows})
    if not people:
        return None, NoData.NOTHING
    if is_too_few(people):
        return None, NoData.TOO_FEW
    hours = sum(float(each.weekly_hours) * _overlap(each, first, last) for each in rows)
    value = hours / FULL_TIME / days
    return MeasuredFigure(value, value, value, people, days // 7), None


def _overlap(contract: WorkContract, first: date, last: date) -> int:
    end = last + timedelta(days=1) if contract.valid_to is None else min(contract.valid_to, last + timedelta(days=1))
    return max((end - max(contract.valid_from, first)).days, 0)


# --- Counting weeks -----------------------------------------------------------------------------


def _weeks(subject: MeasuredSubject, first: date, last: date) -> list[CountingWeek]:
    """The counting weeks that have days from one to another, each with all that was counted in it. A week for all
    services says nothing of one, and a week for one nothing of all."""
    weeks = CountingWeek.objects.filter(unit=subject.unit, starts_on__lte=last, ends_on__gte=first)
    weeks = weeks.filter(service__code__in=subject.services) if subject.services else weeks.filter(service=None)
    return list(weeks.prefetch_related("enquiries"))


def _counted(subject: MeasuredSubject, weeks: Sequence[CountingWeek], first: date, last: date) -> Told:
    """Enquiries, or minutes with them, a working day in the weeks that this unit counted. Enquiries without minutes
    count as long as the others. Weeks of the same day add up. Days of a week that was counted and in which nobody
    came are zeros; a week that nobody counted in says nothing until it is closed."""
    by_day: Counter[date] = Counter()
    minutes: list[int] = []
    for week in weeks:
        days = [day for day in week.working_days_until(last) if day >= first]
        rows = list(week.enquiries.all())
        if days and (rows or week.closed_at is not None):
            within = [each for each in rows if first <= each.day <= last]
            by_day.update(dict.fromkeys(days, 0))
            by_day.update(days[place(days, each.day)] for each in within)
            minutes += [each.minutes for each in within if each.minutes is not None]
    return _a_working_day(subject.way, list(by_day.values()), minutes)


def _a_working_day(way: MeasureWay, by_day: list[int], minutes: list[int]) -> Told:
    base = sum(by_day)
    each = 1.0
    if base and way is MeasureWay.COUNTED_MINUTES:
        each = sum(minutes) / len(minutes) if minutes else 0.0
    if not by_day or not each:
        return None, NoData.NOTHING
    if is_too_few(base):
        return None, NoData.TOO_FEW
    per_day = [each * count for count in by_day]
    # how long those would have taken who did not come is not known
    is_known = bool(base) or way is MeasureWay.COUNTED_ENQUIRIES
    low, high = (daily.interval(per_day, each) if is_known else None) or (None, None)
    return MeasuredFigure(sum(per_day) / len(per_day), low, high, base, -(-len(per_day) // 5)), None
