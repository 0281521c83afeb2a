"""Availability agreements of Byliv, between David and Ida."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.entry.team import kept_windows
from indgang.workforce import agreements
from indgang.workforce.models import AvailabilityAgreement, PromisedWindow
from tests.world import MORNING, World

TODAY = day_of(MORNING)
TOMORROW = TODAY + timedelta(days=1)

Make = Callable[..., AvailabilityAgreement]


@pytest.fixture(autouse=True)
def no_shares_of_before() -> None:
    """Drops the shares of today that an earlier test has computed."""
    kept_windows.forget_shares()


def draft_of(world: World, valid_from: date = TODAY, unit: str = "ctb-byliv") -> AvailabilityAgreement:
    return agreements.draft(
        world.units[unit], valid_from=valid_from, contact=world.david, coordinator=world.ida, by=world.ida, at=MORNING
    )


def line_of(
    world: World, agreement: AvailabilityAgreement, *people: Person, opens: int = 9, closes: int = 14, **more: object
) -> PromisedWindow:
    values = {"weekdays": "MTOTF--", "opens": time(opens), "closes": time(closes), "by_phone": True} | more
    return agreements.save_window(PromisedWindow(agreement=agreement), values, people, by=world.ida, at=MORNING)


def signed(agreement: AvailabilityAgreement) -> AvailabilityAgreement:
    agreement.refresh_from_db()
    for person in (agreement.contact, agreement.coordinator):
        agreements.sign(agreement, revision=agreement.revision, by=person, at=MORNING)
    agreement.refresh_from_db()
    return agreement


@pytest.fixture
def draft(world: World) -> AvailabilityAgreement:
    """A draft with one line, which begins today."""
    made = draft_of(world)
    line_of(world, made, world.david)
    made.refresh_from_db()
    return made


@pytest.fixture
def in_force(draft: AvailabilityAgreement) -> AvailabilityAgreement:
    return signed(draft)
