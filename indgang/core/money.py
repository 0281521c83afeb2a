"""Amounts in Danish kroner: exact decimals with two digits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

ORE = Decimal("0.01")
NOTHING = Decimal("0.00")


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """So many percent of an amount, rounded half away from zero to whole øre.

    >>> percent_of(Decimal("10.10"), Decimal("25"))
    Decimal('2.53')
    """
    return (amount * percent / 100).quantize(ORE, ROUND_HALF_UP)
