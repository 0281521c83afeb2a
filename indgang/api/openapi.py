"""The description of the API for programs and for tools that make clients: GET /api/openapi.json."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import get_resolver
from django.views.decorators.http import require_GET

from indgang import __version__
from indgang.accounts.gate import public
from indgang.api import description


@require_GET
@public
def openapi(_request: HttpRequest) -> JsonResponse:
    """This description, as OpenAPI 3.1."""
    patterns = get_resolver("indgang.api.urls").url_patterns
    return JsonResponse(description.document(patterns, version=__version__))
