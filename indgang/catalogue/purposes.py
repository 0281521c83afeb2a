"""The nine purposes that cut across services (ærindekategorier), and the local ones mapped to them."""

from __future__ import annotations

from dataclasses import dataclass

from indgang.catalogue.models import Purpose

Level = Purpose.Level


@dataclass(frozen=True, slots=True)
class Category:
    """One of the nine. `level` says where a case-specific question with this purpose belongs."""

    code: str
    name: str
    name_en: str
    level: str


#: source: the enquiry count of the pre-study (categories 1 to 9, in its order)
NINE: tuple[Category, ...] = (
    Category("opret", "Oprettelse af sag", "Creating a case", Level.SECOND),
    Category("bidrag", "Bidrag til igangværende sag", "Contribution to a case in progress", Level.SECOND),
    Category("status", "Opfølgning på en igangværende sag", "Follow-up on a case in progress", Level.FIRST_IF_SHORT),
    Category("ny", "Ny sag/henvendelse på sag", "New case or enquiry on a case", Level.AS_MARKED),
    Category("forslag", "Forbedringsforslag", "Suggestion for improvement", Level.FIRST),
    Category("vejledning", "Generelle spørgsmål og vejledning", "General questions and guidance", Level.FIRST),
    Category("klage", "Klager", "Complaints", Level.FIRST_IF_SHORT),
    Category("myndighed", "Myndighedskrav", "Authority requirements", Level.AS_MARKED),
    Category("andet", "Andet", "Other", Level.AS_MARKED),
)


def rows() -> list[Purpose]:
    """The nine as unsaved rows, for seeding."""
    return [
        Purpose(code=each.code, name=each.name, name_en=each.name_en, order=order, level_when_case_specific=each.level)
        for order, each in enumerate(NINE, start=1)
    ]
