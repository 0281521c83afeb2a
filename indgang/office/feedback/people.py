"""Employees' own results, for whoever leads their team."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.feedback import own_results
from indgang.feedback.own_results import OwnIndex
from indgang.office.feedback import access


@dataclass(frozen=True, slots=True)
class EmployeeResults:
    name: str
    cells: list[OwnIndex]


@require_GET
@requires(access.LEAD)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody in the teams that the person leads, over the days that employees see themselves."""
    leader, at = person_of(request), clock.now()
    scope = own_results.led_by(leader)
    rows = [EmployeeResults(each.name, own_results.of(each, at, scope=scope)) for each in access.team(leader)]
    context = {"rows": rows, "days": own_results.DAYS, "fewest": own_results.FEWEST}
    return render(request, "office/feedback/people.html", context)
