"""The pages of business cases: the table of the documents, other values, a spreadsheet that computes, and a PDF."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from indgang.programme.cases import evaluation
from indgang.programme.cases.library import SHIPPED, shipped
from indgang.programme.workbook import workbook
from tests.office.conftest import SignIn

BC31 = "/office/cases/bc31/"


def test_who_sees_figures_sees_the_cases(as_person: SignIn) -> None:
    assert {name: as_person(name).get("/office/cases/").status_code for name in ("gerda", "eva", "anna")} == {
        "gerda": 200, "eva": 200, "anna": 403,
    }  # fmt: skip
    listed = as_person("gerda").get("/office/cases/").content.decode()
    assert all(shipped(code).title in listed for code in SHIPPED)


@pytest.mark.parametrize("code", SHIPPED)
def test_a_case_is_shown_in_the_layout_of_its_document(as_person: SignIn, code: str) -> None:
    shown = as_person("gerda").get(f"/office/cases/{code}/")
    text = shown.content.decode()
    assert shown.status_code == 200
    for amount in evaluation.table(shipped(code)).net:
        assert f"<td>{amount:,.0f}</td>".replace(",", ".") in text


def test_other_values_are_tried_in_the_address(as_person: SignIn) -> None:
    gerda = as_person("gerda")
    text = gerda.get(BC31, {"scenario": "no-buildings"}).content.decode()
    assert "11 år, i 2031" in text
    text = gerda.get(BC31, {"set-later_saving": "0,05", "set-fte": "10"}).content.decode()
    assert "<td>5.500</td>" in text
    assert "<td>5.225</td>" in text


@pytest.mark.parametrize(
    "query", [{"set-fte": "mange"}, {"set-fte": "nan"}, {"set-fte": "1e300"}, {"scenario": "x"},
              {"set-fte": "900000000", "set-fte_cost": "900000000"}],
)  # fmt: skip
@pytest.mark.parametrize("part", ["", "spreadsheet/", "document/"])
def test_values_that_make_no_sense_are_said_on_the_form(as_person: SignIn, query: dict[str, str], part: str) -> None:
    answer = as_person("gerda").get(BC31 + part, query)
    assert answer.status_code == 422
    assert "Regn igen" in answer.content.decode()


def test_an_unknown_case_is_not_found(as_person: SignIn) -> None:
    assert [as_person("gerda").get(f"/office/cases/bc99/{part}").status_code for part in ("", "document/")] == [404] * 2


def test_the_pdf_is_tagged_and_has_the_table(as_person: SignIn) -> None:
    made = as_person("gerda").get(BC31 + "document/", {"scenario": "no-buildings"})
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made.content)).pages)
    assert made["Content-Type"] == "application/pdf"
    assert "4.950" in text
    assert "Uden besparelsen i Center for Bygninger" in text


@pytest.mark.parametrize("code", SHIPPED)
def test_the_formulas_of_the_spreadsheet_give_what_the_page_shows(code: str) -> None:
    case, table = shipped(code), evaluation.table(shipped(code))
    cells = _calculated(workbook(case, {}))
    rows = {cells("Sag", f"A{row}"): row for row in range(5, 60)}
    years = range(len(case.years))
    for name, amounts in (("Samlet virkning på økonomien", table.net), ("Samlet virkning indtil nu", table.cumulative)):
        assert [cells("Sag", f"{'DEFGHIJ'[k]}{rows[name]}") for k in years] == pytest.approx(list(amounts))
    payback = cells("Sag", f"D{rows['Tilbagebetalingstid i år']}")
    assert payback == ("aldrig" if math.isinf(table.payback) else table.payback)
    assert cells("Sag", f"D{rows['Nutidsværdi']}") == pytest.approx(table.present_value)


def test_a_text_of_a_case_never_becomes_a_formula() -> None:
    from dataclasses import replace

    case = shipped("bc30")
    cells = load_workbook(io.BytesIO(workbook(replace(case, title="=1+1"), {}))).worksheets[0]
    assert cells["A1"].data_type == "s"


def _calculated(content: bytes) -> Callable[[str, str], Any]:
    """The value of each cell, as a spreadsheet computes it: formulas are rewritten as Python."""
    book = load_workbook(io.BytesIO(content))

    @cache
    def value(sheet: str, cell: str) -> Any:
        found = book[sheet][cell].value
        if not (isinstance(found, str) and found.startswith("=")):
            return found
        return eval(_python(found[1:]), {**_FUNCTIONS, "at": at, "here": sheet})

    def at(sheet: str, area: str) -> Any:
        area = area.replace("$", "")
        if ":" not in area:
            return value(sheet, area)
        row = [value(sheet, cell.coordinate) for line in book[sheet][area] for cell in line]
        return np.array([each or 0 for each in row], dtype=float)

    return value


def _python(formula: str) -> str:
    area = r"\$?[A-Z]{1,2}\$?\d+(?::\$?[A-Z]{1,2}\$?\d+)?"
    text = re.sub(rf"'([^']+)'!({area})", r"at('\1',#\2#)", formula)
    text = re.sub(rf"(?<![#A-Z$:])({area})(?![#\d(])", r"at(here,'\1')", text)
    text = re.sub(r"#([^#]+)#", r"'\1'", text)
    return re.sub(r"(?<![<>=])=(?!=)", "==", text).replace("<>", "!=").replace("TRUE", "True")


def _half_up(value: float, digits: float) -> float:
    return math.copysign(math.floor(abs(value) * 10**digits + 0.5 + 1e-9) / 10**digits, value)


_FUNCTIONS: dict[str, Any] = {
    "ROUND": _half_up, "ROUNDUP": lambda value, _digits: math.ceil(value - 1e-9), "SUM": np.sum, "MAX": np.max,
    "MIN": np.min, "ABS": abs, "SUMPRODUCT": np.sum, "IF": lambda test, yes, no: yes if test else no,
    "INDEX": lambda values, place, _column=0: values if place == 0 else values[place - 1],
    "MATCH": lambda wanted, values, _kind: int(np.argmax(values == wanted)) + 1,
    "NPV": lambda rate, values: float(np.sum(values / (1 + rate) ** np.arange(1, len(values) + 1))),
}  # fmt: skip
