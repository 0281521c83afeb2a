"""Who resolves the enquiries of each unit today, and who could: flows, and a bar for each unit."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from indgang.analysis import words
from indgang.analysis.potential.results import UnitPotential
from indgang.analysis.potential.rules import CHANNELS
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import SankeyFlow, SankeyNode, SankeyPlot, StackedBar, StackedPlot

#: units that a picture has room for; the rest are one
MOST_UNITS = 9


def flows(rows: Sequence[UnitPotential], title: str) -> SankeyPlot | None:
    """From today's main entry and case workers through the units to the channels; None without enquiries."""
    units = sorted((each for each in rows if each.total), key=lambda each: -each.total)
    if not units:
        return None
    nodes = [SankeyNode("main", _("Hovedindgang"), 0), SankeyNode("workers", _("Sagsbehandlere"), 0)]
    ribbons = []
    for index, (name, among) in enumerate(_groups(units)):
        code = f"unit-{index}"
        nodes.append(SankeyNode(code, name, 1))
        ribbons += [
            SankeyFlow("main", code, float(sum(each.main_entry for each in among))),
            SankeyFlow("workers", code, float(sum(each.case_workers for each in among))),
        ]
        for channel, value in zip(CHANNELS, _channels(among), strict=True):
            ribbons.append(SankeyFlow(code, channel, float(value)))
    nodes += [SankeyNode(channel, words.channel_word(channel), 2) for channel in CHANNELS]
    return SankeyPlot(
        title=title,
        about=_("Henvendelser om året: hvem løser dem i dag, hvilken enhed de gælder, og hvem kunne løse dem."),
        unit=ValueUnit.COUNT, nodes=tuple(nodes), flows=tuple(each for each in ribbons if each.value > 0),
        columns_named=(_("I dag"), _("Enhed"), _("Fremover")), headings=(_("Fra"), _("Til"), _("Henvendelser om året")),
    )  # fmt: skip


def by_unit(rows: Sequence[UnitPotential]) -> StackedPlot | None:
    """Who could resolve the enquiries of each unit, the largest first; None without enquiries."""
    units = sorted((each for each in rows if each.total), key=lambda each: -each.total)
    if not units:
        return None
    bars = (StackedBar(each.unit.name or each.unit.area or "–", _channels([each])) for each in units)
    return StackedPlot(
        title=_("Potentiale efter enhed"), about=_("Henvendelser om året i hver enhed, efter hvem der kunne løse dem."),
        unit=ValueUnit.COUNT, what=_("Enhed"), whole=_("I alt"),
        parts=tuple(str(words.channel_word(each)) for each in CHANNELS), bars=tuple(bars),
    )  # fmt: skip


def _groups(units: Sequence[UnitPotential]) -> list[tuple[str, list[UnitPotential]]]:
    found = [(each.unit.name or each.unit.area, [each]) for each in units[:MOST_UNITS]]
    rest = list(units[MOST_UNITS:])
    return [*found, (_("Øvrige enheder"), rest)] if rest else found


def _channels(among: Sequence[UnitPotential]) -> tuple[int, int, int]:
    return (
        sum(each.digital for each in among), sum(each.contact_centre for each in among),
        sum(each.future_case_workers for each in among),
    )  # fmt: skip
