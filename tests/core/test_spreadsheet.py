"""Values written for spreadsheets open as text, and are read back unchanged."""

from __future__ import annotations

import ast
import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core import spreadsheet

_PRODUCT = Path(__file__).resolve().parents[2] / "indgang"


@pytest.mark.parametrize("live", ["=1+1", "+45 33", "-2", "@SUM(A1)", "\tx", "\r=x", "\n=x", '=HYPERLINK("x")', "'=1"])
def test_no_cell_is_a_formula(tmp_path: Path, live: str) -> None:
    spreadsheet.write(tmp_path / "ud.csv", [["navn", "æble"], [live, 'så; "godt"']])
    raw = (tmp_path / "ud.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfnavn;\xc3\xa6ble\r\n")
    with (tmp_path / "ud.csv").open(encoding=spreadsheet.ENCODING, newline="") as lines:
        cell, other = list(csv.reader(lines, delimiter=spreadsheet.DELIMITER))[1]
    assert cell == f"'{live}"
    assert spreadsheet.text_of(cell) == live
    assert other == 'så; "godt"'


@given(st.text(alphabet="'=+-@\t\r\nab", max_size=6) | st.text())
def test_every_text_comes_back(text: str) -> None:
    assert spreadsheet.text_of(spreadsheet.cell_of(text)) == text
    assert spreadsheet.cell_of(text)[:1] not in set("=+-@\t\r\n")


def test_nobody_else_writes_csv() -> None:
    writers = [
        str(path.relative_to(_PRODUCT))
        for path in _PRODUCT.rglob("*.py")
        if "csv" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("csv.writer", "csv.DictWriter")
    ]
    assert set(writers) == {"core/spreadsheet.py"}


def test_a_number_of_ours_stays_a_number_also_below_zero() -> None:
    numbers = [spreadsheet.NumberCell.of(value) for value in (Decimal("-1234.50"), Decimal("0.00"), -3, 12)]
    content = b"".join(spreadsheet.lines([numbers])).decode("utf-8-sig")
    assert content == "-1234,50;0,00;-3;12\r\n"
    assert spreadsheet.cell_of("-1234,50") == "'-1234,50", "a text is guarded"
