"""A potential as a page shows it: the table, flows, which rule decided how many, and what moved limits change."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from indgang.analysis import words
from indgang.analysis.counting.scaling import STEP
from indgang.analysis.potential import reference
from indgang.analysis.potential.classifying import EnquiryColumns, classify
from indgang.analysis.potential.decided_rows import decided_rows
from indgang.analysis.potential.results import CountedRows, Potential, UnitPotential
from indgang.analysis.potential.rules import CHANNELS, RuleList
from indgang.office.potential import effects, pictures
from indgang.plots.numbers import decimal


class PotentialRow:
    """A row of the table, with its words."""

    def __init__(self, row: UnitPotential) -> None:
        self.row = row
        self.is_total = row.is_total
        self.name = row.unit.name or (_("%(area)s i alt") % {"area": row.unit.area} if row.unit.area else _("I alt"))
        self.area = "" if row.unit.area == reference.EVERYTHING else row.unit.area
        self.intervals = dict(zip(CHANNELS, row.intervals, strict=False))
        self.at_once = "–" if row.at_once_percent is None else number_format(round(row.at_once_percent, 1), 1)
        self.movable = "–" if row.movable_percent is None else number_format(round(row.movable_percent, 1), 1)


def shown(
    rules: RuleList, counted: CountedRows, enquiries: EnquiryColumns, *, factor: float, unmoved: RuleList | None = None
) -> dict[str, Any]:  # fmt: skip
    """What the templates need, and the enquiries one by one (`decided`). `unmoved`: the rules with their own limits,
    when the shown ones were moved."""
    decided = classify(rules, enquiries)
    found = Potential(decided, counted, factor=factor)
    rows = found.table
    before = effects.total(unmoved, counted, enquiries, factor) if unmoved else None
    return {
        "found": found, "decided": partial(decided_rows, decided, counted, enquiries),
        "rows": [PotentialRow(each) for each in rows], "questions": len(enquiries),
        "days": counted.days,
        "factor": decimal(factor, 2), "days_a_year": decimal(found.days_a_year, 1),
        "step": STEP, "undecided": found.undecided, "all": PotentialRow(rows[-1]),
        "by_rule": [(rule, number, words.handling_word(rule.handling), words.channel_word(rule.channel))
                    for rule, (_code, number) in zip(rules.rules, found.by_rule(), strict=True)],
        "flows": pictures.flows([each for each in rows if not each.is_total], flows_title()), "notes": rules.notes,
        "by_unit": pictures.by_unit([each for each in rows if not each.is_total]),
        "moved": effects.between(before, rows[-1]) if before else None,
    }  # fmt: skip


def flows_title() -> str:
    return _("Hvem løser henvendelserne i dag og fremover")
