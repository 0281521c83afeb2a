"""A what-if is played on each weekday of the measured days, by its share of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.planning import played_days
from indgang.planning.routing_changes import FlowChange
from indgang.planning.storing import base_of, stored
from indgang.planning.whatif import Changes, CountedWeekday, ScenarioBase, Staffing, compute
from indgang.routing import flows as routing_flows
from indgang.staffing.twin import simulation
from indgang.staffing.twin.result import Estimated
from tests.planning.bases import base, queue
from tests.planning.test_routing_changes import flow

#: Monday is busier than Friday, and there were twice as many Fridays, on which nobody calls after noon
MONDAY, FRIDAY = CountedWeekday(0, 2, ((6.0,) * 18,)), CountedWeekday(4, 4, ((6.0,) * 8 + (0.0,) * 10,))
WAIT = {"id": "wait", "kind": "queue", "queue": "a"}
LIVE = flow(WAIT)
#: on Fridays callers are sent away
CLOSED_ON_FRIDAYS = flow(
    {
        "id": "day", "kind": "condition", "all": [{"fact": "weekday", "value": [4]}], "on_true": "bye",
        "on_false": "wait",
    },
    {"id": "bye", "kind": "hang_up"}, WAIT,
)  # fmt: skip


def measured(*weekdays: CountedWeekday, day_spread: float = 0.0) -> ScenarioBase:
    centre = base(replace(queue("a", 68, seats=4), day_spread=day_spread))
    return replace(centre, weekdays=weekdays)


def days(centre: ScenarioBase, changes: Changes, replications: int = 20) -> tuple[list[simulation.PlayedDay], ...]:
    return played_days.of(centre, compute(centre, changes), changes, replications)


def test_a_draft_that_asks_for_the_weekday_is_played_on_each() -> None:
    change = FlowChange("entry", "Kladden", routing_flows.dump(LIVE), routing_flows.dump(CLOSED_ON_FRIDAYS))
    changes = Changes(staffing=Staffing.TODAY, flow=change)
    today, other = days(measured(MONDAY, FRIDAY), changes, 9)
    assert [(each.kind.code, each.kind.replications) for each in other] == [("0", 4), ("4", 5)]
    assert [each.scenario.begins.weekday() for each in other] == [0, 4]
    played = simulation.compare_days(today, other)
    turned = [float(each.turned_away.sum()) for each in played.other.counts]
    assert not any(turned[:4])
    assert all(turned[4:])
    estimate = played.other.estimate("turned_away")
    assert estimate.mean == pytest.approx(2 / 3 * sum(turned[4:]) / 5), "two of three days were Fridays"
    assert played.today.estimate("turned_away").mean == 0
    assert played.difference("turned_away").mean == pytest.approx(estimate.mean)
    assert [each["code"] for each in played.as_data()["today"]["kinds"]] == ["0", "4"]
    assert played.today.waits() != []


def test_people_are_there_while_anybody_calls_and_changes_hold_on_each_day() -> None:
    changes = Changes(volume=0.5, staffing=Staffing.TODAY)
    today, other = days(measured(MONDAY, FRIDAY), changes)
    ends = [max(stay.ends for crew in each.scenario.crews for stay in crew.attendances) for each in today]
    assert ends == [9 * 3600, 4 * 3600]
    assert [sum(each.scenario.inflows[0].arrivals) for each in today] == [108, 48]
    assert [sum(each.scenario.inflows[0].arrivals) for each in other] == [162, 72]


def averaged(*weekdays: CountedWeekday) -> ScenarioBase:
    """The same, whose average day is the mean of its weekdays."""
    found, total = measured(*weekdays), sum(each.days for each in weekdays)
    columns = zip(*(each.calls[0] for each in weekdays), strict=True)
    calls = tuple(
        sum(each.days * one for each, one in zip(weekdays, column, strict=True)) / total for column in columns
    )
    return replace(found, queues=(replace(found.queues[0], calls=calls),))


@pytest.mark.parametrize(
    ("changes", "monday", "friday"),
    [
        (Changes(closes=time(18), staffing=Staffing.TODAY), 114.0, 48.0),  # half as many in each new half-hour
        (Changes(opens=time(14), moved=0, staffing=Staffing.TODAY), 36.0, 0.0),
        (Changes(opens=time(14), staffing=Staffing.TODAY), 36.0 + 36.0, 0.0),  # on Fridays there are no hours left
        (Changes(closes=time(11), staffing=Staffing.TODAY), 36.0 + 36.0, 36.0 + 6.0),
    ],
)
def test_other_hours_are_those_of_the_average_day_on_a_short_friday_too(
    changes: Changes, monday: float, friday: float
) -> None:
    centre = averaged(MONDAY, FRIDAY)
    _today, other = days(centre, changes)
    played = [sum(each.scenario.inflows[0].arrivals) for each in other]
    assert played == pytest.approx([monday, friday])
    if friday:
        assert (2 * monday + 4 * friday) / 6 == pytest.approx(compute(centre, changes).changed.calls_a_day)
    ends = [max((stay.ends for crew in each.scenario.crews for stay in crew.attendances), default=0) for each in other]
    assert ends[1] <= 4 * 3600, "nobody is there on Friday after noon"


def test_a_weekday_on_which_nobody_calls_any_more_is_played_to_its_end() -> None:
    today, other = days(averaged(MONDAY, FRIDAY), Changes(opens=time(14), moved=0, staffing=Staffing.TODAY), 4)
    played = simulation.compare_days(today, other)
    assert [float(each.offered.sum()) for each in played.other.counts[2:]] == [0, 0]
    json.dumps(played.as_data(), allow_nan=False)


def test_what_weekdays_explain_is_not_played_twice() -> None:
    between = (2 * (108 / 68 - 1) ** 2 + 4 * (48 / 68 - 1) ** 2) / 6
    today, _other = days(measured(MONDAY, FRIDAY, day_spread=0.6), Changes())
    assert today[0].scenario.inflows[0].day_spread == pytest.approx((0.36 - between) ** 0.5)
    today, _other = days(measured(MONDAY, FRIDAY, day_spread=0.1), Changes())
    assert today[0].scenario.inflows[0].day_spread == 0


def test_a_centre_without_measured_days_is_played_on_a_monday() -> None:
    today, other = days(measured(), Changes(), 3)
    assert [(each.kind.code, each.kind.replications, each.scenario.begins.weekday()) for each in (*today, *other)] == [
        ("", 3, 0), ("", 3, 0)
    ]  # fmt: skip
    empty = CountedWeekday(6, 4, ((0.0,) * 18,))
    assert [each.kind.code for each in days(measured(MONDAY, empty), Changes(), 3)[0]] == ["0"], "nobody calls then"


@given(st.lists(st.integers(1, 60), min_size=1, max_size=7), st.integers(1, 40))
def test_as_many_days_are_played_as_are_asked_for(counted: list[int], replications: int) -> None:
    weekdays = [CountedWeekday(number, days_, MONDAY.calls) for number, days_ in enumerate(counted)]
    kinds = [each.kind for each in days(measured(*weekdays), Changes(staffing=Staffing.TODAY), replications)[0]]
    assert sum(each.replications for each in kinds) == replications
    assert sum(each.share for each in kinds) == pytest.approx(1)
    assert min(each.replications for each in kinds) >= min(2, replications // len(kinds))
    assert len(kinds) == min(len(counted), replications)


def test_a_mean_of_kinds_of_day_is_weighted_and_has_the_error_of_each() -> None:
    found = Estimated.weighted([(0.75, [1.0, 3.0]), (0.25, [10.0, 10.0]), (0.5, [float("nan")])])
    assert found.mean == pytest.approx(0.75 * 2 + 0.25 * 10)
    # t with 2 degrees of freedom, the variance of the first mean 2/2
    assert found.half_width == pytest.approx(4.3027 * 0.75, abs=1e-3)
    assert Estimated.weighted([(0.2, [1.0, 2.0, 4.0])]) == Estimated.of([1.0, 2.0, 4.0])
    assert Estimated.weighted([(0.5, [1.0]), (0.5, [3.0])]) == Estimated(2.0, None, (1.0, 3.0))
    single = Estimated.weighted([(0.5, [1.0, 3.0]), (0.5, [7.0])])
    assert single.half_width == pytest.approx(12.706 * (0.25 * 2 / 2 + 0.25 * 2) ** 0.5, abs=1e-2)
    assert Estimated.weighted([]).mean is None


def test_weekdays_come_back_from_the_store() -> None:
    centre = measured(MONDAY, FRIDAY)
    assert base_of(json.loads(json.dumps(stored(centre)))) == centre
    old = stored(centre)
    del old["weekdays"]
    assert base_of(old).weekdays == (), "a scenario of the release before"
