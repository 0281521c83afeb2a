"""How many calls a day brings: a weighted Poisson regression of the logarithm on what is known of the date. Pure.

Effects are held near nothing until the counts say otherwise (a ridge whose strength follows from how large an effect
may be expected to be). The regression is scikit-learn's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from indgang.staffing.erlang import Numbers

#: a count of nothing has no logarithm: the regression starts from so many calls that were never counted
_ALMOST_NONE = 0.5
_STEPS = 100


@dataclass(frozen=True)
class DayModel:
    """The logarithm of a day's calls is `base` plus the effects of its columns."""

    base: float
    effects: Numbers
    dispersion: float
    """Variance of a day over its mean; 1 is that of counting alone."""

    def calls(self, columns: Numbers, offset: Numbers) -> Numbers:
        """Expected calls of days, for one full day open. `offset` is the logarithm of the factor already known."""
        return np.asarray(np.exp(self.base + columns @ self.effects + offset))


def fit(
    calls: Numbers, exposure: Numbers, columns: Numbers, weights: Numbers, prior: float = 0.0,
    dispersion: float | None = None,
) -> DayModel:  # fmt: skip
    """Fit to the days given. `exposure` is how much of a full day each was, times the factor already known.

    `prior` is exposure at which exactly the known factor counts as counted: it holds a model that starts from another
    one. The dispersion is estimated from a first fit where it is not given.
    """
    held = weights * exposure
    rate, held, columns = _with_prior(calls / exposure, held, columns, prior)
    if dispersion is None:
        first = _fitted(rate, held, columns, 1.0)
        expected = first.calls(columns, np.zeros(len(rate)))[: len(calls)] * exposure
        dispersion = _dispersion(calls, expected, weights)
    return _fitted(rate, held, columns, dispersion)


def _with_prior(rate: Numbers, held: Numbers, columns: Numbers, prior: float) -> tuple[Numbers, Numbers, Numbers]:
    if prior:
        rate, held = np.append(rate, 1.0), np.append(held, prior)
        columns = np.vstack([columns, np.zeros(columns.shape[1])])
    if not (rate * held).sum():
        rate = rate + _ALMOST_NONE / held.sum()
    return rate, held, columns


def _fitted(rate: Numbers, held: Numbers, columns: Numbers, dispersion: float) -> DayModel:
    from sklearn.linear_model import PoissonRegressor  # takes a second to import; only forecasts need it

    scale = float((rate * held).sum() / held.sum())
    model = PoissonRegressor(
        alpha=dispersion / float(held.sum() * scale), solver="newton-cholesky", max_iter=_STEPS, tol=1e-7
    )
    with _threads().limit(limits=1, user_api="openmp"):
        model.fit(columns, rate / scale, sample_weight=held)
    return DayModel(float(model.intercept_ + np.log(scale)), np.asarray(model.coef_, dtype=np.float64), dispersion)


@cache
def _threads() -> Any:
    """scikit-learn starts a thread for each core; for a thousand days waiting for them takes a hundred times longer
    than the work."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _dispersion(calls: Numbers, expected: Numbers, weights: Numbers) -> float:
    """Pearson's, but of the middle of the days, so that some odd ones do not make all effects uncertain."""
    odd = (calls - expected) ** 2 / np.maximum(expected, 0.1)
    limit = np.quantile(odd, 0.97) if odd.size else 0.0
    inside = odd <= limit
    return max(float(np.average(odd[inside], weights=weights[inside] + 1e-12)), 1.0) if inside.any() else 1.0
