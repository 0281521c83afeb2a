"""Plots of planning."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from indgang.planning.calculation import StaffingAnswer
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import PlotMoment, Series, TimePlot

#: a day without a date: only its hours are shown
ON_SOME_DAY = date(2000, 1, 1)


def seats(found: StaffingAnswer) -> TimePlot:
    """Seats by interval: what is held, what each interval needs, and the same before rounding."""
    begins = [datetime.combine(ON_SOME_DAY, at) for at in found.question.begins()]
    rows = found.chosen.intervals
    return TimePlot(
        title=_("Pladser i løbet af dagen"),
        about=_("Pladser, der holdes, og pladser, som opkaldene kræver, i hvert interval af en dag"),
        unit=ValueUnit.COUNT, when=_("Fra kl."),
        moments=tuple(PlotMoment(at, f"{at:%H.%M}") for at in begins),
        series=(
            Series(_("Bemandet"), tuple(float(each.seats) for each in rows)),
            Series(_("Behov"), tuple(float(each.whole) for each in rows)),
            Series(_("Behov før afrunding"), tuple(round(each.real, 2) for each in rows)),
        ),
    )  # fmt: skip
