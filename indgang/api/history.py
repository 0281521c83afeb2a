"""Imports of history as JSON, for those who make them, and the values of periods that they brought. Read only.

GET /api/history/                                                     the newest 500 imports
GET /api/history/values/?kind=visits&from=2025-01-01&to=2025-12-31    values of periods that lie in these days
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.history.mapping.fields import VALUE_KINDS
from indgang.history.models import HistoryImport, PastValue
from indgang.history.rights import IMPORT, imports_of

#: imports of one answer, and values
_MOST_IMPORTS, _MOST_VALUES = 500, 20_000


@require_GET
@requires(IMPORT)
def imports(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"imports": [_as_data(each) for each in imports_of(person_of(request))[:_MOST_IMPORTS]]})


@require_GET
@requires(IMPORT)
def values(request: HttpRequest) -> JsonResponse:
    """The first 20,000 values by subject and period. 400 for a kind or days that are none."""
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
    return JsonResponse({"values": [_value(each) for each in rows[:_MOST_VALUES]]})


_USUAL = {"from": "2000-01-01", "to": "9999-12-31"}


def _as_data(source: HistoryImport) -> dict[str, Any]:
    return {
        "import": source.pk, "kind": source.kind, "state": source.state, "file": source.name, "rows": source.rows,
        "imported": source.imported, "known": source.known, "left_out": source.left_out, "rejected": source.rejected,
        "first_day": source.first_day, "last_day": source.last_day, "made_at": source.made_at.isoformat(),
        "unit": source.unit,
    }  # fmt: skip


def _value(row: PastValue) -> dict[str, Any]:
    return {
        "subject": row.subject, "first_day": row.first_day, "last_day": row.last_day, "number": row.number,
        "value": row.value, "import": row.source_id, "unit": row.unit,
    }  # fmt: skip
