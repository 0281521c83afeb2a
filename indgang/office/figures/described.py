"""A definition as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from indgang.measures.definitions import Definition
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.figure_texts import DIRECTION_WORDS, Words, source_of, switches_of, text_of
from indgang.measures.switches import SWITCHES, FigureSwitch, SwitchChoice
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


#: a choice with the codes and names of the figures that make it
ShownChoice = tuple[SwitchChoice, list[tuple[str, Words]]]


def switches_shown() -> list[tuple[FigureSwitch, list[ShownChoice]]]:
    """Each switch with its choices."""
    return [
        (switch, [(choice, [(code, FIGURE_NAMES[code]) for code in choice.figures]) for choice in switch.choices])
        for switch in SWITCHES
    ]
