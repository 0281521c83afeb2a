"""A case as plain data, for the command and the API. Pure."""

from __future__ import annotations

from typing import Any

from indgang.programme.cases import evaluation
from indgang.programme.cases.case import BusinessCase
from indgang.programme.cases.evaluation import CaseTable


def as_data(case: BusinessCase, table: CaseTable, *, scenario: str = "", given: frozenset[str] = frozenset(),
            price_year: int | None = None) -> dict[str, Any]:  # fmt: skip
    """The table with what it rests on. `given` names the assumptions whose values are not the case's own."""
    return {
        "case": case.code, "title": case.title, "source": case.source, "scenario": scenario,
        "scenarios": [{"code": each.code, "name": each.name, "parent": each.parent} for each in case.scenarios],
        "price_year": price_year or case.price_year, **_table(table),
        "stated_payback": case.stated_payback, "discount": case.discount,
        "assumptions": [
            {"name": each.name, "label": each.label, "unit": each.unit, "by_year": list(table.values[each.name]),
             "interval": evaluation.interval(case, each), "source": "given" if each.name in given else each.source}
            for each in case.assumptions
        ],
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
             "source": line.source, "amounts": list(amounts)}
            for line, amounts in table.lines
        ],
        "permanent": list(table.permanent), "once": list(table.once), "net": list(table.net),
        "cumulative": list(table.cumulative), "each_later_year": table.lasting,
        "payback_years": years_of(table.payback), "paid_back_in": table.paid_back_in, "present_value": _rounded(table),
    }  # fmt: skip


def _rounded(table: CaseTable) -> float:
    return round(table.present_value, 1)


def years_of(payback: float) -> int | None:
    """Whole years; None: never."""
    return None if payback == evaluation.NEVER else int(payback)
