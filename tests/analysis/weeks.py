"""A counting week as tests begin with it."""

from __future__ import annotations

from datetime import date

from indgang.accounts.models import Person
from indgang.analysis.counting import setting_up
from indgang.analysis.counting.models import CountingWeek
from indgang.core import clock
from tests.world import MORNING, World

#: the Wednesday of the tests
TODAY = date(2026, 3, 11)


def tmf_counts(world: World) -> CountingWeek:
    """TMF counts from Monday to Friday; David and Eva count."""
    wanted = {
        "title": "Uge 11", "unit": world.units["tmf"], "service": None, "starts_on": date(2026, 3, 9),
        "ends_on": date(2026, 3, 13), "days_a_year": 250, "rounds_to": 50,
    } | {f"asks_{mark}": True for mark in ("channel", "character", "minutes", "outcome", "digital")}  # fmt: skip
    made = setting_up.plan(wanted, by=world.hans, at=MORNING)
    for person in (world.david, world.eva):
        setting_up.add_person(made, person=person, by=world.hans, at=MORNING)
    return made


def counts_today(world: World, *people: Person) -> CountingWeek:
    """TMF counts on this very day: what a browser shows."""
    at, today = clock.now(), clock.today()
    wanted = {
        "title": "Ugen", "unit": world.units["tmf"], "service": None, "starts_on": today, "ends_on": today,
        "days_a_year": 250, "rounds_to": 50,
    }  # fmt: skip
    made = setting_up.plan(wanted, by=world.hans, at=at)
    for person in people:
        setting_up.add_person(made, person=person, by=world.hans, at=at)
    return made


def sheet(*lines: str) -> bytes:
    """A filled sheet as CSV."""
    return "\n".join(("Dag;Ærinde;Antal;Kanal;Karakter;Minutter;Afklaret;Digital", *lines)).encode()
