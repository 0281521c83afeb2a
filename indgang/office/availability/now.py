"""Who can be asked about each service now, until when, why others cannot, and when somebody can be next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from indgang.accounts.models import Person
from indgang.catalogue.models import Service, Unit
from indgang.core.clock import day_of
from indgang.entry.team import kept_windows, second_level
from indgang.routing.availability.reachability import Reachability
from indgang.routing.availability.windows import Medium
from indgang.workforce import reach_words


@dataclass(frozen=True, slots=True)
class ServiceNow:
    """A service with (name, what is said of them) of those who can be asked, in order, and of those who cannot.

    `kept` is the part of today's promised time so far in which somebody could be asked, as "92 %"; empty when nothing
    was promised yet.
    """

    service: Service
    has_windows: bool
    available: list[tuple[str, str]]
    unavailable: list[tuple[str, str]]
    next_time: str
    kept: str


def of(units: QuerySet[Unit], medium: Medium, at: datetime) -> list[ServiceNow]:
    """One row for each service of the units, by unit and name. A few queries for any number of services."""
    found = Service.objects.valid_on(day_of(at)).filter(unit__in=units).select_related("unit")
    services = {service.code: service for service in found.order_by("unit__path", "name")}
    answers = second_level.who_can_be_asked(services, medium=medium, at=at)
    names, shares = _names(answers.values()), kept_windows.shares(services, at)
    return [_row(services[code], answer, names, shares[code], at) for code, answer in answers.items()]


def _row(
    service: Service, answer: Reachability, names: Mapping[int, str], share: float | None, at: datetime
) -> ServiceNow:
    return ServiceNow(
        service,
        answer.has_windows,
        [(names[each.person], reach_words.about(each, names, at)) for each in answer.available],
        [(names[each.person], reach_words.why_not(each, at)) for each in answer.unavailable],
        reach_words.next_time(answer, at),
        "" if share is None else reach_words.percent(share),
    )


def _names(answers: Iterable[Reachability]) -> dict[int, str]:
    return dict(Person.objects.filter(pk__in=reach_words.people_of(answers)).values_list("pk", "name"))
