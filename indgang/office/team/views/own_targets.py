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
from indgang.agreements.reality import MeasuredDays, TargetReality
from indgang.agreements.targets import TargetVerdict
from indgang.agreements.words import figure_words, heading_words, target_words, unit_of
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.ranges import DateRange
from indgang.measures.period import Period
from indgang.measures.totals import Totals
from indgang.office.access import centre_for
from indgang.office.months import MonthFilter
from indgang.office.team import access

PAGE = "office.own_targets"


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
    counted = reality.measure([shown_centre.code], reality.levels_of(agreement) if agreement else (), days)
    found = [each for each in reality.of_agreement(agreement, counted) if employees.is_own(each)] if agreement else []
    people = list(access.agents_of(shown_centre)) if found else []
    trail.looks(by=reader, at=clock.now(), subjects=[each for each in people if each != reader], page=PAGE)
    context = {
        "form": form, "centre": shown_centre, "agreement": agreement,
        "targets": [(heading_words(each.target), target_words(each.target), each.kpi.name) for each in found],
        "rows": _rows(shown_centre, people, found, counted) if found else [],
    }  # fmt: skip
    return render(request, "office/team/own_targets.html", context, status=422 if form.errors else 200)


def _agreement(centre: ContactCentre, days: DateRange | None) -> CooperationAgreement | None:
    """The one that held on the last day that counts, or holds today before there is one."""
    last = days.end - timedelta(days=1) if days and days.end else clock.today()
    return two_parties.in_force(CooperationAgreement, centre, last)


def _rows(
    centre: ContactCentre, people: Iterable[Person], found: Sequence[TargetReality], counted: MeasuredDays
) -> list[OwnRow]:
    own = {person: _totals(centre, person, counted) for person in people}
    rows = [_row(person.name, found, totals) for person, totals in own.items() if totals is not None]
    together = sum((totals for totals in own.values() if totals is not None), Totals())
    whole = [(figure_words(each.figure.value, unit_of(each.target)), each.verdict) for each in found]
    return [
        *rows, OwnRow(_("Medarbejderne tilsammen"), _row("", found, together).cells, is_whole=True),
        OwnRow(_("Hele centret"), whole, is_whole=True),
    ]  # fmt: skip


def _totals(centre: ContactCentre, person: Person, counted: MeasuredDays) -> Totals | None:
    """Those of the days on which the person served the centre: other days are not for its leaders."""
    days = access.serving_days(centre, person, counted.days) if counted.days else None
    if days is None or days.start is None or days.end is None:
        return None
    return employees.totals(person, Period.days(days.start, days.end - timedelta(days=1)), at=clock.now())


def _row(name: str, found: Sequence[TargetReality], totals: Totals) -> OwnRow:
    return OwnRow(name, [_cell(each) for each in employees.against(found, totals)])


def _cell(own: OwnTarget) -> tuple[str, TargetVerdict]:
    return figure_words(own.figure.value, unit_of(own.target)), own.verdict
