"""A decision of the demo about a segment: an owner has gone through the indicators of a service and keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from indgang.accounts.models import Person
from indgang.analysis import segmenting
from indgang.analysis.segment_models import SegmentDecision
from indgang.catalogue.models import Service
from indgang.feedback.studies import rights

_REASON = "Gennemgået med enheden: indikatorerne passer stadig."


def seed(services: Mapping[str, Service], people: Mapping[str, Person], *, at: datetime) -> None:
    """One decision, about the most complex small service that Hans decides for, unless there is one."""
    if SegmentDecision.objects.exists() or "hans" not in people:
        return
    hans = people["hans"]
    small = [each for each in services.values() if (each.complexity, each.volume) == ("high", "small")]
    listed = [each for each in small if each.unit is not None and rights.may_decide(hans, each.unit)]
    known = [each for each in segmenting.overview(listed) if each.indicators is not None and each.cases]
    if not known:
        return
    chosen = max(known, key=lambda each: (each.indicators.index if each.indicators else 0, each.service.code))
    assert chosen.indicators is not None
    values = dict(zip(segmenting.NAMES, chosen.indicators.values, strict=True))
    segmenting.decide(
        chosen.service,
        {**values, "cases_a_year": chosen.cases, "complexity": "", "volume": "", "reason": _REASON},
        by=hans,
        at=at - timedelta(days=20),
    )
