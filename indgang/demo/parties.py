"""Businesses and citizens who call often enough to be known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from indgang.demo import names
from indgang.enquiries.models import Party, PartyNumber

BUSINESSES = 45
CITIZENS = 20


@dataclass(frozen=True, slots=True)
class KnownParty:
    """A party and the numbers (E.164) it calls from."""

    name: str
    cvr: str
    protected: bool
    numbers: tuple[str, ...]


def known() -> tuple[KnownParty, ...]:
    """The parties, businesses first. The first is the bakery with two numbers; every tenth citizen is protected."""
    cvr = names.business_numbers(BUSINESSES)
    bakery = KnownParty("Bageriet Kornblomst ApS", cvr[0], False, (_number(101), _number(102)))
    businesses = [
        KnownParty(names.business(place), cvr[place], False, _numbers_of(1000 + place * 2, two=place % 4 == 0))
        for place in range(1, BUSINESSES)
    ]
    citizens = [
        KnownParty(names.person(400 + place), "", place % 10 == 0, (_number(2000 + place),))
        for place in range(CITIZENS)
    ]
    return (bakery, *businesses, *citizens)


def _numbers_of(start: int, *, two: bool) -> tuple[str, ...]:
    return (_number(start), _number(start + 1)) if two else (_number(start),)


def _number(ending: int) -> str:
    """An invented number, 99 99 xx xx."""
    return f"+459999{ending:04}"


def seed(*, at: datetime) -> None:
    """Add the parties whose first number is not in use yet."""
    taken = set(PartyNumber.objects.values_list("number", flat=True))
    missing = [each for each in known() if each.numbers[0] not in taken]
    parties = Party.objects.bulk_create(
        [
            Party(
                kind=Party.Kind.BUSINESS if each.cvr else Party.Kind.CITIZEN,
                name=each.name,
                cvr=each.cvr,
                protected=each.protected,
                created_at=at,
            )
            for each in missing
        ]
    )
    PartyNumber.objects.bulk_create(
        PartyNumber(party=party, number=number)
        for party, each in zip(parties, missing, strict=True)
        for number in each.numbers
    )
