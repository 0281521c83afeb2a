"""Buckets for durations, so that percentiles and shares within a limit come out of sums. Pure.

Bucket `b` up to `EXACT_SECONDS` holds the durations over `b - 1` and up to `b` seconds, so a share within a whole
number of seconds is exact there. Above, each bucket is two per cent longer than the one before, and the value that
stands for it is at most one per cent wrong. Durations of more than ten weeks are in the last bucket.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import timedelta
from itertools import accumulate

EXACT_SECONDS = 900
#: the largest error of a percentile above `EXACT_SECONDS`, as a share of it
RELATIVE_ERROR = 0.01
_GROWTH = 1.02
_LONGEST_SECONDS = 70 * 86_400
_SECOND = timedelta(seconds=1)


def _limits() -> tuple[int, ...]:
    """The upper limits of the buckets above the exact ones, in whole seconds."""
    limits = [EXACT_SECONDS]
    while limits[-1] < _LONGEST_SECONDS:
        limits.append(int(limits[-1] * _GROWTH))
    return tuple(limits[1:])


_LIMITS = _limits()
LAST_BUCKET = EXACT_SECONDS + len(_LIMITS)


def bucket(duration: timedelta) -> int:
    """The bucket of a duration; a negative one counts as none."""
    if duration <= timedelta(0):
        return 0
    seconds = -(-duration // _SECOND)
    if seconds <= EXACT_SECONDS:
        return seconds
    return EXACT_SECONDS + min(bisect_left(_LIMITS, seconds) + 1, len(_LIMITS))


def upper_limit(number: int) -> int:
    """The most seconds that a duration in the bucket can have."""
    return number if number <= EXACT_SECONDS else _LIMITS[number - EXACT_SECONDS - 1]


def seconds_of(number: int) -> float:
    """The seconds that stand for the durations of a bucket."""
    if number <= EXACT_SECONDS:
        return float(number)
    return (upper_limit(number - 1) + upper_limit(number)) / 2


def within(counts: Mapping[int, int], seconds: int) -> int:
    """How many durations are at most `seconds`; exact up to `EXACT_SECONDS`, above by whole buckets."""
    last = seconds if seconds <= EXACT_SECONDS else EXACT_SECONDS + bisect_right(_LIMITS, seconds)
    return sum([count for number, count in counts.items() if number <= last])


def percentile(counts: Mapping[int, int], percent: float) -> float | None:
    """The seconds that `percent` per cent of the durations do not exceed; None without data."""
    numbers = sorted(counts)
    passed = list(accumulate(map(counts.__getitem__, numbers)))
    if not passed or not passed[-1]:
        return None
    return seconds_of(numbers[bisect_left(passed, percent * passed[-1] / 100)])
