"""A computation of a what-if becomes a business case, or a set of values in one."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from indgang.core.refusals import RefusedChange
from indgang.office.planning.handover import CaseTargetForm
from indgang.planning import scenarios
from indgang.planning.models import ScenarioRun
from indgang.planning.scenarios import ScenarioOrigin, estimate
from indgang.planning.whatif import Changes, Staffing, compute
from indgang.programme import own_cases, scenario_numbers
from indgang.programme.cases import evaluation, library
from indgang.programme.cases.case import BusinessCase
from indgang.programme.models import OwnCase, ScenarioInCase
from tests.planning.bases import base, queue
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def run(
    world: World, spread: float = 0.05, seats: tuple[float, float] = (9, 3), **changes: Any
) -> ScenarioRun:  # fmt: skip
    centre = base(queue("a", 300, seats=seats[0]), queue("b", 60, seats=seats[1]), spread=spread)
    made = scenarios.make(
        "Færre opkald", centre, ScenarioOrigin("tmf-2020"), centre=None, changes=Changes(**changes), by=world.eva,
        at=MORNING,
    )  # fmt: skip
    return made.runs.select_related("scenario").get()


def read(own: OwnCase) -> BusinessCase:
    return own_cases.read(own_cases.latest_of(own).text)


def test_a_new_case_has_the_people_that_are_fewer_with_interval_and_source(world: World) -> None:
    given = run(world, digital=0.3)
    case = read(scenario_numbers.make_case(given, by=world.finn, at=MORNING))
    found, change = estimate(given), case.assumption("fte_change")
    assert found.fte_effect_low is not None
    assert change.interval is not None
    assert change.interval[0] == pytest.approx(found.fte_effect_low, abs=0.001)
    assert change.interval[0] <= evaluation.table(case).values["fte_change"][0] <= change.interval[1] < 0
    assert f"scenarie {given.scenario_id}, beregning 1 af" in change.source
    assert all(each.source == change.source for each in case.assumptions)
    assert evaluation.table(case).net[0] == pytest.approx((found.fte - found.fte_reference) * 550, abs=1)
    assert ScenarioInCase.objects.get().run == given


@pytest.mark.parametrize("seats", [(3.0, 1.0), (9.0, 3.0)])
def test_a_case_of_fewer_calls_saves_the_same_however_many_people_there_are_today(
    world: World, seats: tuple[float, float]
) -> None:
    """Too few or too many people today is no effect of what is changed."""
    by_target = compute(base(queue("a", 300), queue("b", 60)), Changes(digital=0.1)).fte_effect.value
    case = read(scenario_numbers.make_case(run(world, seats=seats, digital=0.1), by=world.finn, at=MORNING))
    table = evaluation.table(case)
    assert table.values["fte_change"][0] == pytest.approx(by_target, abs=0.001)
    assert by_target < 0
    assert table.net[0] == pytest.approx(550 * by_target, abs=1)
    labels = {each.name: each.label for each in case.assumptions}
    assert labels["fte_reference"] == "Årsværk i dag, bemandet efter målet"


def test_what_is_stored_is_danish_whoever_presses_the_button(world: World) -> None:
    with translation.override("en"):
        made = scenario_numbers.make_case(run(world, digital=0.3), by=world.finn, at=MORNING)
    text = own_cases.latest_of(made).text
    for said in ("Pris for et årsværk", "ud fra hvor forskellige de målte dage er", "Forslaget har kun bemandingen"):
        assert said in text


def test_without_measured_days_there_is_no_interval(world: World) -> None:
    case = read(scenario_numbers.make_case(run(world, spread=0.0, pooled=True), by=world.finn, at=MORNING))
    assert case.assumption("fte_change").interval is None


def test_the_same_computation_makes_one_case(world: World) -> None:
    given = run(world)
    scenario_numbers.make_case(given, by=world.finn, at=MORNING)
    with pytest.raises(RefusedChange, match="allerede"):
        scenario_numbers.make_case(given, by=world.finn, at=MORNING)
    assert (OwnCase.objects.count(), ScenarioInCase.objects.count()) == (1, 1)


def test_a_case_that_is_there_gets_a_set_of_values_and_keeps_its_own(world: World) -> None:
    text = own_cases.text_with(library.text("bc31"), {}, "egen")
    own = own_cases.begin(text, reason="Vores", by=world.finn, at=MORNING)
    before, given = read(own), run(world, staffing=Staffing.TARGET, digital=0.2)
    scenario_numbers.add_values(given, own, "fte", by=world.finn, at=MORNING)
    case = read(own)
    code = f"scenarie-{given.scenario_id}-1"
    assert evaluation.table(case).net == evaluation.table(before).net
    assert evaluation.table(case, code).values["fte"][0] == pytest.approx(estimate(given).fte, abs=0.001)
    added = next(each for each in case.scenarios if each.code == code)
    assert "beregning 1" in added.source
    assert "årsværk (med 95 procent" in added.source
    for refused, why in (("fte", "allerede"), ("gone", "ikke den forudsætning"), ("fte_cost", "ikke i årsværk")):
        with pytest.raises(RefusedChange, match=why):
            scenario_numbers.add_values(given, own, refused, by=world.finn, at=MORNING)
    assert [(each.version, each.values_code) for each in ScenarioInCase.objects.all()] == [(2, code)]


def test_a_case_is_locked_before_its_text_is_read(world: World) -> None:
    own = own_cases.begin(own_cases.text_with(library.text("bc31"), {}, "egen"), reason="x", by=world.finn, at=MORNING)
    given = run(world)
    with CaptureQueriesContext(connection) as asked:
        scenario_numbers.add_values(given, own, "fte", by=world.finn, at=MORNING)
    of_cases = [each["sql"] for each in asked if 'FROM "programme_owncase' in each["sql"]]
    assert of_cases[0].endswith("FOR UPDATE")
    assert "programme_owncaseversion" in of_cases[1]


def test_the_cases_that_take_people_are_found_by_one_query(world: World) -> None:
    for code in ("en", "to", "tre"):
        text = own_cases.text_with(library.text("bc31"), {}, code)
        own = own_cases.begin(text, reason="x", by=world.finn, at=MORNING)
        own_cases.change(own, f"{text}\n# rettet", reason="y", by=world.finn, at=MORNING)
    with CaptureQueriesContext(connection) as asked:
        found = [value for value, _label in CaseTargetForm().fields["target"].choices]  # type: ignore[attr-defined]
    assert (found, len(asked)) == (["", "en.fte", "to.fte", "tre.fte"], 1)


def test_only_assumptions_in_fte_take_people(world: World) -> None:
    assert [each.name for each in scenario_numbers.takes(library.shipped("bc31"))] == ["fte"]


def test_the_command_computes_a_case_of_ones_own(world: World) -> None:
    own_cases.begin(own_cases.text_with(library.text("bc31"), {}, "egen"), reason="x", by=world.finn, at=MORNING)
    out = StringIO()
    call_command("businesscase", "egen", "--json", "--runs", "100", stdout=out)
    assert json.loads(out.getvalue())["net"] == list(evaluation.table(library.shipped("bc31")).net)
    with pytest.raises(CommandError, match="bc99"):
        call_command("businesscase", "bc99")
