"""What-ifs as JSON, for planners who are signed in; a POST does what the page does.

GET  /api/scenarios/                            people and kroner of the newest runs
POST /api/scenarios/                            {"name": "Nu", "first": "2026-01-05", "last": …, "volume": 10} makes one
GET  /api/scenarios/3/                          one scenario with its newest run
POST /api/scenarios/3/description/              {"name": "Nyt navn", "note": "Til mødet"}
POST /api/scenarios/3/closure/                  takes it out of the list
POST /api/scenarios/3/runs/                     {"queues": [{"queue": "tmf-byggeri", "priority": 5}]}: another run
POST /api/scenarios/3/runs/2/simulation/        simulates a run
POST /api/scenarios/3/runs/2/cancellation/      stops the simulation
POST /api/scenarios/3/runs/2/case/              {"case": "egen", "assumption": "fte"}; neither makes a business case
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
from indgang.accounts.permissions import Permission
from indgang.api.bodies import NONE, ObjectsField, answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.text import whole_number
from indgang.planning import (
    bases,
    flow_drafts,
    rights,
    scenario_exchange,
    scenario_listing,
    scenario_making,
    scenario_options,
    scenarios,
)
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.models.scenarios import LONGEST_NAME, LONGEST_NOTE
from indgang.planning.rights import PLANNERS, scenarios_owned, scenarios_seen
from indgang.planning.scenario_exchange import AskedChanges
from indgang.planning.scenario_making import SHIPPED
from indgang.planning.scenario_options import LIMITS, MOST_AGENTS, QUEUE_LIMITS, TAKEN_BACK
from indgang.planning.storing import base_of, changes_of
from indgang.planning.whatif import Staffing
from indgang.programme import scenario_numbers
from indgang.staffing.need import ServiceTarget
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField

#: scenarios of one answer
MOST = 100
#: names of a body that are lists of objects
OBJECTS = ("queues", "hours")
#: names of a body that null takes back
CAN_BE_NULL = (*TAKEN_BACK, "flow")
_WHO = "a queue's code, `centre:` and a centre's code, or `*` for everybody"
_OF_QUEUE = {
    "queue": "its code", "overflow_to": _WHO, "taught": _WHO,
    "priority": "points from {} to {}", "overflow_after": "seconds from {} to {}",
    "callback_after": "seconds from {} to {} until a callback is offered", "taught_share": "percent from {} to {}",
}  # fmt: skip
_OF_HOURS = {"centre": "its code", "opens": "a time as 8:30", "closes": "a time as 16:00"}


class _LimitOrNone(forms.FloatField):
    """A limit of the target; `none` for one that the target is to have no more."""

    def clean(self, value: Any) -> Any:
        return NONE if value == NONE else super().clean(value)


class _TimeOrNone(forms.TimeField):
    """A time of day; `none` for that of today."""

    def clean(self, value: Any) -> Any:
        return NONE if value == NONE else super().clean(value)


def _limited(name: str) -> forms.FloatField:
    low, high = (float(each) for each in LIMITS[name])
    kind, said = (_LimitOrNone, f"{low:g} to {high:g}; null for none") if name in TAKEN_BACK else (
        forms.FloatField, f"{low:g} to {high:g}"
    )  # fmt: skip
    return kind(min_value=low, max_value=high, required=False, help_text=said)


class ChangesForm(forms.Form):
    """What is changed. Numbers are percent, or seconds."""

    volume, digital, talk, after_call = (_limited(name) for name in ("volume", "digital", "talk", "after_call"))
    moved, shared, accepts = (_limited(name) for name in ("moved", "shared", "accepts"))
    in_time, within, mean_wait, abandoned = (_limited(name) for name in ("in_time", "within", "mean_wait", "abandoned"))
    opens = _TimeOrNone(required=False, help_text="null for that of today")
    closes = _TimeOrNone(required=False, help_text="null for that of today")
    staffing = forms.ChoiceField(choices=[(each.value, each.value) for each in Staffing], required=False)
    agents = forms.IntegerField(min_value=1, max_value=MOST_AGENTS, required=False)
    pooled = forms.NullBooleanField(required=False)
    queues = ObjectsField(
        known={name: about.format(*QUEUE_LIMITS.get(name, ())) for name, about in _OF_QUEUE.items()},
        help_text="what is different for the calls of single queues; null takes a value back",
    )
    hours = ObjectsField(known=_OF_HOURS, help_text="of single centres, where there are several")
    flow = forms.CharField(
        max_length=100, required=False,
        help_text="code of a flow whose draft is tried; null takes it back. For measured scenarios",
    )  # fmt: skip
    simulate = forms.BooleanField(
        required=False, help_text="play it too; what the formulas cannot tell is played anyway"
    )

    @property
    def asked(self) -> AskedChanges:
        """What is given."""
        found = {name: self.cleaned_data[name] for name in scenario_options.NAMES}
        given: dict[str, Any] = {
            name: None if value == NONE else value for name, value in found.items() if value not in (None, "")
        }
        if "staffing" in given:
            given["staffing"] = Staffing(given["staffing"])
        return AskedChanges(given, *(self.cleaned_data[name] for name in (*OBJECTS, "flow")))


class MadeScenarioForm(ChangesForm):
    """A new what-if: from measured days of centres, or from a centre of the documents. For measured days, `in_time` and
    `within` are a target of its own; everything else is what its first run changes."""

    name = forms.CharField(max_length=LONGEST_NAME)
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)
    base = forms.ChoiceField(choices=[(each, each) for each in (bases.MEASURED, *SHIPPED)], required=False)
    centres = forms.ModelMultipleChoiceField(
        ContactCentre.objects.none(), to_field_name="code", required=False, help_text="all you plan for, if left out"
    )
    first = DayField(required=False, help_text="of the measured days")
    last = DayField(required=False, help_text="of the measured days")

    def __init__(self, data: Mapping[str, Any] | None = None, *, centres: QuerySet[ContactCentre]) -> None:
        super().__init__(data)
        offer(self, "centres", centres)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        in_time, within = data.get("in_time"), data.get("within")
        if self.is_measured and in_time != NONE and (in_time is None) is not (within is None):
            self.add_error("in_time", "in_time and within are given together")
        return data

    @property
    def is_measured(self) -> bool:
        return self.cleaned_data.get("base") not in SHIPPED

    @property
    def target(self) -> ServiceTarget | None:
        """The target of the measured queues, instead of their own."""
        in_time, within = self.cleaned_data["in_time"], self.cleaned_data["within"]
        return None if in_time in (None, NONE) else ServiceTarget(in_time / 100, within)


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
        made = make_scenario(person_of(request), values(request, OBJECTS, CAN_BE_NULL), clock.now())
        return _shown(request, made.pk, status=201)
    seen = scenarios_seen(person_of(request)).filter(closed_at=None)[:MOST]
    found = [scenarios.estimate(each).as_data() for each in scenarios.newest_runs(list(seen))]
    return JsonResponse({"scenarios": found})


@require_GET
@requires(*PLANNERS)
def scenario(request: HttpRequest, pk: int) -> JsonResponse:
    """One scenario: its base, and its newest run (or `run`) with changes, results and the simulation."""
    return _shown(request, pk, whole_number(request.GET.get("run", "")))


class DescriptionForm(forms.Form):
    """What is left out stays as it is, so that whoever changes the one does not undo another's change of the other."""

    name = forms.CharField(max_length=LONGEST_NAME, required=False)
    note = forms.CharField(max_length=LONGEST_NOTE, required=False, help_text="an empty text takes it away")


