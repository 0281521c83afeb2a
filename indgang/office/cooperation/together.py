"""The page that adds up the targets of all centres that a person sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.agreements import centres_together, reality
from indgang.agreements.centres_together import CentresTogether
from indgang.agreements.targets import Limit, TargetVerdict
from indgang.agreements.words import figure_words, heading_words, unit_of
from indgang.core import clock
from indgang.measures.definitions import Figure
from indgang.office.cooperation import access
from indgang.office.cooperation.forms import AgreedPeriodFilter
from indgang.office.cooperation.kept import limit_words


@dataclass(frozen=True, slots=True)
class TogetherRow:
    name: str
    limit: str
    value: str
    base: int
    verdict: TargetVerdict | None


@dataclass(frozen=True, slots=True)
class TogetherShown:
    heading: str
    definition: str
    rows: list[TogetherRow]
    total: TogetherRow


@require_GET
@requires(P.SEE_FIGURES, P.SIGN_COOPERATION)
def agreements(request: HttpRequest) -> HttpResponse:
    """The agreements in force today, figure by figure."""
    person, today = person_of(request), clock.today()
    form = AgreedPeriodFilter(request.GET, today=today)
    days = reality.over(form.days, today=today)
    in_force = access.agreements_seen(person).signed().valid_on(today).order_by("centre__name")
    found = centres_together.of_agreements(in_force, days)
    context: dict[str, Any] = {
        "form": form,
        "days": days,
        "last_day": days.end - timedelta(days=1) if days and days.end else None,
        "figures": [_shown(each) for each in found],
    }
    return render(request, "office/cooperation/together.html", context)


def _shown(found: CentresTogether) -> TogetherShown:
    unit = unit_of(found.parts[0].target)
    rows = [
        _row(each.target.agreement.centre.name, each.limit, each.figure, each.verdict, unit) for each in found.parts
    ]
    total = _row(_("Tilsammen"), found.limit, found.figure, found.verdict, unit)
    return TogetherShown(heading_words(found.parts[0].target), found.kpi.name, rows, total)


def _row(name: str, limit: Limit | None, figure: Figure, judged: TargetVerdict | None, unit: str) -> TogetherRow:
    return TogetherRow(name, limit_words(limit, unit) or "–", figure_words(figure.value, unit), figure.base, judged)
