"""What a forecast says, and the laws that it keeps. The series are made with shapes that the forecast does not know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benches._series import FIRST, made
from indgang.staffing.erlang import Numbers
from indgang.staffing.forecast.accuracy import Accuracy, horizon_of, measure
from indgang.staffing.forecast.bands import band
from indgang.staffing.forecast.cold_start import from_counted_week
from indgang.staffing.forecast.events import ArrivingVolume, PlannedChanges, PlannedEvent
from indgang.staffing.forecast.forecaster import Forecast, ForecastRemarkKind, forecast
from indgang.staffing.forecast.handling import handling_times, variance_of_a_call
from indgang.staffing.forecast.history import History
from indgang.staffing.need import Impossible
from tests import sample

WEEK = timedelta(weeks=1)


def _of(days: int, calls: float, seed: int = 1, ahead: int = 28) -> tuple[History, Numbers, Numbers]:
    """A history, when the days ahead are open, and what they count."""
    series = made(days + ahead, calls, seed)
    history = History(series.first, series.counts[:days], series.open[:days])
    return history, series.open[days:], series.counts[days:]


def _error(said: Numbers, counted: Numbers) -> float:
    return float(np.abs(said - counted).sum() / counted.sum())


def _kinds(made_forecast: Forecast) -> set[ForecastRemarkKind]:
    return {each.kind for each in made_forecast.remarks}


def test_a_forecast_of_two_years_is_better_than_the_mean_of_eight_weeks() -> None:
    history, opened, counted = _of(500, 780)
    found = forecast(history, opened)
    assert _error(found.calls, counted) < 0.95 * _error(found.mean, counted)
    assert found.first == history.end
    assert ForecastRemarkKind.NO_SEASON not in _kinds(found)


@pytest.mark.slow("twelve forecasts")
def test_as_many_days_and_intervals_lie_in_the_bands_as_the_bands_say() -> None:
    inside = {(share, unit): [0.0, 0.0] for share in (0.8, 0.95) for unit in ("day", "interval")}
    for seed in range(12):
        history, opened, counted = _of(400 + 9 * seed, 300, seed)
        found = forecast(history, opened)
        is_open = opened > 0
        for share in (0.8, 0.95):
            low, high = found.day_band(share)
            seen = counted.sum(axis=1)
            days = is_open.any(axis=1)
            inside[share, "day"][0] += ((low <= seen) & (seen <= high))[days].sum()
            inside[share, "day"][1] += days.sum()
            low, high = found.interval_band(share)
            inside[share, "interval"][0] += ((low <= counted) & (counted <= high))[is_open].sum()
            inside[share, "interval"][1] += is_open.sum()
    covered = {key: got / of for key, (got, of) in inside.items()}
    assert 0.72 <= covered[0.8, "day"] <= 0.9
    assert 0.9 <= covered[0.95, "day"] <= 0.99
    assert 0.78 <= covered[0.8, "interval"] <= 0.9
    assert 0.94 <= covered[0.95, "interval"] <= 0.99


@settings(max_examples=sample.examples(6), deadline=None)
@given(st.integers(0, 99), st.floats(0.1, 2_000), st.integers(21, 150))
def test_a_forecast_is_finite_none_where_it_is_closed_and_within_its_bands(seed: int, calls: float, days: int) -> None:
    history, opened, _counted = _of(days, calls, seed, ahead=90)
    found = forecast(history, opened)
    assert np.isfinite(found.calls).all()
    assert (found.calls[opened > 0] >= 0).all()
    assert (found.calls[opened == 0] == 0).all()
    narrow, wide = found.day_band(0.8), found.day_band(0.95)
    assert (wide[0] <= narrow[0]).all()
    assert (narrow[1] <= wide[1]).all()
    assert (narrow[0] <= np.ceil(found.day_calls)).all()
    assert (found.day_calls[found.day_calls > 1] <= wide[1][found.day_calls > 1]).all()


@settings(max_examples=sample.examples(4), deadline=None)
@given(st.integers(0, 400), st.floats(0, 900))
def test_a_day_that_is_left_out_changes_nothing_whatever_it_counted(place: int, factor: float) -> None:
    history, opened, _counted = _of(80, 200)
    place %= history.days
    day = history.first + timedelta(days=place)
    other = history.counts.copy()
    other[place] *= factor
    left_out = history.without({day: "strømsvigt"})
    changed = replace(left_out, counts=other)
    np.testing.assert_array_equal(forecast(left_out, opened).calls, forecast(changed, opened).calls)


def test_twice_the_calls_are_twice_the_forecast() -> None:
    history, opened, _counted = _of(200, 300)
    once, twice = forecast(history, opened), forecast(replace(history, counts=history.counts * 2), opened)
    assert twice.calls.sum() / once.calls.sum() == pytest.approx(2, rel=0.01)


def test_a_missing_month_is_said_and_is_not_a_month_without_calls() -> None:
    history, opened, _counted = _of(400, 300)
    gap = history.counts.copy()
    gap[300:331] = np.nan
    found, whole = forecast(replace(history, counts=gap), opened), forecast(history, opened)
    assert ForecastRemarkKind.MISSING in _kinds(found)
    assert found.calls.sum() == pytest.approx(whole.calls.sum(), rel=0.05)


def test_one_call_a_week_has_a_forecast_that_says_how_little_it_knows() -> None:
    history, opened, _counted = _of(365, 0.2)
    found = forecast(history, opened)
    assert ForecastRemarkKind.FEW in _kinds(found)
    assert found.day_calls[opened.any(axis=1)].mean() == pytest.approx(history.totals.sum() / 252, rel=0.5)
    assert found.day_band(0.95)[1].max() <= 4


def test_no_call_at_all_is_a_forecast_of_almost_none() -> None:
    history, opened, _counted = _of(60, 0.0)
    assert forecast(history, opened).calls.sum() < 2


def test_too_few_days_are_refused_with_what_to_do() -> None:
    history, opened, _counted = _of(15, 300)
    with pytest.raises(Impossible, match="10 open days were counted, and a forecast needs 14"):
        forecast(history, opened)


@pytest.mark.parametrize("days", [0, 367])
def test_a_forecast_is_for_a_year_at_most(days: int) -> None:
    history, _opened, _counted = _of(60, 300)
    with pytest.raises(Impossible, match="1 to 366 days"):
        forecast(history, np.zeros((days, 48)))


def test_a_day_far_off_is_shown_and_left_out_unless_it_is_kept() -> None:
    history, opened, _counted = _of(200, 300)
    place = int(np.flatnonzero(history.usable)[60])
    day, counts = history.dates[place], history.counts.copy()
    counts[place] *= 6
    odd = replace(history, counts=counts)
    found = forecast(odd, opened)
    assert [each.day for each in found.outliers] == [day]
    assert found.outliers[0].counted == counts[place].sum()
    assert forecast(odd, opened, PlannedChanges(kept={day: "kampagnen kommer igen"})).outliers == []
    np.testing.assert_allclose(found.calls, forecast(history.without({day: "talt forkert"}), opened).calls, rtol=1e-9)


def test_calls_while_it_was_closed_are_said_and_not_forecast() -> None:
    history, opened, _counted = _of(60, 300)
    counts = history.counts.copy()
    counts[5, 2] = 7
    found = forecast(replace(history, counts=counts), opened)
    assert next(each.number for each in found.remarks if each.kind is ForecastRemarkKind.OUTSIDE) == 7
    assert found.calls[:, 2].sum() == 0


# --- What a planner knows ------------------------------------------------------------------------


def test_an_event_has_the_effect_that_the_planner_expects() -> None:
    history, opened, _counted = _of(120, 300)
    day = next(number for number in range(28) if opened[number].any())
    when = history.end + timedelta(days=day)
    plain, busy = (
        forecast(history, opened),
        forecast(history, opened, PlannedChanges([PlannedEvent("Brev", when, when, 1.5)])),
    )
    assert busy.day_calls[day] / plain.day_calls[day] == pytest.approx(1.5, rel=0.01)
    np.testing.assert_allclose(np.delete(busy.calls, day, 0), np.delete(plain.calls, day, 0))


def test_an_event_that_came_before_is_learned() -> None:
    history, opened, _counted = _of(360, 300)
    counts, events = history.counts.copy(), []
    for place in np.flatnonzero(history.usable)[20::40]:
        counts[place] *= 1.6
        events.append(PlannedEvent("Rykker", history.dates[place], history.dates[place]))
    day = next(number for number in range(28) if opened[number].any())
    when = history.end + timedelta(days=day)
    events.append(PlannedEvent("Rykker", when, when))
    plain = forecast(history, opened)
    learned = forecast(replace(history, counts=counts), opened, PlannedChanges(events))
    assert learned.day_calls[day] / plain.day_calls[day] == pytest.approx(1.6, rel=0.12)


def test_a_stage_adds_its_documented_volume_and_gives_way_to_what_is_counted() -> None:
    history, opened, _counted = _of(240, 300, ahead=60)
    stage = ArrivingVolume("Byggesager", history.end + WEEK, 25_000)
    plain, more = forecast(history, opened), forecast(history, opened, PlannedChanges(stages=[stage]))
    before = slice(0, 7)
    np.testing.assert_allclose(more.calls[before], plain.calls[before])
    added = (more.day_calls - plain.day_calls)[7:][opened[7:].any(axis=1)]
    assert added.mean() == pytest.approx(25_000 / 250, rel=0.12)
    arrived = replace(stage, first=history.end - 20 * WEEK)
    assert forecast(history, opened, PlannedChanges(stages=[arrived])).calls.sum() == pytest.approx(
        plain.calls.sum(), rel=0.06
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: PlannedEvent("A", date(2026, 1, 2), date(2026, 1, 1)), "not before the first"),
        (lambda: PlannedEvent("A", date(2026, 1, 1), date(2026, 1, 1), 0.0), "factor of 0.05 to 20"),
        (lambda: PlannedEvent("A", date(2026, 1, 1), date(2026, 1, 1), float("nan")), "factor of 0.05 to 20"),
        (lambda: ArrivingVolume("A", date(2026, 1, 1), 1e12), "no volume"),
        (lambda: ArrivingVolume("A", date(2026, 1, 1), 100, -1), "0 to 1,098 days"),
    ],
)
def test_absurd_events_are_refused_in_words(wrong: object, says: str) -> None:
    with pytest.raises(Impossible, match=says):
        wrong()  # type: ignore[operator]


# --- Before there is a history -------------------------------------------------------------------


def _counted_week(calls: float) -> tuple[Numbers, Numbers]:
    series = made(14, calls, 5, noise=0.0)
    return series.usual[7:14], series.open[7:14]


def test_a_counted_week_is_the_forecast_until_days_are_counted_and_then_gives_way() -> None:
    counts, opened_then = _counted_week(100)
    instead = from_counted_week(counts, opened_then, 1.25, "uge 2, talt i hånden")
    history, opened, _counted = _of(140, 260, ahead=14)
    sums = []
    for days in (0, 7, 28, 140):
        start = History(FIRST, history.counts[140 - days :], history.open[140 - days :])
        start = replace(start, first=history.end - timedelta(days=days))
        found = forecast(start, opened, instead=instead)
        assert ForecastRemarkKind.STOOD_IN in _kinds(found)
        sums.append(float(found.day_calls[opened.any(axis=1)].mean()))
    assert sums[0] == pytest.approx(1.25 * counts.sum() / 5, rel=0.05)
    assert sums[0] < sums[1]
    assert sums[0] < sums[2]
    assert sums[3] == pytest.approx(history.totals[history.usable][-60:].mean(), rel=0.08)


@pytest.mark.parametrize("scaling", [0.0, -1.0, float("nan"), 1e9])
def test_a_counted_week_needs_a_scaling(scaling: float) -> None:
    with pytest.raises(Impossible, match=r"factor of 0\.001 to 1,000"):
        from_counted_week(*_counted_week(100), scaling, "")


def test_a_week_without_calls_cannot_stand_in() -> None:
    counts, opened = _counted_week(100)
    with pytest.raises(Impossible, match="at least one call"):
        from_counted_week(counts * 0, opened, 1.0, "")


def test_a_similar_queue_lends_its_week_and_its_season() -> None:
    history, opened, _counted = _of(500, 400)
    similar = forecast(history, opened)
    assert similar.fitted is not None
    instead = similar.fitted.as_stand_in(0.25, history.days + len(opened), "Byggesager")
    start = History(history.end, np.zeros((0, 48)), np.zeros((0, 48)))
    found = forecast(start, opened, instead=instead)
    assert found.calls.sum() == pytest.approx(similar.calls.sum() / 4, rel=0.1)
    assert found.day_band(0.95)[1][1] - found.day_band(0.95)[0][1] > 0


# --- Bands, accuracy, handling times -------------------------------------------------------------


@given(st.floats(0, 5_000), st.floats(0, 2), st.floats(0.05, 0.99))
def test_a_band_holds_at_least_its_share(mean: float, variance: float, share: float) -> None:
    from scipy import stats

    low, high = (float(each) for each in band(np.float64(mean), np.float64(variance), share))  # type: ignore[arg-type]
    if mean == 0:
        assert (low, high) == (0, 0)
        return
    size = 1 / max(variance, 1e-6)
    law = stats.nbinom(size, size / (size + mean))
    assert law.cdf(high) - law.cdf(low - 1) >= share - 1e-9


def test_accuracy_is_what_is_worked_out_by_hand() -> None:
    counted, said = np.array([10.0, 20.0, np.nan]), np.array([12.0, 15.0, 9.0])
    mean = np.array([10.0, 10.0, 10.0])
    found = measure(counted, said, mean, (said - 2, said + 2), (said - 5, said + 5))
    assert found == Accuracy(2, 30.0, 7.0, -3.0, 10.0, 1, 2, 30.0)
    assert (found.error, found.mean_error, found.bias, found.beside_mean) == pytest.approx((7 / 30, 1 / 3, -0.1, 0.7))
    assert Accuracy().error is None
    assert found + Accuracy() == found
    assert [horizon_of(days) for days in (1, 2, 7, 8, 28, 29, 92, 366, 999)] == [0, 1, 1, 2, 3, 4, 5, 5, 5]


def test_handling_times_lean_to_the_mean_of_all_calls() -> None:
    calls, seconds = np.zeros((7, 24)), np.zeros((7, 24))
    calls[0, 9], seconds[0, 9] = 950, 950 * 200.0
    calls[0, 10], seconds[0, 10] = 50, 50 * 400.0
    found = handling_times(calls, seconds)
    assert found.mean == pytest.approx(210)
    assert found.seconds[0, 9] == pytest.approx((950 * 200 + 50 * 210) / 1000)
    assert found.seconds[0, 10] == pytest.approx(305)
    assert found.seconds[3, 3] == pytest.approx(210)
    with pytest.raises(Impossible, match="say how many seconds"):
        handling_times(calls * 0, seconds * 0)
    assert handling_times(calls * 0, seconds * 0, 240).mean == pytest.approx(240)
    assert found.band(calls, 0.8) is None, "nobody knows how much they vary"
    hour = handling_times(calls, seconds, variance=0.0).joined(calls, 2)
    assert hour.seconds.shape == (7, 12)
    assert hour.seconds[0, 4] == pytest.approx(found.seconds[0, 9]), "nobody calls in its first half"
    assert hour.seconds[0, 5] == pytest.approx(found.seconds[0, 10])
    both = found.joined(np.where(calls > 0, 20.0, 0), 24).seconds[0, 0]
    assert both == pytest.approx((found.seconds[0, 9] + found.seconds[0, 10]) / 2)
    of_days = found.of_days(date(2026, 3, 8), 2)
    np.testing.assert_array_equal(of_days.seconds, found.seconds[[6, 0]])


@given(st.integers(0, 2**32 - 1), st.floats(0.2, 1.5))
@settings(max_examples=sample.examples(10))
def test_the_means_of_handled_calls_lie_within_their_bands(seed: int, relative: float) -> None:
    """Forty weeks of calls whose times follow a Gamma law: what comes later lies within the bands as often as they say,
    and the variance of a call is found although only sums are counted."""
    random = np.random.default_rng(seed)
    mean = 220 + 40 * random.random((7, 24))
    variance = (relative * 240) ** 2

    def week() -> tuple[Numbers, Numbers]:
        calls = random.integers(1, 30, (7, 24)).astype(np.float64)
        return calls, random.gamma(calls * mean**2 / variance, variance / mean)

    weeks = [week() for _number in range(40)]
    calls, seconds = (np.sum([each[part] for each in weeks], axis=0) for part in (0, 1))
    squares = np.sum([spent**2 / came for came, spent in weeks], axis=0)
    found = variance_of_a_call(calls, seconds, squares, np.full((7, 24), 40.0))
    assert found == pytest.approx(variance, rel=0.15)
    times = handling_times(calls, seconds, variance=found)
    later = [week() for _number in range(20)]
    for share in (0.8, 0.95):
        within = []
        for came, spent in later:
            band = times.band(came, share)
            assert band is not None
            assert np.all((band[0] < times.seconds) & (times.seconds < band[1]) | (came < 3))
            within.append(((band[0] <= spent / came) & (spent / came <= band[1])).mean())
        assert np.mean(within) == pytest.approx(share, abs=0.03)
    wide, narrow = times.band(calls * 0 + 1, 0.8), times.band(calls * 0 + 100, 0.8)
    assert wide is not None
    assert narrow is not None
    assert np.all(wide[1] - wide[0] > 2 * (narrow[1] - narrow[0])), "more calls have a surer mean"


def test_too_few_intervals_do_not_say_how_much_a_call_varies() -> None:
    calls, seconds, squares = np.full((7, 24), 4.0), np.full((7, 24), 800.0), np.full((7, 24), 800.0**2 / 4)
    assert variance_of_a_call(calls, seconds, squares, np.ones((7, 24))) is None, "none came again"
    twice = variance_of_a_call(2 * calls, 2 * seconds, 2 * squares, np.full((7, 24), 2.0))
    assert twice == 0, "all are equal"
    same = handling_times(calls, seconds, variance=twice)
    band = same.band(calls, 0.8)
    assert band is not None
    np.testing.assert_array_equal(band[0], band[1])
