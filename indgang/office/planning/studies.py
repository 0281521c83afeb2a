"""The studies that ship, played: what one number saves, and a phone list beside promised windows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.office.planning.played_words import shown
from indgang.planning import simulations
from indgang.planning.rights import PLANNERS
from indgang.staffing.twin.presets import PRESETS
from indgang.staffing.twin.result import TwinResult

#: by code of the preset, its name on the page
NAMES: Mapping[str, str | Promise] = {
    "pooling": gettext_lazy("Ét nummer for tre centre i dag"),
    "pooling-planned": gettext_lazy("Ét nummer for de to centre i planen"),
    "second-level": gettext_lazy("Telefonliste eller aftalte træffetider"),
}
#: by code, what each scenario of the presets is called
_SCENARIOS: Mapping[str, str | Promise] = {
    "apart": gettext_lazy("Et nummer til hvert center"),
    "helping": gettext_lazy("Et nummer til hvert, og naboerne hjælper efter 10 sekunder"),
    "one": gettext_lazy("Ét nummer: alle besvarer alt"),
    "list": gettext_lazy("Telefonliste: kollegaen svarer 40 % af gangene"),
    "list-20": gettext_lazy("Telefonliste: kollegaen svarer 20 % af gangene"),
    "list-60": gettext_lazy("Telefonliste: kollegaen svarer 60 % af gangene"),
    "agreement": gettext_lazy("Aftalte træffetider, to kolleger ad gangen, 9 til 15"),
    "all-day": gettext_lazy("Aftalte træffetider, to kolleger ad gangen, 8 til 17"),
}
_FIGURES: Mapping[str, str | Promise] = {
    "service_level": gettext_lazy("Besvaret i tide"), "mean_wait": gettext_lazy("Ventetid i gennemsnit"),
    "abandoned_share": gettext_lazy("Lægger på"), "occupancy": gettext_lazy("Belægning"),
}  # fmt: skip
_OF_QUESTIONS: Mapping[str, str | Promise] = {
    "reached_share": gettext_lazy("Nås med det samme"), "mean_asking": gettext_lazy("Optager medarbejderen"),
    "mean_whole_time": gettext_lazy("Til svaret er givet"), "service_level": gettext_lazy("Besvaret i tide"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A scenario, the people at work in it, and its figures in words, in the order of the columns."""

    name: str | Promise
    people: int
    figures: list[tuple[str | Promise, str]]


@require_GET
@requires(*PLANNERS)
def study(request: HttpRequest, code: str) -> HttpResponse:
    """One of the shipped studies. It is played when somebody opens its page."""
    if code not in NAMES:
        raise Http404
    results = simulations.play(PRESETS[code], simulations.REPLICATIONS)
    figures = _OF_QUESTIONS if any(each.consulting for each in PRESETS[code][0].inflows) else _FIGURES
    context = {
        "name": NAMES[code], "code": code, "columns": figures.values(), "rows": list(_rows(results, figures)),
        "replications": simulations.REPLICATIONS,
    }  # fmt: skip
    return render(request, "office/planning/study.html", context)


def _rows(results: Sequence[TwinResult], figures: Mapping[str, str | Promise]) -> Iterator[StudyRow]:
    for each in results:
        people = sum(crew.number for crew in each.scenario.crews)
        found = [(said, shown(name, each.estimate(name).as_data())) for name, said in figures.items()]
        yield StudyRow(_SCENARIOS[each.scenario.code], people, found)
