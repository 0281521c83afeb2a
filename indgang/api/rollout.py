"""Rollout plans as JSON, for people who are signed in and see them. Read only.

GET /api/rollouts/      the plans with their stages
GET /api/rollouts/3/    one plan: stages with the readiness of their units, milestones, activities, risks, communication
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.programme.rollout import overview, rights


@require_GET
@requires(*rights.READERS)
def rollout_list(request: HttpRequest) -> JsonResponse:
    found = [overview.heading(each, today=clock.today()) for each in rights.seen_by(person_of(request))]
    return JsonResponse({"rollouts": found})


@require_GET
@requires(*rights.READERS)
def rollout(request: HttpRequest, pk: int) -> JsonResponse:
    plan = rights.seen_by(person_of(request)).filter(pk=pk).first()
    if plan is None:
        raise Http404
    return JsonResponse(overview.as_data(plan, at=clock.now()))
