"""A definition as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from indgang.measures.definitions import Definition
from indgang.measures.figure_texts import DIRECTION_WORDS, Words, source_of, switches_of, text_of
from indgang.office.figures.tables import name_of, unit_of


@dataclass(frozen=True, slots=True)
class DescribedFigure:
    """The words of one version of a figure. `kpis` are the numbers in the municipality's documents."""

    definition: Definition

    @property
    def name(self) -> Words:
        return name_of(self.definition)

    @property
    def anchor(self) -> str:
        """The id of its heading on a page of several."""
        return f"{self.definition.code}-{self.definition.version}"

    @property
    def formula(self) -> Words:
        return text_of(self.definition).formula

    @property
    def counts(self) -> Words:
        return text_of(self.definition).counts

    @property
    def switches(self) -> list[tuple[Words, Words]]:
        return switches_of(self.definition)

    @property
    def direction(self) -> Words:
        return DIRECTION_WORDS[self.definition.direction]

    @property
    def unit(self) -> str:
        return unit_of(self.definition)

    @property
    def kpis(self) -> str:
        return ", ".join(self.definition.kpis)

    @property
    def source(self) -> Words:
        return source_of(self.definition)
