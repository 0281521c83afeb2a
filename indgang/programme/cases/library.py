"""The cases that are shipped, with the sources of each figure (document:line)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from indgang.programme.cases.case import BusinessCase, CaseFault
from indgang.programme.cases.evaluation import payback
from indgang.programme.cases.reading import case_of

_FOLDER = Path(__file__).parent / "library"
#: in the order of a list
#: a small case to begin with
BLANK = "blank"
SHIPPED = ("bc31", "borgerservice-2020", "bc12", "bc30", "concept-2006")


@cache
def shipped(code: str) -> BusinessCase:
    """The shipped case. Raises CaseFault for a code that there is none for."""
    if code not in SHIPPED:
        raise CaseFault("no_case", code=code, known=", ".join(SHIPPED))
    return case_of(yaml.safe_load(text(code)))


@cache
def text(code: str) -> str:
    """The text of a shipped case, or of the one to begin with (`BLANK`)."""
    return (_FOLDER / f"{code}.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class StatedPayback:
    """A proposal whose source states the years until it is paid back, with its net in each year in 1,000 kr. The last
    amount goes on."""

    name: str
    first_year: int
    net: tuple[float, ...]
    stated: int
    source: str

    @property
    def counted(self) -> float:
        """By the rule of this package."""
        return float(payback(np.array([self.net]), np.array(self.net[-1:]))[0])


@cache
def stated_paybacks() -> tuple[StatedPayback, ...]:
    """The ten proposals of the sources that state theirs."""
    with (_FOLDER / "payback.csv").open(encoding="utf-8", newline="") as opened:
        return tuple(
            StatedPayback(
                row["case"], int(row["first_year"]),
                tuple(float(each) for each in row["net_flow_1000kr (last value continues)"].split()),
                int(row["stated_years"]), row["source"],
            )
            for row in csv.DictReader(opened)
        )  # fmt: skip
