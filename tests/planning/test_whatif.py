"""What if: the changed centre beside today's, by hand and by law."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.planning import twin_scenarios
from indgang.planning.whatif import Changes, Ranged, Staffing, apply, apportion, compute, pool
from indgang.staffing.need import Impossible, ServiceTarget
from indgang.staffing.sizing import Seats
from indgang.staffing.twin.simulation import compare, run
from tests import sample
from tests.planning.bases import base, queue


@pytest.mark.parametrize(
    ("seats", "way", "staffing"),
    [
        (None, Seats.CURVE, Staffing.TARGET), (None, Seats.FLAT, Staffing.FLAT), (None, Seats.FLAT, Staffing.TARGET),
        (None, Seats.CURVE, Staffing.FLAT), (9.4, Seats.CURVE, Staffing.TODAY), (9.4, Seats.CURVE, Staffing.TARGET),
        (9.4, Seats.CURVE, Staffing.FLAT),
    ],
)  # fmt: skip
def test_nothing_changed_has_no_effect(seats: float | None, way: Seats, staffing: Staffing) -> None:
    centre = replace(base(queue("a", 300, seats=seats), queue("b", 100, seats=seats), spread=0.05), seats=way)
    found = compute(centre, Changes(staffing=staffing))
    assert found.other == found.compared
    effect = found.fte_effect
    assert {effect.value, effect.low, effect.high} <= {0.0, None}
    is_as_today = staffing is Staffing.TODAY or (seats is None and (staffing is Staffing.FLAT) is (way is Seats.FLAT))
    assert (found.reference is None) is is_as_today
    assert found.today == compute(centre, Changes(staffing=Staffing.TODAY)).today, "today is as it is"


@settings(max_examples=sample.examples(30))
@given(
    st.floats(20, 400), st.floats(0.02, 0.9), st.none() | st.floats(1, 30), st.sampled_from(list(Seats)),
    st.sampled_from([Staffing.TARGET, Staffing.FLAT]),
)  # fmt: skip
def test_fewer_calls_never_need_more_people_however_today_is_staffed(
    calls: float, fewer: float, seats: float | None, way: Seats, staffing: Staffing
) -> None:
    centre = replace(base(queue("a", calls, seats=seats), queue("b", 40, seats=seats), spread=0.05), seats=way)
    effect = compute(centre, Changes(digital=fewer, staffing=staffing)).fte_effect
    assert effect.high is not None
    assert effect.value <= effect.high <= 1e-9
    more = compute(centre, Changes(volume=fewer, staffing=staffing)).fte_effect
    assert more.low is not None
    assert -1e-9 <= more.low <= more.value


def test_people_who_were_missing_before_are_no_effect_of_the_changes() -> None:
    """Fewer calls need more people than are there, and yet fewer than today's calls do."""
    found = compute(base(queue("a", 300, seats=3)), Changes(digital=0.1))
    assert found.reference is not None
    today, needed, other = (each.total.fte.value for each in (found.today, found.reference, found.other))
    assert today < other < needed
    assert found.fte_effect.value == pytest.approx(other - needed)
    assert found.kroner_effect is not None
    assert found.kroner_effect.value == pytest.approx((other - needed) * 550_000)


def test_both_sides_are_counted_within_the_same_limit() -> None:
    centre = base(queue("a", 300, seats=8))
    before = compute(centre, Changes(staffing=Staffing.TODAY))
    found = compute(centre, Changes(staffing=Staffing.TODAY, target=replace(centre.target, within=60.0)))
    assert (before.counted_within, found.counted_within) == (20, 60)
    assert found.other.total.in_time == found.today.total.in_time
    assert found.today.total.in_time.value > before.today.total.in_time.value
    assert found.today.total.fte == before.today.total.fte
    curve = base(queue("a", 300))
    easier = compute(curve, Changes(target=replace(centre.target, within=60.0)))
    assert easier.today.total.fte == compute(curve, Changes()).today.total.fte, "today's people keep today's target"
    assert easier.other.total.fte.value < easier.today.total.fte.value
    sides = (twin_scenarios.today(centre, found.today, Changes(target=found.changed.target)),
             twin_scenarios.other(found.changed, found.other, Changes(staffing=Staffing.TODAY)))  # fmt: skip
    assert [each.within for each in sides] == [60, 60]


def test_calls_and_people_are_added_over_queues() -> None:
    found = compute(base(queue("a", 300), queue("b", 100)), Changes())
    assert [each.code for each in found.today.groups] == ["a", "b"]
    assert found.today.total.calls_a_year == pytest.approx(100_000)
    assert found.today.total.fte.value == pytest.approx(sum(each.fte.value for each in found.today.groups))


def test_volume_digital_share_and_talk_time_change_the_calls() -> None:
    changed = apply(base(queue("a", 400)), Changes(volume=0.1, digital=0.25, talk=-0.2, after_call=1.0))
    assert sum(changed.queues[0].calls) == pytest.approx(400 * 1.1 * 0.75)
    assert (changed.queues[0].talk, changed.queues[0].after_call) == (168, 60)


def test_shorter_hours_move_some_of_the_calls_and_lose_the_rest() -> None:
    whole = base(queue("a", 360))
    flat = replace(whole, queues=(replace(whole.queues[0], calls=(20.0,) * 18),))
    shorter = apply(flat, Changes(opens=time(9), closes=time(16), moved=0.5))
    assert (shorter.opens, shorter.intervals) == (time(9), 14)
    assert sum(shorter.queues[0].calls) == pytest.approx(14 * 20 + 0.5 * 4 * 20)
    assert list(shorter.begins())[-1] == time(15, 30)


