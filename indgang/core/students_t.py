"""Student's t distribution.

Every process of the product reaches the modules that measure with it, and few of them measure. SciPy takes half a
second of processor time to load, so it is loaded with the first figure: here, and in the functions of `staffing`.
"""

from __future__ import annotations


def quantile(freedom: float, chance: float) -> float:
    """The value that is not exceeded with this chance, with so many degrees of freedom (above 0, not always whole).

    >>> round(quantile(4, 0.975), 3)
    2.776
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, chance))
