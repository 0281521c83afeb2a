"""Scenarios in words, rows of tables and plots."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.office.planning.pictures import ON_SOME_DAY
from indgang.office.planning.routing_fields import name_of, named
from indgang.office.planning.scenario_forms import STAFFING_WORDS
from indgang.office.planning.starts import preset_names
from indgang.office.planning.words import OutcomeRow, fte, kroner, percent, seconds
from indgang.planning import bases, scenario_fits, scenarios
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.routing_changes import QueueRouting
from indgang.planning.scenario_exchange import centres_of
from indgang.planning.storing import base_of, changes_of
from indgang.planning.whatif import (
    Changes,
    GroupOutcome,
    QueueLoad,
    Ranged,
    ScenarioBase,
    ScenarioOutcome,
    Staffing,
    WhatIf,
    holds_seats_as_today,
)
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import BarPlot, PlotBar, PlotMoment, Series, TimePlot
from indgang.staffing.need import ServiceTarget

_SHARES = ("service_level", "abandoned_share", "occupancy")
#: changes that the list of computations names; the others are on the page of each
MOST_SAID = 3
#: bars of a comparison
MOST_COMPARED = 15
_FIGURES = ("service_level", "mean_wait", "abandoned_share", "occupancy", "offered")


@dataclass(frozen=True, slots=True)
class SideTable:
    """One side of a what-if, queue by queue; `heading` is the id of its heading."""

    heading: str
    name: str
    rows: list[OutcomeRow]


@dataclass(frozen=True, slots=True)
class SimulatedCell:
    """A figure of one side, or their difference, with its interval."""

    side: str
    value: str


@dataclass(frozen=True, slots=True)
class SimulatedRow:
    """A figure of the simulation, or a queue."""

    name: str
    cells: list[SimulatedCell]


@dataclass(frozen=True, slots=True)
class FitRow:
    """A queue as it was seen beside what the model says."""

    name: str
    calls: str
    handling: str
    patience: str
    seats: str
    seen_wait: str
    seen_in_time: str
    model_in_time: str
    simulated_in_time: str
    seen_abandoned: str
    model_abandoned: str


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A scenario in the list, with its newest run."""

    scenario: Scenario
    run: ScenarioRun
    today: OutcomeRow
    other: OutcomeRow
    effect: str
    """FTE of the changes alone."""
    found: WhatIf


def source_words(scenario: Scenario) -> str:
    """`Målt i TMF, 01.01.2026 – 28.02.2026`."""
    if scenario.first_day is None or scenario.last_day is None:
        names = {bases.ONE_NUMBER: _("Forundersøgelsens tal for dem, der har hver sit nummer"), **dict(preset_names())}
        return str(names.get(scenario.source, scenario.source))
    name = scenario.centre.name if scenario.centre else _("flere centre")
    days = f"{scenario.first_day:%d.%m.%Y} – {scenario.last_day:%d.%m.%Y}"
    return _("Målt i %(centre)s, %(days)s") % {"centre": name, "days": days}


def target_words(target: ServiceTarget) -> str:
    """`80,0 % besvaret inden for 20 sekunder, ventetid i gennemsnit højst 30 sekunder`."""
    said = []
    if target.in_time is not None:
        share = {"percent": percent(target.in_time), "seconds": number_format(target.within, 0)}
        said.append(_("%(percent)s besvaret inden for %(seconds)s sekunder") % share)
    if target.mean_wait is not None:
        said.append(_("ventetid i gennemsnit højst %(seconds)s") % {"seconds": seconds(target.mean_wait)})
    if target.abandoned is not None:
        said.append(_("højst %(percent)s lægger på") % {"percent": percent(target.abandoned)})
    return ", ".join(said)


def changes_words(changes: Changes, base: ScenarioBase) -> list[str]:
    """What is changed, one sentence each."""
    return [*_changes(changes, base), *_routing_changes(changes, base)] or [_("Intet er ændret")]