def test_longer_hours_bring_a_share_of_the_nearest_half_hour() -> None:
    whole = base(queue("a", 360, seats=4))
    flat = replace(whole, queues=(replace(whole.queues[0], calls=(20.0,) * 18),))
    longer = apply(flat, Changes(closes=time(18), moved=0.25))
    assert longer.queues[0].calls[-3:] == (20, 5, 5)
    assert longer.queues[0].seats == (4,) * 20


def test_hours_that_end_before_they_begin_and_no_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="closes after"):
        apply(base(queue("a", 10)), Changes(opens=time(16), closes=time(9)))
    with pytest.raises(ValueError, match="no calls"):
        apply(base(queue("a", 10)), Changes(volume=-1))


def test_one_number_over_several_centres_needs_fewer_people() -> None:
    centres = base(*(queue(f"c{number}", calls) for number, calls in enumerate((300, 60, 30, 20))))
    found = compute(centres, Changes(pooled=True))
    assert len(found.other.groups) == 1
    assert found.other.total.fte.value < 0.8 * found.today.total.fte.value
    assert found.other.total.in_time.value >= 0.8


def test_todays_people_stay_and_callers_meet_more_calls() -> None:
    found = compute(base(queue("a", 300, seats=8)), Changes(volume=0.3, staffing=Staffing.TODAY))
    assert found.other.total.fte == found.today.total.fte
    assert found.other.total.mean_wait.value > found.today.total.mean_wait.value


def test_a_number_of_agents_is_shared_out_by_load() -> None:
    found = compute(base(queue("a", 300), queue("b", 100)), Changes(staffing=Staffing.NUMBER, agents=9))
    assert [each.seats[0] for each in found.other.groups] == [7, 2]
    assert apportion(3, [1, 1, 1, 1]) == [1, 1, 1, 0]


def test_measured_calls_are_as_uncertain_as_their_days() -> None:
    found = compute(base(queue("a", 300, seats=9), spread=0.05), Changes())
    for ranged in (found.other.total.fte, found.today.total.mean_wait, found.today.total.in_time):
        assert ranged.low is not None
        assert ranged.high is not None
        assert ranged.low <= ranged.value <= ranged.high
    assert found.today.total.fte.low == found.today.total.fte.high, "today's people are there"
    assert compute(base(queue("a", 300)), Changes()).other.total.fte.low is None


def test_the_same_seats_all_day_are_those_of_the_busiest_half_hour() -> None:
    centre = base(queue("a", 300))
    curve, flat = (compute(centre, Changes(staffing=each)).other.total for each in (Staffing.TARGET, Staffing.FLAT))
    assert set(flat.seats) == {max(curve.seats)}
    assert flat.fte.value > curve.fte.value


def test_whose_callers_never_hang_up_keep_the_limit_for_those_who_do() -> None:
    target = ServiceTarget(mean_wait=30, abandoned=0.05)
    assert compute(base(queue("a", 300, patience=None)), Changes(target=target)).other.total.abandoned == Ranged(0.0)
    with pytest.raises(Impossible):
        compute(base(queue("a", 300, patience=None)), Changes(target=ServiceTarget(abandoned=0.05)))


@settings(max_examples=sample.examples(30))
@given(st.floats(10, 400), st.floats(0, 1), st.booleans())
def test_more_calls_never_need_fewer_people(calls: float, more: float, pooled: bool) -> None:
    centre = base(queue("a", calls), queue("b", 50))
    fewer = compute(centre, Changes(pooled=pooled)).other.total.fte.value
    assert compute(centre, Changes(volume=more, pooled=pooled)).other.total.fte.value >= fewer - 1e-9


@given(st.lists(st.floats(5, 200), min_size=2, max_size=4))
def test_a_pool_has_all_calls_and_the_mean_times(volumes: list[float]) -> None:
    pooled = pool([queue(str(number), calls, talk=100 + number) for number, calls in enumerate(volumes)])
    assert sum(pooled.calls) == pytest.approx(sum(volumes))
    assert 100 <= pooled.talk <= 100 + len(volumes)


# --- the same in the simulation ------------------------------------------------------------------------------


def test_the_simulation_plays_the_same_centre() -> None:
    found = compute(base(queue("a", 300)), Changes())
    played = run(twin_scenarios.today(base(queue("a", 300)), found.today), 10)
    estimate = played.estimate("service_level")
    assert estimate.mean == pytest.approx(found.today.total.in_time.value, abs=0.05)
    assert played.estimate("offered").mean == pytest.approx(300, rel=0.1)


def test_people_who_serve_all_queues_answer_sooner() -> None:
    centre = base(queue("a", 200, seats=5), queue("b", 200, seats=5))
    found = compute(centre, Changes(staffing=Staffing.TODAY))
    today = twin_scenarios.today(centre, found.today)
    half = twin_scenarios.other(centre, found.other, Changes(staffing=Staffing.TODAY, shared=0.5))
    assert sum(len(crew.queues) == 2 for crew in half.crews) == 6, "3 of 5 in each queue"
    difference = compare(today, half, 10).difference("mean_wait")
    assert difference.mean is not None
    assert difference.half_width is not None
    assert difference.mean + difference.half_width < 0
