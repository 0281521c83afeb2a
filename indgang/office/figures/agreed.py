"""Remarks on figures that the agreements of the shown centres compute by another formula."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from indgang.agreements import agreed_formulas
from indgang.agreements.agreed_formulas import AgreedFormula
from indgang.core.ranges import DateRange
from indgang.measures.definitions import Definition
from indgang.office.figures.forms import FiguresFilter
from indgang.office.figures.promised import PromisedDefinition


class AgreedElsewhere:
    """What the agreements on the chosen days name, for the centres that the chosen rows are of."""

    def __init__(self, form: FiguresFilter) -> None:
        days = DateRange(form.days.first, form.days.last + timedelta(days=1))
        self._centres = agreed_formulas.of_choice(form.only, days)
        self._is_one = len(agreed_formulas.centres_of(form.only) or ()) == 1

    def remark(self, definition: Definition) -> str:
        """Empty where the agreed formula is shown, and where nothing is agreed."""
        within = definition.within if isinstance(definition, PromisedDefinition) else 0
        shown = AgreedFormula(definition.code, definition.version, within)
        return agreed_formulas.remark(shown, self._centres, is_one=self._is_one)

    def remarks(self, definitions: Iterable[Definition]) -> dict[str, list[Definition]]:
        """Each remark with the figures that it is about."""
        found: dict[str, list[Definition]] = {}
        for each in definitions:
            if said := self.remark(each):
                found.setdefault(said, []).append(each)
        return found
