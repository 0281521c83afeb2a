"""What the packages cost, by the arithmetic of the documents (R-198 to R-200, R-204, R-206, R-209).

Pure. All amounts are kroner. "About" amounts of the documents stand beside what their own figures give.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

#: seconds that an answer takes: an open question about two minutes, a poll about one (001:2746)
OPEN_SECONDS, POLL_SECONDS = 120, 60
WORKING_DAYS_A_WEEK = 5


@dataclass(frozen=True, slots=True)
class YearlyCost:
    """A way of asking with a set-up price and a price a year; `stated` is the documents' rounded first year."""

    code: str
    set_up: Decimal
    a_year: Decimal
    stated: Decimal
    source: str

    @property
    def first_year(self) -> Decimal:
        return self.set_up + self.a_year


#: package 1. Self-service pages cost nothing more: the licence of 295,000 kr. a year is paid already
RAPID = (
    YearlyCost("telephone", Decimal(15_000), Decimal(12 * 1_000), Decimal(27_000), "001:2735"),
    YearlyCost("articles", 5 * Decimal(1_250), Decimal(25_000), Decimal(31_000), "001:2736"),
    YearlyCost("self_service", Decimal(0), Decimal(0), Decimal(0), "001:2737"),
)


@dataclass(frozen=True, slots=True)
class Sprint:
    """The size of a study: how many working days it lasts, and how many people work on it full time."""

    code: str
    days: int
    fewest: int
    most: int

    @property
    def person_days(self) -> tuple[int, int]:
        return self.days * self.fewest, self.days * self.most


#: journey sprints (001:5362; 001:2744), and the week of a user test (001:2745)
SPRINTS = {
    each.code: each
    for each in (
        Sprint("three_days", 3, 2, 2),
        Sprint("week", WORKING_DAYS_A_WEEK, 2, 3),
        Sprint("three_weeks", 3 * WORKING_DAYS_A_WEEK, 3, 4),
        Sprint("test_week", WORKING_DAYS_A_WEEK, 2, 2),
    )
}


@dataclass(frozen=True, slots=True)
class SessionPrice:
    """What a bought crowdsourcing session costs (001:2746). `informants` includes those who drop out."""

    informants: int = 50
    minutes: int = 30
    per_minute: Decimal = Decimal("1.88")
    drop_out_percent: int = 50
    gift_card: Decimal = Decimal(250)
    recruiting: Decimal = Decimal(700)

    @property
    def taking_part(self) -> int:
        return self.informants * (100 - self.drop_out_percent) // 100

    @property
    def platform(self) -> Decimal:
        return self.informants * self.minutes * self.per_minute

    @property
    def gift_cards(self) -> Decimal:
        return self.informants * self.gift_card

    @property
    def recruited_by_others(self) -> Decimal:
        return self.informants * self.recruiting

    def total(self, *, is_external: bool) -> Decimal:
        """With gift cards; `is_external` adds recruiting by others. Own recruiting costs time, which is not in it."""
        return self.platform + self.gift_cards + (self.recruited_by_others if is_external else 0)


#: what the documents say a session costs with own recruiting, and with recruiting by others
STATED_OWN, STATED_EXTERNAL = Decimal(20_000), Decimal(50_000)


def guide_seconds(open_questions: int, polls: int) -> int:
    """How long it takes to answer a guide; talk between the questions comes on top."""
    return open_questions * OPEN_SECONDS + polls * POLL_SECONDS
