"""The targets of the agreement broken down to the employees of a centre, for those who lead its team. Each look is
logged: what one employee reached is personal data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts import two_parties
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.agreements import employees, reality
from indgang.agreements.employees import OwnTarget
from indgang.agreements.models import CooperationAgreement
from indgang.agreements.reality import TargetReality
from indgang.agreements.targets import TargetVerdict
from indgang.agreements.words import figure_words, heading_words, target_words, unit_of
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.ranges import DateRange, RangeSet
from indgang.measures.totals import Totals
from indgang.office.access import centre_for
from indgang.office.months import MonthFilter
from indgang.office.team import access

PAGE = "office.own_targets"
#: somebody, and the days of the month on which they served the centre
ServedDays = tuple[Person, RangeSet[DateRange]]


@dataclass(frozen=True, slots=True)
class OwnRow:
    """What one employee, all of them or the whole centre reached, target by target: a value and a verdict."""

    name: str
    cells: Sequence[tuple[str, TargetVerdict]]
    is_whole: bool = False


@require_GET
@requires(P.LEAD_TEAM)
def own_targets(request: HttpRequest, centre: str) -> HttpResponse:
    """A month: each employee, all of them together, and the whole centre."""
    reader, today = person_of(request), clock.today()
    shown_centre = centre_for(reader, centre, P.LEAD_TEAM)
    form = MonthFilter(request.GET, today=today)
    days = reality.over(form.days, today=today)
    agreement = _agreement(shown_centre, days)
    counted = reality.measure_for(agreement, days) if agreement else reality.measure([shown_centre.code], (), days)
    found = [each for each in reality.of_agreement(agreement, counted) if employees.is_own(each)] if agreement else []
    people = access.those_who_served(shown_centre, counted.days) if found and counted.days else []
    trail.looks(by=reader, at=clock.now(), subjects=[each for each, _days in people if each != reader], page=PAGE)
    context = {
        "form": form, "centre": shown_centre, "agreement": agreement,
        "targets": [(heading_words(each.target), target_words(each.target), each.kpi.name) for each in found],
        "rows": _rows(shown_centre, people, found) if found else [],
    }  # fmt: skip
    return render(request, "office/team/own_targets.html", context, status=422 if form.errors else 200)


def _agreement(centre: ContactCentre, days: DateRange | None) -> CooperationAgreement | None:
    """The one that held on the last day that counts, or holds today before there is one."""
    last = days.end - timedelta(days=1) if days and days.end else clock.today()
    return two_parties.in_force(CooperationAgreement, centre, last)


def _rows(centre: ContactCentre, people: Iterable[ServedDays], found: Sequence[TargetReality]) -> list[OwnRow]:
    own = [(person.name, _totals(centre, person, days)) for person, days in people]
    together = sum((totals for _name, totals in own), Totals())
    whole = [(figure_words(each.figure.value, unit_of(each.target)), each.verdict) for each in found]
    return [
        *(_row(name, found, totals) for name, totals in own),
        OwnRow(_("Medarbejderne tilsammen"), _row("", found, together).cells, is_whole=True),
        OwnRow(_("Hele centret"), whole, is_whole=True),
    ]  # fmt: skip


def _totals(centre: ContactCentre, person: Person, days: RangeSet[DateRange]) -> Totals:
    at = clock.now()
    return sum((employees.totals(person, each, centre=centre, at=at) for each in days), Totals())


def _row(name: str, found: Sequence[TargetReality], totals: Totals) -> OwnRow:
    return OwnRow(name, [_cell(each) for each in employees.against(found, totals)])


def _cell(own: OwnTarget) -> tuple[str, TargetVerdict]:
    return figure_words(own.figure.value, unit_of(own.target)), own.verdict
