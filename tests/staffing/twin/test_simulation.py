"""The twin: against Erlang where Erlang is exact, and laws that hold in every centre."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.routing.distribution.requirement import CALL, WRITTEN, QueueRule, Relaxation
from indgang.staffing.erlang import erlang_a, erlang_b, erlang_c
from indgang.staffing.twin.calls import NEVER, PlayedCalls, staff_of
from indgang.staffing.twin.counts import count
from indgang.staffing.twin.result import FIGURES, Estimated, TwinResult
from indgang.staffing.twin.scenario import (
    Attendance,
    BadScenario,
    Crew,
    Inflow,
    RandomTime,
    Retry,
    TimeShape,
    TwinScenario,
)
from indgang.staffing.twin.simulation import compare, played, run
from tests import sample
from tests.staffing.twin.centres import HALF_HOUR, constant, one_queue

# --- Erlang ----------------------------------------------------------------------------------------


def _agrees(result: TwinResult, **exact: float) -> None:
    """The exact value lies within one and a half half widths (three standard errors), which are small."""
    for name, value in exact.items():
        found = result.estimate(name)
        assert found.mean is not None
        assert found.half_width is not None
        assert abs(found.mean - value) <= 1.5 * found.half_width, name
        assert found.half_width <= 0.12 * value, name


def test_nobody_waits_and_erlang_b_says_who_is_lost() -> None:
    result = run(one_queue(10, 8.0, patience=constant(0.0)), 10)
    _agrees(result, abandoned_share=float(erlang_b(10, 8.0)))


def test_everybody_waits_as_erlang_c_says() -> None:
    exact = erlang_c(10, 7.5, 180.0, 20.0)
    result = run(one_queue(10, 7.5, intervals=60), 12)
    _agrees(result, service_level=float(exact.in_time), occupancy=float(exact.occupancy))
    assert result.estimate("abandoned").mean == 0


def test_callers_lose_patience_as_erlang_a_says() -> None:
    exact = erlang_a(10, 10.5, 180.0, 20.0, 120.0)
    result = run(one_queue(10, 10.5, patience=RandomTime(120.0), intervals=60), 12)
    _agrees(
        result, service_level=float(exact.in_time), abandoned_share=float(exact.abandoned),
        mean_wait=float(exact.mean_wait), mean_answered_wait=float(exact.mean_answered_wait),
        occupancy=float(exact.occupancy),
    )  # fmt: skip


# --- Laws ------------------------------------------------------------------------------------------


def _same(one: TwinResult, other: TwinResult) -> bool:
    return all(
        getattr(left, name).tobytes() == getattr(right, name).tobytes()
        for left, right in zip(one.counts, other.counts, strict=True)
        for name in left.__slots__
    )


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    scenario = one_queue(5, 5.0, patience=RandomTime(60.0), intervals=4, warm_up=0)
    assert _same(run(scenario, 3, seed=7), run(scenario, 3, seed=7))
    assert not _same(run(scenario, 3, seed=7), run(scenario, 3, seed=8))
    counts = run(scenario, 2, seed=7).counts
    assert counts[0].offered.tobytes() != counts[1].offered.tobytes()


TIMES = st.builds(RandomTime, st.floats(1, 600), st.sampled_from(TimeShape), st.floats(0.1, 2))
STAYS = st.lists(st.floats(0, 4 * HALF_HOUR), min_size=2, max_size=6, unique=True).map(sorted)
RULES = (
    QueueRule("a", steps=(Relaxation(0.0), Relaxation(30.0, also_queues=("b",)))),
    QueueRule("b", priority=20, ageing=0.5, reserved=1),
)


def _stay(times: list[float]) -> Attendance:
    """From the first to the last time; the pairs between are breaks."""
    inner = times[1:-1]
    return Attendance(times[0], times[-1], tuple((a, b) for a, b in zip(inner[::2], inner[1::2], strict=False)))


CREWS = st.builds(
    Crew, st.just("crew"), st.integers(0, 4), st.sampled_from([frozenset("a"), frozenset("b"), frozenset("ab")]),
    STAYS.map(lambda times: (_stay(times),)),
    capacity=st.sampled_from([{CALL: 1}, {CALL: 1, WRITTEN: 2}]),
)  # fmt: skip
ARRIVALS = st.lists(st.floats(0, 25), min_size=4, max_size=4).map(tuple)


@st.composite
def centres(draw: st.DrawFn) -> TwinScenario:
    inflows = [
        Inflow("a", draw(ARRIVALS), draw(TIMES), draw(TIMES), draw(TIMES), Retry(draw(st.floats(0, 1)), draw(TIMES))),
        Inflow("b", draw(ARRIVALS), draw(TIMES), draw(TIMES), draw(st.none() | TIMES)),
        Inflow("b", draw(ARRIVALS), draw(TIMES), kind=WRITTEN),
    ]
    crews = draw(st.lists(CREWS, max_size=3))
    return TwinScenario("any", "Any", tuple(inflows), RULES, tuple(crews), pick_up=draw(st.sampled_from([0.0, 3.0])))


@given(centres(), st.integers(0, 99))
@settings(deadline=None, max_examples=sample.examples(60))
def test_every_call_is_answered_or_lost_or_waits_and_nobody_has_two_at_once(scenario: TwinScenario, seed: int) -> None:
    calls = played(scenario, seed, 0)
    for call, at in enumerate(calls.at):
        answered, left = calls.answered[call], calls.left[call]
        assert answered == NEVER or left == NEVER
        assert answered >= at
        assert left >= at
        assert (calls.person[call] >= 0) == (answered != NEVER)
    counts = run(scenario, 1, seed).counts[0]
    assert (counts.offered == counts.answered + counts.abandoned + counts.waiting).all()
    assert counts.offered.sum() == len(calls.at)
    assert counts.waits.sum() == counts.answered.sum()
    _each_person_works_alone(scenario, calls)


def _each_person_works_alone(scenario: TwinScenario, calls: PlayedCalls) -> None:
    """Conversations of one person follow each other, are begun in their time, and are of their queues."""
    crews = staff_of(scenario)
    spans: dict[int, list[tuple[float, float]]] = {}
    for call, person in enumerate(calls.person):
        inflow = scenario.inflows[calls.inflow[call]]
        if person < 0:
            continue
        (stay,), begins = scenario.crews[crews[person]].attendances, calls.answered[call]
        assert stay.begins <= begins <= stay.ends
        assert not any(a < begins < b for a, b in stay.breaks)
        if inflow.kind == CALL:
            spans.setdefault(person, []).append((begins, begins + calls.talk[call]))
    for mine in spans.values():
        assert all(before[1] <= after[0] + 1e-6 for before, after in pairwise(sorted(mine)))


@given(st.integers(1, 6), st.floats(0.5, 7), st.integers(0, 99))
@settings(deadline=None, max_examples=sample.examples(25))
def test_with_one_agent_more_no_caller_waits_longer(agents: int, load: float, seed: int) -> None:
    fewer, more = one_queue(agents, load, intervals=3), one_queue(agents + 1, load, intervals=3)
    before, after = played(fewer, seed, 0), played(more, seed, 0)
    assert before.at == after.at
    assert before.talk == after.talk
    both = zip(before.answered, after.answered, strict=True)
    assert all(later <= earlier + 1e-6 for earlier, later in both if earlier != NEVER)


def test_more_agents_never_lengthen_the_mean_wait_of_callers_with_patience() -> None:
    scenarios = [one_queue(agents, 8.0, patience=RandomTime(90.0), intervals=16) for agents in range(4, 14)]
    waits = [run(each, 4).estimate("mean_wait").mean or 0.0 for each in scenarios]
    assert all(after <= before * 1.001 for before, after in pairwise(waits))


def test_shared_random_numbers_show_a_difference_that_independent_ones_hide() -> None:
    today, other = (one_queue(agents, 9.0, patience=RandomTime(120.0), intervals=8, warm_up=0) for agents in (10, 11))
    shared = compare(today, other, 10, seed=3).difference("service_level")
    apart = zip(run(today, 10, 3).counts, run(other, 10, 4).counts, strict=True)
    independent = Estimated.of(
        [b.in_time.sum() / b.offered.sum() - a.in_time.sum() / a.offered.sum() for a, b in apart]
    )
    assert shared.mean is not None
    assert shared.half_width is not None
    assert independent.half_width is not None
    assert shared.mean - shared.half_width > 0
    assert shared.half_width < 0.6 * independent.half_width


def test_with_more_volume_the_same_callers_come_sooner() -> None:
    few, many = (played(one_queue(1, load), 1, 0) for load in (1.0, 1.5))
    both = len(few.at)
    assert len(many.at) > both
    assert many.talk[:both] == few.talk
    assert all(later <= earlier for earlier, later in zip(few.at, many.at[:both], strict=True))


# --- What is counted -------------------------------------------------------------------------------


def test_the_warm_up_is_played_and_not_counted() -> None:
    cold = one_queue(5, 4.0, intervals=6, warm_up=0)
    warm = replace(cold, warm_up=2 * HALF_HOUR)
    (all_counts,), (warm_counts,) = run(cold, 1).counts, run(warm, 1).counts
    assert warm_counts.offered[:, :2].sum() == 0
    assert warm_counts.busy[:, :2].sum() == warm_counts.staffed[:, :2].sum() == 0
    assert (warm_counts.offered[:, 2:] == all_counts.offered[:, 2:]).all()
    assert (warm_counts.busy[:, 2:] == all_counts.busy[:, 2:]).all()


def test_a_call_interrupts_a_letter_which_takes_so_much_longer() -> None:
    """One letter of 30 minutes, and calls of 2 minutes with 1 minute of wrap-up: the letter waits for each of them."""
    letter = Inflow("post", (1.0, 0.0, 0.0), constant(HALF_HOUR), kind=WRITTEN)
    phone = Inflow("phone", (2.0, 2.0, 2.0), constant(120.0), constant(60.0))
    crew = Crew(
        "one", 1, frozenset({"post", "phone"}), (Attendance(0.0, 3 * HALF_HOUR),), capacity={CALL: 1, WRITTEN: 1}
    )
    scenario = TwinScenario(
        "mail", "Mail", (letter, phone), (QueueRule("post", ring_seconds=1e9), QueueRule("phone")), (crew,)
    )
    calls = next(each for each in (played(scenario, seed, 0) for seed in range(50)) if each.inflow.count(0) == 1)
    (written,) = (call for call, inflow in enumerate(calls.inflow) if inflow == 0)
    begun = calls.answered[written]
    between = [call for call, at in enumerate(calls.answered) if call != written and begun < at < calls.over[written]]
    assert between
    assert calls.over[written] == pytest.approx(begun + HALF_HOUR + 180.0 * len(between))
    others = [call for call in range(len(calls.at)) if call not in (written, *between)]
    within = sum(min(calls.over[call], scenario.ends) - min(calls.answered[call], scenario.ends) for call in others)
    alone = min(calls.over[written], scenario.ends) - begun
    assert count(scenario, calls).busy.sum() == pytest.approx(alone + within), "one person is busy once at a time"


def test_a_caller_who_tries_again_is_offered_twice_and_keeps_the_question() -> None:
    hangs_up = Inflow("q", (40.0,), RandomTime(300.0), patience=constant(10.0), retry=Retry(1.0, constant(60.0)))
    scenario = TwinScenario("again", "Again", (hangs_up,), (QueueRule("q"),), ())
    calls = played(scenario, 1, 0)
    counts = run(scenario, 1).counts[0]
    assert max(calls.tries) == 3
    assert counts.abandoned.sum() == counts.offered.sum() == len(calls.at)
    assert counts.again.sum() == sum(1 for tries in calls.tries if tries)
    second = calls.tries.index(1)
    first = calls.row.index(calls.row[second])
    assert calls.at[second] == pytest.approx(calls.at[first] + 70.0)
    assert calls.talk[second] == calls.talk[first]


def test_who_talks_when_the_day_ends_talks_on() -> None:
    inflow = Inflow("q", (10.0,), constant(HALF_HOUR))
    crew = Crew("one", 1, frozenset("q"), (Attendance(0.0, HALF_HOUR),))
    calls = played(TwinScenario("end", "End", (inflow,), (QueueRule("q"),), (crew,)), 1, 0)
    assert calls.over[0] == pytest.approx(calls.at[0] + HALF_HOUR)
    assert calls.over[0] > HALF_HOUR
    assert calls.answered[1] == NEVER


def test_the_figures_as_data_and_by_interval() -> None:
    result = run(one_queue(3, 2.0, intervals=3, warm_up=0), 2)
    data = result.as_data()
    assert set(data["all"]) == set(FIGURES)
    assert sum(each["answered"] for each in data["waits"]) == data["all"]["answered"]["mean"]
    offered = [each.mean for each in result.by_interval("offered", "q")]
    assert np.isclose(sum(each or 0 for each in offered), data["queues"]["q"]["offered"]["mean"])
    with pytest.raises(LookupError):
        result.estimate("offered", "unknown")


def test_one_replication_does_not_claim_to_know_its_error() -> None:
    assert Estimated.of([1.0]) == Estimated(1.0, None, (1.0,))
    assert Estimated.of([float("nan")]).mean is None
    # two values: the quantile of Student's t with one degree of freedom is 12.706
    assert Estimated.of([1.0, 2.0]).half_width == pytest.approx(12.706 * 0.5, abs=1e-3)


# --- Bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Inflow("q", (-1.0,), RandomTime(1.0)), "0 or more"),
        (lambda: Inflow("q", (1e9,), RandomTime(1.0)), "5,000,000"),
        (lambda: Inflow("q", (1.0,), RandomTime(float("nan"))), "seconds"),
        (lambda: Inflow("q", (1.0,), RandomTime(1.0), retry=Retry(0.5, RandomTime(1.0))), "patience"),
        (lambda: Retry(1.5, RandomTime(1.0)), "from 0 to 1"),
        (lambda: Attendance(10.0, 5.0), "end after"),
        (lambda: Attendance(0.0, 50.0, ((40.0, 60.0),)), "inside"),
        (lambda: Crew("c", -1, frozenset("q"), ()), "people"),
        (lambda: Crew("c", 1, frozenset("q"), (Attendance(0, 9), Attendance(5, 12))), "overlap"),
        (lambda: replace(one_queue(1, 1.0), warm_up=1e6), "nothing is left"),
        (lambda: replace(one_queue(1, 1.0), queues=()), "no rule"),
        (lambda: replace(one_queue(1, 1.0), pick_up=30.0), "longer"),
        (lambda: replace(one_queue(1, 1.0), interval_seconds=0.0), "86,400"),
        (lambda: replace(one_queue(1, 1.0), inflows=()), "inflow"),
        (lambda: run(one_queue(1, 1.0), 0), "replications"),
        (lambda: run(one_queue(1, 1.0), 1, seed=-1), "seed"),
    ],
)  # fmt: skip
def test_what_cannot_be_simulated_is_refused_with_its_unit(make: object, says: str) -> None:
    assert callable(make)
    with pytest.raises(BadScenario, match=says):
        make()
