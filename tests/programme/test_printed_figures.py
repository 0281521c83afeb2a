"""The tables of the documents as they are shipped, row by row against the cases: amounts, subtotals and totals."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from indgang.programme import layout
from indgang.programme.cases import evaluation, findings, library
from indgang.programme.cases.expressions import FormulaNumber
from indgang.programme.cases.library import shipped

FOLDER = Path(library.__file__).with_name("library")
CASES = {
    "BC31 TMF contact centre": "bc31", "Borgerservice 2020": "borgerservice-2020",
    "BC12 digital and telephone citizen service": "bc12", "BC30 automation programme TMF": "bc30",
}  # fmt: skip


def rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def sources(written: str) -> set[str]:
    return set(written.split("; "))


@pytest.mark.parametrize("name", CASES)
def test_every_row_of_the_cash_flows_is_given_by_the_case(name: str) -> None:
    """By its source and year; a row that is printed twice has both sources."""
    compared = findings.compared(shipped(CASES[name]))
    wanted = [row for row in rows("business_cases_timeseries.csv") if row["case"] == name]
    assert len(wanted) > 20
    for row in wanted:
        here = [each for each in compared if row["source"] in sources(each.source) and each.year == int(row["year"])]
        assert float(row["value_1000kr"]) in [each.printed for each in here], row
        assert not any(each.differs for each in here), row


def test_every_row_of_the_economy_of_2006_is_a_figure_of_its_case() -> None:
    """To the thousand kroner, as often as its table has it; what is granted is a saving in the case."""
    case = shipped("concept-2006")
    figures = Counter(
        (source, round(abs(each.printed))) for each in findings.compared(case) for source in sources(each.source)
    )
    for each in case.assumptions:
        if isinstance(formula := each.values[0].formula, FormulaNumber):
            figures[each.source, round(formula.value)] += 1
    for remark in case.remarks:
        for _name, value, source in findings.remark_figures(case, remark):
            figures[source, round(abs(value))] += 1
    wanted: Counter[tuple[str, int]] = Counter()
    for row in rows("economy_2006.csv"):
        for written in row["mio_kr_2006"].split("/"):
            wanted[row["source"], round(abs(float(written)) * 1000)] += 1
    assert sum(wanted.values()) == 59
    assert {each: (number, figures[each]) for each, number in wanted.items() if figures[each] < number} == {}


def test_the_totals_of_2006_stand_in_the_table() -> None:
    case = shipped("concept-2006")
    shown = {row.name: row.amounts for row in layout.rows(case, evaluation.table(case))}
    assert shown["Etablering af kontaktcentret"] == (25_400, 0, 0)
    assert shown["Drift af kontaktcentret"][1:] == (10_280, 10_280)
    assert shown["Etablering af kontaktcentret, der skal findes penge til"][0] == 20_100
    assert shown["Drift af kontaktcentret, der skal findes penge til"] == (640, 7_680, 7_680)
    assert shown["Kontaktcentret i alt"] == (20_740, 7_680, 7_680)
    assert shown["Tilbage af tidligere bevilling"][0] == -5_300
    said = [text for text, _figures in layout.remarks(case, evaluation.table(case))]
    assert any("163,5" in text and "168" in text for text in said)


@pytest.mark.parametrize(
    ("code", "row", "fields"),
    [
        ("bc12", "BC12", {"once": "investment_capital_mio", "permanent": "effect_service_mio"}),
        ("bc30", "BC30", {"once": "investment_capital_mio", "permanent": "effect_service_mio"}),
        ("bc31", "BC31", {
            "once-service": "investment_service_mio", "set-up": "investment_capital_mio",
            "permanent": "effect_service_mio",
        }),
    ],
)  # fmt: skip
def test_the_pool_has_the_amounts_of_the_case_with_one_decimal(code: str, row: str, fields: dict[str, str]) -> None:
    (wanted,) = (each for each in rows("investment_pool_overview.csv") if each["number"] == row)
    compared = [each for each in findings.compared(shipped(code)) if wanted["source"] in sources(each.source)]
    assert {each.of for each in compared} == fields.keys()
    for each in compared:
        assert abs(each.printed) == float(wanted[fields[each.of]]) * 1000
        assert not each.differs
    assert shipped(code).stated_payback == int(wanted["payback_years"])