def _routing_changes(changes: Changes, base: ScenarioBase) -> Iterator[str]:
    centres = centres_of(base)
    for hours in changes.hours:
        yield _("%(centre)s: åbent %(hours)s") % {
            "centre": centres.get(hours.centre, hours.centre), "hours": _hours(hours.opens, hours.closes),
        }  # fmt: skip
    names, queues = {each.code: name_of(each) for each in base.queues}, dict[str, list[str]]()
    for each in changes.routing:
        for said in _routed(each, base):
            queues.setdefault(said, []).append(names.get(each.queue, each.queue))
    for said, of in queues.items():
        yield f"{_('Alle køer') if len(of) == len(names) else ', '.join(of)}: {said}"
    if changes.calls_back or changes.flow:
        yield _("%(percent)s siger ja til at blive ringet op") % {"percent": percent(changes.accepts)}
    if changes.flow:
        yield changes.flow.name


def _routed(changed: QueueRouting, base: ScenarioBase) -> Iterator[str]:
    if changed.priority:
        yield _("prioritet %(points)s") % {"points": changed.priority}
    if changed.overflow_after is not None:
        yield _("efter %(seconds)s sekunder kan %(who)s også tage opkaldet") % {
            "seconds": number_format(changed.overflow_after, 0), "who": named(changed.overflow_to, base),
        }  # fmt: skip
    if changed.taught_share:
        yield _("%(percent)s af %(who)s oplæres i køen") % {
            "percent": percent(changed.taught_share), "who": named(changed.taught, base),
        }  # fmt: skip
    if changed.callback_after is not None:
        said = _("efter %(seconds)s sekunder et tilbud om at blive ringet op")
        yield said % {"seconds": number_format(changed.callback_after, 0)}


def _changes(changes: Changes, base: ScenarioBase) -> Iterator[str]:
    for share, words in (
        (changes.volume, _("Opkald: %(percent)s")), (-changes.digital, _("Opkald, der bliver digitale: %(percent)s")),
        (changes.talk, _("Samtaletid: %(percent)s")), (changes.after_call, _("Efterbehandling: %(percent)s")),
    ):  # fmt: skip
        if share:
            yield words % {"percent": _signed(share)}
    if changes.opens or changes.closes:
        yield _("Åbningstid: %(hours)s") % {"hours": _hours(changes.opens, changes.closes)}
    if changes.target is not None:
        yield _("Et andet mål: %(target)s") % {"target": target_words(changes.target)}
    if changes.pooled:
        yield _("Alle betjener alle køer")
    if changes.shared and not changes.pooled:
        yield _("Kan betjene alle køer: %(percent)s") % {"percent": percent(changes.shared)}
    if changes.staffing in (Staffing.TODAY, Staffing.NUMBER) or not holds_seats_as_today(base, changes):
        number = f" ({changes.agents})" if changes.agents else ""
        yield _("Pladser: %(how)s") % {"how": f"{STAFFING_WORDS[changes.staffing]}{number}"}


def _hours(opens: time | None, closes: time | None) -> str:
    """`08.00–16.00`; the end that is None stays as it is today."""
    if opens and closes:
        return f"{opens:%H.%M}–{closes:%H.%M}"
    if opens:
        return _("fra kl. %(opens)s, lukker som i dag") % {"opens": f"{opens:%H.%M}"}
    return _("til kl. %(closes)s, åbner som i dag") % {"closes": f"{closes:%H.%M}"} if closes else _("som i dag")


def _signed(share: float) -> str:
    return f"{'+' if share > 0 else '−'}{percent(abs(share))}"


def sides(found: WhatIf) -> list[tuple[str, ScenarioOutcome]]:
    """Today, the reference where there is one, and the changed centre, each with its name."""
    reference = [(_("I dag, bemandet efter målet"), found.reference)] if found.reference else []
    return [(_("I dag"), found.today), *reference, (_("Med ændringerne"), found.other)]


def outcomes(found: WhatIf) -> list[OutcomeRow]:
    return [row(name, outcome.total) for name, outcome in sides(found)]


