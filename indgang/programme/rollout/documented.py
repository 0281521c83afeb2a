"""What is documented of the enquiries about services: of three sources the first that is there counts.

A counting week of the service; the enquiries of its unit in the documents (table 10-B), divided among the unit's
services by their cases; or its cases in the catalogue, with one enquiry each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from indgang.analysis.counting import counted
from indgang.analysis.counting.models import CountedChannel, CountingWeek
from indgang.analysis.potential import reference
from indgang.analysis.potential.reference import ReferenceRow
from indgang.catalogue.models import Service, Unit
from indgang.programme.rollout.moved_volume import DocumentedVolume, part_of

#: levels of table 10-B that are units
_UNITS = ("unit", "subunit")


@dataclass(frozen=True, slots=True)
class _DocumentedUnit:
    """A unit of the catalogue with its row of the documents, and the cases of the services below it."""

    path: str
    row: ReferenceRow
    cases: int


def volumes(services: Sequence[Service], today: date) -> dict[int, DocumentedVolume]:
    """By service, those with a documented volume; the services have their units."""
    weeks, units = _weeks(services, today), _units(today)
    found = {}
    for each in services:
        unit = _nearest(each, units)
        volume = _counted(weeks.get(each.pk), today) or _of_unit(each, unit) or _of_cases(each)
        if volume is not None:
            found[each.pk] = _with_shares(volume, unit)
    return found


def _weeks(services: Sequence[Service], today: date) -> Mapping[int, CountingWeek]:
    """The newest week that is over and counted each service alone."""
    rows = CountingWeek.objects.filter(service__in=services, ends_on__lt=today).order_by("starts_on", "pk")
    return {each.service_id: each for each in rows if each.service_id is not None}


def _counted(week: CountingWeek | None, today: date) -> DocumentedVolume | None:
    found = counted.result(week, today=today) if week is not None else None
    if week is None or found is None:
        return None
    channels = week.enquiries.exclude(channel="").aggregate(
        all=Count("pk"), phone=Count("pk", filter=Q(channel=CountedChannel.PHONE))
    )
    by_phone = channels["phone"] / channels["all"] if channels["all"] else None
    digital = found.total.digital
    source = _("tælleugen %(title)s, %(first)s – %(last)s") % {
        "title": week.title[:80], "first": f"{week.starts_on:%d.%m.%Y}", "last": f"{week.ends_on:%d.%m.%Y}",
    }  # fmt: skip
    return DocumentedVolume(
        found.total.year.year, source, digital=None if digital is None else digital / 100, by_phone=by_phone
    )


def _units(today: date) -> list[_DocumentedUnit]:
    """The units of today that the documents have a row of. A name alone does not make one: the path names the area of
    the row, because other municipalities have units of the same name."""
    rows = {each.potential.unit.name: each for each in reference.rows(is_corrected=True) if each.level in _UNITS}
    cases = list(
        Service.objects.valid_on(today).filter(unit__isnull=False, cases_per_year__isnull=False)
        .order_by().values_list("unit__path", "cases_per_year")
    )  # fmt: skip
    return [
        _DocumentedUnit(each.path, rows[each.name], sum(number for path, number in cases if path.startswith(each.path)))
        for each in Unit.objects.valid_on(today).filter(name__in=rows)
        if rows[each.name].potential.unit.area.lower() in each.path.split("/")
    ]


def _nearest(service: Service, units: Sequence[_DocumentedUnit]) -> _DocumentedUnit | None:
    path = service.unit.path if service.unit else ""
    above = [each for each in units if path.startswith(each.path)]
    return max(above, key=lambda each: len(each.path), default=None)


def _of_unit(service: Service, unit: _DocumentedUnit | None) -> DocumentedVolume | None:
    if unit is None or not service.cases_per_year or not unit.cases:
        return None
    total = unit.row.potential.total
    said = _("%(unit)s: %(total)s henvendelser (forundersøgelsen 2020, linje %(lines)s), fordelt efter sager") % {
        "unit": unit.row.potential.unit.name, "total": _number(total), "lines": _lines(unit.row.source),
    }  # fmt: skip
    return DocumentedVolume(part_of(total, service.cases_per_year, unit.cases), said)


def _of_cases(service: Service) -> DocumentedVolume | None:
    if not service.cases_per_year:
        return None
    said = _("%(cases)s sager om året i kataloget, med én henvendelse hver") % {
        "cases": _number(service.cases_per_year)
    }
    return DocumentedVolume(service.cases_per_year, said)


def _with_shares(volume: DocumentedVolume, unit: _DocumentedUnit | None) -> DocumentedVolume:
    """With the shares of the unit in the documents, where a count did not tell them."""
    if unit is None or not unit.row.potential.total:
        return volume
    row = unit.row.potential
    digital = row.digital / row.total if volume.digital is None else volume.digital
    return replace(volume, digital=digital, resolved=row.contact_centre / row.total)


def _lines(source: str) -> str:
    """`1280, 1524` of `001:1280; 001:1524`."""
    return ", ".join(each.partition(":")[2] for each in source.split("; "))


def _number(value: int) -> str:
    return number_format(value, 0, force_grouping=True)
