"""The staffing need and scenarios as JSON, for planners who are signed in.

GET /api/staffing-need/?preset=bc31&calls=80000&seats=curve   options as those of `indgang staffing`
GET /api/described-day/?calls=106&retry=30&mails=40           a day, simulated; as `indgang simulate day`
GET /api/scenarios/                                           people and kroner of the newest runs
POST /api/scenarios/                                          {"name": "Nu", "first": "2026-01-05", "last": …} makes one
GET /api/scenarios/3/                                         one scenario with its newest run
POST /api/scenarios/3/runs/                                   {"volume": 10} computes it with another change
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.planning import (
    bases,
    calculation,
    described_day,
    rights,
    scenario_listing,
    scenario_making,
    scenario_options,
    scenarios,
)
from indgang.planning.calculation import of_preset
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.models.scenarios import LONGEST_NAME, LONGEST_NOTE
from indgang.planning.rights import PLANNERS, scenarios_seen
from indgang.planning.scenario_making import SHIPPED
from indgang.planning.scenario_options import LIMITS, MOST_AGENTS
from indgang.planning.storing import base_of, changes_of
from indgang.planning.whatif import Staffing
from indgang.staffing.need import Impossible, ServiceTarget
from indgang.staffing.presets import DEMAND_OPTIONS, PRESETS, SUPPLY_OPTIONS, TARGET_OPTIONS, changed
from indgang.staffing.sizing import Seats
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField

#: scenarios of one answer
MOST = 100


def _limited(name: str) -> forms.FloatField:
    low, high = (float(each) for each in LIMITS[name])
    return forms.FloatField(min_value=low, max_value=high, required=False, help_text=f"{low:g} to {high:g}")


@require_GET
@requires(*PLANNERS)
def staffing_need(request: HttpRequest) -> JsonResponse:
    """The need of a preset with the assumptions that the address changes. 400 for what has no answer, in words."""
    preset = PRESETS.get(request.GET.get("preset", "tmf-2020"))
    if preset is None:
        return _refused(f"preset is one of {', '.join(PRESETS)}")
    try:
        options = _numbers(request.GET)
        seats = request.GET.get("seats", "")
        question = of_preset(changed(preset, options, Seats(seats).value if seats else None))
        if calculation.excess(question):
            return _refused("more than 2,000 agents at once, or nobody would hang up with so much patience")
        found = calculation.answer(question)
    except ValueError as error:  # `Impossible` is one
        return _refused(str(error))
    sources = {**preset.sources, **dict.fromkeys(options, "given")}
    return JsonResponse({"preset": preset.code, **calculation.as_data(found), "sources": sources})


def _numbers(given: Mapping[str, str]) -> dict[str, float]:
    """The options that the address names. Raises `Impossible` for what is no number, is not finite or below 0."""
    found = {}
    for name in (*DEMAND_OPTIONS, *SUPPLY_OPTIONS, *TARGET_OPTIONS):
        if given.get(name):
            found[name] = _number(name, given[name])
    if found.get("talk") == 0 or found.get("patience") == 0:
        raise Impossible("talk and patience are above 0 seconds")
    return found


def _number(name: str, text: str) -> float:
    try:
        found = float(text)
    except ValueError as error:
        raise Impossible(f"{name} is a number") from error
    if not 0 <= found < float("inf"):
        raise Impossible(f"{name} is a number, 0 or more")
    return found


def _refused(why: str) -> JsonResponse:
    return JsonResponse({"error": why}, status=400)


@declares(
    Operation(
        "GET", "A day in numbers, simulated with and without breaks, retrials, mails, chats and the second level",
        query={name: f"{low:g} to {high:g}, {described_day.USUAL[name]:g} if left out"
               for name, (low, high) in described_day.LIMITS.items()},
    )
)  # fmt: skip
@require_GET
@requires(*PLANNERS)
def simulated_day(request: HttpRequest) -> JsonResponse:
    """What the address describes, played. 400 for what cannot be, in words."""
    try:
        day = described_day.read(request.GET.dict())
    except Impossible as error:
        return _refused(str(error))
    return JsonResponse(described_day.as_data(day, described_day.play(day)))


class MadeScenarioForm(forms.Form):
    """A new what-if: from measured days of centres, or from a centre of the documents."""

    name = forms.CharField(max_length=LONGEST_NAME)
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)
    base = forms.ChoiceField(choices=[(each, each) for each in (bases.MEASURED, *SHIPPED)], required=False)
    centres = forms.ModelMultipleChoiceField(
        ContactCentre.objects.none(), to_field_name="code", required=False, help_text="all you plan for, if left out"
    )
    first = DayField(required=False, help_text="of the measured days")
    last = DayField(required=False, help_text="of the measured days")
    in_time, within, digital = (_limited(name) for name in ("in_time", "within", "digital"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, centres: QuerySet[ContactCentre]) -> None:
        super().__init__(data)
        offer(self, "centres", centres)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if (data.get("in_time") is None) is not (data.get("within") is None):
            self.add_error("in_time", "in_time and within are given together")
        return data


@declares(
    Operation("GET", "People and kroner of the newest run of each open scenario"),
    Operation("POST", "Make a scenario from measured days or from a centre of the documents", body=MadeScenarioForm,
              status=201),
)  # fmt: skip
@require_http_methods(["GET", "POST"])
@requires(*PLANNERS)
@answers_refusals
def scenario_list(request: HttpRequest) -> JsonResponse:
    """What the newest run of each open scenario says about people and kroner; a POST makes one."""
    if request.method == "POST":
        made = make_scenario(person_of(request), values(request), clock.now())
        return JsonResponse(scenario_listing.of_run(_run(request, made.pk)), status=201)
    seen = scenarios_seen(person_of(request)).filter(closed_at=None)[:MOST]
    found = [scenarios.estimate(each).as_data() for each in scenarios.newest_runs(list(seen))]
    return JsonResponse({"scenarios": found})


@require_GET
@requires(*PLANNERS)
def scenario(request: HttpRequest, pk: int) -> JsonResponse:
    """One scenario: its base, and its newest run (or `run`) with changes, results and the simulation."""
    return JsonResponse(scenario_listing.of_run(_run(request, pk, whole_number(request.GET.get("run", "")))))


class ChangedRunForm(forms.Form):
    """What is changed, beside the newest run. Numbers are percent, or seconds."""

    volume, digital, talk, after_call = (_limited(name) for name in ("volume", "digital", "talk", "after_call"))
    moved, shared, accepts = (_limited(name) for name in ("moved", "shared", "accepts"))
    in_time, within, mean_wait, abandoned = (_limited(name) for name in ("in_time", "within", "mean_wait", "abandoned"))
    opens = forms.TimeField(required=False)
    closes = forms.TimeField(required=False)
    staffing = forms.ChoiceField(choices=[(each.value, each.value) for each in Staffing], required=False)
    agents = forms.IntegerField(min_value=1, max_value=MOST_AGENTS, required=False)
    pooled = forms.NullBooleanField(required=False)
    simulate = forms.BooleanField(required=False, help_text="play it too")

    @property
    def values(self) -> dict[str, Any]:
        """Those that are given."""
        found = {name: self.cleaned_data[name] for name in scenario_options.NAMES}
        given = {name: value for name, value in found.items() if value not in (None, "")}
        return given | ({"staffing": Staffing(given["staffing"])} if "staffing" in given else {})


@declares(Operation("POST", "Compute a scenario with other changes", body=ChangedRunForm, status=201))
@require_POST
@requires(*PLANNERS)
@answers_refusals
def runs(request: HttpRequest, pk: int) -> JsonResponse:
    """The new run; a long simulation is the worker's, and the scenario says when it is done."""
    newest, person = _run(request, pk), person_of(request)
    form = checked(ChangedRunForm(values(request)))
    try:
        changes = scenario_options.changed(base_of(newest.scenario.base), changes_of(newest.changes), form.values)
    except Impossible as error:
        raise RefusedChange({"": str(error)}) from error
    is_simulated = form.cleaned_data["simulate"]
    made = scenarios.run_whole(newest.scenario, changes, is_simulated=is_simulated, by=person, at=clock.now())
    return JsonResponse(scenario_listing.of_run(_run(request, pk, made.number)), status=201)


def make_scenario(person: Person, given: Mapping[str, Any], at: datetime) -> Scenario:
    """What `indgang scenario make` does too. Raises RefusedChange."""
    planned = rights.centres_planned(person, day_of(at))
    said = checked(MadeScenarioForm(given, centres=planned)).cleaned_data
    more = {"digital": said["digital"], "note": said["note"], "by": person, "at": at}
    if said["base"] in SHIPPED:
        return scenario_making.make_shipped(said["name"], said["base"], **more)
    target = None if said["in_time"] is None else ServiceTarget(said["in_time"] / 100, said["within"])
    centres = list(said["centres"] or planned)
    return scenario_making.make_measured(said["name"], centres, said["first"], said["last"], target=target, **more)


def _run(request: HttpRequest, pk: int, number: int | None = None) -> ScenarioRun:
    seen = scenarios_seen(person_of(request)).filter(pk=pk).first()
    rows = seen.runs.select_related("scenario") if seen else ScenarioRun.objects.none()
    run = (rows.filter(number=number) if number else rows).first()
    if run is None:
        raise Http404
    return run
