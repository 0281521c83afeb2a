"""Imports of history as JSON, for those who make them, and the values of periods that they brought. Read only.

GET /api/history/                                                     the newest 500 imports
GET /api/history/3/                                                   one with its bad rows and why it was given up
GET /api/history/values/?kind=visits&from=2025-01-01&to=2025-12-31    values of periods that lie in these days
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.utils import translation
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.history import listing
from indgang.history.mapping.fields import VALUE_KINDS
from indgang.history.models import PastValue
from indgang.history.rights import IMPORT, imports_of

#: imports of one answer, and values
MOST_IMPORTS, MOST_VALUES = 500, 20_000


@require_GET
@requires(IMPORT)
def imports(request: HttpRequest) -> JsonResponse:
    """The newest imports; `more` says whether there are others."""
    rows = list(imports_of(person_of(request))[: MOST_IMPORTS + 1])
    found = [listing.summary(each) for each in rows[:MOST_IMPORTS]]
    return JsonResponse({"imports": found, "more": len(rows) > MOST_IMPORTS})


@require_GET
@requires(IMPORT)
def one(request: HttpRequest, pk: int) -> JsonResponse:
    """One import: its counts, how far it is, why it was given up or taken back, and its bad rows."""
    found = imports_of(person_of(request)).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    with translation.override("en"):
        return JsonResponse(listing.whole(found))


@require_GET
@requires(IMPORT)
def values(request: HttpRequest) -> JsonResponse:
    """The first 20,000 values by subject and period; `more` says whether there are others. 400 for a kind or
    days that are none."""
    kind = request.GET.get("kind", "")
    try:
        first, last = (date.fromisoformat(request.GET.get(name) or usual) for name, usual in _USUAL.items())
        if kind not in set(VALUE_KINDS) or last < first:
            raise ValueError
    except ValueError:
        kinds = ", ".join(VALUE_KINDS)
        return JsonResponse({"error": f"kind is one of {kinds}; from and to are days (2025-01-01)"}, status=400)
    own = imports_of(person_of(request)).values("pk")
    rows = PastValue.objects.filter(kind=kind, first_day__gte=first, last_day__lte=last, source__in=own)
    shown = list(rows[: MOST_VALUES + 1])
    found = [_value(each) for each in shown[:MOST_VALUES]]
    return JsonResponse({"values": found, "more": len(shown) > MOST_VALUES})


_USUAL = {"from": "2000-01-01", "to": "9999-12-31"}


def _value(row: PastValue) -> dict[str, Any]:
    return {
        "subject": row.subject, "first_day": row.first_day, "last_day": row.last_day, "number": row.number,
        "value": row.value, "import": row.source_id, "unit": row.unit,
    }  # fmt: skip
