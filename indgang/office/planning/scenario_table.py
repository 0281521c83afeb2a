"""A run of a scenario as a table for a spreadsheet: each side, everything together and each queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from indgang.core.spreadsheet import NumberCell
from indgang.office.planning import scenario_words
from indgang.office.planning.routing_fields import name_of
from indgang.planning import scenarios
from indgang.planning.models import ScenarioRun
from indgang.planning.storing import base_of
from indgang.planning.whatif import GroupOutcome, Ranged

#: figures of the simulation, and by how much each is multiplied
_SIMULATED = {"service_level": 100, "mean_wait": 1, "abandoned_share": 100}


def columns() -> list[str]:
    """Each figure of the formulas with its least and most; each of the simulation with its half width."""
    figures = (
        _("Årsværk"), _("Kroner om året"), _("Besvaret i tide (%)"), _("Ventetid (sekunder)"), _("Lægger på (%)"),
        _("Belægning (%)"),
    )  # fmt: skip
    ends = [(each, _("%(figure)s, mindst") % {"figure": each}, _("%(figure)s, højst") % {"figure": each})
            for each in figures]  # fmt: skip
    simulated = [(_("%(figure)s, simuleret") % {"figure": each}, _("%(figure)s, simuleret, ±") % {"figure": each})
                 for each in figures[2:5]]  # fmt: skip
    named = [_("Side"), _("Kø"), _("Opkald om året")]
    return [*named, *(name for names in (*ends, *simulated) for name in names)]


def lines(run: ScenarioRun) -> Iterator[list[str]]:
    """A queue that the formulas have in a pool has the figures of the simulation alone."""
    found, names = scenarios.found_in(run), {each.code: name_of(each) for each in base_of(run.scenario.base).queues}
    codes = ["today", "other"] if found.reference is None else ["today", "reference", "other"]
    for code, (side, outcome) in zip(codes, scenario_words.sides(found), strict=True):
        played = (run.simulated or {}).get(code, {})
        queues: Mapping[str, Any] = played.get("queues", {})
        yield [side, _("Alle køer"), *_figures(outcome.total), *_simulated(played.get("all"))]
        if len(names) < 2:
            continue
        by_code = {each.code: each for each in outcome.groups}
        for queue in [each for each in names if each in by_code or each in queues]:
            yield [side, names[queue], *_figures(by_code.get(queue)), *_simulated(queues.get(queue))]


def _figures(group: GroupOutcome | None) -> Iterator[str]:
    if group is None:
        yield from [""] * (1 + 6 * 3)
        return
    yield _cell(group.calls_a_year)
    for ranged, times in (
        (group.fte, 1), (group.kroner, 1), (group.in_time, 100), (group.mean_wait, 1), (group.abandoned, 100),
        (group.occupancy, 100),
    ):  # fmt: skip
        yield from _ends(ranged, times)


def _ends(ranged: Ranged | None, times: int) -> Iterator[str]:
    values = (None, None, None) if ranged is None else (ranged.value, ranged.low, ranged.high)
    yield from (_cell(None if each is None else each * times) for each in values)


def _simulated(played: Mapping[str, Any] | None) -> Iterator[str]:
    for name, times in _SIMULATED.items():
        found = (played or {}).get(name, {})
        for value in (found.get("mean"), found.get("half_width")):
            yield _cell(None if value is None else value * times)


def _cell(value: float | None) -> str:
    """Empty for what is not known or has no end."""
    return "" if value is None or not isfinite(value) else NumberCell.of(Decimal(f"{value:.2f}"))
