"""Counting weeks and segments as JSON, with the rights of their pages. Read only.

GET /api/counting-weeks/                                       the weeks that the person sees
GET /api/counting-weeks/3/                                     one week, counted and in a year
GET /api/segments/                                             the services with indicators, segment and proposals
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.analysis import segment_listing
from indgang.analysis.counting import listing, rights
from indgang.analysis.counting.models import CountingWeek
from indgang.core import clock
from indgang.feedback.studies import rights as study_rights

# --- counting weeks ---------------------------------------------------------------------------------


@require_GET
@requires(*rights.READERS)
def counting_weeks(request: HttpRequest) -> JsonResponse:
    """The counting weeks that the person sees."""
    return JsonResponse({"counting_weeks": listing.of_weeks(list(rights.seen_by(person_of(request))))})


@require_GET
@requires(*rights.READERS)
def counting_week(request: HttpRequest, pk: int) -> JsonResponse:
    """One week with what was counted and what it is in a year."""
    return JsonResponse(listing.of_week(_week_for(person_of(request), pk), today=clock.today()))


def _week_for(person: Person, pk: int) -> CountingWeek:
    found: CountingWeek | None = rights.seen_by(person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# --- segments ---------------------------------------------------------------------------------------


@require_GET
@requires(*study_rights.READERS)
def segments(request: HttpRequest) -> JsonResponse:
    """The services that the person sees, each with what was decided, printed and proposed by live data."""
    today = clock.today()
    return JsonResponse(segment_listing.of_services(study_rights.services_seen(person_of(request), today), today))
