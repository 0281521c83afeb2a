"""The case systems and companies of the demo municipality: tables beside this file. Days count from today."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from indgang.core import clock
from indgang.registers import reading
from indgang.registers.contract import Case, CaseField, SearchBy, Terms

_HERE = Path(__file__).parent


class DemoCases:
    """The cases of one system, which `place` names."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def find(self, by: SearchBy, value: str) -> list[Case]:
        mine = [row for row in table() if row["system"] == self._terms.place]
        found = [_fields(row) for row in mine if reading.same_number(row[by], value)]
        return reading.cases(found, self._terms, by, value)


@lru_cache(maxsize=1)
def table() -> tuple[Mapping[str, str], ...]:
    return _rows("demo_cases.csv")


@lru_cache(maxsize=1)
def companies() -> tuple[Mapping[str, str], ...]:
    return _rows("demo_companies.csv")


def _rows(name: str) -> tuple[Mapping[str, str], ...]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _fields(row: Mapping[str, str]) -> dict[str, object]:
    fields: dict[str, object] = dict(row)
    fields[CaseField.NEXT_STEP_ON] = _from_today(row["next_step_in"], 1)
    fields[CaseField.CHANGED_ON] = _from_today(row["changed_ago"], -1)
    return fields


def _from_today(days: str, direction: int) -> date | None:
    return clock.today() + direction * timedelta(days=int(days)) if days else None
