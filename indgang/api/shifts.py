"""Published shifts as JSON, for planners who are signed in. Read only.

GET /api/shifts/?centre=tmf&from=2026-03-11&to=2026-03-17   both days included, at most 42 of them
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.access import may
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.workforce.models import WorkContract
from indgang.workforce.shifts import PublishedShift, planned

#: days of one answer
MOST_DAYS = 42


@require_GET
@requires(Permission.PLAN_STAFFING)
def shifts(request: HttpRequest) -> JsonResponse:
    """The shifts of a centre's people with their parts; days without a plan have none. 400 for days that are none."""
    centre = _centre(person_of(request), request.GET.get("centre", ""))
    try:
        first = date.fromisoformat(request.GET.get("from") or clock.today().isoformat())
        last = date.fromisoformat(request.GET.get("to") or first.isoformat())
        if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
            raise ValueError
        starts, after = _midnight(first), _midnight(last + timedelta(days=1))
    except (ValueError, OverflowError):
        return JsonResponse({"error": f"from and to are days (2026-03-11), at most {MOST_DAYS} together"}, status=400)
    people = WorkContract.objects.filter(centre=centre).values_list("person", "person__username")
    names = dict(people)
    return JsonResponse({"shifts": [_as_data(each, names) for each in planned(list(names), starts, after)]})


def _centre(person: Person, code: str) -> ContactCentre:
    """Raises Http404 for a centre that does not exist, or for which this person does not plan."""
    found: ContactCentre | None = None
    if "\0" not in code:
        found = ContactCentre.objects.select_related("owner").filter(code=code).first()
    if found is None or not may(person, Permission.PLAN_STAFFING, found.owner):
        raise Http404
    return found


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