@declares(Operation("POST", "Name your own scenario, and what you note about it", body=DescriptionForm))
@require_POST
@requires(*PLANNERS)
@answers_refusals
def description(request: HttpRequest, pk: int) -> JsonResponse:
    described(person_of(request), pk, values(request), clock.now())
    return _shown(request, pk)


@declares(Operation("POST", "Take your own scenario out of the list"))
@require_POST
@requires(*PLANNERS)
@answers_refusals
def closure(request: HttpRequest, pk: int) -> JsonResponse:
    person = person_of(request)
    scenarios.close(own_scenario(person, pk), by=person, at=clock.now())
    return _shown(request, pk)


@declares(Operation("POST", "Compute a scenario with other changes", body=ChangesForm, status=201))
@require_POST
@requires(*PLANNERS)
@answers_refusals
def runs(request: HttpRequest, pk: int) -> JsonResponse:
    """The new run; a long simulation is the worker's, and the scenario says when it is done."""
    person = person_of(request)
    made = run_scenario(person, run_seen(person, pk), values(request, OBJECTS, CAN_BE_NULL), clock.now())
    return _shown(request, pk, made.number, status=201)


@declares(Operation("POST", "Simulate a run; a long simulation is the worker's"))
@require_POST
@requires(*PLANNERS)
@answers_refusals
def simulation(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    person = person_of(request)
    run, at = run_seen(person, pk, number), clock.now()
    scenarios.order_simulation(run, by=person, at=at, defer=scenarios.in_the_worker)
    return _shown(request, pk, number)


@declares(Operation("POST", "Stop the simulation of a run; nothing of it is kept"))
@require_POST
@requires(*PLANNERS)
@answers_refusals
def cancellation(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    person = person_of(request)
    scenarios.cancel_simulation(run_seen(person, pk, number), by=person, at=clock.now())
    return _shown(request, pk, number)


class CaseNumbersForm(forms.Form):
    """Where the numbers go: an assumption of one's own case, or, with neither, a new case."""

    case = forms.CharField(max_length=100, required=False, help_text="code of a case of one's own")
    assumption = forms.CharField(max_length=100, required=False, help_text="an assumption of it in FTE")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if bool(data.get("case")) is not bool(data.get("assumption")):
            self.add_error("assumption", "case and assumption are given together")
        return data


@declares(Operation("POST", "Hand the numbers of a run to a business case", body=CaseNumbersForm, status=201))
@require_POST
@requires(Permission.EDIT_PROGRAMME)
@answers_refusals
def case(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    """The code of the case that has the numbers."""
    person = person_of(request)
    return JsonResponse(handed_over(person, run_seen(person, pk, number), values(request), clock.now()), status=201)


# --- What `indgang scenario` does too ------------------------------------------------------------


def make_scenario(person: Person, given: Mapping[str, Any], at: datetime) -> Scenario:
    """Raises RefusedChange, as all below."""
    planned = rights.centres_planned(person, day_of(at))
    form = checked(MadeScenarioForm(given, centres=planned))
    said, asked = form.cleaned_data, form.asked
    more = {"note": said["note"], "is_simulated": said["simulate"], "by": person, "at": at}
    if not form.is_measured:
        return scenario_making.make_shipped(said["name"], said["base"], asked=asked, **more)
    centres = list(said["centres"] or planned)
    if form.target is not None:
        asked = asked.without("in_time", "within")
    return scenario_making.make_measured(
        said["name"], centres, said["first"], said["last"], target=form.target, asked=asked, **more
    )


def run_scenario(person: Person, newest: ScenarioRun, given: Mapping[str, Any], at: datetime) -> ScenarioRun:
    """Compute the scenario of a run with other changes."""
    form = checked(ChangesForm(given))
    return run_changed(newest, form.asked, is_simulated=form.cleaned_data["simulate"], by=person, at=at)


def run_changed(
    newest: ScenarioRun, asked: AskedChanges, *, is_simulated: bool, by: Person, at: datetime
) -> ScenarioRun:
    shown = newest.scenario
    base, before = base_of(shown.base), changes_of(newest.changes)
    flows = flow_drafts.of_base(base, day_of(at), is_measured=shown.is_measured)
    changes = scenario_exchange.changed(base, before, asked, flows)
    return scenarios.run_whole(shown, changes, is_simulated=is_simulated, by=by, at=at)


def described(person: Person, pk: int, given: Mapping[str, Any], at: datetime) -> None:
    """Raises Http404 as `own_scenario`."""
    said = checked(DescriptionForm(given)).cleaned_data
    note = said["note"] if "note" in given else None
    scenarios.describe(own_scenario(person, pk), name=said["name"], note=note, by=person, at=at)


def handed_over(person: Person, run: ScenarioRun, given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The code and the version of the case that has the numbers of the run."""
    said = checked(CaseNumbersForm(given)).cleaned_data
    own = scenario_numbers.hand_over(run, said["case"], said["assumption"], by=person, at=at)
    return {"case": own.code, "version": own.versions.latest("number").number}


def run_seen(person: Person, pk: int, number: int | None = None) -> ScenarioRun:
    """The newest run of a scenario, or the one with this number. Raises Http404 for what this person may not see."""
    seen = scenarios_seen(person).filter(pk=pk).first()
    rows = seen.runs.select_related("scenario") if seen else ScenarioRun.objects.none()
    run = (rows if number is None else rows.filter(number=number)).first()
    if run is None:
        raise Http404
    return run


def own_scenario(person: Person, pk: int) -> Scenario:
    """A scenario that this person names and closes. Raises Http404."""
    found = scenarios_owned(person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, pk: int, number: int | None = None, status: int = 200) -> JsonResponse:
    return JsonResponse(scenario_listing.of_run(run_seen(person_of(request), pk, number)), status=status)
