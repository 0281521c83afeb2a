"""Which unit has been responsible for a service, day by day, so that figures of a department keep the days on which a
service was another one's.

`Service.unit` says it for today. Rows (`ServiceUnit`) are written when it changes: a service without rows has always
had its present unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from indgang.catalogue.models import Service, ServiceUnit, Unit
from indgang.core.clock import day_of
from indgang.core.ranges import DateRange

#: the first day of the unit that a service had before its first change
ALWAYS = date.min


@dataclass(frozen=True, slots=True)
class ServiceMove:
    """A service that came to a unit on a day, or left it; None for no unit."""

    service: Service
    before: Unit | None
    after: Unit | None
    day: date


def keep_changes(before: Mapping[Service, Unit | None], *, at: datetime) -> None:
    """Keep which of these services have got another unit today; `before` is the unit that each had. The whole of the
    day is the new unit's. Belongs in the transaction of the change."""
    changed = {service: unit for service, unit in before.items() if service.unit != unit}
    rows = ServiceUnit.objects.select_for_update().filter(service__in=changed).order_by("valid_from")
    there: defaultdict[int, list[ServiceUnit]] = defaultdict(list)
    for row in rows:
        there[row.service_id].append(row)
    for service, unit in changed.items():
        _keep(service, unit, there[service.pk], day_of(at))


def _keep(service: Service, before: Unit | None, rows: list[ServiceUnit], today: date) -> None:
    if not rows and before is not None:
        rows = [ServiceUnit(service=service, unit=before, valid_from=ALWAYS)]
    last = rows[-1] if rows and rows[-1].valid_to is None else None
    if last is not None and last.valid_from >= today:
        rows.remove(last)
        last.delete()
    elif last is not None:
        last.valid_to = today
        last.save()
    _begin(service, rows, today)


def _begin(service: Service, rows: list[ServiceUnit], today: date) -> None:
    """The present unit from today on; when it is back on the day it left, as if it had never left."""
    if service.unit is None:
        return
    back = rows[-1] if rows and rows[-1].valid_to == today and rows[-1].unit_id == service.unit_id else None
    row = back or ServiceUnit(service=service, unit=service.unit, valid_from=today)
    row.valid_to = None
    row.save()


def spans_of(unit: Unit, days: DateRange) -> list[tuple[DateRange, list[str]]]:
    """The services (codes) of a unit and those below it, with those of these days on which they were."""
    below = Q(unit__path__startswith=unit.path)
    never_changed = Service.objects.filter(below, unit_periods=None)
    found: defaultdict[tuple[date | None, date | None], list[str]] = defaultdict(list)
    found[days.start, days.end] = list(never_changed.order_by("code").values_list("code", flat=True))
    for code, first, end in ServiceUnit.objects.filter(below).values_list("service__code", "valid_from", "valid_to"):
        common = days.intersection(DateRange(first, end))
        if common is not None:
            found[common.start, common.end].append(code)
    return [(DateRange(*span), sorted(codes)) for span, codes in found.items() if codes]


def now_of(unit: Unit) -> list[str]:
    """The services (codes) that belong to a unit and those below it now."""
    found = Service.objects.filter(unit__path__startswith=unit.path)
    return list(found.order_by("code").values_list("code", flat=True))


def on(day: date, services: Collection[str]) -> dict[str, str]:
    """The name of the unit of each of these services (codes) on a day; services without one are left out."""
    chosen = Service.objects.filter(code__in=services)
    never_changed = chosen.filter(unit_periods=None).exclude(unit=None).values_list("code", "unit__name")
    rows = ServiceUnit.objects.valid_on(day).filter(service__in=chosen).values_list("service__code", "unit__name")
    return dict(never_changed) | dict(rows)


def periods_of(services: Collection[int]) -> dict[int, list[tuple[DateRange, int]]]:
    """The periods with their unit (keys) of those of these services (keys) that have changed it. A service that is not
    among them has always had its present unit."""
    found: defaultdict[int, list[tuple[DateRange, int]]] = defaultdict(list)
    rows = ServiceUnit.objects.filter(service__in=services).order_by("valid_from")
    for service, unit, first, end in rows.values_list("service", "unit", "valid_from", "valid_to"):
        found[service].append((DateRange(first, end), unit))
    return dict(found)


def unit_on(day: date, periods: Sequence[tuple[DateRange, int]], *, now: int | None) -> int | None:
    """The unit (key) of a service with these periods on a day; its present unit when it has none."""
    return next((unit for days, unit in periods if day in days), None) if periods else now


def moves(unit: Unit, days: DateRange) -> list[ServiceMove]:
    """The services that came to a unit (and those below it) in these days, or left it, in the order of the days."""
    below = ServiceUnit.objects.filter(unit__path__startswith=unit.path)
    found = _moves(ServiceUnit.objects.filter(service__in=below.values("service")), days)
    return [each for each in found if _is_in(each.before, unit) != _is_in(each.after, unit)]


def moves_of(services: Collection[str], days: DateRange) -> list[ServiceMove]:
    """The changes of unit of these services (codes) in these days."""
    return _moves(ServiceUnit.objects.filter(service__code__in=services), days)


def _moves(rows: QuerySet[ServiceUnit], days: DateRange) -> list[ServiceMove]:
    begun: dict[tuple[int, date], ServiceUnit] = {}
    ended: dict[tuple[int, date], ServiceUnit] = {}
    for row in rows.select_related("service", "unit"):
        begun[row.service_id, row.valid_from] = row
        if row.valid_to is not None:
            ended[row.service_id, row.valid_to] = row
    found = [_move(ended.get(key), begun.get(key), key[1]) for key in begun.keys() | ended.keys() if key[1] in days]
    return sorted(found, key=lambda each: (each.day, each.service.name))


def _move(ended: ServiceUnit | None, begun: ServiceUnit | None, day: date) -> ServiceMove:
    row = begun or ended
    assert row is not None
    return ServiceMove(row.service, ended.unit if ended else None, begun.unit if begun else None, day)


def _is_in(unit: Unit | None, of: Unit) -> bool:
    return unit is not None and unit.path.startswith(of.path)


def names_of(spans: Iterable[tuple[DateRange, Collection[str]]]) -> dict[str, str]:
    """The names of services by code."""
    codes = {code for _span, services in spans for code in services}
    return dict(Service.objects.filter(code__in=codes).values_list("code", "name"))
