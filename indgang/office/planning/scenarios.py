"""The pages of what-ifs: the list, a new one, a scenario with its runs, and the table for a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.office.planning import access, handover, scenario_table, scenario_words, simulation_fit, words
from indgang.office.planning.scenario_forms import RunChoice, ScenarioChangesForm, ScenarioNameForm, ScenarioStartForm
from indgang.planning import flow_drafts, scenario_making, scenario_remarks, scenarios
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.rights import PLANNERS, scenarios_seen
from indgang.planning.routing_changes import FlowChange
from indgang.planning.scenario_exchange import AskedChanges
from indgang.planning.storing import base_of, changes_of
from indgang.ui import downloads
from indgang.ui.refusals import refusals_as_messages, refusals_on_form

PER_PAGE = 20


@require_GET
@requires(*PLANNERS)
def overview(request: HttpRequest) -> HttpResponse:
    """The scenarios that are open, compared by their newest runs."""
    seen = scenarios_seen(person_of(request)).filter(closed_at=None)
    page = Paginator(seen, PER_PAGE).get_page(request.GET.get("page"))
    rows = scenario_words.scenario_rows(scenarios.newest_runs(list(page)))
    context = {"rows": rows, "page": page, "plot": scenario_words.compared_plot(rows)}
    return render(request, "office/planning/scenarios.html", context)


@require_http_methods(["GET", "POST"])
@requires(*PLANNERS)
def new(request: HttpRequest) -> HttpResponse:
    """Save a scenario: its base is taken now and does not change any more."""
    person = person_of(request)
    centres = list(access.centres_planned(person))
    form = ScenarioStartForm(request.POST or None, centres=centres, prefilled=request.GET)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            return redirect("office:scenario", _made(form, person).pk)
    return render(request, "office/planning/scenario_new.html", {"form": form}, status=422 if form.errors else 200)


def _made(form: ScenarioStartForm, person: Person) -> Scenario:
    """Raises RefusedChange."""
    said = form.cleaned_data
    asked = AskedChanges({} if said["digital"] is None else {"digital": float(said["digital"])})
    if not form.is_measured:
        return scenario_making.make_shipped(
            said["name"], said["base"], asked=asked, note=said["note"], by=person, at=clock.now()
        )
    return scenario_making.make_measured(
        said["name"], form.centres, said["first"], said["last"], target=form.target, asked=asked, note=said["note"],
        by=person, at=clock.now(),
    )  # fmt: skip


@require_GET
@requires(*PLANNERS)
def scenario(request: HttpRequest, pk: int) -> HttpResponse:
    """One run beside today, the fit, the form for another run, and all runs."""
    shown = access.scenario_for(person_of(request), pk)
    return _scenario(request, shown, _run(request, shown))


def _run(request: HttpRequest, shown: Scenario) -> ScenarioRun:
    choice = RunChoice(request.GET)
    return access.run_for(shown, choice.cleaned_data["run"] if choice.is_valid() else None)


def _scenario(
    request: HttpRequest, shown: Scenario, run: ScenarioRun, form: ScenarioChangesForm | None = None
) -> HttpResponse:
    base, found, changes = base_of(shown.base), scenarios.found_in(run), changes_of(run.changes)
    context: dict[str, Any] = {
        "scenario": shown, "run": run, "found": found, "is_own": shown.owner_id == person_of(request).pk,
        "source": scenario_words.source_words(shown), "calls": scenario_words.calls_words(base),
        "target": scenario_words.target_words(base.target), "imported": scenarios.imported(shown),
        "changes": scenario_words.changes_words(changes, base), "effect": scenario_words.effect_words(found),
        "remarks": list(scenario_remarks.about_figures(base, changes, found)),
        "in_time_meaning": words.IN_TIME_MEANING,
        "flow_remarks": list(scenario_remarks.about_flows(base, changes)), "outcomes": scenario_words.outcomes(found),
        "groups": scenario_words.outcomes_by_group(found) if len(base.queues) > 1 else [],
        "plot": scenario_words.seats_plot(base, found), "simulated": scenario_words.simulated(run),
        "simulated_queues": scenario_words.simulated_queues(run), "played_days": scenario_words.played_days(run),
        "simulation_remarks": list(scenario_remarks.about_simulation(found, run.simulated)),
        **_how_far(run), "fault": scenario_words.fault(run), "fits": scenario_words.fits(run),
        "simulation_fit": simulation_fit.rows(run, base), "simulation_basis": simulation_fit.basis(run, base),
        "form": form or ScenarioChangesForm(base=base, changes=changes, flows=_flows(shown)),
        **handover.shown(person_of(request), run),
        "runs": [(each, scenario_words.run_words(each, base)) for each in shown.runs.select_related("made_by")],
    }  # fmt: skip
    return render(request, "office/planning/scenario.html", context, status=422 if form else 200)


def _flows(shown: Scenario) -> list[FlowChange]:
    """The drafts that can be tried in a scenario from measured calls."""
    return flow_drafts.of_base(base_of(shown.base), clock.today(), is_measured=shown.is_measured)


@require_POST
@requires(*PLANNERS)
def runs(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute with other changes, and simulate those that the formulas cannot tell; earlier runs stay."""
    shown = access.scenario_for(person_of(request), pk)
    newest = access.run_for(shown, None)
    base, before = base_of(shown.base), changes_of(newest.changes)
    form = ScenarioChangesForm(request.POST, base=base, changes=before, flows=_flows(shown))
    if form.is_valid():
        with refusals_on_form(form):
            scenarios.run_whole(shown, form.changes, by=person_of(request), at=clock.now())
            return redirect("office:scenario", pk)
    return _scenario(request, shown, newest, form)


