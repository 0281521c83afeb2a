"""What the website could have answered, and what measures did, as JSON for people who are signed in. Read only.

GET /api/gaps/?from=2026-01-01&to=2026-03-31&share=0.5   both days included, at most 1,100 of them
GET /api/gaps/measures/                                  the newest measures with their effect
"""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.analysis import gap_data, gap_rights, gap_rows, kept_gaps, page_visits
from indgang.analysis.gaps.ranking import Uptake
from indgang.core import clock
from indgang.measures.period import Period
from indgang.ui.site_pages import page_at

_USUAL_DAYS, _MOST_DAYS = 90, 1_100
#: measures of one answer
MOST = 100


@require_GET
@requires(*gap_rights.READERS)
def gaps(request: HttpRequest) -> JsonResponse:
    """The ranked gaps of the questions that this person sees. 400 for days that are none, in words."""
    try:
        last = date.fromisoformat(request.GET.get("to") or clock.today().isoformat())
        first = date.fromisoformat(request.GET.get("from") or (last - timedelta(_USUAL_DAYS - 1)).isoformat())
        if not timedelta() <= last - first < timedelta(_MOST_DAYS):
            raise ValueError
        period, uptake = Period.days(first, last), Uptake.about(float(request.GET.get("share") or 0.5))
    except (ValueError, OverflowError):
        said = f"from and to are days (2026-03-11), at most {_MOST_DAYS} together; share lies above 0 and is at most 1"
        return JsonResponse({"error": said}, status=400)
    person = person_of(request)
    scope = gap_rights.scope_for(person)
    try:
        found = kept_gaps.find(period, scope, today=clock.today(), at=clock.now(), uptake=uptake)
    except gap_rows.TooManyRows:
        return JsonResponse({"error": f"more than {gap_rows.MOST:,} rows; choose fewer days"}, status=400)
    return JsonResponse(gap_data.of_gaps(found, period, visits=page_visits.scope_for(person), page_at=page_at))


@require_GET
@requires(*gap_rights.READERS, *gap_rights.EDITORS)
def gap_measures(request: HttpRequest) -> JsonResponse:
    """The newest measures that this person sees; `left_out` older ones are not among them."""
    seen = gap_rights.measures_for(person_of(request))
    shown = gap_data.of_measures(list(seen[:MOST]), today=clock.today())
    return JsonResponse({"measures": shown, "left_out": max(seen.count() - MOST, 0)})
