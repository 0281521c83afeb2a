"""Whether a unit is ready for the day on which its services move to the contact centre. Pure.

What the product holds is looked at: articles, availability agreements with their procedures, numbers and mailboxes.
What it does not hold is stated by a person: mentors and three weeks' training (001:2378, 000:229, 001:2312).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ReadinessPoint(StrEnum):
    ARTICLES = "articles"
    WINDOWS = "windows"
    PROCEDURES = "procedures"
    NUMBERS = "numbers"
    MAILBOXES = "mailboxes"
    MENTOR = "mentor"
    TRAINED = "trained"


#: the points that a person states
STATED = (ReadinessPoint.MENTOR, ReadinessPoint.TRAINED)


class Lack(StrEnum):
    """Why a point is not ready."""

    NO_ARTICLE = "no_article"
    NOT_APPROVED = "not_approved"
    NO_AGREEMENT = "no_agreement"
    NOT_SIGNED = "not_signed"
    NO_WINDOWS = "no_windows"
    NO_PROCEDURE = "no_procedure"
    NUMBER_STAYS = "number_stays"
    MAILBOX_STAYS = "mailbox_stays"
    NOT_STATED = "not_stated"
    STATED_MISSING = "stated_missing"


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing, and for which services, numbers or addresses."""

    lack: Lack
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadinessState:
    """A point of a unit. It is ready when nothing is missing; `is_needed` is False where the unit has nothing of it."""

    point: ReadinessPoint
    missing: tuple[Missing, ...] = ()
    is_needed: bool = True

    @property
    def is_ready(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class ServiceArticles:
    """A service that moves, and whether an article about it is published or waits for that."""

    name: str
    is_published: bool
    is_written: bool


@dataclass(frozen=True, slots=True)
class StandingAgreement:
    """The availability agreement of a unit on the day; not signed when it is a draft."""

    is_signed: bool
    has_windows: bool
    has_procedure: bool


@dataclass(frozen=True, slots=True)
class MovingUnit:
    """What is known of a unit on the day on which its services move. `numbers` and `mailboxes` are its own, each with
    whether it leads to the contact centre on that day; `stated` is what a person said last about a point."""

    services: tuple[ServiceArticles, ...] = ()
    agreement: StandingAgreement | None = None
    numbers: Mapping[str, bool] = field(default_factory=dict)
    mailboxes: Mapping[str, bool] = field(default_factory=dict)
    stated: Mapping[ReadinessPoint, bool] = field(default_factory=dict)


def states(facts: MovingUnit) -> tuple[ReadinessState, ...]:
    """Each point, in their order."""
    return (
        ReadinessState(ReadinessPoint.ARTICLES, tuple(_articles(facts)), bool(facts.services)),
        ReadinessState(ReadinessPoint.WINDOWS, tuple(_windows(facts.agreement))),
        ReadinessState(ReadinessPoint.PROCEDURES, tuple(_procedures(facts.agreement))),
        _contacts(ReadinessPoint.NUMBERS, Lack.NUMBER_STAYS, facts.numbers),
        _contacts(ReadinessPoint.MAILBOXES, Lack.MAILBOX_STAYS, facts.mailboxes),
        *(ReadinessState(point, tuple(_stated(facts, point))) for point in STATED),
    )


def _articles(facts: MovingUnit) -> Iterator[Missing]:
    missing = tuple(each.name for each in facts.services if not each.is_published and not each.is_written)
    waiting = tuple(each.name for each in facts.services if not each.is_published and each.is_written)
    if missing:
        yield Missing(Lack.NO_ARTICLE, missing)
    if waiting:
        yield Missing(Lack.NOT_APPROVED, waiting)


def _windows(agreement: StandingAgreement | None) -> Iterator[Missing]:
    if agreement is None:
        yield Missing(Lack.NO_AGREEMENT)
    elif not agreement.has_windows:
        yield Missing(Lack.NO_WINDOWS)
    elif not agreement.is_signed:
        yield Missing(Lack.NOT_SIGNED)


def _procedures(agreement: StandingAgreement | None) -> Iterator[Missing]:
    if agreement is None or not agreement.has_procedure:
        yield Missing(Lack.NO_PROCEDURE)
    elif not agreement.is_signed:
        yield Missing(Lack.NOT_SIGNED)


def _contacts(point: ReadinessPoint, lack: Lack, leads: Mapping[str, bool]) -> ReadinessState:
    staying = tuple(name for name, is_moved in leads.items() if not is_moved)
    return ReadinessState(point, (Missing(lack, staying),) if staying else (), bool(leads))


def _stated(facts: MovingUnit, point: ReadinessPoint) -> Iterator[Missing]:
    said = facts.stated.get(point)
    if said is None:
        yield Missing(Lack.NOT_STATED)
    elif not said:
        yield Missing(Lack.STATED_MISSING)
