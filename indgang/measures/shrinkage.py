"""Paid time in which a person could take no contacts (features.md 4.3). Pure.

What is planned in a shift is paid. Of it, breaks, meetings, training and own cases are time inside the house that is
not available, and what lies in an absence is time outside it. Who is absent on a working day without a shift is paid
for the day of their contract, which is outside too: approved leave is never planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from indgang.measures.adherence import PlannedSpan
from indgang.measures.sums import OnPay
from indgang.staffing.shifts.activities import ActivityKind

Span = tuple[datetime, datetime]


def on_pay(plan: Sequence[PlannedSpan], absences: Sequence[Span], contract_seconds: float) -> OnPay | None:
    """The sums of one person and day. `contract_seconds` is an average day of the contract, 0 on a day that is none;
    None when nothing is paid that is known."""
    if not plan:
        return OnPay(1, contract_seconds, 0.0, contract_seconds) if absences and contract_seconds else None
    paid = inside = outside = 0.0
    for part in plan:
        away = min(sum(_shared(part, each) for each in absences), part.seconds)
        paid, outside = paid + part.seconds, outside + away
        if not _is_available(part.kind):
            inside += part.seconds - away
    return OnPay(1, paid, inside, outside)


def _is_available(kind: ActivityKind) -> bool:
    """For callers, or for those who ask the second level."""
    return kind.is_wanted_by_callers or kind is ActivityKind.WINDOW


def _shared(part: PlannedSpan, span: Span) -> float:
    """The seconds of both."""
    return max((min(part.end, span[1]) - max(part.start, span[0])).total_seconds(), 0.0)