def outcomes_by_group(found: WhatIf) -> list[SideTable]:
    """The same for each queue of its own."""
    return [
        SideTable(f"side-{number}-title", name, by_group(outcome))
        for number, (name, outcome) in enumerate(sides(found), start=1)
    ]


def effect_words(found: WhatIf) -> str:
    """`Ændringerne alene: −2,7 (−2,9 til −2,5) årsværk, −1.485.000 kr. om året`."""
    effect, price = found.fte_effect, found.kroner_effect
    if _is_none(effect):
        return _("Ændringerne alene giver hverken flere eller færre årsværk.")
    said = {"fte": signed_fte(effect)}
    if price is None:
        return _("Ændringerne alene: %(fte)s årsværk.") % said
    said["kroner"] = f"{'+' if price.value > 0 else '−'}{kroner(abs(price.value))}"
    return _("Ændringerne alene: %(fte)s årsværk, %(kroner)s om året.") % said


def _is_none(effect: Ranged) -> bool:
    return all(not round(each, 1) for each in (effect.value, effect.low, effect.high) if each is not None)


def signed_fte(effect: Ranged) -> str:
    """`−2,7 (−2,9 til −2,5)`; 0 has no sign."""
    if effect.low is None or effect.high is None or _signed_fte(effect.low) == _signed_fte(effect.high):
        return _signed_fte(effect.value)
    ends = {"value": _signed_fte(effect.value), "low": _signed_fte(effect.low), "high": _signed_fte(effect.high)}
    return _("%(value)s (%(low)s til %(high)s)") % ends


def _signed_fte(value: float) -> str:
    rounded = round(value, 1)
    return f"{'+' if rounded > 0 else '−' if rounded else ''}{fte(abs(rounded))}"


def by_group(outcome: ScenarioOutcome) -> list[OutcomeRow]:
    """Each queue of its own, where there are several."""
    return [row(each.name or _("Alle køer"), each) for each in outcome.groups]


def row(name: str, group: GroupOutcome) -> OutcomeRow:
    return OutcomeRow(
        name, False, ranged(group.fte, fte), "–" if group.kroner is None else ranged(group.kroner, kroner),
        ranged(group.in_time, percent), ranged(group.mean_wait, seconds), _lost(group.abandoned),
        ranged(group.occupancy, percent),
    )  # fmt: skip


def _lost(share: Ranged) -> str:
    """Where callers have a patience, some hang up, however few."""
    return ranged(share, percent) if share.value else _("ikke regnet med")


def ranged(value: Ranged, words: Callable[[float], str]) -> str:
    """`29 (28–30) sekunder`."""
    if value.low is None or value.high is None or words(value.low) == words(value.high):
        return words(value.value)
    (said, unit), (low, _low), (high, _high) = (_parted(words(each)) for each in (value.value, value.low, value.high))
    return f"{said} ({low}–{high}){unit}"


def _parted(said: str) -> tuple[str, str]:
    """A number and its unit with the space before it; words without a number are all number."""
    found = re.fullmatch(r"([\d.,\u2212-]+)(\s.*)?", said)
    return (found[1], found[2] or "") if found else (said, "")


def simulated_sides(run: ScenarioRun) -> list[tuple[str, str]]:
    """The sides that were simulated: their codes and names."""
    data = run.simulated or {}
    names = {
        "today": _("I dag"), "reference": _("I dag, bemandet efter målet"), "other": _("Med ændringerne"),
    }  # fmt: skip
    return [(code, name) for code, name in names.items() if code in data]


