"""Plots of a case: the cumulative effect with the year that it is paid back, a tornado, and years by chance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from indgang.plots.numbers import ValueUnit, decimal
from indgang.plots.plot import (
    BarPlot,
    Happening,
    PlotBar,
    PlotMoment,
    PlotSwing,
    PlotTarget,
    Series,
    TimePlot,
    TornadoPlot,
)
from indgang.programme import layout, words
from indgang.programme.cases.case import BusinessCase
from indgang.programme.cases.evaluation import CaseTable
from indgang.programme.cases.uncertainty import Simulation, Swing

#: years after the table that the picture shows, until the case is paid back
_MOST_LATER = 12


def last_year(table: CaseTable) -> int:
    """That of the table, or that in which the case is paid back, where this is not too far off."""
    last = table.years[-1]
    return last if table.paid_back_in is None else max(last, min(table.paid_back_in, last + _MOST_LATER))


def cumulative(case: BusinessCase, table: CaseTable) -> TimePlot:
    years = range(table.years[0], last_year(table) + 1)
    paid_in = table.paid_back_in
    paid = [Happening(_("Tjent hjem"), date(paid_in, 1, 1))] if paid_in is not None and paid_in in years else []
    return TimePlot(
        title=_("Samlet virkning indtil nu"),
        about=_("%(case)s: summen af alle beløb til og med hvert år. Under nul er forslaget tjent hjem.")
        % {"case": case.title},
        unit=ValueUnit.COUNT, when=_("År"), moments=tuple(PlotMoment(date(year, 1, 1), str(year)) for year in years),
        series=(Series(_("1.000 kr."), tuple(table.cumulative_in(year) for year in years)),),
        targets=(PlotTarget(_("Nul"), 0.0),), happenings=tuple(paid),
    )  # fmt: skip


def tornado(case: BusinessCase, table: CaseTable, swings: Sequence[Swing]) -> TornadoPlot | None:
    """None when no assumption has an interval."""
    if not swings:
        return None
    return TornadoPlot(
        title=_("Hvad forslaget afhænger mest af"),
        about=_("%(case)s: nutidsværdien for %(span)s i 1.000 kr., når én forudsætning ad gangen er lav og høj.")
        % {"case": case.title, "span": layout.span(table)},
        unit=ValueUnit.COUNT, base=table.present_value,
        base_name=_("Nutidsværdi for %(span)s") % {"span": layout.span(table)},
        swings=tuple(
            PlotSwing(each.assumption.label, decimal(each.low, 3), decimal(each.high, 3), each.at_low, each.at_high)
            for each in swings
        ),
        headings=(_("Forudsætning"), _("Nutidsværdi, når den er lav"), _("Nutidsværdi, når den er høj")),
    )  # fmt: skip


def chances(case: BusinessCase, drawn: Simulation) -> BarPlot:
    """The share of runs by years until paid back."""
    shares = drawn.payback_shares()
    later = 1 - drawn.never - sum(share for _years, share in shares)
    bars = [PlotBar(words.payback_words(years), 100 * share) for years, share in shares if share >= 0.0005]
    bars += [PlotBar(_("senere"), 100 * later)] if later >= 0.0005 else []
    bars += [PlotBar(words.payback_words(float("inf")), 100 * drawn.never)] if drawn.never else []
    return BarPlot(
        title=_("Hvornår forslaget er tjent hjem"),
        about=_("%(case)s: andelen af gennemregninger efter tilbagebetalingstid.") % {"case": case.title},
        unit=ValueUnit.PERCENT, what=_("Tilbagebetalingstid"), measured=_("Andel"), bars=tuple(bars),
    )  # fmt: skip
