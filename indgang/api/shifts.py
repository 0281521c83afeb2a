"""Published shifts as JSON, for planners who are signed in. Read only.

GET /api/shifts/?centre=tmf&from=2026-03-11&to=2026-03-17   both days included, at most 42 of them
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api import access
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.workforce.shifts import PublishedShift, planned_in

#: days of one answer
MOST_DAYS = 42


@require_GET
@requires(Permission.PLAN_STAFFING)
def shifts(request: HttpRequest) -> JsonResponse:
    """The shifts of a centre's people with their parts; days without a plan have none. 400 for days that are none."""
    centre = access.centre(person_of(request), request.GET.get("centre", ""))
    try:
        first = date.fromisoformat(request.GET.get("from") or clock.today().isoformat())
        last = date.fromisoformat(request.GET.get("to") or first.isoformat())
        if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
            raise ValueError
        starts, after = _midnight(first), _midnight(last + timedelta(days=1))
    except (ValueError, OverflowError):
        return JsonResponse({"error": f"from and to are days (2026-03-11), at most {MOST_DAYS} together"}, status=400)
    found = planned_in(centre, starts, after)
    names = dict(Person.objects.filter(pk__in={each.person for each in found}).values_list("pk", "username"))
    return JsonResponse({"shifts": [_as_data(each, names) for each in found]})


def _as_data(shift: PublishedShift, names: dict[int, str]) -> dict[str, Any]:
    return {
        "person": names[shift.person], "workplace": shift.workplace, "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "parts": [
            {
                "kind": part.kind, "activity": part.activity, "title": part.title,
                "starts_at": part.starts_at.isoformat(), "ends_at": part.ends_at.isoformat(),
            }
            for part in shift.parts
        ],
    }  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=COPENHAGEN)
