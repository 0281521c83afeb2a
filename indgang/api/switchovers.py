"""Switches of services and old numbers as JSON, for readers of figures who are signed in. Read only.

GET /api/switchovers/     those of the reader's centres, the latest first
GET /api/old-numbers/     what still comes in by week on each old number and mail address
"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.access import everywhere, of_centres
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.programme.switchover import listing, old_channels
from indgang.programme.switchover.models import Switchover

#: switches of one answer
MOST = 200


@require_GET
@requires(Permission.SEE_FIGURES)
def switchovers(request: HttpRequest) -> JsonResponse:
    person = person_of(request)
    rows = Switchover.objects.select_related("service", "centre")
    if not everywhere(person, Permission.SEE_FIGURES):
        rows = rows.filter(of_centres(person, Permission.SEE_FIGURES, "centre__"))
    return JsonResponse({"switchovers": [listing.switch_data(each) for each in rows[:MOST]]})


@require_GET
@requires(Permission.SEE_FIGURES)
def old_numbers(request: HttpRequest) -> JsonResponse:
    found = old_channels.all_channels(clock.now())
    return JsonResponse({"old_numbers": [listing.channel_data(each) for each in found]})
