"""The tables that the documents of the municipality print, and what does not fit in them, as JSON. Read only.

GET /api/potential/documents/
"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission
from indgang.analysis.potential import reference_listing


@require_GET
@requires(Permission.SEE_FIGURES)
def potential_documents(_request: HttpRequest) -> JsonResponse:
    """The documents' own tables of the potential and of counts, and every check of them."""
    return JsonResponse(reference_listing.of_tables() | reference_listing.of_checks())
