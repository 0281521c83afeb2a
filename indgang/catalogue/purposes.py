"""The nine purposes that cut across services (ærindekategorier), and the local ones mapped to them."""

from __future__ import annotations

from dataclasses import dataclass

from indgang.catalogue.models import Purpose


@dataclass(frozen=True, slots=True)
class Category:
    """One of the nine."""

    code: str
    name: str
    name_en: str


#: source: the enquiry count of the pre-study (categories 1 to 9, in its order)
NINE: tuple[Category, ...] = (
    Category("opret", "Oprettelse af sag", "Creating a case"),
    Category("bidrag", "Bidrag til igangværende sag", "Contribution to a case in progress"),
    Category("status", "Opfølgning på en igangværende sag", "Follow-up on a case in progress"),
    Category("ny", "Ny sag/henvendelse på sag", "New case or enquiry on a case"),
    Category("forslag", "Forbedringsforslag", "Suggestion for improvement"),
    Category("vejledning", "Generelle spørgsmål og vejledning", "General questions and guidance"),
    Category("klage", "Klager", "Complaints"),
    Category("myndighed", "Myndighedskrav", "Authority requirements"),
    Category("andet", "Andet", "Other"),
)


def rows() -> list[Purpose]:
    """The nine as unsaved rows, for seeding."""
    return [
        Purpose(code=each.code, name=each.name, name_en=each.name_en, order=order)
        for order, each in enumerate(NINE, start=1)
    ]
