"""The measured effect of an improvement: the index of its service before and after the day it was carried out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from indgang.core.ranges import DateRange
from indgang.feedback import scales
from indgang.feedback.follow_up_models import ImprovementItem
from indgang.feedback.index import Index, IndexChange, Ratings, change, index
from indgang.feedback.models import Rating
from indgang.measures.period import Period

#: days before and after that are compared
DAYS = 90


@dataclass(frozen=True, slots=True)
class MeasuredEffect:
    """Satisfaction with the service in the days before, and in those after until today. `change` is None while one of
    them is too small to be shown."""

    before: Index
    after: Index
    change: IndexChange | None
    until: date


def of(item: ImprovementItem, *, today: date) -> MeasuredEffect | None:
    """None for what is not carried out, or names no service."""
    if item.works_from is None or item.service_id is None:
        return None
    until = min(item.works_from + timedelta(days=DAYS), today + timedelta(days=1))
    before = ratings(item.service_id, DateRange(item.works_from - timedelta(days=DAYS), item.works_from))
    after = ratings(item.service_id, DateRange(item.works_from, until)) if until > item.works_from else Ratings()
    return MeasuredEffect(index(before), index(after), change(before, after), until)


def ratings(service: int, days: DateRange) -> Ratings:
    """How satisfied people were with the service on these days, on the index."""
    assert days.start is not None
    assert days.end is not None
    period = Period.days(days.start, days.end - timedelta(days=1))
    rows = Rating.objects.filter(
        question__indicator="satisfaction", response__service=service, response__answered_at__gte=period.start,
        response__answered_at__lt=period.end,
    )  # fmt: skip
    counted = rows.order_by().values_list("question__scale", "value").annotate(number=Count("pk"))
    found = Ratings()
    for scale, value, number in counted:
        point = scales.index(scale, value)
        found += Ratings(number, number * point, number * point * point)
    return found