@require_POST
@requires(*PLANNERS)
def simulation(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Play a run: at once when it is short, else in the worker."""
    shown = access.scenario_for(person_of(request), pk)
    run = access.run_for(shown, number)
    with refusals_as_messages(request):
        scenarios.order_simulation(run, by=person_of(request), at=clock.now(), defer=scenarios.in_the_worker)
    return redirect(f"{request.path_info.partition('/runs/')[0]}/?run={number}")


@require_GET
@requires(*PLANNERS)
def progress(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """How far a simulation is, fetched again and again while it runs. When it is over, the scenario is shown anew: the
    page that asks may be the answer to a form, which must not be sent again."""
    shown = access.scenario_for(person_of(request), pk)
    run = access.run_for(shown, number)
    answer = render(request, "office/planning/scenario.html#progress", {"scenario": shown, "run": run, **_how_far(run)})
    if run.simulation != ScenarioRun.Simulation.WAITING:
        answer["HX-Redirect"] = f"{reverse('office:scenario', args=[pk])}?run={number}"
    return answer


def _how_far(run: ScenarioRun) -> dict[str, Any]:
    days = scenarios.days_of(run)
    return {"days": days, "percent": round(100 * run.played / days)}


@require_POST
@requires(*PLANNERS)
def cancellation(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Stop a simulation; nothing of it is kept."""
    shown = access.scenario_for(person_of(request), pk)
    scenarios.cancel_simulation(access.run_for(shown, number), by=person_of(request), at=clock.now())
    return redirect(f"{request.path_info.partition('/runs/')[0]}/?run={number}")


@require_http_methods(["GET", "POST"])
@requires(*PLANNERS)
def description(request: HttpRequest, pk: int) -> HttpResponse:
    """The name and the note of one's own scenario."""
    person = person_of(request)
    shown = access.scenario_to_change(person, pk)
    form = ScenarioNameForm(request.POST or None, scenario=shown)
    if request.method == "POST" and form.is_valid():
        scenarios.describe(shown, **form.cleaned_data, by=person, at=clock.now())
        return redirect("office:scenario", pk)
    context = {"form": form, "scenario": shown}
    return render(request, "office/planning/scenario_name.html", context, status=422 if form.errors else 200)


@require_POST
@requires(*PLANNERS)
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.scenario_to_change(person_of(request), pk)
    scenarios.close(shown, by=person_of(request), at=clock.now())
    messages.success(request, _("Scenariet er lukket. Beregningerne kan stadig læses."))
    return redirect("office:scenarios")


@require_GET
@requires(*PLANNERS)
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One run as a table."""
    shown = access.scenario_for(person_of(request), pk)
    run = _run(request, shown)
    name = f"scenarie-{shown.pk}-{run.number}.csv"
    return downloads.table(scenario_table.columns(), scenario_table.lines(run), name)
