"""The likely causes of an early warning: the service, unit, queue, channel and hour of the day that moved the whole
most, and the flows that have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.catalogue import service_units
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.ranges import DateRange
from indgang.entry.models import FlowVersion
from indgang.measures.definitions import FEWEST, Adding, Definition, Figure
from indgang.measures.early_warning import moved_most
from indgang.measures.group_names import group_names
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals

#: days that the parts are compared with
_USUAL = timedelta(days=28)
#: a flow that was published so long before the first day can be the cause
_CHANGED = timedelta(days=3)


_Sides = tuple[Mapping[str, Totals], Mapping[str, Totals]]


@dataclass(frozen=True, slots=True)
class Moved:
    """The figure of a centre that moved, from the first day to the last."""

    centre: ContactCentre
    kpi: Definition
    first: date
    last: date
    rises: bool

    @property
    def usual(self) -> tuple[date, date]:
        return self.first - _USUAL, self.first - timedelta(days=1)

    @property
    def is_count(self) -> bool:
        return self.kpi.adds is Adding.COUNTS


def in_words(moved: Moved) -> str:
    """What moved most, in words; empty when no part did."""
    return ". ".join([*_parts_that_moved(moved), *_changed_flows(moved)])


def _parts_that_moved(moved: Moved) -> Iterator[str]:
    services = _both(moved, GroupBy.SERVICE)
    yield from _named(moved, _("Ydelse"), services, GroupBy.SERVICE)
    yield from _units_that_moved(moved, services)
    yield from _named(moved, _("Kø"), _both(moved, GroupBy.QUEUE), GroupBy.QUEUE)
    yield from _named(moved, _("Kanal"), _both(moved, GroupBy.CHANNEL), GroupBy.CHANNEL)
    for hour in _moved(moved, _both(moved, GroupBy.HOUR)):
        yield _("Tidspunkt: kl. %(first)s til %(last)s") % {"first": int(hour), "last": int(hour) + 1}


def _units_that_moved(moved: Moved, services: _Sides) -> Iterator[str]:
    """Both sides by the unit that each service belonged to on the last day: a service that was given to another unit
    makes neither of them worse. Such services are named with a unit that moved."""
    codes = {code for side in services for code in side}
    units = service_units.on(moved.last, codes)
    for unit in _moved(moved, (_joined(services[0], units), _joined(services[1], units))):
        yield f"{_('Enhed')}: {unit}"
        days = DateRange(moved.usual[0], moved.last + timedelta(days=1))
        of_unit = [code for code in codes if units.get(code) == unit]
        for each in service_units.moves_of(of_unit, days)[:3]:
            said = {"service": each.service.name, "day": date_format(each.day)}
            yield _("Ydelsen %(service)s har hørt til enheden siden %(day)s") % said


def _both(moved: Moved, by: GroupBy) -> _Sides:
    """The parts of the days that moved, and of those before."""
    spans = (moved.first, moved.last), moved.usual
    now, usual = (
        reading.totals(Period.days(*span), by=by, only={"centre": [moved.centre.code]}, entered=[moved.kpi.code])
        for span in spans
    )
    return now, usual


def _named(moved: Moved, name: str, sides: _Sides, by: GroupBy | None) -> Iterator[str]:
    for part in _moved(moved, sides):
        yield f"{name}: {group_names(by, {part: None})[part] if by else part}"


def _moved(moved: Moved, sides: _Sides) -> Iterator[str]:
    """The part that moved the whole most, if there are several."""
    now, usual = _shown(moved.kpi, sides)
    if moved.is_count:  # the mean of the days with data on each side
        now, usual = _a_day(now, _days(moved, moved.first, moved.last)), _a_day(usual, _days(moved, *moved.usual))
    several = len(now.keys() | usual.keys()) > 1
    part = moved_most(now, usual, is_count=moved.is_count, rises=moved.rises) if several else None
    if part:
        yield part


def _days(moved: Moved, first: date, last: date) -> int:
    found = reading.totals(
        Period.days(first, last), by=GroupBy.DAY, only={"centre": [moved.centre.code]}, entered=[moved.kpi.code]
    )  # fmt: skip
    return sum(moved.kpi.of(each).base > 0 for each in found.values())


def _a_day(parts: Mapping[str, Figure], days: int) -> dict[str, Figure]:
    return {part: Figure((each.value or 0) / days, each.base) for part, each in parts.items()} if days else dict(parts)


def _shown(kpi: Definition, sides: _Sides) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """The parts that say something, now and usually: too few behind a part on both sides is chance, and about single
    contacts. A part that got nothing on the day is one of them."""
    figures = [{part: kpi.of(each) for part, each in totals.items()} for totals in sides]
    shown = {part for side in figures for part, figure in side.items() if figure.base >= FEWEST}
    first, second = ({part: side[part] for part in side.keys() & shown} for side in figures)
    return first, second


def _joined(totals: Mapping[str, Totals], units: Mapping[str, str]) -> dict[str, Totals]:
    """The totals of services by unit; services without one are left out."""
    found: dict[str, Totals] = {}
    for code, each in totals.items():
        if code in units:
            found[units[code]] = found.get(units[code], Totals()) + each
    return found


def published_flows(centre: ContactCentre, first: date, last: date) -> QuerySet[FlowVersion]:
    """The versions of the flows of a centre's numbers that were published on these days, the newest first."""
    versions = FlowVersion.objects.filter(
        flow__entry_points__centre=centre, published_at__gte=Period.day(first).start,
        published_at__lt=Period.day(last).end,
    )  # fmt: skip
    found: QuerySet[FlowVersion] = versions.select_related("flow").order_by("-published_at").distinct()
    return found


def _changed_flows(moved: Moved) -> Iterator[str]:
    """The flows of the centre's numbers that were published shortly before, the newest first."""
    for each in published_flows(moved.centre, moved.first - _CHANGED, moved.last)[:3]:
        assert each.published_at is not None
        said = {"flow": each.flow, "number": each.number, "day": date_format(day_of(each.published_at))}
        yield _("Opkaldsflow: %(flow)s, version %(number)s fra %(day)s") % said
