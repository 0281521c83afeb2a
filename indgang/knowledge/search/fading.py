"""What search forgets: how much something was used, and what people once asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from indgang.knowledge.models import Search, SearchDocument

#: what is left of popularity after a day; half of it after a month
DAILY = 0.977
#: less than this is none
_NOTHING = 0.01
#: thirteen months, so that a month can be held against the same month last year
KEPT = timedelta(days=396)


def fade() -> int:
    """Let a day pass: what nobody uses any more sinks. Returns how many documents have any popularity left."""
    SearchDocument.objects.filter(popularity__gt=0, popularity__lt=_NOTHING).update(popularity=0.0)
    return SearchDocument.objects.filter(popularity__gt=0).update(popularity=F("popularity") * DAILY)


def forget_searches(*, at: datetime) -> int:
    """Delete searches older than thirteen months; returns how many."""
    return Search.objects.filter(at__lt=at - KEPT).delete()[0]
