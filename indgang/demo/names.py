"""Invented names: given names with surnames from meadows and hedgerows, and businesses to match."""

from __future__ import annotations

GIVEN = (
    "Agnete", "Birk", "Cecilie", "Ditlev", "Ebba", "Frode", "Gry", "Holger", "Iben", "Jeppe", "Karna", "Laust",
    "Merete",
    "Niels", "Oline", "Povl", "Rigmor", "Sigurd", "Tove", "Uffe", "Vibeke", "Wilma", "Yrsa", "Zacharias", "Ægir", "Ørn",
    "Åse", "Bente", "Carsten", "Dagny", "Esben", "Fie", "Gunnar", "Helle", "Ib", "Jytte", "Keld",
)  # fmt: skip

SURNAMES = (
    "Agerhøne", "Bregnehøj", "Cikoriemark", "Dueurt", "Engkarse", "Fløjlsgræs", "Gulerodslund", "Hasselkat", "Isranke",
    "Jordbærdal", "Kløverblad", "Lærkespore", "Mjødurt", "Nældevang", "Okseøje", "Pilekrat", "Ranunkelå", "Skovmærke",
    "Tidselbo", "Ulvefod", "Valmuehave", "Yderblad", "Ærteblomst", "Ørnebregne", "Ålegræs", "Bukkeblad", "Dådyrsø",
    "Evighedsblomst", "Fuglegræs", "Hyldebusk", "Kornblomst",
)  # fmt: skip

#: coprime with the number of surnames, so that neighbours in a list do not share one
_STRIDE = 7


def person(number: int) -> str:
    """The name of invented person `number`; the first thousand differ."""
    return f"{GIVEN[number % len(GIVEN)]} {SURNAMES[number * _STRIDE % len(SURNAMES)]}"


_TRADES = (
    ("Bageriet", "ApS"), ("Tømrerfirmaet", "A/S"), ("Café", "I/S"), ("Entreprenør", "ApS"), ("Galleri", "IVS"),
    ("Blomsterværkstedet", "ApS"), ("Arkitekterne", "ApS"), ("Murermester", ""), ("Cykelsmeden", "ApS"), ("Frisør", ""),
)  # fmt: skip


def business(number: int) -> str:
    """The name of invented business `number`; the first three hundred differ."""
    trade, form = _TRADES[number % len(_TRADES)]
    return f"{trade} {SURNAMES[number * _STRIDE % len(SURNAMES)]} {form}".strip()


#: weights of the check digit of a Danish business number (modulus 11)
_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)


def business_numbers(count: int) -> list[str]:
    """The first `count` business numbers (CVR) from 10000000 whose check digit fits."""
    found: list[str] = []
    candidate = 10_000_000
    while len(found) < count:
        digits = [int(each) for each in str(candidate)]
        if sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11 == 0:
            found.append(str(candidate))
        candidate += 1
    return found
