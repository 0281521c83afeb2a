"""A case as plain data, for the command and the API. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from indgang.programme.cases import evaluation, findings, uncertainty
from indgang.programme.cases.case import Assumption, BusinessCase, CaseFault
from indgang.programme.cases.evaluation import CaseTable
from indgang.programme.cases.uncertainty import Simulation, Swing


def as_data(
    case: BusinessCase, table: CaseTable, *, scenario: str = "", given: frozenset[str] = frozenset()
) -> dict[str, Any]:  # fmt: skip
    """The table with what it rests on. `given` names the assumptions whose values are not the case's own. Their values
    and ends are at the price level of the case, whatever they are typed at and the table is shown at."""
    return {
        "case": case.code, "title": case.title, "source": case.source, "scenario": scenario,
        "scenarios": [{"code": each.code, "name": each.name, "parent": each.parent} for each in case.scenarios],
        "price_year": case.shown_year or case.price_year, "price_levels": list(evaluation.price_levels(case)),
        "price_index_source": case.price_index_source, **_table(table),
        "stated_payback": case.stated_payback, "discount": case.discount,
        "assumptions_price_year": case.price_year, "assumptions": [
            {"name": each.name, "label": each.label, "unit": each.unit, "by_year": list(table.values[each.name]),
             "interval": evaluation.interval(case, each), **_limits(case, each),
             "typed_price_year": each.price_year or case.price_year,
             "source": "given" if each.name in given else each.source}
            for each in case.assumptions
        ],
    }  # fmt: skip


def _limits(case: BusinessCase, assumption: Assumption) -> dict[str, float | None]:
    factor = evaluation.price_factor(case, assumption.price_year)
    ends = {"least": assumption.least, "most": assumption.most}
    return {name: None if end is None else end * factor for name, end in ends.items()}


def complete(
    case: BusinessCase,
    *,
    scenario: str = "",
    given: Mapping[str, float],
    price_year: int | None = None,
    seed: int = 1,
    runs: int = uncertainty.RUNS,
    told: Callable[[CaseFault], str] = str,
) -> dict[str, Any]:
    """Everything that can be computed of a case with other values for the `given` assumptions: `as_data` with the
    tornado, the simulation, the remarks, and every figure that the source prints with those that disagree. Raises
    CaseFault.

    A case that cannot be computed at an end of an interval has neither tornado nor simulation, and `told` says why.
    """
    case = evaluation.at_price_level(case, price_year)
    table = evaluation.table(case, scenario, given)
    compared = findings.compared(case)
    return {
        **as_data(case, table, scenario=scenario, given=frozenset(given)),
        **_uncertain(case, scenario, given, seed=seed, runs=runs, told=told),
        "outside_interval": [
            {"assumption": each.assumption.name, "value": each.value, "interval": [each.low, each.high]}
            for each in findings.outside(case, table)
        ],
        "below_zero": [
            {"assumption": each.name, "value": value} for each, value in findings.below_zero(case, table)
        ],
        "branches": [_branch(case, each.code, given, told) for each in case.scenarios],
        "printed": [asdict(each) | {"differs": each.differs} for each in compared],
        "disagreements": [asdict(each) for each in compared if each.differs],
        "remarks": [
            {"code": each.code, "text": each.text,
             "figures": [{"name": name, "value": round(value, 2), "source": source}
                         for name, value, source in findings.remark_figures(case, each, table)]}
            for each in case.remarks
        ],
    }  # fmt: skip


def _branch(
    case: BusinessCase, scenario: str, given: Mapping[str, float], told: Callable[[CaseFault], str]
) -> dict[str, Any]:  # fmt: skip
    """What a scenario comes to with the same given values, or why it cannot be computed."""
    try:
        found = evaluation.table(case, scenario, given)
    except CaseFault as fault:
        return {"scenario": scenario, "fault": told(fault)}
    return {
        "scenario": scenario, "net": list(found.net), "each_later_year": found.lasting,
        "payback_years": years_of(found.payback), "present_value": _rounded(found),
    }  # fmt: skip


def _uncertain(
    case: BusinessCase, scenario: str, given: Mapping[str, float], *, seed: int, runs: int,
    told: Callable[[CaseFault], str],
) -> dict[str, Any]:  # fmt: skip
    try:
        swings = uncertainty.tornado(case, scenario, given)
        drawn = uncertainty.simulate(case, seed=seed, runs=runs, scenario=scenario, given=given)
    except CaseFault as fault:
        if fault.code == "runs":  # asks for what nobody can draw
            raise
        return {"tornado": None, "simulation": None, "uncertain_fault": told(fault)}
    return {"tornado": [_swing(each) for each in swings], "simulation": _simulation(drawn), "uncertain_fault": ""}


def _swing(swing: Swing) -> dict[str, Any]:
    return {
        "assumption": swing.assumption.name, "low": swing.low, "high": swing.high,
        "present_value_at_low": round(swing.at_low, 1), "present_value_at_high": round(swing.at_high, 1),
        "payback_at_low": years_of(swing.payback_at_low), "payback_at_high": years_of(swing.payback_at_high),
    }  # fmt: skip


def _simulation(drawn: Simulation) -> dict[str, Any]:
    return {
        "runs": drawn.runs, "seed": drawn.seed, "drawn": list(drawn.drawn), "mean": round(drawn.mean, 1),
        **{f"percentile_{share}": round(drawn.percentile(share), 1) for share in (5, 50, 95)},
        "share_that_gains": round(drawn.gain, 4), "share_never_paid_back": round(drawn.never, 4),
        "payback_shares": {str(years): round(share, 4) for years, share in drawn.payback_shares()},
    }  # fmt: skip


def summary(case: BusinessCase, table: CaseTable) -> dict[str, Any]:
    """A case in a list."""
    return {
        "case": case.code, "title": case.title, "years": [table.years[0], table.years[-1]], "net": list(table.net),
        "each_later_year": table.lasting, "payback_years": years_of(table.payback), "present_value": _rounded(table),
    }  # fmt: skip


def _table(table: CaseTable) -> dict[str, Any]:
    return {
        "years": list(table.years),
        "lines": [
            {"code": line.code, "name": line.name, "kind": line.kind, "area": line.area, "owner": line.owner,
             "source": line.source, "price_year": line.price_year, "amounts": list(amounts)}
            for line, amounts in table.lines
        ],
        "groups": [
            {"code": group.code, "name": group.name, "lines": list(group.lines), "source": group.source,
             "amounts": list(amounts)}
            for group, amounts in table.groups
        ],
        "permanent": list(table.permanent), "once": list(table.once), "net": list(table.net),
        "cumulative": list(table.cumulative), "each_later_year": table.lasting,
        "payback_years": years_of(table.payback), "payback_service_years": years_of(table.payback_service),
        "paid_back_in": table.paid_back_in, "present_value": _rounded(table),
        "present_value_of": [table.years[0], table.years[-1]],
    }  # fmt: skip


def _rounded(table: CaseTable) -> float:
    return round(table.present_value, 1)


def years_of(payback: float) -> int | None:
    """Whole years; None: never."""
    return None if payback == evaluation.NEVER else int(payback)
