"""The decay of popularity in search."""

from __future__ import annotations

from django.db.models import F

from indgang.knowledge.models import SearchDocument

#: the daily factor of popularity; half is left after a month
DAILY = 0.977
#: a lower value counts as 0
_NOTHING = 0.01


def fade() -> int:
    """Apply one day of decay. Returns how many documents have any popularity left."""
    SearchDocument.objects.filter(popularity__gt=0, popularity__lt=_NOTHING).update(popularity=0.0)
    return SearchDocument.objects.filter(popularity__gt=0).update(popularity=F("popularity") * DAILY)
