"""Durations in buckets: exact where promises live, one per cent above."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from indgang.measures import histogram
from indgang.measures.histogram import EXACT_SECONDS, LAST_BUCKET, RELATIVE_ERROR, bucket, percentile, within

durations = st.lists(st.floats(0, 5_000_000), min_size=1, max_size=30)


def of(seconds: list[float]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for each in seconds:
        number = bucket(timedelta(seconds=each))
        counts[number] = counts.get(number, 0) + 1
    return counts


@given(seconds=durations, limit=st.integers(0, EXACT_SECONDS))
def test_a_share_within_whole_seconds_is_exact(seconds: list[float], limit: int) -> None:
    expected = sum(timedelta(seconds=each) <= timedelta(seconds=limit) for each in seconds)
    assert within(of(seconds), limit) == expected


@given(seconds=durations, percent=st.sampled_from([50, 80, 90, 95, 100]))
def test_a_percentile_is_at_most_a_second_or_one_per_cent_wrong(seconds: list[float], percent: int) -> None:
    ordered = sorted(seconds)
    exact = ordered[-(-len(ordered) * percent // 100) - 1]
    found = percentile(of(seconds), percent)
    assert found is not None
    assert abs(found - exact) <= max(1, exact * RELATIVE_ERROR + 1)


def test_buckets_follow_one_another_and_the_last_takes_the_rest() -> None:
    limits = [histogram.upper_limit(number) for number in range(LAST_BUCKET + 1)]
    assert limits == sorted(set(limits))
    assert [bucket(timedelta(seconds=limit)) for limit in limits] == list(range(LAST_BUCKET + 1))
    assert bucket(timedelta(days=1000)) == LAST_BUCKET
    assert bucket(timedelta(seconds=-1)) == 0
    assert percentile({}, 50) is None
