"""Metrics for Prometheus, protected by INDGANG_METRICS_TOKEN: the counters of processes, and the present state."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import public
from indgang.api.state import CentreState
from indgang.telemetry import metrics


@require_GET
@public
def metrics_page(request: HttpRequest) -> HttpResponse:
    """The metrics; 404 while no token is set, 401 for a wrong one. They hold counts and no personal data."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    response = HttpResponse(metrics.exposition([CentreState()]), content_type=metrics.CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response
