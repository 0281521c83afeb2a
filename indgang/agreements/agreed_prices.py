"""What centres cost day by day, by the agreements that both parties have signed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Q

from indgang.agreements.models import CooperationAgreement
from indgang.agreements.words import price_of
from indgang.measures.priced_days import PricedDays


def priced_days(centres: Collection[str] | None, first: date, last: date, *, today: date) -> list[PricedDays]:
    """The days from `first` to `last` that are over `today` and on which an agreement with a price holds, of some
    centres (codes) or all; one query. An agreement is signed before its first day, so the price of a day that is over
    does not change."""
    last = min(last, today - timedelta(days=1))
    if last < first:
        return []
    held = (
        CooperationAgreement.objects.signed()
        .exclude(price=None)
        .filter(Q(valid_to=None) | Q(valid_to__gt=first), valid_from__lte=last)
    )
    held = held if centres is None else held.filter(centre__code__in=centres)
    return [_of(each, first, last) for each in held.select_related("centre").order_by("centre__code", "valid_from")]


def _of(agreement: CooperationAgreement, first: date, last: date) -> PricedDays:
    price, began = price_of(agreement), agreement.price_began
    first = max(first, agreement.valid_from)
    end = last + timedelta(days=1) if agreement.valid_to is None else min(last + timedelta(days=1), agreement.valid_to)
    days = (first + timedelta(days=number) for number in range((end - first).days))
    return PricedDays(agreement.centre.code, {day: price.of_day(began, day) for day in days})
