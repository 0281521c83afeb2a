"""What the demo's centres pay each other for answered calls, and last month's statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from indgang.audit.trail import System
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.measures.models import SettlementStatement, SettlementTerms
from indgang.measures.settlement import statements

_FROM = date(2020, 1, 1)
#: owner and answering centre (codes), and the terms
_TERMS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "tmf", "kff",
        {"per_call": Decimal("18.00"), "per_minute": Decimal("6.50"), "free_seconds": 10, "cap": Decimal("40000.00")},
    ),
    ("bif", "tmf", {"per_call": Decimal("12.50"), "per_minute": Decimal("7.25"), "wrap_up": True}),
    (
        "kff", "tmf",
        {"rule": SettlementTerms.Rule.FIRST_QUEUE, "per_minute": Decimal("9.00"), "minimum": Decimal("2500.00")},
    ),
)  # fmt: skip


def terms(centres: Mapping[str, ContactCentre]) -> None:
    """Terms between centres, unless there are any."""
    if SettlementTerms.objects.exists():
        return
    SettlementTerms.objects.bulk_create(
        SettlementTerms(owner=centres[owner], answered_by=centres[by], valid_from=_FROM, **fields)
        for owner, by, fields in _TERMS
    )


def close_last_month(*, at: datetime) -> None:
    """Close the last month of every centre that pays for calls, unless any month is closed or it is too early."""
    month = (day_of(at).replace(day=1) - timedelta(days=1)).replace(day=1)
    if SettlementStatement.objects.exists() or not statements.may_close(month, at):
        return
    for owner in ContactCentre.objects.filter(code__in=[each[0] for each in _TERMS]).order_by("code"):
        statements.close(owner, month, by=System("demo"), at=at)
