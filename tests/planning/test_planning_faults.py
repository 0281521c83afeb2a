"""Odd input of planning: a month that was not counted, a call a week, all at once, and hours that come twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from indgang.entry.models import Queue
from indgang.measures.rollups import store
from indgang.measures.rollups.facts import FactKey, Measure, quarter_of
from indgang.measures.rollups.tallies import Tallies
from indgang.measures.sums import SegmentOutcome
from indgang.office.planning import scenario_words
from indgang.planning import bases, twin_scenarios, week
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.storing import stored
from indgang.planning.whatif import Changes, compute
from indgang.staffing.need import ServiceTarget
from indgang.staffing.twin.simulation import compare
from tests.planning.bases import TARGET, base, queue
from tests.planning.counted import count
from tests.world import World


@pytest.mark.django_db
def test_a_month_that_was_not_counted_is_left_out_and_said(world: World) -> None:
    found = world.queues["tmf-byggeri"]
    count(found, date(2026, 1, 5), date(2026, 1, 19))
    count(found, date(2026, 2, 16), date(2026, 3, 2))
    measured = bases.measured([found], date(2026, 1, 5), date(2026, 3, 1), target=TARGET, decided={})
    assert measured is not None
    centre = measured.base
    assert (centre.counted_days, centre.open_days) == (20, 40)
    of_a_day = centre.calls_a_day
    whole = bases.measured([found], date(2026, 1, 5), date(2026, 1, 18), target=TARGET, decided={})
    assert whole is not None
    assert of_a_day == pytest.approx(whole.base.calls_a_day), "no days without calls"
    assert "20 af 40 åbne dage er talt" in scenario_words.calls_words(centre)
    assert "åbne dage" not in scenario_words.calls_words(whole.base)


def test_a_call_a_week_has_an_answer_and_a_simulation_that_says_what_it_does_not_know() -> None:
    centre = base(queue("a", 0.2), queue("b", 0.0))
    found = compute(centre, Changes())
    assert [each.code for each in found.other.groups] == ["a"]
    assert max(found.other.total.seats) == 1
    sides = (
        twin_scenarios.today(centre, found.today), twin_scenarios.other(found.changed, found.other, Changes())
    )  # fmt: skip
    played = compare(*sides, 2)
    run = ScenarioRun(scenario=Scenario(base=stored(centre)), simulated=played.as_data())
    for row in scenario_words.simulated(run):
        assert len(row.cells) == 3
        assert "nan" not in "".join(each.value for each in row.cells)


def test_all_at_once_needs_more_people_than_the_load_and_is_no_fault() -> None:
    found = compute(base(queue("a", 300)), Changes(target=ServiceTarget(in_time=0.999, within=0)))
    busiest = max(found.today.total.seats)
    assert max(found.other.total.seats) > busiest + 3
    assert found.other.total.in_time.value >= 0.999


@pytest.mark.django_db
def test_an_hour_that_comes_twice_counts_in_its_place_and_no_week_has_another(world: World) -> None:
    """On 25 October 2026 it is half past two twice; a year of 53 weeks ends between two Mondays."""
    found = world.queues["tmf-byggeri"]
    twice = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    tallies: Tallies[FactKey] = Tallies()
    for at in (twice, twice + timedelta(hours=1), datetime(2026, 12, 31, 12, tzinfo=UTC)):
        _counted(tallies, found, at, 10, 7)
        _counted(tallies, found, at, 6, 4, SegmentOutcome.ABANDONED)
        _counted(tallies, found, at, 3, 0, SegmentOutcome.CALLBACKS)
    store.add(tallies)
    autumn = week.answered(found, date(2026, 10, 26))
    assert autumn.calls[6, 5] == 20 + 2 * (6 - 4), "SL4: who hung up within the promise does not count"
    assert autumn.in_time[6, 5] == 14
    assert autumn.calls.sum() == 24
    new_year = week.answered(found, date(2027, 1, 4))
    assert np.argwhere(new_year.calls).tolist() == [[3, 26]]


def _counted(
    tallies: Tallies[FactKey], of: Queue, at: datetime, calls: int, kept: int,
    outcome: SegmentOutcome = SegmentOutcome.ANSWERED,
) -> None:  # fmt: skip
    key = FactKey(quarter_of(at), Measure.SEGMENTS, of.centre.code, of.code, channel="phone", outcome=outcome)
    tally = tallies.at(key)
    tally.whole, tally.part = calls, kept
