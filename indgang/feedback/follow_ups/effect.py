"""The measured effect of an improvement: the index of its service before and after the day it was carried out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from indgang.feedback import results
from indgang.feedback.follow_up_models import ImprovementItem
from indgang.feedback.index import Index, IndexChange, Ratings, change, index
from indgang.feedback.results import Chosen
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
    before = _satisfaction(item.service_id, item.works_from - timedelta(days=DAYS), item.works_from)
    after = _satisfaction(item.service_id, item.works_from, until) if until > item.works_from else Ratings()
    return MeasuredEffect(index(before), index(after), change(before, after), until)


def _satisfaction(service: int, first: date, until: date) -> Ratings:
    """How satisfied people were with the service from the first day to the one before `until`."""
    period = Period.days(first, until - timedelta(days=1))
    found = results.ratings(Chosen(period, {"service": service})).get("", {})
    return found.get(results.SATISFACTION, Ratings())
