"""Availability agreements for tests."""

from __future__ import annotations

from datetime import date, datetime, time

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.workforce import agreements
from indgang.workforce.models import AvailabilityAgreement, PromisedWindow
from tests.world import MORNING, World

TODAY = day_of(MORNING)


def draft(world: World, valid_from: date = TODAY) -> AvailabilityAgreement:
    return agreements.draft(
        world.units["ctb-byliv"], valid_from=valid_from, contact=world.david, coordinator=world.ida, by=world.ida,
        at=MORNING,
    )  # fmt: skip


def line(
    world: World, agreement: AvailabilityAgreement, *people: Person, opens: int = 9, closes: int = 14, **more: object
) -> PromisedWindow:
    values = {"weekdays": "MTOTF--", "opens": time(opens), "closes": time(closes), "by_phone": True} | more
    return agreements.save_window(PromisedWindow(agreement=agreement), values, people, by=world.ida, at=MORNING)


def sign(agreement: AvailabilityAgreement, *people: Person, at: datetime = MORNING) -> None:
    agreement.refresh_from_db()
    for person in people:
        agreements.sign(agreement, revision=agreement.revision, by=person, at=at)
    agreement.refresh_from_db()
