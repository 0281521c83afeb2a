"""The range in which calls will lie: counting noise on top of a level that is not known exactly. Pure.

With a mean of *m* calls and a relative variance *v* of the level, calls follow a negative binomial law with variance
*m + m² v*; without *v* it is Poisson's. The bounds are whole numbers of calls.
"""

from __future__ import annotations

import numpy as np

from indgang.staffing.erlang import Numbers
from indgang.staffing.need import Impossible

#: shares of days that lie within the two bands
NARROW, WIDE = 0.80, 0.95
_SMALLEST = 1e-6


def band(mean: Numbers, relative_variance: Numbers, share: float) -> tuple[Numbers, Numbers]:
    """The lowest and highest number of calls; at least `share` of the chance lies between them, both included."""
    if not 0 < share < 1:
        raise Impossible(f"the share within a band is between 0 and 1, not {share:g}")
    tail = (1 - share) / 2
    return quantile(mean, relative_variance, tail), quantile(mean, relative_variance, 1 - tail)


def quantile(mean: Numbers, relative_variance: Numbers, chance: float) -> Numbers:
    """The fewest calls that are not exceeded with this chance."""
    from scipy import stats

    mean, spread = np.broadcast_arrays(mean, np.maximum(relative_variance, _SMALLEST))
    found = np.zeros(mean.shape)
    some = mean > 0
    size = 1 / spread[some]
    found[some] = stats.nbinom.ppf(chance, size, size / (size + mean[some]))
    return found
