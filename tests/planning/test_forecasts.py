"""Forecasts of queues from the roll-ups: made, stored, judged, and changed by what a planner knows."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.audit.models import Change
from indgang.config import jobs, routines
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.measures.period import Period
from indgang.measures.rollups import counting, store
from indgang.measures.rollups.facts import FactKey, Measure, quarter_of
from indgang.measures.rollups.tallies import Tallies
from indgang.measures.sums import SegmentOutcome
from indgang.planning import call_changes, call_history, forecast_listing, forecasts
from indgang.planning.models import CallEvent, ForecastAccuracy, HistoryStandIn, JudgedDay, MovedService, StoredForecast
from indgang.staffing.forecast.accuracy import Accuracy
from indgang.staffing.need import Impossible
from tests.planning.counted import HANDLED, count
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TODAY = day_of(MORNING)
BEGAN = TODAY - timedelta(days=70)
WEEK = timedelta(weeks=1)


@pytest.fixture
def counted_queue(world: World) -> Queue:
    found = world.queues["tmf-byggeri"]
    count(found, BEGAN, TODAY)
    return found


def _made(queue: Queue) -> StoredForecast:
    found = forecasts.store(queue, at=MORNING)
    assert isinstance(found, StoredForecast), found
    return found


def test_a_forecast_is_what_was_counted_and_keeps_the_opening_hours(counted_queue: Queue) -> None:
    made = _made(counted_queue)
    past = call_history.history(counted_queue, TODAY)
    assert len(made.calls) == forecasts.DAYS_AHEAD
    tuesday = next(number for number in range(14) if (TODAY + timedelta(days=number)).weekday() == 1)
    expected = past.totals[(past.first.weekday() + np.arange(past.days)) % 7 == 1].mean()
    assert made.calls[tuesday] == pytest.approx(expected, rel=0.1)
    assert made.low_95[tuesday] <= made.low_80[tuesday] <= expected <= made.high_80[tuesday] <= made.high_95[tuesday]
    assert made.calls[(date(2026, 4, 3) - TODAY).days] == 0, "Good Friday"
    rows = forecasts.intervals(made)
    np.testing.assert_allclose(rows.sum(axis=1), made.calls, atol=0.02)
    assert rows[tuesday][: 7 * 4].sum() == 0


def test_a_day_without_anybody_in_the_centre_is_missing_and_one_without_calls_is_not(world: World) -> None:
    queue, other = world.queues["tmf-byggeri"], world.queues["tmf-byliv"]
    quiet, missing = date(2026, 2, 3), date(2026, 2, 4)
    count(queue, BEGAN, TODAY, odd={quiet: 0, missing: 0})
    count(other, BEGAN, TODAY, odd={missing: 0})
    past = call_history.history(queue, TODAY)
    assert past.totals[(quiet - past.first).days] == 0
    assert np.isnan(past.totals[(missing - past.first).days])


def test_only_the_newest_forecast_keeps_its_intervals_and_each_is_judged_once_by_horizon(
    counted_queue: Queue,
) -> None:
    _made(counted_queue)
    later = MORNING + 2 * WEEK
    count(counted_queue, TODAY, day_of(later), each=3)
    forecasts.keep_current(counted_queue, at=later)
    forecasts.keep_current(counted_queue, at=later)
    first, second = StoredForecast.objects.filter(queue=counted_queue).order_by("made_on")
    assert (first.intervals, second.intervals is None) == (None, False)
    rows = {each.horizon: each for each in ForecastAccuracy.objects.filter(forecast=first)}
    assert sum(each.days for each in rows.values()) == 10, "two weeks of five days"
    assert sorted(rows) == [0, 1, 2]
    assert rows[1].off > 0
    assert rows[1].over < 0, "more came than was forecast"
    assert not second.accuracies.exists()
    (told,) = forecast_listing.as_data(second, days=1)["accuracy"]["by_forecast"]
    assert (told["made_on"], [each["days_ahead"] for each in told["by_days_ahead"]]) == (
        TODAY.isoformat(), [[1, 1], [2, 7], [8, 14]],
    )  # fmt: skip
    assert [each["days"] for each in told["by_days_ahead"]] == [rows[number].days for number in range(3)]


def test_nothing_is_judged_before_the_days_are_counted(counted_queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(counted_queue)
    later = MORNING + WEEK
    count(counted_queue, TODAY, day_of(later))
    monkeypatch.setattr(counting, "has_counted_until", lambda moment: moment < Period.day(day_of(later)).start)
    with pytest.raises(counting.NotCountedYet):
        forecasts.keep_current(counted_queue, at=later)
    assert not made.accuracies.exists()


def test_a_queue_that_fails_is_tried_again_and_holds_no_other_up(
    counted_queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues = list(forecasts.queues(MORNING))
    routines.do("forecasts-are-made", due=MORNING, at=MORNING)
    made = [each.args for each in ProcrastinateJob.objects.filter(task_name=routines.FORECAST).order_by("pk")]
    assert made == [{"queue": each.pk} for each in queues], "each has a job of its own"
    history = call_history.history
    monkeypatch.setattr(
        call_history, "history", lambda queue, end: 1 / 0 if queue == queues[0] else history(queue, end)
    )
    with clock.frozen(MORNING):
        with pytest.raises(ZeroDivisionError):  # the job is tried again, and one that is given up raises an alert
            jobs.forecast_queue(queue=queues[0].pk)
        for each in queues[1:]:
            jobs.forecast_queue(queue=each.pk)
    assert list(StoredForecast.objects.values_list("queue__code", flat=True)) == [counted_queue.code]


def test_what_was_written_counts_when_it_came_and_not_when_it_is_answered(world: World) -> None:
    """Of five mails two are answered, two wait and one went on to another queue; and a call that waits may too."""
    queue = world.queues["tmf-byggeri"]
    at = quarter_of(MORNING)
    tallies: Tallies[FactKey] = Tallies()
    for measure, outcome, number in (
        (Measure.WRITTEN_SEGMENTS, SegmentOutcome.ANSWERED, 2), (Measure.WRITTEN_SEGMENTS, SegmentOutcome.WAITING, 2),
        (Measure.WRITTEN_SEGMENTS, SegmentOutcome.OVERFLOWED, 1), (Measure.SEGMENTS, SegmentOutcome.WAITING, 1),
    ):  # fmt: skip
        tallies.at(FactKey(at, measure, queue.centre.code, queue.code, outcome=outcome)).whole += number
    store.add(tallies)
    assert call_history.of_day(queue, TODAY).sum() == 4


def test_a_queue_with_too_little_has_none_and_says_why(world: World) -> None:
    said = forecasts.store(world.queues["tmf-byliv"], at=MORNING)
    assert isinstance(said, str)
    assert "0 open days were counted" in said


def test_what_a_planner_knows_is_taken_in_and_recorded(counted_queue: Queue, world: World) -> None:
    plain = forecasts.compute(counted_queue, TODAY, 28)
    day = TODAY + timedelta(days=1)
    event = CallEvent(kind="mailing", name="Brev", centre=counted_queue.centre, first=day, last=day, percent=50)
    call_changes.add_event(event, by=world.gerda, at=MORNING)
    moved = MovedService(
        queue=counted_queue, name="Byfornyelse", first=TODAY + WEEK, calls_a_year=2500, source="Sagen 010190-1234"
    )
    call_changes.add_move(moved, by=world.gerda, at=MORNING)
    assert moved.source == "Sagen ******-****"
    found = forecasts.compute(counted_queue, TODAY, 28)
    assert found.day_calls[1] == pytest.approx(1.5 * plain.day_calls[1], rel=0.02)
    assert (found.day_calls - plain.day_calls)[14:19].max() == pytest.approx(10, abs=2.5)
    call_changes.remove_event(event, by=world.gerda, at=MORNING)
    call_changes.remove_move(moved, by=world.gerda, at=MORNING)
    np.testing.assert_allclose(forecasts.compute(counted_queue, TODAY, 28).calls, plain.calls)
    actions = set(Change.objects.values_list("action", flat=True))
    assert {"callevent.add", "callevent.delete", "movedservice.add", "movedservice.delete"} <= actions


def test_an_odd_day_is_left_out_and_kept_when_the_planner_says_so(world: World) -> None:
    queue, odd = world.queues["tmf-byggeri"], date(2026, 2, 4)
    count(queue, BEGAN, TODAY, odd={odd: 20})
    made = _made(queue)
    assert [each["day"] for each in made.about["outliers"]] == ["2026-02-04"]
    call_changes.judge_day(queue, odd, is_kept=True, reason="Det sker igen", by=world.gerda, at=MORNING)
    assert _made(queue).about["outliers"] == []
    call_changes.judge_day(queue, odd, is_kept=False, reason="Talt forkert (010190-1234)", by=world.gerda, at=MORNING)
    assert JudgedDay.objects.get(queue=queue, day=odd).reason == "Talt forkert (******-****)"
    judged = _made(queue)
    assert judged.about["outliers"] == []
    assert judged.calls == made.calls


def test_a_new_queue_begins_with_a_counted_week_or_a_similar_queue(counted_queue: Queue, world: World) -> None:
    new = world.queues["tmf-byliv"]
    given: dict[str, Any] = {"scaling": Decimal("1.5"), "source": "Talt i uge 9", "by": world.gerda, "at": MORNING}
    call_changes.stand_in(new, similar=None, week=[20, 20, 20, 20, 20, 0, 0], **given)
    made = _made(new)
    assert max(made.calls[:7]) == pytest.approx(30, rel=0.1)
    assert made.about["remarks"][-1]["says"] == "Talt i uge 9"
    assert all(np.isnan(made.mean)), "there is no mean of eight weeks yet"
    told = _said(new.code, "--to", "2026-03-20", "--json")
    assert json.loads(told, parse_constant=pytest.fail)["days"][0]["mean_of_eight_weeks"] is None
    assert _said(new.code, "--to", "2026-03-20").splitlines()[1].endswith("none")
    count(new, TODAY, day_of(MORNING + WEEK))
    forecasts.judge(new, until=day_of(MORNING + WEEK))
    judged = forecasts.accuracy_of(ForecastAccuracy.objects.get(forecast=made, horizon=1))
    assert (judged.days, judged.mean_error) == (4, None), "it is held against nothing, not against a mean of 0"
    both = judged + Accuracy(days=1, calls=10, mean_off=5, mean_calls=10)
    assert both.mean_error == 0.5, "only days with a mean"
    call_changes.stand_in(new, similar=counted_queue, week=[], **given)
    assert sum(_made(new).calls[:28]) == pytest.approx(1.5 * sum(_made(counted_queue).calls[:28]), rel=0.15)


def test_a_similar_queue_lends_its_usual_days_and_not_its_events_moves_and_odd_days(world: World) -> None:
    """A campaign of the similar queue, a service that moves into it later, and a day that its planner left out."""
    similar, new = world.queues["tmf-byggeri"], world.queues["tmf-byliv"]
    odd = TODAY - timedelta(days=14)
    count(similar, BEGAN, TODAY, odd={odd + timedelta(days=number): 5 for number in range(-5, 1)})
    given: dict[str, Any] = {"by": world.gerda, "at": MORNING}
    call_changes.stand_in(new, similar=similar, week=[], scaling=Decimal("1.5"), source="010190-1234", **given)
    assert HistoryStandIn.objects.get(queue=new).source == "******-****"
    raw = forecasts.compute(new, TODAY, 28)
    for number in range(-5, 1):
        call_changes.judge_day(
            similar, odd + timedelta(days=number), is_kept=False, reason="Testopkald", **given
        )  # fmt: skip
    usual = forecasts.compute(similar, TODAY, 28)
    found = forecasts.compute(new, TODAY, 28)
    assert found.day_calls.sum() == pytest.approx(1.5 * usual.day_calls.sum(), rel=0.03)
    assert raw.day_calls.sum() > 1.05 * found.day_calls.sum(), "the odd days counted"
    day = TODAY + timedelta(days=1)
    event = CallEvent(
        kind="mailing", name="Brev", centre=similar.centre, queue=similar, first=day, last=day, percent=90
    )
    call_changes.add_event(event, **given)
    later = MovedService(queue=similar, name="A", first=TODAY + WEEK, calls_a_year=9000, source="Skøn")
    call_changes.add_move(later, **given)
    np.testing.assert_allclose(forecasts.compute(new, TODAY, 28).day_calls, found.day_calls, rtol=0.02)
    earlier = MovedService(queue=similar, name="B", first=BEGAN + 5 * WEEK, calls_a_year=900, source="Skøn")
    call_changes.add_move(earlier, **given)
    moved = forecasts.compute(new, TODAY, 28)
    assert moved.day_calls.sum() == pytest.approx(found.day_calls.sum(), rel=0.1), "it is counted already"


def test_a_similar_queue_of_three_weeks_is_enough(world: World) -> None:
    similar, new = world.queues["tmf-byggeri"], world.queues["tmf-byliv"]
    count(similar, TODAY - 3 * WEEK, TODAY)
    call_changes.stand_in(
        new, similar=similar, week=[], scaling=Decimal(2), source="Skøn", by=world.gerda, at=MORNING
    )  # fmt: skip
    found, usual = forecasts.compute(new, TODAY, 28), forecasts.compute(similar, TODAY, 28)
    assert found.day_calls.sum() == pytest.approx(2 * usual.day_calls.sum(), rel=0.1)


def test_a_forecast_that_is_judged_to_the_end_keeps_how_well_it_did_and_not_its_days(counted_queue: Queue) -> None:
    made = _made(counted_queue)
    later = MORNING + WEEK
    count(counted_queue, TODAY, day_of(later))
    forecasts.judge(counted_queue, until=day_of(later))
    assert isinstance(forecasts.store(counted_queue, at=later), StoredForecast)
    ((of, accuracy),) = forecasts.judged(counted_queue)
    assert (of, accuracy.days) == (made, 5)
    forecasts.forget_days(counted_queue, at=later)
    made.refresh_from_db()
    assert len(made.calls) == 365, "a year of days is still to come"
    over = MORNING + timedelta(days=366)
    forecasts.judge(counted_queue, until=day_of(over))
    with CaptureQueriesContext(connection) as asked:
        forecasts.forget_days(counted_queue, at=over)
    reads = asked[0]["sql"].partition(" FROM ")[0]
    assert '"low_80"' not in reads, "it does not read what it throws away"
    made.refresh_from_db()
    assert (made.calls, made.variance, made.low_95) == ([], [], [])
    assert forecasts.judged(counted_queue)[-1] == (made, accuracy)
    newest = forecasts.newest(counted_queue)
    assert newest is not None
    assert len(newest.calls) == 365
    forecasts.judge(counted_queue, until=day_of(over) + WEEK)


def test_handling_times_are_read_by_weekday_and_quarter(counted_queue: Queue, world: World) -> None:
    found = forecasts.handling(counted_queue, TODAY)
    assert found is not None
    assert found.mean == pytest.approx(HANDLED)
    assert found.variance == 0, "all are equal"
    assert forecasts.handling(world.queues["tmf-byliv"], TODAY) is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"last": TODAY - timedelta(days=9)}, "last"),
        ({"last": TODAY + timedelta(days=200)}, "last"),
        ({"first": date(2036, 1, 1), "last": date(2036, 1, 1)}, "first"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused(
    counted_queue: Queue, world: World, fields: dict[str, date], name: str
) -> None:
    event = CallEvent(kind="other", name="A", centre=counted_queue.centre, **{"first": TODAY, "last": TODAY, **fields})
    with pytest.raises(RefusedChange) as refusal:
        call_changes.add_event(event, by=world.gerda, at=MORNING)
    assert name in refusal.value.reasons


def _said(*arguments: str) -> str:
    out = StringIO()
    with clock.frozen(MORNING):
        call_command("forecast", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_days_with_ranges_and_json_with_intervals(counted_queue: Queue) -> None:
    plain = _said(counted_queue.code, "--to", "2026-03-20")
    assert len(plain.splitlines()) >= 11
    told = json.loads(_said(counted_queue.code, "--from", "2026-03-16", "--to", "2026-03-17", "--json"))
    assert [each["day"] for each in told["days"]] == ["2026-03-16", "2026-03-17"]
    assert len(told["days"][0]["intervals"]) == 96
    assert told["handling_seconds"] == HANDLED
    day = _said(counted_queue.code, "--from", "2026-03-16", "--to", "2026-03-16", "--minutes", "30").splitlines()
    assert next(each for each in day if each.startswith("10:00")).split()[-2:] == ["240", "240-240"]
    assert not StoredForecast.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ukendt",), 2),
        (("tmf-byggeri", "--from", "2020-01-01"), 2),
        (("tmf-byggeri", "--from", "9999-12-31"), 2),
        (("tmf-byggeri",), 3),
    ],
)
def test_the_command_says_what_is_wrong(world: World, arguments: tuple[str, ...], code: int) -> None:
    with pytest.raises(CommandError) as error:
        _said(*arguments)
    assert error.value.returncode == code


def test_a_year_and_a_day_is_too_far(counted_queue: Queue) -> None:
    with pytest.raises(Impossible):
        forecasts.compute(counted_queue, TODAY, 367)
