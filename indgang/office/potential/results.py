"""A potential as a page shows it: the table, flows, which rule decided how many, and what moved limits change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from indgang.analysis import words
from indgang.analysis.count_sources import CountSource
from indgang.analysis.potential import reference
from indgang.analysis.potential.classifying import classify
from indgang.analysis.potential.decided_rows import decided_rows
from indgang.analysis.potential.moving import numbers
from indgang.analysis.potential.results import Potential, UnitPotential
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


def shown(rules: RuleList, source: CountSource, *, unmoved: RuleList | None = None) -> dict[str, Any]:
    """What the templates need, and the enquiries one by one (`decided`). `unmoved`: the rules with their own limits,
    when the shown ones were moved. Raises NoTopics."""
    found = source.potential(rules)
    rows = found.table
    before = effects.total(unmoved, source) if unmoved else None
    decided = classify(rules, source.enquiries)
    factors = zip(source.rows.units, found.factors, strict=True)
    return {
        "found": found, "decided": partial(decided_rows, decided, source.rows, source.enquiries),
        "rows": [PotentialRow(each) for each in rows], "questions": len(source.enquiries),
        "days": source.rows.days,
        "factor": "" if found.factor is None else decimal(found.factor, 2),
        "days_a_year": "" if found.days_a_year is None else decimal(found.days_a_year, 1),
        "factors": [(each.name, decimal(factor, 2)) for each, factor in factors],
        "step": found.step, "undecided": found.undecided, "all": PotentialRow(rows[-1]), "moving": _moving(found),
        "remarks": source.remarks, "moves": [_move_words(each) for each in source.moves],
        "by_rule": [(rule, number, words.handling_word(rule.handling), words.channel_word(rule.channel))
                    for rule, (_code, number) in zip(rules.rules, found.by_rule(), strict=True)],
        "flows": pictures.flows([each for each in rows if not each.is_total], flows_title()), "notes": rules.notes,
        "by_unit": pictures.by_unit([each for each in rows if not each.is_total]),
        "moved": effects.between(before, rows[-1]) if before else None,
    }  # fmt: skip


def _moving(found: Potential) -> dict[str, str]:
    """Between what the share that could move, and the number that moves, lie; without what no interval is known for."""
    computed = numbers(found)
    bounds = {"share": (computed.movable_share, 1, 100), "number": (computed.moved, 0, 1)}
    return {
        name: f"{decimal(times * value.low, places)}–{decimal(times * value.high, places)}"
        for name, (value, places, times) in bounds.items()
        if value.low is not None and value.high is not None
    }  # fmt: skip


def _move_words(move: Mapping[str, str | None]) -> str:
    said = {
        "service": move["name"], "before": move["before"] or "–", "after": move["after"] or "–",
        "day": f"{date.fromisoformat(move['day'] or ''):%d.%m.%Y}",
    }  # fmt: skip
    return _("%(service)s: fra %(before)s til %(after)s %(day)s") % said


def flows_title() -> str:
    return _("Hvem løser henvendelserne i dag og fremover")
