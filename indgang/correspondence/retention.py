"""How long what a contact wrote is kept."""

from __future__ import annotations

from datetime import date

from indgang.correspondence.personal_data import CORRESPONDENCE
from indgang.privacy import plan


def kept_days(day: date) -> int:
    """How many days what is sent is kept after the enquiry has ended, by the rule of today."""
    return max(each.days for each in plan.times(CORRESPONDENCE, day))
