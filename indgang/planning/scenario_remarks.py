"""What a reader must know about the figures of a what-if, in sentences: for the page, the API and the command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from indgang.planning import targets, twin_scenarios
from indgang.planning.whatif import Changes, ScenarioBase, WhatIf


def of(base: ScenarioBase, changes: Changes, found: WhatIf, simulated: Mapping[str, Any] | None = None) -> list[str]:
    """All of them; `simulated` is what a run keeps of its simulation."""
    return [
        *about_figures(base, changes, found), *about_flows(base, changes), *about_simulation(found, simulated),
    ]  # fmt: skip


def about_figures(base: ScenarioBase, changes: Changes, found: WhatIf) -> Iterator[str]:
    """How people and shares are counted. With a target of its own no promise of 100 percent is."""
    if not changes.target:
        yield from map(targets.capped_words, base.promises_all)
    if found.reference is not None:
        yield _(
            "I dag er der %(today)s årsværk. I scenariet er pladserne holdt efter målet, og det kræver %(reference)s "
            "med de opkald, der er i dag. Den forskel skyldes ikke ændringerne."
        ) % {"today": _fte(found.today.total.fte.value), "reference": _fte(found.reference.total.fte.value)}
    if found.changed.target.within != base.target.within:
        yield _within(base, found)
    if changes.is_for_simulation:
        yield _(
            "Tallene her regner ikke med overløb, prioritet, oplæring, tilbagekald og forløb, og heller ikke med, at"
            " nogle betjener alle køer. Det gør simuleringen."
        )


def _within(base: ScenarioBase, found: WhatIf) -> str:
    seconds = {
        "today": number_format(base.target.within, 0), "other": number_format(found.changed.target.within, 0),
    }  # fmt: skip
    if found.counted_within is None:
        said = _(
            "Besvaret i tide er inden for %(today)s sekunder i dag og inden for %(other)s sekunder med ændringerne. "
            "Lav beregningen igen, så har begge sider den nye grænse."
        )
    else:
        said = _(
            "Besvaret i tide er inden for %(other)s sekunder på begge sider. "
            "Målet i dag er inden for %(today)s sekunder."
        )
    return said % seconds


def about_flows(base: ScenarioBase, changes: Changes) -> Iterator[str]:
    """Callers whom the flows that were played lead elsewhere."""
    names = {each.code: each.name or _("Alle køer") for each in base.queues}
    for code in twin_scenarios.unreached(base, changes):
        said = _("Kladden fører ikke til %(queue)s. De, der ringer dertil, trykker ingenting.")
        yield said % {"queue": names[code]}
    for code in twin_scenarios.unstaffed(base, changes):
        yield _("Forløbet nævner køen %(queue)s, som ikke er i scenariet. Ingen i scenariet betjener den.") % {
            "queue": code
        }


def about_simulation(found: WhatIf, simulated: Mapping[str, Any] | None) -> Iterator[str]:
    """About a simulation from before the reference was simulated too."""
    if simulated is not None and found.reference is not None and "reference" not in simulated:
        yield _(
            "Forskellen kommer også af, at pladserne holdes anderledes end i dag. Lav beregningen igen, og simulér den,"
            " så er forskellen ændringernes alene."
        )


def _fte(value: float) -> str:
    return number_format(round(value, 1), 1, force_grouping=True)
