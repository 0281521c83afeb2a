"""What a benefit contract expects, and when. Pure.

The effect comes in steps: each step says how large a share of the full effect there is from a month on, until the
next one (R-326: nothing in the first year, 80 percent in the second, all of it from the third).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from indgang.core.months import months_later

#: steps of one contract, and the largest share of the full effect in one
MOST_STEPS, LARGEST_SHARE = 60, 2.0
#: the years in which a step can lie
FIRST_YEAR, LAST_YEAR = 2000, 2100
#: something stands between month and percentage: "2027-12" is no step of two percent
_STEP = re.compile(r"(\d{4})-(\d{1,2})(?:\s*[:=]\s*|\s+)(\d+(?:[.,]\d+)?)\s*%?")


class MeasureWay(StrEnum):
    """How a benefit is measured."""

    FIGURE = "figure"
    """A figure of `measures`, in one version and for one part of the contacts."""
    STAFFING = "staffing"
    """Full-time employees by the contracts of a centre."""
    COUNTED_ENQUIRIES = "counted_enquiries"
    """Enquiries a working day in the unit's counting weeks."""
    COUNTED_MINUTES = "counted_minutes"
    """Minutes with enquiries a working day in the unit's counting weeks."""
    NOT = "not"
    """Not at all: the contract says why."""


#: what is counted by working days
COUNTED = frozenset({MeasureWay.COUNTED_ENQUIRIES, MeasureWay.COUNTED_MINUTES})


class UnreadableSteps(ValueError):
    """Steps that cannot be read. `code` says why, `line` which one, from 1."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(f"{code} in line {line}")
        self.code, self.line = code, line


@dataclass(frozen=True, slots=True)
class BenefitStep:
    """From a month (its first day) there is this share of the full effect."""

    month: date
    share: float


def read_steps(text: str) -> tuple[BenefitStep, ...]:
    """One step a line, the earliest first: `2027-01: 80`. Raises UnreadableSteps.

    >>> read_steps("2026-01: 0\\n2027-01: 80")
    (BenefitStep(month=datetime.date(2026, 1, 1), share=0.0), BenefitStep(month=datetime.date(2027, 1, 1), share=0.8))
    """
    found: list[BenefitStep] = []
    for number, line in enumerate((line.strip() for line in text.splitlines()), start=1):
        if line:
            found.append(_step(line, number, found[-1].month if found else None))
    if not found:
        raise UnreadableSteps("none", 1)
    if len(found) > MOST_STEPS:
        raise UnreadableSteps("too_many", MOST_STEPS + 1)
    return tuple(found)


def _step(line: str, number: int, before: date | None) -> BenefitStep:
    match = _STEP.fullmatch(line)
    if match is None or not 1 <= int(match[2]) <= 12 or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise UnreadableSteps("unreadable", number)
    month, share = date(int(match[1]), int(match[2]), 1), float(match[3].replace(",", ".")) / 100
    if before is not None and month <= before:
        raise UnreadableSteps("order", number)
    if share > LARGEST_SHARE:
        raise UnreadableSteps("share", number)
    return BenefitStep(month, share)


def steps_text(steps: Sequence[BenefitStep]) -> str:
    """The steps as they are typed."""
    return "\n".join(f"{each.month:%Y-%m}: {100 * each.share:g}" for each in steps)


def share_in(steps: Sequence[BenefitStep], month: date) -> float:
    """The share of the full effect in a month; 0 before the first step."""
    return next((each.share for each in reversed(steps) if each.month <= month), 0.0)


def first_effect(steps: Sequence[BenefitStep]) -> date | None:
    """The first month in which anything is expected."""
    return next((each.month for each in steps if each.share), None)


def steps_of_years(first_year: int, amounts: Sequence[float]) -> tuple[BenefitStep, ...]:
    """The steps that a line of a case takes: each year's share of its last amount. Empty for a line that ends at 0."""
    if not amounts or not amounts[-1]:
        return ()
    steps: list[BenefitStep] = []
    for number, amount in enumerate(amounts):
        share = abs(min(max(amount / amounts[-1], 0.0), LARGEST_SHARE))
        if not steps or abs(share - steps[-1].share) > 5e-4:
            steps.append(BenefitStep(date(first_year + number, 1, 1), round(share, 3)))
    return tuple(steps)


def months(first: date, last: date) -> Iterator[date]:
    """The first day of each month from one to another."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(month: date) -> date:
    return months_later(month, 1)
