"""A benefit as plain values, for other programs. Amounts are kroner, savings negative; no data is None."""

from __future__ import annotations

from typing import Any

from indgang.history.imported_days import ImportedDays
from indgang.measures.baselines import MeasuredFigure
from indgang.programme.benefits import imported
from indgang.programme.benefits.course import CourseOfBenefit, MonthOfBenefit
from indgang.programme.benefits.following import BenefitEstimate
from indgang.programme.benefits.recomputed import RecomputedCase
from indgang.programme.cases.case import BusinessCase
from indgang.programme.cases.evaluation import CaseTable, table


def as_data(found: CourseOfBenefit) -> dict[str, Any]:
    """One contract without its months."""
    contract, version, so_far, forecast = found.contract, found.version, found.so_far, found.forecast
    return {
        "id": contract.pk, "case": contract.case, "line": contract.line, "unit": contract.unit.code,
        "unit_name": contract.unit.name, "version": version.number, "is_signed": version.is_signed,
        "withdrawn": contract.withdrawn_at.isoformat() if contract.withdrawn_at else None,
        "owner": version.owner.username, "about": version.about, "measured_by": version.way,
        "figure": f"{version.kpi} v{version.kpi_version}" if version.kpi else None, "level": version.level,
        "centre": version.centre.code if version.centre else None, "services": version.services,
        "not_measured_because": version.not_measured or None,
        "baseline": {
            **_figure(version.baseline), "first": _day(version.baseline_first), "last": _day(version.baseline_last),
            "source": version.baseline_source or "measured",
        } if version.baseline_value is not None else None,
        "full_effect": version.change, "kroner_for_one_more": version.kroner, "price_year": version.price_year,
        "steps": version.steps, "assumption": version.assumption or None,
        "expected": so_far.expected, "realised": _amount(so_far.realised),
        "expected_of_measured_months": so_far.expected_of_measured, "measured_months": so_far.measured,
        "months_over": so_far.over, "months_to_close": [f"{month:%Y-%m}" for month in found.to_close],
        "year": {"year": forecast.year, "expected": forecast.expected, "forecast": _amount(forecast.forecast)},
    }  # fmt: skip


def with_months(found: CourseOfBenefit) -> dict[str, Any]:
    """`imported`: which days of the baseline, and of each month, have imported figures, in words."""
    basis = imported.of_course(found)
    months = [_month(each) | _imported(basis.months.get(each.facts.month)) for each in found.months]
    told = as_data(found)
    if told["baseline"] is not None:
        told["baseline"] |= _imported(basis.baseline)
    return told | {"months": months}


def _imported(found: ImportedDays | None) -> dict[str, str | None]:
    return {"imported": found.sentence if found else None}


def case_again(case: BusinessCase, as_assumed: RecomputedCase, going_on: RecomputedCase) -> dict[str, Any]:
    """A case before and after what was measured, in 1,000 kr.; the rest as it is assumed, and as it goes."""
    return {
        "case": case.code, "title": case.title, "price_year": case.price_year, "years": list(case.years),
        "original": _table(table(case)), "measured_and_assumed": _again(as_assumed),
        "measured_and_going_on": _again(going_on),
    }  # fmt: skip


def _table(found: CaseTable) -> dict[str, Any]:
    return {"net": list(found.net), "present_value": found.present_value, "paid_back_in": found.paid_back_in}


def _again(found: RecomputedCase) -> dict[str, Any]:
    return _table(found.table) | {
        "lines": [
            {"line": line.code, "name": line.name, "amounts": list(amounts), "covered": found.covered[line.code],
             "rests_on": [found.known[line.code, year] for year in found.table.years]}
            for line, amounts in found.table.lines
        ],
    }  # fmt: skip


def _month(month: MonthOfBenefit) -> dict[str, Any]:
    facts = month.facts
    return {
        "month": f"{facts.month:%Y-%m}", "expected": facts.expected, "expected_value": facts.expected_value,
        "measured": _figure(facts.measured) if facts.measured else None, "no_data": facts.why,
        "realised": _amount(month.realised), "is_closed": month.closed is not None,
        "reason": month.closed.reason if month.closed else None, "services_gone": list(month.gone),
        "services_new": list(month.new), "value_of_the_unit_now": month.now.value if month.now else None,
    }  # fmt: skip


def _figure(figure: MeasuredFigure) -> dict[str, Any]:
    return {"value": figure.value, "low": figure.low, "high": figure.high, "base": figure.base}


def _amount(amount: BenefitEstimate | None) -> dict[str, float | None] | None:
    return None if amount is None else {"value": amount.value, "low": amount.low, "high": amount.high}


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
