"""A case computed again with what its signed contracts measured."""

from __future__ import annotations

from datetime import date

from indgang.programme.benefits import course
from indgang.programme.benefits.models import BenefitContract
from indgang.programme.benefits.recomputed import RecomputedCase, recomputed
from indgang.programme.cases.case import BusinessCase


def of_case(case: BusinessCase, today: date, *, goes_on: bool) -> RecomputedCase:
    """With what nobody signed left out. Raises CaseFault."""
    rows = course.with_versions(BenefitContract.objects.filter(case=case.code))
    found = [each for each in course.of_contracts(rows, today, until=case.years[-1]) if each.counts]
    measured = [course.at_prices_of(case, each).measured(case) for each in found]
    return recomputed(case, measured, goes_on=goes_on)
