"""The two published estimates of volume, staffing and price that a draft can begin with.

They describe the same centre, before and after the proposal was cut down; none is better than the other. The figures
and their sources are those of the sizings (`staffing.presets`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.staffing.presets import BC31, TMF_2020, SizingPreset


@dataclass(frozen=True, slots=True)
class Preset:
    """Enquiries a year, full-time employees, and kroner a year for running the centre."""

    code: str
    name: str | Promise
    enquiries_a_year: int
    full_time: Decimal
    price: Decimal

    @property
    def values(self) -> dict[str, int | Decimal | None]:
        """The fields of an agreement. Both estimates fall by ten per cent after the third year, counted anew."""
        return {
            "enquiries_a_year": self.enquiries_a_year, "full_time": self.full_time, "price": self.price,
            "price_falls_percent": Decimal(10), "price_falls_after_years": 3,
            "price_from": None,
        }  # fmt: skip


def _of(code: str, name: Promise, sizing: SizingPreset) -> Preset:
    """The figures of a sizing: its calls, people, and what they cost."""
    people = Decimal(str(sizing.printed_fte))
    each = Decimal(str(sizing.supply.kroner_each))
    return Preset(code, name, int(sizing.demand.calls_a_year), people, people * each)


PRESETS = (
    _of("estimate", _("200.000 opkald, 22 årsværk, 12,1 mio. kr."), TMF_2020),
    _of("proposal", _("70.000 henvendelser, 9 årsværk, 4,95 mio. kr."), BC31),
)
