"""What search forgets: how much something was used."""

from __future__ import annotations

from django.db.models import F

from indgang.knowledge.models import SearchDocument

#: what is left of popularity after a day; half of it after a month
DAILY = 0.977
#: less than this is none
_NOTHING = 0.01


def fade() -> int:
    """Let a day pass: what nobody uses any more sinks. Returns how many documents have any popularity left."""
    SearchDocument.objects.filter(popularity__gt=0, popularity__lt=_NOTHING).update(popularity=0.0)
    return SearchDocument.objects.filter(popularity__gt=0).update(popularity=F("popularity") * DAILY)
