"""The mean of counted days with an interval. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt

import numpy as np

from indgang.core import students_t

#: two-sided
CONFIDENCE = 0.95


def interval(by_day: Sequence[float], each: float = 1.0) -> tuple[float, float] | None:
    """Student's t interval of the mean day, not below 0; None for one day, which says nothing of how days differ.

    `each` is what one enquiry counts. At least the chance of independent enquiries is taken (their variance is their
    mean): days that happen to agree are no proof. Of days without any, so many may come as are missed by chance.
    """
    if len(by_day) < 2:
        return None
    mean = float(np.mean(by_day))
    if not mean:
        return 0.0, -log((1 - CONFIDENCE) / 2) * each / len(by_day)
    deviation = max(float(np.std(by_day, ddof=1)), sqrt(each * mean))
    reach = students_t.quantile(len(by_day) - 1, (1 + CONFIDENCE) / 2) * deviation / sqrt(len(by_day))
    return max(mean - reach, 0.0), mean + reach
