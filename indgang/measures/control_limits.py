"""The limits of a control chart for single values (XmR): what a process varies by when nothing has changed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

#: 3 / 1.128: three standard deviations, estimated from the mean of the moving ranges of two
_SIGMAS = 2.66
#: fewer values say too little
FEWEST_VALUES = 8


def limits(
    values: Sequence[float | None], *, lowest: float = 0.0, highest: float | None = None
) -> tuple[float, float] | None:
    """The lower and the upper limit; None with fewer than eight known values. Ranges across a gap do not count.

    Limits stay between `lowest` and `highest`, which no value can pass.
    """
    known = [value for value in values if value is not None]
    ranges = [abs(a - b) for a, b in pairwise(values) if a is not None and b is not None]
    if len(known) < FEWEST_VALUES or not ranges:
        return None
    middle, width = fmean(known), _SIGMAS * fmean(ranges)
    top = middle + width if highest is None else min(middle + width, highest)
    return max(middle - width, lowest), top
