"""Where a case and its source disagree: printed figures that its own lines do not give. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from indgang.programme.cases import expressions
from indgang.programme.cases.case import BusinessCase, Remark
from indgang.programme.cases.evaluation import CaseTable, assumed


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A printed figure beside what the case gives; `year` None: the sum of all years."""

    of: str
    year: int | None
    printed: float
    computed: float
    source: str

    @property
    def difference(self) -> float:
        return self.computed - self.printed


def disagreements(case: BusinessCase, table: CaseTable) -> list[Disagreement]:
    """The printed figures that the table does not show, to the thousand kroner. Only for the case as it is shipped."""
    amounts = {
        **{line.code: row for line, row in table.lines},
        "permanent": table.permanent, "once": table.once, "net": table.net,
    }  # fmt: skip
    found = []
    for each in case.printed:
        row = amounts[each.of]
        computed = sum(row) if each.year is None else row[table.years.index(each.year)]
        if abs(computed - each.value) >= case.rounding / 2:
            found.append(Disagreement(each.of, each.year, each.value, computed, each.source))
    return found


def remark_figures(
    case: BusinessCase, remark: Remark, table: CaseTable | None = None
) -> Iterator[tuple[str, float, str]]:
    """The figures of a remark: name, value and source, by the values of a table or else those of the case itself."""
    known = assumed(case, {})
    if table is not None:
        known |= {name: np.array([row], dtype=float) for name, row in table.values.items()}
    for name, formula, source in remark.figures:
        yield name, float(expressions.value(formula, known).flat[0]), source
