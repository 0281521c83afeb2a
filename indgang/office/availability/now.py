"""Who can be asked about each service now, until when, why others cannot, and when somebody can be next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.catalogue.models import Service, Unit
from indgang.core.clock import COPENHAGEN, day_of
from indgang.entry.team import second_level
from indgang.routing.availability.reachability import (
    HORIZON_DAYS,
    Available,
    Hindrance,
    Precedence,
    Reachability,
    Unavailable,
)
from indgang.routing.availability.windows import AbsenceReason, Medium

#: nobody's illness or leave is anybody else's business here
_REASONS: dict[AbsenceReason, str | Promise] = {
    AbsenceReason.SICK: gettext_lazy("ikke på arbejde"),
    AbsenceReason.OFF: gettext_lazy("ikke på arbejde"),
    AbsenceReason.MEETING: gettext_lazy("til møde"),
    AbsenceReason.AWAY: gettext_lazy("væk"),
    AbsenceReason.BUSY: gettext_lazy("optaget i kalenderen"),
}


@dataclass(frozen=True, slots=True)
class ServiceNow:
    """A service with (name, what is said of them) of those who can be asked, in order, and of those who cannot."""

    service: Service
    has_windows: bool
    available: list[tuple[str, str]]
    unavailable: list[tuple[str, str]]
    next_time: str


def of(units: QuerySet[Unit], medium: Medium, at: datetime) -> list[ServiceNow]:
    """One row for each service of the units, by unit and name. A few queries for any number of services."""
    found = Service.objects.valid_on(day_of(at)).filter(unit__in=units).select_related("unit")
    services = {service.code: service for service in found.order_by("unit__path", "name")}
    answers = second_level.who_can_be_asked(services, medium=medium, at=at)
    names = _names(answers.values())
    return [_row(services[code], answer, names, at) for code, answer in answers.items()]


def _row(service: Service, answer: Reachability, names: Mapping[int, str], at: datetime) -> ServiceNow:
    return ServiceNow(
        service,
        answer.has_windows,
        [(names[each.person], _about(each, names, at)) for each in answer.available],
        [(names[each.person], _why_not(each, at)) for each in answer.unavailable],
        "" if answer.available else _next(answer.next_at, at),
    )


def _names(answers: Iterable[Reachability]) -> dict[int, str]:
    wanted: set[int] = set()
    for answer in answers:
        wanted |= {each.person for each in answer.available} | {each.person for each in answer.unavailable}
        wanted |= {each.instead_of for each in answer.available if each.instead_of is not None}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _about(each: Available, names: Mapping[int, str], at: datetime) -> str:
    said = [_("til %(time)s") % {"time": clock(each.until, day_of(at))} if each.until else _("indtil videre")]
    if each.instead_of is not None:
        said.append(_("stedfortræder for %(name)s") % {"name": names[each.instead_of]})
    if each.precedence is Precedence.BACK_UP:
        said.append(_("reserve"))
    if not each.is_confirmed:
        said.append(_("har ikke meldt sig i dag"))
    return " · ".join(said)


def _why_not(each: Unavailable, at: datetime) -> str:
    if each.hindrance is Hindrance.BUSY:
        return _("i samtale")
    if each.hindrance is Hindrance.PAUSED or each.reason is None:
        return _("holder pause")
    reason = str(_REASONS[each.reason])
    if each.back_at is None:
        return reason
    return _("%(reason)s, tilbage %(time)s") % {"reason": reason, "time": clock(each.back_at, day_of(at))}


def _next(next_at: datetime | None, at: datetime) -> str:
    if next_at is None:
        return _("Ingen de næste %(days)s dage.") % {"days": HORIZON_DAYS}
    return clock(next_at, day_of(at))


def clock(moment: datetime, today: date) -> str:
    """ "14.00", "12.3. 9.00": with the date unless it is today."""
    local = moment.astimezone(COPENHAGEN)
    day = "" if local.date() == today else f"{local.day}.{local.month}. "
    return f"{day}{local.hour}.{local.minute:02}"
