"""The two published estimates of volume, staffing and price that a draft can begin with.

They describe the same centre, before and after the proposal was cut down; none is better than the other. Sources
(lines of the documents): 001:1703-1718, and 000:22 with 000:90 and 002:1786.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Preset:
    """Enquiries a year, full-time employees, and kroner a year for running the centre."""

    code: str
    name: str | Promise
    enquiries_a_year: int
    full_time: Decimal
    price: Decimal

    @property
    def values(self) -> dict[str, int | Decimal]:
        """The fields of an agreement. Both estimates fall by ten per cent after the third year."""
        return {
            "enquiries_a_year": self.enquiries_a_year, "full_time": self.full_time, "price": self.price,
            "price_falls_percent": Decimal(10), "price_falls_after_years": 3,
        }  # fmt: skip


PRESETS = (
    Preset(
        "estimate", _("200.000 opkald, 22 årsværk, 12,1 mio. kr."), 200_000, Decimal(22), Decimal(12_100_000)
    ),
    Preset(
        "proposal", _("70.000 henvendelser, 9 årsværk, 4,95 mio. kr."), 70_000, Decimal(9), Decimal(4_950_000)
    ),
)  # fmt: skip
