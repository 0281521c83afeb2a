"""What-ifs of the demo: assumptions that the municipality has decided, scenarios with computations, and a business case
that has the numbers of one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, time, timedelta
from decimal import Decimal

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.planning import assumptions, bases, scenario_making, scenarios
from indgang.planning.models import Scenario, StaffingAssumption
from indgang.planning.routing_changes import EVERYBODY, QueueRouting
from indgang.planning.scenario_exchange import AskedChanges
from indgang.planning.scenarios import ScenarioOrigin
from indgang.planning.whatif import Changes, Staffing
from indgang.programme import scenario_numbers

#: code, value and source
_ASSUMED = (
    ("phone_share", "68", "Målt af teamlederne i fire uger"),
    ("sickness", "5.4", "Kommunens sygefravær, seneste år"),
    ("kroner", "565000", "Budgettet, løn og overhead"),
)
#: name, base and what each computation changes
_SCENARIOS = (
    ("Ét nummer over flere centre", bases.ONE_NUMBER, (Changes(pooled=True), Changes(pooled=True, digital=0.15))),
    (
        "Åbent fra klokken 8 i stedet for 9", "bc31",
        (Changes(staffing=Staffing.FLAT), Changes(opens=time(8), moved=0.3, staffing=Staffing.FLAT)),
    ),
    (
        "Naboerne hjælper efter 20 sekunder", bases.ONE_NUMBER,
        (Changes(routing=tuple(QueueRouting(f"number-{place}", overflow_after=20, overflow_to=EVERYBODY)
                               for place in range(1, len(bases.TODAYS_NUMBERS) + 1))),),
    ),
)  # fmt: skip
#: the scenario from the calls of the past weeks, and on how many days it is measured
_MEASURED, _MEASURED_DAYS = "Hver femte henvendelse bliver digital", 21


def seed(people: Mapping[str, Person], *, at: datetime) -> None:
    """Add the assumptions and scenarios, unless there are any."""
    planner = people.get("gerda")
    if planner is None or Scenario.objects.exists() or StaffingAssumption.objects.exists():
        return
    for code, value, source in _ASSUMED:
        assumptions.decide(code, Decimal(value), source=source, centre=None, day=day_of(at), by=planner, at=at)
    decided = assumptions.on(day_of(at))
    for name, code, (first, *others) in _SCENARIOS:
        base = bases.shipped(code, decided)
        made = scenarios.make(name, base, ScenarioOrigin(code), centre=None, changes=first, by=planner, at=at)
        for changes in others:
            scenarios.run_whole(made, changes, by=planner, at=at)
        if code == "bc31" and "hans" in people:
            newest = made.runs.select_related("scenario").latest("number")
            scenario_numbers.make_case(newest, by=people["hans"], at=at)


def measure_past(people: Mapping[str, Person], centres: Mapping[str, ContactCentre], *, until: datetime) -> None:
    """Add the scenario that is measured on the past weeks, which are counted, unless there is one or they cannot be
    measured."""
    planner, centre, today = people.get("gerda"), centres.get("tmf"), day_of(until)
    if planner is None or centre is None or Scenario.objects.filter(is_measured=True).exists():
        return
    with suppress(RefusedChange):
        scenario_making.make_measured(
            _MEASURED, [centre], today - timedelta(days=_MEASURED_DAYS), today - timedelta(days=1),
            asked=AskedChanges({"digital": 20.0}), by=planner, at=until,
        )  # fmt: skip
