"""Benefit contracts for tests, and the contacts that measure them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from indgang.core.clock import COPENHAGEN
from indgang.core.schedule import working_days
from indgang.measures.rollups import store
from indgang.measures.rollups.facts import FactKey, Measure, quarter_of
from indgang.measures.rollups.tallies import Tallies
from indgang.programme.benefits import contracts
from indgang.programme.benefits.models import BenefitContract
from indgang.programme.benefits.terms import read_steps
from indgang.programme.cases.library import shipped
from tests.world import MORNING, World

#: the months before anything changed
BEFORE = (date(2025, 9, 1), date(2025, 12, 31))
#: an enquiry of Byliv: fifteen minutes of a case worker
KRONER = 120.0


def terms(world: World, **other: Any) -> dict[str, Any]:
    """Byliv gets five enquiries a day fewer, from February on, measured on contacts about its services."""
    return {
        "about": "Sagsbehandlerne i Byliv får færre opkald.", "owner": world.hans, "way": "figure",
        "kpi": "contacts_arrived", "level": 0, "by_services": True, "counted_service": None, "centre": None,
        "not_measured": "",
        "baseline_first": BEFORE[0], "baseline_last": BEFORE[1], "baseline_value": None, "baseline_source": "",
        "change": -5.0, "kroner": KRONER, "price_year": 2021, "assumption": "",
        "steps": read_steps("2026-01: 50\n2026-02: 100"),
    } | other  # fmt: skip


def contract(world: World, *, line: str = "city-life", unit: str = "ctb-byliv", **other: Any) -> BenefitContract:
    return contracts.begin(
        shipped("bc31"), line, world.units[unit], terms(world, **other), reason="Aftalt i styregruppen", by=world.hans,
        at=MORNING,
    )  # fmt: skip


def signed(world: World, **other: Any) -> BenefitContract:
    made = contract(world, **other)
    contracts.sign(made, 1, by=world.hans, at=MORNING)
    return made


def contacts(service: str, first: date, last: date, each: int) -> None:
    """So many contacts on each working day, and one more on Mondays."""
    tallies: Tallies[FactKey] = Tallies()
    for day in working_days(first, last):
        at = datetime.combine(day, time(10), COPENHAGEN)
        key = FactKey(quarter_of(at), Measure.ARRIVED, "tmf", "tmf-byliv", service, channel="phone", outcome="ended")
        tallies.at(key).whole += each + (day.weekday() == 0)
    store.add(tallies)


def fewer_contacts(before: int = 20, after: int = 14) -> None:
    """About arrangements; until the end of February."""
    contacts("arrangement", *BEFORE, before)
    contacts("arrangement", date(2026, 1, 1), date(2026, 2, 28), after)


#: the first day of the month before
LAST_MONTH = (MORNING.date().replace(day=1) - timedelta(days=1)).replace(day=1)