def simulated(run: ScenarioRun) -> list[SimulatedRow]:
    """What the simulation says, each figure with its interval: of each side, and the difference."""
    if run.simulated is None:
        return []
    names = {
        "service_level": _("Besvaret i tide"), "mean_wait": _("Ventetid i gennemsnit"), "occupancy": _("Belægning"),
        "abandoned_share": _("Lægger på"), "offered": _("Opkald på en dag"),
    }  # fmt: skip
    data, shown = run.simulated, simulated_sides(run)
    columns = [*((name, data[code]["all"]) for code, name in shown), (_("Forskel"), data["difference"])]
    rows = [_simulated_row(names[each], each, columns) for each in _FIGURES]
    more = {
        "helped": _("Taget af andre end køens egne"), "promised": _("Lovet at blive ringet op"),
        "called_back": _("Ringet op"), "mean_callback_wait": _("Ventetid på at blive ringet op"),
        "turned_away": _("Afsluttet af forløbet"),
    }  # fmt: skip
    return rows + [
        _simulated_row(name, each, columns)
        for each, name in more.items()
        if any(data[code]["all"].get(each, {}).get("mean") for code, _name in shown)
    ]


def _simulated_row(name: str, figure: str, columns: Sequence[tuple[str, Mapping[str, Any]]]) -> SimulatedRow:
    return SimulatedRow(name, [SimulatedCell(side, estimated(figure, found[figure])) for side, found in columns])


def simulated_queues(run: ScenarioRun) -> list[SimulatedRow]:
    """Share in time, wait and share lost of each queue, on each side, where there are several."""
    if run.simulated is None or len(run.simulated["today"]["queues"]) < 2:
        return []
    figures = {"service_level": _("I tide"), "mean_wait": _("Ventetid"), "abandoned_share": _("Lægger på")}
    shown = [(name, run.simulated[code]["queues"]) for code, name in simulated_sides(run)]
    return [
        SimulatedRow(
            name_of(queue),
            [
                SimulatedCell(_of_side(figure, side), estimated(code, found[queue.code][code]))
                for code, figure in figures.items()
                for side, found in shown
            ],
        )
        for queue in base_of(run.scenario.base).queues
        if all(queue.code in found for _name, found in shown)
    ]


def _of_side(figure: str, side: str) -> str:
    """`I tide, i dag`."""
    return f"{figure}, {side[:1].lower()}{side[1:]}"


def played_days(run: ScenarioRun) -> str:
    """Which days the simulation has played; "" where it makes no difference, and where nobody noted it."""
    kinds = run.simulated["today"].get("kinds", ()) if run.simulated else ()
    if any(each["code"] for each in kinds):
        days = ", ".join(f"{WEEKDAYS[int(each['code'])]} ({each['replications']})".lower() for each in kinds)
        text = _("Simuleringen har spillet %(days)s. Hver ugedag tæller så meget, som den fylder i de målte dage.")
        return f"{text % {'days': days}} {_('Opkaldene er ugedagens egne, og bemandingen er den samme hver dag.')}"
    is_monday = kinds and changes_of(run.changes).flow
    return _("Simuleringen har spillet alle dage som en almindelig mandag.") if is_monday else ""


def fault(run: ScenarioRun) -> str:
    """Why the simulation failed, and what to do."""
    return str(ScenarioRun.Fault(run.fault).label) if run.fault in ScenarioRun.Fault.values else ""


def estimated(figure: str, found: Mapping[str, float | None]) -> str:
    """`81,2 ± 1,3 %`."""
    mean, half = found["mean"], found["half_width"]
    if mean is None:
        return "–"
    if half is None:
        return _figure(figure, mean)
    (value, unit), (around, _unit) = _parted(_figure(figure, mean)), _parted(_figure(figure, half))
    return f"{value} ± {around}{unit}"


def _figure(name: str, value: float) -> str:
    if name in ("mean_wait", "mean_callback_wait"):
        return seconds(value)
    return percent(value) if name in _SHARES else number_format(round(value), 0)


def fits(run: ScenarioRun) -> list[FitRow]:
    """How well the model, and the simulation where there is one, explain what was measured, by queue."""
    scenario = run.scenario
    queues = {each.code: each for each in base_of(scenario.base).queues}
    played = run.simulated["today"]["queues"] if run.simulated and scenario_fits.counts_as_measured(run) else {}
    return [_fit(queues[code], fit, played.get(code)) for code, fit in scenario.fits.items() if code in queues]


