"""The page of promises: which unit and month, and the columns that open the rows behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.handover.models import Promise
from indgang.handover.proof import OVERDUE, Month, Tally
from indgang.office.months import MonthFilter
from indgang.office.unit_choice import UnitChoice
from indgang.ui.choices import offer

#: the columns of the page, in order
COLUMNS = (
    (Promise.State.KEPT, _("Holdt")),
    (Promise.State.LATE, _("For sent")),
    (Promise.State.MISSED, _("Ikke holdt")),
    (OVERDUE, _("Over fristen")),
    (Promise.State.OPEN, _("Åbne")),
    (Promise.State.MOVED, _("Flyttet")),
    (Promise.State.CANCELLED, _("Trukket tilbage")),
)


class ProofFilter(MonthFilter):
    """Which unit with those below it, and which month; by default all of the person's units, and this month."""

    #: nothing is promised further ahead than `promises.FURTHEST`
    AHEAD = 2

    unit = UnitChoice(
        Unit.objects.none(), label=_("Enhed"), required=False, empty_label=_("Alle"), to_field_name="code"
    )
    field_order = ["unit", "month"]

    def __init__(self, data: Mapping[str, Any] | None = None, *, units: QuerySet[Unit]) -> None:
        super().__init__(data, today=clock.today())
        offer(self, "unit", units)
        self._units = units

    @property
    def chosen_month(self) -> Month:
        first = self.days.start
        assert first is not None
        return Month.of(first)

    @property
    def chosen_units(self) -> QuerySet[Unit]:
        """The chosen unit and those below it, as far as the person sees them."""
        unit = self.cleaned_data.get("unit") if self.is_valid() else None
        return self._units.filter(path__startswith=unit.path) if unit else self._units


def cells(tally: Tally) -> list[tuple[str, str, int]]:
    """State, heading and count of each column."""
    return [(str(state), str(title), tally.counts[state]) for state, title in COLUMNS]
