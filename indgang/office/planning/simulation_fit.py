"""The simulation of today beside the days that were measured, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.office.planning.scenario_words import estimated
from indgang.office.planning.words import percent, seconds
from indgang.planning import scenario_fits
from indgang.planning.models import ScenarioRun
from indgang.planning.whatif import QueueLoad, ScenarioBase
from indgang.staffing.twin.calibration import FitLine


@dataclass(frozen=True, slots=True)
class SimulationFitRow:
    """A figure as it was measured and as it is simulated, and whether they agree."""

    name: str
    measured: str
    simulated: str
    agrees: str


def rows(run: ScenarioRun, base: ScenarioBase) -> list[SimulationFitRow]:
    """None without a simulation, and where nothing was measured."""
    return [_row(each) for each in scenario_fits.simulated(run, base)]


def _row(line: FitLine) -> SimulationFitRow:
    names = {
        "service_level": _("Besvaret i tide"), "mean_wait": _("Ventetid i gennemsnit"),
        "abandoned_share": _("Lægger på"),
    }  # fmt: skip
    said = {True: _("Ja"), False: _("Nej, forskellen er større end usikkerheden"), None: _("Kan ikke afgøres")}
    measured, simulated = (estimated(line.name, each.as_data()) for each in (line.observed, line.simulated))
    return SimulationFitRow(names[line.name], measured, simulated, said[line.agrees])


def basis(run: ScenarioRun, base: ScenarioBase) -> str:
    """What the simulation of today rests on, and what it does not know."""
    queues = [each for each in base.queues if sum(each.calls)]
    number = base.counted_days
    days = ngettext("Målt er gennemsnittet af %(number)s dag.", "Målt er gennemsnittet af %(number)s dage.", number)
    shapes = _(
        "Tiden til samtale og efterbehandling følger en lognormal fordeling i %(handling)s af %(all)s køer, "
        "tålmodigheden i %(patience)s."
    )
    said = f"{days % {'number': number}} {shapes % _counted(queues)} {_rest()} {_people(base)}"
    return said if scenario_fits.counts_as_measured(run) else f"{said} {_other_limit()}"


def _other_limit() -> str:
    return _("Besvaret i tide er ikke med her, fordi simuleringen tæller det med scenariets grænse.")


def _counted(queues: Sequence[QueueLoad]) -> dict[str, int]:
    return {
        "all": len(queues), "handling": sum(each.handling_spread is not None for each in queues),
        "patience": sum(each.patience is not None and each.lognormal_patience is not None for each in queues),
    }  # fmt: skip


def _rest() -> str:
    others = _("I resten er fordelingen eksponentiel med det målte gennemsnit.")
    unknown = _("Pauser, skriftligt arbejde og folk, der ringer igen, er ikke med.")
    return f"{others} {unknown}"


def _people(base: ScenarioBase) -> str:
    """Where the people of the simulation come from, and what the table still tests."""
    played = base.played
    if played is None:
        return _("Bemandingen er formlernes.")
    said = _(
        "Bemandingen er fundet ved at spille de målte dage med %(plays)s slags bemanding: %(seats)s gange formlernes "
        "pladser, %(even)s af dem jævnt hele dagen, og %(shared)s betjener alle køer. Et opkald ringer %(ring)s, før "
        "det bliver taget. Det, der stadig er forskelligt, kan simuleringen ikke forklare."
    )
    return said % {
        "plays": played.plays, "seats": number_format(round(played.seats, 2), 2), "even": percent(played.even),
        "shared": percent(played.shared), "ring": seconds(base.pick_up),
    }  # fmt: skip
