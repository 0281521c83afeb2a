"""Scenarios and assumptions in the database: runs are kept, and what was assumed stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from procrastinate.contrib.django import app

from indgang.audit.models import Change
from indgang.config.jobs import give_up_simulations, simulate_scenario
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Queue
from indgang.planning import assumptions, bases, scenario_listing, scenario_making, scenario_remarks, scenarios
from indgang.planning.models import Scenario, ScenarioRun, StaffingAssumption
from indgang.planning.scenarios import JOB, ScenarioOrigin, estimate
from indgang.planning.storing import base_of, changes_of, stored, whatif_of
from indgang.planning.whatif import Changes, Staffing, compute
from indgang.staffing.need import ServiceTarget
from indgang.staffing.presets import TMF_2020
from indgang.staffing.twin import simulation
from tests.measures.test_reading import DAY, one, published, write
from tests.planning.bases import base, queue
from tests.world import MORNING, World

ALL_CHANGED = Changes(
    0.1, 0.2, -0.1, 0.5, time(9), time(16), 0.3, Staffing.NUMBER, 9, ServiceTarget(mean_wait=30.0), True, 0.25
)


def test_what_is_stored_comes_back() -> None:
    centre = base(queue("a", 300, seats=9.5), queue("b", 40, patience=None, seats=1), spread=0.03)
    found = compute(centre, ALL_CHANGED)
    by_target = compute(centre, Changes())
    assert by_target.reference is not None
    for value, read in (
        (centre, base_of), (ALL_CHANGED, changes_of), (found, whatif_of), (by_target, whatif_of),
    ):  # fmt: skip
        assert read(json.loads(json.dumps(stored(value)))) == value


def test_a_queue_that_grows_for_ever_is_stored_as_such() -> None:
    found = compute(base(queue("a", 300, patience=None)), Changes(staffing=Staffing.NUMBER, agents=1))
    again = whatif_of(json.loads(json.dumps(stored(found), allow_nan=False)))
    assert again.other.total.mean_wait.value == float("inf")


def saved(world: World, **changes: Any) -> Scenario:
    return scenarios.make(
        "Færre opkald", base(queue("a", 300), queue("b", 60)), ScenarioOrigin("tmf-2020"), centre=world.centres["tmf"],
        changes=Changes(**changes), by=world.eva, at=MORNING,
    )  # fmt: skip


@pytest.mark.django_db
def test_each_run_is_kept_and_a_closed_scenario_has_no_more(world: World) -> None:
    made = saved(world)
    later = scenarios.run(made, Changes(volume=-0.2), by=world.eva, at=MORNING)
    assert [each.number for each in made.runs.all()] == [2, 1]
    assert later.number == 2
    scenarios.close(made, by=world.eva, at=MORNING)
    with pytest.raises(RefusedChange):
        scenarios.run(made, Changes(), by=world.eva, at=MORNING)
    assert Change.objects.filter(action__startswith="scenario.").count() == 4


@pytest.mark.django_db
def test_a_scenario_and_its_trail_keep_no_civil_registration_number(world: World) -> None:
    made = scenarios.make(
        "Som 010190-1234 ringer", base(queue("a", 300)), ScenarioOrigin("tmf-2020"), centre=world.centres["tmf"],
        changes=Changes(), by=world.eva, at=MORNING, note="Spurgt af 010190-1234",
    )  # fmt: skip
    made.refresh_from_db()
    assert made.note == "Spurgt af ******-****"
    assert made.name == mask_cpr("Som 010190-1234 ringer") != "Som 010190-1234 ringer"
    assert Change.objects.get(action="scenario.create").after == {"name": made.name}


@pytest.mark.django_db
def test_what_has_no_answer_is_refused_in_words(world: World) -> None:
    made = saved(world)
    for changes in (Changes(volume=-1.0), Changes(opens=time(16), closes=time(9))):
        with pytest.raises(RefusedChange, match="ingen opkald"):
            scenarios.run(made, changes, by=world.eva, at=MORNING)


@pytest.mark.django_db
def test_a_short_run_is_simulated_at_once_and_a_long_one_by_the_worker(world: World) -> None:
    made, deferred = saved(world, pooled=True), list[int]()
    short = made.runs.get()
    scenarios.order_simulation(short, by=world.eva, at=MORNING, defer=deferred.append)
    short.refresh_from_db()
    assert (short.simulation, deferred) == (ScenarioRun.Simulation.DONE, [])
    assert short.simulated is not None
    assert short.simulated["other"]["all"]["offered"]["mean"] == pytest.approx(360, rel=0.1)
    assert short.simulated["difference"]["mean_wait"]["half_width"] > 0
    long = scenarios.run(made, Changes(volume=9.0), by=world.eva, at=MORNING)
    scenarios.order_simulation(long, by=world.eva, at=MORNING, defer=deferred.append)
    scenarios.order_simulation(long, by=world.eva, at=MORNING, defer=deferred.append)
    assert deferred == [long.pk]


@pytest.mark.django_db
def test_the_worker_plays_a_run_that_waits_and_says_which_cannot_be_simulated(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenarios, "MOST_AT_ONCE", 0)
    runs = [scenarios.run(made := saved(world), Changes(volume=-0.5), by=world.eva, at=MORNING)]
    runs.append(scenarios.run(made, Changes(), by=world.eva, at=MORNING))
    for each in runs:
        scenarios.order_simulation(each, by=world.eva, at=MORNING, defer=lambda key: None)
    with monkeypatch.context() as patched:
        patched.setattr(scenarios, "REPLICATIONS", 0)
        simulate_scenario(runs[1].pk)
    simulate_scenario(runs[0].pk)
    found = [ScenarioRun.objects.get(pk=each.pk) for each in runs]
    assert [each.simulation for each in found] == [ScenarioRun.Simulation.DONE, ScenarioRun.Simulation.FAILED]
    assert found[1].fault == ScenarioRun.Fault.UNUSABLE


@pytest.mark.django_db
def test_a_simulation_that_is_cancelled_leaves_nothing_and_can_be_ordered_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenarios, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(scenarios, "REPLICATIONS", 3)
    run, seen = saved(world).runs.get(), list[int]()
    scenarios.order_simulation(run, by=world.eva, at=MORNING, defer=lambda key: None)
    compare: Any = simulation.compare_days

    def cancelled_on_the_way(*args: Any, progress: Any) -> Any:
        """Somebody cancels after the second day."""

        def note(days: int) -> None:
            seen.append(days)
            if days == 3:
                scenarios.cancel_simulation(run, by=world.eva, at=MORNING)
            progress(days)

        return compare(*args, progress=note)

    with monkeypatch.context() as patched:
        patched.setattr(simulation, "compare_days", cancelled_on_the_way)
        simulate_scenario(run.pk)
    run.refresh_from_db()
    assert (seen, run.simulation, run.played, run.simulated, run.fault) == ([1, 2, 3], "none", 0, None, "")
    assert Change.objects.filter(action="scenario.stop").count() == 1
    scenarios.order_simulation(run, by=world.eva, at=MORNING, defer=lambda key: None)
    simulate_scenario(run.pk)
    scenarios.cancel_simulation(run, by=world.eva, at=MORNING)
    run.refresh_from_db()
    assert (run.simulation, run.played) == (ScenarioRun.Simulation.DONE, 6)


@pytest.mark.django_db
def test_a_simulation_that_is_ordered_again_while_it_plays_is_played_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenarios, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(scenarios, "REPLICATIONS", 1)
    run, notes = saved(world).runs.get(), list[Any]()
    compare: Any = simulation.compare_days

    def ordered_again_on_the_way(*args: Any, progress: Any) -> Any:
        """The first goes on when a second one, of a later order, has begun."""
        notes.append(progress)
        progress(1)
        if len(notes) == 1:
            scenarios.cancel_simulation(run, by=world.eva, at=MORNING)
            scenarios.order_simulation(run, by=world.eva, at=MORNING, defer=lambda key: None)
            simulate_scenario(run.pk)
        else:
            with pytest.raises(scenarios._Cancelled):
                notes[0](2)
        return compare(*args, progress=progress)

    monkeypatch.setattr(simulation, "compare_days", ordered_again_on_the_way)
    scenarios.order_simulation(run, by=world.eva, at=MORNING, defer=lambda key: None)
    simulate_scenario(run.pk)
    run.refresh_from_db()
    assert (len(notes), run.simulation, run.played) == (2, ScenarioRun.Simulation.DONE, 2)


@pytest.mark.django_db
def test_no_simulation_waits_for_a_job_that_broke_or_is_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "MOST_AT_ONCE", 0)
    broken, waits, lost = (saved(world).runs.get() for _ in range(3))
    for each in (broken, waits, lost):
        scenarios.order_simulation(each, by=world.eva, at=MORNING, defer=lambda key: None)
    app.configure_task(JOB).defer(key=waits.pk)
    app.configure_task(JOB).defer(key=10 * lost.pk)
    Scenario.objects.filter(pk=broken.scenario_id).update(base={})
    with pytest.raises(KeyError):
        simulate_scenario(broken.pk)
    give_up_simulations(0)
    found = [ScenarioRun.objects.get(pk=each.pk) for each in (broken, waits, lost)]
    assert [each.fault for each in found] == [ScenarioRun.Fault.BROKEN, "", ScenarioRun.Fault.LOST]
    state = ScenarioRun.Simulation
    assert [each.simulation for each in found] == [state.FAILED, state.WAITING, state.FAILED]


@pytest.mark.django_db
def test_a_run_is_a_value_for_the_business_case(world: World) -> None:
    found = estimate(saved(world, digital=0.3).runs.get())
    assert found.fte < found.fte_today
    assert found.kroner == pytest.approx(found.fte * 550_000)
    assert found.calls_a_year == pytest.approx(0.7 * 360 * 250)
    assert (found.sources, found.fte_low) == (("tmf-2020",), None)
    assert json.dumps(found.as_data())


@pytest.mark.django_db
def test_a_run_of_before_gets_the_reference_that_it_did_not_keep(world: World) -> None:
    centre, changes = base(queue("a", 300, seats=4.5)), Changes(digital=0.2, target=ServiceTarget(0.8, 40.0))
    made = scenarios.make(
        "Før", centre, ScenarioOrigin("tmf-2020"), centre=None, changes=changes, by=world.eva, at=MORNING
    )
    run = made.runs.select_related("scenario").get()
    now, kept = estimate(run), scenarios.found_in(run)
    run.result = {name: each for name, each in run.result.items() if name not in ("reference", "counted_within")}
    before = scenarios.found_in(run)
    assert (estimate(run).fte_effect, estimate(run).fte_reference) == (now.fte_effect, now.fte_reference)
    assert before.reference is not None
    assert before.reference.total.in_time != kept.compared.total.in_time, "within the limit of today, as it was counted"
    (about_people, about_limit) = scenario_remarks.of(centre, changes, before)
    assert "Den forskel skyldes ikke ændringerne" in about_people
    assert "inden for 20 sekunder i dag og inden for 40 sekunder med ændringerne" in about_limit
    assert "inden for 40 sekunder på begge sider" in scenario_remarks.of(centre, changes, kept)[1]


@pytest.mark.django_db
def test_the_simulated_difference_is_that_of_the_changes_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "REPLICATIONS", 2)
    made = scenarios.make(
        "Målt", base(queue("a", 200, seats=2.5), queue("b", 60, seats=1)), ScenarioOrigin("measured"), centre=None,
        changes=Changes(), by=world.eva, at=MORNING,
    )  # fmt: skip
    run = made.runs.get()
    assert scenarios.days_of(run) == 6
    scenarios.order_simulation(run, by=world.eva, at=MORNING, defer=lambda key: None)
    run.refresh_from_db()
    assert (run.simulation, run.played) == (ScenarioRun.Simulation.DONE, 6)
    assert run.simulated is not None
    sides = [run.simulated[side]["all"]["mean_wait"]["mean"] for side in ("today", "reference", "other")]
    assert sides[0] > sides[1] == sides[2], "more people than today, and nothing else"
    assert {each["mean"] for each in run.simulated["difference"].values()} == {0.0, None}, "nobody was rung back"
    remarks = scenario_listing.of_run(run)["remarks"]
    del run.simulated["reference"]
    of_before = scenario_listing.of_run(run)["remarks"]
    assert of_before[:-1] == remarks
    assert "så er forskellen ændringernes alene" in of_before[-1]


@pytest.mark.django_db
@pytest.mark.parametrize("code", scenario_making.SHIPPED)
def test_a_shipped_centre_with_nothing_changed_is_today(code: str, world: World) -> None:
    changes = replace(bases.first_changes(code), pooled=False)
    found = compute(bases.shipped(code, {}), changes)
    assert (found.reference, found.other) == (None, found.today)


@pytest.mark.django_db
def test_one_number_is_shipped_and_saves_people() -> None:
    found = compute(bases.shipped(bases.ONE_NUMBER, {}), bases.first_changes(bases.ONE_NUMBER))
    assert found.today.total.calls_a_year == pytest.approx(242_150)
    assert found.other.total.fte.value < found.today.total.fte.value - 5


# --- what was measured ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_log_says_calls_times_patience_and_seats(world: World) -> None:
    write(*published())
    queues = list(Queue.objects.filter(code="tmf-byggeri"))
    found = bases.measured(queues, DAY, DAY, target=ServiceTarget(in_time=0.8, within=20), decided={})
    assert found is not None
    (measured,) = found.base.queues
    assert sum(measured.calls) == 1_060
    assert measured.talk + measured.after_call == pytest.approx(110 if measured.after_call else 90, abs=30)
    waited = 860 * 20 + 140 * 21 + 10 * 4 + 10 * 15 + 40 * 90
    assert measured.patience == pytest.approx(waited / 60)
    seen = found.calibrated.fits["tmf-byggeri"]
    assert seen.seen_abandoned == pytest.approx(60 / 1_060)
    assert seen.model_wait == pytest.approx(seen.seen_wait, rel=0.01)
    assert compute(found.base, Changes()).today.total.mean_wait.value == pytest.approx(seen.seen_wait, rel=0.05)


@pytest.mark.django_db
def test_days_that_differ_make_the_simulation_and_the_results_uncertain(world: World) -> None:
    sunday = 4
    for number, calls in ((0, 20), (1, 90), (2, 30), (sunday, 7), (5, 100)):
        start = MORNING + timedelta(days=number)
        write(*(one(Kind.ANSWERED, 5.0, 1_000 * number + call, start=start + timedelta(minutes=call))
                for call in range(calls)))  # fmt: skip
    queues, last = list(Queue.objects.filter(code="tmf-byggeri")), DAY + timedelta(days=5)
    found = bases.measured(queues, DAY, last, target=ServiceTarget(in_time=0.8, within=20), decided={})
    assert found is not None
    assert found.base.spread == pytest.approx(0.34, abs=0.01), "the standard error of 20, 90, 30 and 100, beside 60"
    assert found.base.queues[0].day_spread == pytest.approx(0.67, abs=0.02)
    assert (found.calibrated.days, sum(found.base.queues[0].calls)) == (4, 60), "calls on a Sunday make no opening day"
    weekdays = [(each.weekday, each.days, sum(each.calls[0])) for each in found.base.weekdays]
    assert weekdays == [(0, 1, 100), (2, 1, 20), (3, 1, 90), (4, 1, 30)]
    assert 245 <= found.base.days <= 255, "weekdays of a year without the holidays"
    needed = compute(found.base, Changes()).other.total.fte
    assert needed.low is not None
    assert needed.low < needed.value


@pytest.mark.django_db
def test_days_without_calls_are_no_base(world: World) -> None:
    queues = list(Queue.objects.filter(code="tmf-byggeri"))
    assert bases.measured(queues, DAY, DAY, target=ServiceTarget(in_time=0.8), decided={}) is None


# --- assumptions ----------------------------------------------------------------------------------------------


def decide(world: World, value: str, day: date, **fields: Any) -> StaffingAssumption:
    given = {"centre": None, "source": "Målt i foråret", **fields}
    return assumptions.decide("phone_share", Decimal(value), day=day, by=world.eva, at=MORNING, **given)


@pytest.mark.django_db
def test_an_assumption_holds_from_its_day_and_what_held_before_stays(world: World) -> None:
    today = MORNING.date()
    later, much_later = today + timedelta(days=30), today + timedelta(days=60)
    decide(world, "65", today)
    decide(world, "60", much_later)
    decide(world, "62", later)
    days = (today - timedelta(days=1), today, later, much_later)
    held = [assumptions.on(day).get("phone_share") for day in days]
    assert [None if each is None else each.value for each in held] == [None, 65, 62, 60]
    supplied = assumptions.supply(TMF_2020.supply, assumptions.on(later))
    assert supplied == replace(TMF_2020.supply, phone_share=0.62)


@pytest.mark.django_db
def test_a_centres_own_assumption_goes_before_that_of_all(world: World) -> None:
    today = MORNING.date()
    decide(world, "65", today)
    decide(world, "75", today, centre=world.centres["tmf"])
    assert assumptions.on(today, world.centres["tmf"])["phone_share"].value == 75
    assert assumptions.on(today, world.centres["bif"])["phone_share"].value == 65
    assert assumptions.on(today)["phone_share"].value == 65


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "change"), [("0", {}), ("101", {}), ("50", {"source": " "}), ("50", {"day": date(2020, 1, 1)})]
)
def test_an_assumption_without_sense_source_or_day_is_refused(world: World, value: str, change: dict[str, Any]) -> None:
    day = change.pop("day", MORNING.date())
    with pytest.raises(RefusedChange):
        decide(world, value, day, **change)
