"""What can be assumed: each with its name and unit, and the values that make sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class AssumptionKind:
    """An assumption: its name with the unit, and the values that make sense."""

    code: str
    name: str | Promise
    low: Decimal
    high: Decimal
    places: int = 2
    help_text: str | Promise = ""


def _kinds() -> dict[str, AssumptionKind]:
    rows = (
        ("busiest", gettext_lazy("Travleste halve time"), "1", "5", 3, gettext_lazy("Gange dagens gennemsnit.")),
        ("talk", gettext_lazy("Samtaletid (sekunder)"), "1", "7200", 2, ""),
        ("after_call", gettext_lazy("Efterbehandling (sekunder)"), "0", "7200", 2, ""),
        ("patience", gettext_lazy("Tålmodighed (sekunder)"), "1", "7200", 2,
         gettext_lazy("Gennemsnitlig tid, før den, der venter, lægger på. Tomt: ingen lægger på.")),
        ("written", gettext_lazy("Arbejde med en skriftlig henvendelse (sekunder)"), "1", "36000", 2,
         gettext_lazy("Bliver ikke målt. Behovet i en vagtplan regnes ud fra det.")),
        ("days", gettext_lazy("Åbningsdage om året"), "1", "366", 1, ""),
        ("phone_share", gettext_lazy("Telefontid af arbejdstiden (%)"), "1", "100", 2, ""),
        ("shrinkage", gettext_lazy("Svind af planlagt telefontid (%)"), "0", "90", 2,
         gettext_lazy("Korte afbrydelser, forsinkelser og systemer, der er nede.")),
        ("kroner", gettext_lazy("Kroner om året for et årsværk"), "0", "10000000", 2, ""),
        ("contracted", gettext_lazy("Timer om året, betalt"), "1", "4000", 2, ""),
        ("holiday", gettext_lazy("Feriefridage og ferie (timer)"), "0", "2000", 2, ""),
        ("public_holidays", gettext_lazy("Helligdage på hverdage (timer)"), "0", "1000", 2, ""),
        ("sickness", gettext_lazy("Sygdom (%)"), "0", "90", 2, ""),
        ("paid_break", gettext_lazy("Betalt pause om dagen (minutter)"), "0", "600", 2, ""),
        ("day", gettext_lazy("En arbejdsdag (timer)"), "1", "24", 2, ""),
    )  # fmt: skip
    return {
        code: AssumptionKind(code, name, Decimal(low), Decimal(high), places, text)
        for code, name, low, high, places, text in rows
    }


KINDS: Mapping[str, AssumptionKind] = _kinds()
