"""The simulation of today beside the days that were measured, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.office.planning.scenario_words import estimated
from indgang.planning.models import ScenarioRun
from indgang.planning.whatif import QueueLoad, ScenarioBase
from indgang.staffing.twin.calibration import FitLine
from indgang.staffing.twin.result import Estimated


@dataclass(frozen=True, slots=True)
class SimulationFitRow:
    """A figure as it was measured and as it is simulated, and whether they agree."""

    name: str
    measured: str
    simulated: str
    agrees: str


def rows(run: ScenarioRun, base: ScenarioBase) -> list[SimulationFitRow]:
    """None without a simulation, and where nothing was measured."""
    if run.simulated is None:
        return []
    played = run.simulated["today"]["all"]
    lines = [
        FitLine(each.name, Estimated(each.mean, each.half_width, ()), Estimated(**played[each.name], values=()))
        for each in base.seen
    ]
    return [_row(each) for each in lines]


def _row(line: FitLine) -> SimulationFitRow:
    names = {
        "service_level": _("Besvaret i tide"), "mean_wait": _("Ventetid i gennemsnit"),
        "abandoned_share": _("Lægger på"),
    }  # fmt: skip
    said = {True: _("Ja"), False: _("Nej, forskellen er større end usikkerheden"), None: _("Kan ikke afgøres")}
    measured, simulated = (estimated(line.name, each.as_data()) for each in (line.observed, line.simulated))
    return SimulationFitRow(names[line.name], measured, simulated, said[line.agrees])


def basis(base: ScenarioBase) -> str:
    """What the simulation of today rests on, and what it does not know."""
    queues = [each for each in base.queues if sum(each.calls)]
    number = base.counted_days
    days = ngettext("Målt er gennemsnittet af %(number)s dag.", "Målt er gennemsnittet af %(number)s dage.", number)
    shapes = _(
        "Tiden til samtale og efterbehandling følger en lognormal fordeling i %(handling)s af %(all)s køer, "
        "tålmodigheden i %(patience)s."
    )
    return f"{days % {'number': number}} {shapes % _counted(queues)} {_rest()}"


def _counted(queues: Sequence[QueueLoad]) -> dict[str, int]:
    return {
        "all": len(queues), "handling": sum(each.handling_spread is not None for each in queues),
        "patience": sum(each.patience is not None and each.lognormal_patience is not None for each in queues),
    }  # fmt: skip


def _rest() -> str:
    others = _("I resten er fordelingen eksponentiel med det målte gennemsnit.")
    unknown = _("Bemandingen er modellens. Pauser, skriftligt arbejde og folk, der ringer igen, er ikke med.")
    return f"{others} {unknown}"