def _fit(queue: QueueLoad, fit: Mapping[str, Any], played: Mapping[str, Any] | None) -> FitRow:
    seats = fit["seats"]
    return FitRow(
        queue.name, number_format(round(sum(queue.calls), 1), 1), seconds(queue.talk + queue.after_call),
        "–" if queue.patience is None else seconds(queue.patience),
        number_format(round(sum(seats) / len(seats), 1), 1), seconds(fit["seen_wait"]), percent(fit["seen_in_time"]),
        percent(fit["model_in_time"]), estimated("service_level", played["service_level"]) if played else "–",
        percent(fit["seen_abandoned"]), percent(fit["model_abandoned"]),
    )  # fmt: skip


def seats_plot(base: ScenarioBase, found: WhatIf) -> TimePlot:
    """Seats by the clock on each side; where a centre is closed there is a gap."""
    shown = [(name, _by_clock(found.changed if outcome is found.other else base, outcome.total))
             for name, outcome in sides(found)]  # fmt: skip
    begins = sorted({at for _name, side in shown for at in side})
    return TimePlot(
        title=_("Pladser i løbet af dagen"), about=_("Pladser i hver halve time, i dag og med ændringerne"),
        unit=ValueUnit.COUNT, when=_("Fra kl."),
        moments=tuple(PlotMoment(datetime.combine(ON_SOME_DAY, at), f"{at:%H.%M}") for at in begins),
        series=tuple(Series(name, tuple(side.get(at) for at in begins)) for name, side in shown),
    )  # fmt: skip


def _by_clock(base: ScenarioBase, total: GroupOutcome) -> dict[time, float]:
    return {at: round(seats, 2) for at, seats in zip(base.begins(), total.seats, strict=True)}


def compared_plot(rows: Sequence[ScenarioRow]) -> BarPlot | None:
    """FTE of the newest run of each scenario; None when there is nothing to compare."""
    if not len(rows) > 1:
        return None
    return BarPlot(
        title=_("Årsværk i scenarierne"), about=_("Årsværk i den nyeste beregning af hvert scenarie"),
        unit=ValueUnit.COUNT, what=_("Scenarie"), measured=_("Årsværk"),
        bars=tuple(PlotBar(each.scenario.name, each.found.other.total.fte.value) for each in rows[:MOST_COMPARED]),
    )  # fmt: skip


def scenario_rows(runs: Sequence[ScenarioRun]) -> list[ScenarioRow]:
    """Scenarios by their newest runs."""
    return [_scenario_row(each, scenarios.found_in(each)) for each in runs]


def _scenario_row(run: ScenarioRun, found: WhatIf) -> ScenarioRow:
    today, other = row(_("I dag"), found.today.total), row(run.scenario.name, found.other.total)
    return ScenarioRow(run.scenario, run, today, other, signed_fte(found.fte_effect), found)


def run_words(run: ScenarioRun, base: ScenarioBase) -> str:
    """`2: Opkald: −20,0 %`."""
    said = changes_words(changes_of(run.changes), base)
    rest = len(said) - MOST_SAID
    if rest > 0:
        more = ngettext("og %(number)s ændring mere", "og %(number)s ændringer mere", rest) % {"number": rest}
        said = [*said[:MOST_SAID], more]
    return f"{run.number}: {', '.join(said)}"


def calls_words(base: ScenarioBase) -> str:
    a_year = number_format(round(base.calls_a_day * base.days), 0, force_grouping=True)
    number = len(base.queues)
    queues = ngettext("%(number)s kø", "%(number)s køer", number) % {"number": number}
    said = _("%(calls)s opkald om året i %(queues)s") % {"calls": a_year, "queues": queues}
    if base.counted_days >= base.open_days:
        return said
    missing = _("%(counted)s af %(open)s åbne dage er talt, og de andre er ikke med")
    return f"{said}; {missing % {'counted': base.counted_days, 'open': base.open_days}}"
