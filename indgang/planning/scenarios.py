"""Scenarios: made from a centre, run with changes, simulated, renamed and closed. Runs are kept as they came out."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Channel
from indgang.history import imported_days
from indgang.history.imported_days import ImportedDays
from indgang.planning import played_days, twin_scenarios, whatif
from indgang.planning.models import Scenario, ScenarioRun
from indgang.planning.storing import base_of, changes_of, stored, whatif_of
from indgang.planning.whatif import Changes, ScenarioBase, ScenarioOutcome, WhatIf, compute
from indgang.staffing.need import Impossible
from indgang.staffing.twin import simulation
from indgang.staffing.twin.scenario import BadScenario

#: replications of a day
REPLICATIONS = 20
#: calls of all sides in all replications that are played while somebody waits for the page: 44,000 took a second
MOST_AT_ONCE = 75_000
#: more are refused: an hour of computing
MOST_CALLS = 20_000_000
JOB = "config.simulate_scenario"
START_JOB = "config.start_simulations"
_TOO_MANY = gettext_lazy("Så mange opkald kan ikke simuleres. Regn med færre.")
_log = logging.getLogger(__name__)


class _Cancelled(Exception):
    """Somebody has cancelled the simulation that runs, or a later one plays the same."""


@dataclass(frozen=True, slots=True)
class ScenarioOrigin:
    """Where the base comes from: a shipped code, or `bases.MEASURED` with its days and fits."""

    source: str
    first_day: date | None = None
    last_day: date | None = None
    fits: Any = None


@transaction.atomic
def make(
    name: str, base: ScenarioBase, origin: ScenarioOrigin, *, centre: ContactCentre | None, changes: Changes,
    by: Person, at: datetime, note: str = "", is_simulated: bool = False,
) -> Scenario:  # fmt: skip
    """Save a what-if with its first run, simulated as by `run_whole`. Raises RefusedChange for changes without an
    answer."""
    name, note = mask_cpr(name), mask_cpr(note)
    made = Scenario.objects.create(
        name=name, note=note, owner=by, centre=centre, is_measured=origin.first_day is not None, source=origin.source,
        first_day=origin.first_day, last_day=origin.last_day, base=stored(base), fits=origin.fits or {}, made_at=at,
    )  # fmt: skip
    trail.record(action="scenario.create", target=made, by=by, at=at, after={"name": name})
    run_whole(made, changes, is_simulated=is_simulated, by=by, at=at)
    return made


def imported(scenario: Scenario) -> ImportedDays | None:
    """The imported ones of the days that its base was measured on."""
    if scenario.first_day is None or scenario.last_day is None:
        return None
    only = {"queue": [each.code for each in base_of(scenario.base).queues], "channel": [Channel.PHONE.value]}
    return imported_days.within(scenario.first_day, scenario.last_day, only, at=scenario.made_at)


def found_in(run: ScenarioRun) -> WhatIf:
    """What a run found. A run of an earlier release has no reference: it is computed from what the run keeps, and
    remembered, because lists of scenarios ask each time."""
    found = whatif_of(run.result)
    if "reference" in run.result:
        return found
    return replace(found, reference=_reference(json.dumps(run.scenario.base), json.dumps(run.changes)))


@lru_cache(maxsize=256)
def _reference(base_text: str, changes_text: str) -> ScenarioOutcome | None:
    """Of a base and changes as they are stored: both never change, so that the answer is good for the process."""
    base, changes = base_of(json.loads(base_text)), changes_of(json.loads(changes_text))
    return whatif.reference(base, changes, base.target.within)


def newest_runs(shown: Sequence[Scenario]) -> list[ScenarioRun]:
    """The last run of each scenario, in the order of the scenarios."""
    rows = ScenarioRun.objects.filter(scenario__in=shown).order_by("scenario_id", "-number").distinct("scenario_id")
    found = {each.scenario_id: each for each in rows.select_related("scenario__owner")}
    return [found[each.pk] for each in shown if each.pk in found]


@transaction.atomic
def run(scenario: Scenario, changes: Changes, *, by: Person, at: datetime) -> ScenarioRun:
    """Compute the scenario with these changes and keep the result. Raises RefusedChange."""
    held = Scenario.objects.select_for_update().get(pk=scenario.pk)
    _refuse_closed(held)
    found = computed(base_of(held.base), changes)
    number = (held.runs.aggregate(last=Max("number"))["last"] or 0) + 1
    made = ScenarioRun.objects.create(
        scenario=held, number=number, changes=stored(changes), result=stored(found), made_by=by, made_at=at
    )
    trail.record(action="scenario.run", target=held, by=by, at=at, after={"number": number})
    return made


@transaction.atomic
def run_whole(
    scenario: Scenario, changes: Changes, *, is_simulated: bool = False, by: Person, at: datetime
) -> ScenarioRun:
    """Compute the scenario, and simulate it too where that is asked or the formulas cannot tell what the changes do; a
    long simulation is the worker's. Raises RefusedChange, and keeps nothing then."""
    made = run(scenario, changes, by=by, at=at)
    if is_simulated or changes.is_for_simulation:
        order_simulation(made, by=by, at=at, defer=in_the_worker)
    return made


def computed(base: ScenarioBase, changes: Changes) -> WhatIf:
    """Both outcomes. Raises RefusedChange for what has no answer."""
    try:
        return compute(base, changes)
    except Impossible as error:
        refused = _("Intet antal medarbejdere kan nå det mål med de tal. Se på målet og på tiderne.")
        raise RefusedChange({"in_time": refused}) from error
    except ValueError as error:
        refused = _("Der er ingen opkald tilbage, eller centret lukker, før det åbner.")
        raise RefusedChange({"volume": refused}) from error


@transaction.atomic
def order_simulation(run: ScenarioRun, *, by: Person, at: datetime, defer: Callable[[int], None]) -> None:
    """Simulate the run: at once when it is short, else by the job that `defer` is given the run's key for. A run that
    has been simulated stays as it is."""
    held = ScenarioRun.objects.select_for_update().select_related("scenario").get(pk=run.pk)
    _refuse_closed(held.scenario)
    if held.simulation in (ScenarioRun.Simulation.WAITING, ScenarioRun.Simulation.DONE):
        return
    calls = effort_of(held)
    if calls > MOST_CALLS:
        raise RefusedChange({"": _TOO_MANY})
    trail.record(action="scenario.simulate", target=held.scenario, by=by, at=at, after={"number": held.number})
    held.simulation = ScenarioRun.Simulation.WAITING
    held.fault, held.played = "", 0
    held.save(update_fields=["simulation", "fault", "played"])
    if calls <= MOST_AT_ONCE:
        simulate(held.pk)
    else:
        defer(held.pk)


def in_the_worker(key: int) -> None:
    """Have the worker simulate a run."""
    app.configure_task(JOB, queue="simulations").defer(key=key)
    app.configure_task(START_JOB, queue="routines").defer(timestamp=0)


@transaction.atomic
def cancel_simulation(run: ScenarioRun, *, by: Person, at: datetime) -> None:
    """Stop a simulation that waits or runs; nothing of it is kept. One that is over stays as it is."""
    waits = ScenarioRun.objects.filter(pk=run.pk, simulation=ScenarioRun.Simulation.WAITING)
    if waits.update(simulation=ScenarioRun.Simulation.NONE, played=0):
        trail.record(action="scenario.stop", target=run.scenario, by=by, at=at, after={"number": run.number})


def effort_of(run: ScenarioRun) -> float:
    """Calls that a simulation of the run plays."""
    base, changed = base_of(run.scenario.base), found_in(run).changed
    return twin_scenarios.effort(base, changed, changes_of(run.changes), REPLICATIONS)


def simulate(key: int) -> None:
    """Play both centres of a run that waits for it, and keep what came out, or that nothing did; nothing when it is
    cancelled or begun anew meanwhile. Raises what is a fault of the program."""
    run = _begun(key)
    if run is None:
        return
    waits = _waiting(key).filter(attempt=run.attempt)
    try:
        played = _played(run, waits)
    except _Cancelled:
        _log.info("the simulation of run %s of scenario %s is cancelled", run.number, run.scenario_id)
    except BadScenario:
        _log.exception("run %s of scenario %s cannot be simulated", run.number, run.scenario_id)
        _fail(waits, ScenarioRun.Fault.UNUSABLE)
    except Exception:
        _fail(waits, ScenarioRun.Fault.BROKEN)
        raise
    else:
        waits.update(simulated=played, simulation=ScenarioRun.Simulation.DONE)


def _waiting(key: int) -> QuerySet[ScenarioRun]:
    return ScenarioRun.objects.filter(pk=key, simulation=ScenarioRun.Simulation.WAITING)


@transaction.atomic
def _begun(key: int) -> ScenarioRun | None:
    """The run if it waits, with one attempt more: one that was cancelled, ordered again and is still playing stops."""
    run = _waiting(key).select_related("scenario").select_for_update(of=("self",)).first()
    if run is not None:
        run.attempt, run.played = run.attempt + 1, 0
        run.save(update_fields=["attempt", "played"])
    return run


def _fail(runs: QuerySet[ScenarioRun], why: ScenarioRun.Fault) -> int:
    return runs.update(simulation=ScenarioRun.Simulation.FAILED, fault=why)


def give_up_lost() -> int:
    """Mark the runs that wait for a simulation and have no job any more as failed; how many."""
    jobs = ProcrastinateJob.objects.filter(task_name=JOB, status__in=("todo", "doing"))
    jobs = jobs.annotate(key=KeyTextTransform("key", "args"))
    waits = ScenarioRun.objects.filter(simulation=ScenarioRun.Simulation.WAITING)
    return _fail(waits.filter(~Exists(jobs.filter(key=Cast(OuterRef("pk"), TextField())))), ScenarioRun.Fault.LOST)


def _played(run: ScenarioRun, waits: QuerySet[ScenarioRun]) -> dict[str, Any]:
    """What both centres gave. Notes how far it is, and raises _Cancelled when the run no longer waits for this
    attempt."""

    def note(days: int) -> None:
        if not waits.update(played=days):
            raise _Cancelled

    return play(base_of(run.scenario.base), found_in(run), changes_of(run.changes), progress=note)


def days_of(run: ScenarioRun) -> int:
    """How many days a simulation of the run plays, of all sides together."""
    return REPLICATIONS * (2 if found_in(run).reference is None else 3)


def play(
    base: ScenarioBase, found: WhatIf, changes: Changes, *, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """What the simulation of all sides gives; the difference is that from the reference, where there is one. Raises
    BadScenario, and RefusedChange for too many calls."""
    if twin_scenarios.effort(base, found.changed, changes, REPLICATIONS) > MOST_CALLS:
        raise RefusedChange({"": _TOO_MANY})
    played = simulation.compare_days(*played_days.of(base, found, changes, REPLICATIONS), progress=progress)
    reference = played_days.of_reference(base, found, changes, REPLICATIONS)
    if not reference:
        return played.as_data()
    done = len(played.today.counts) + len(played.other.counts)
    then = None if progress is None else lambda more: progress(done + more)
    of_reference = simulation.run_days(reference, progress=then)
    differences = simulation.TwinComparison(of_reference, played.other).differences()
    return played.as_data() | {"reference": of_reference.as_data(), "difference": differences}


@transaction.atomic
def describe(scenario: Scenario, *, name: str, note: str | None, by: Person, at: datetime) -> None:
    """Name it and note something about it. Without a name or with a note of None, that stays as it is."""
    held = Scenario.objects.select_for_update().get(pk=scenario.pk)
    before, after = {"name": held.name, "note": held.note}, {
        "name": mask_cpr(name) or held.name, "note": held.note if note is None else mask_cpr(note),
    }  # fmt: skip
    if before == after:
        return
    held.name, held.note = after["name"], after["note"]
    held.save(update_fields=["name", "note"])
    trail.record(action="scenario.change", target=held, by=by, at=at, before=before, after=after)


@transaction.atomic
def close(scenario: Scenario, *, by: Person, at: datetime) -> None:
    """Take the scenario out of the list. Its runs stay as they are."""
    held = Scenario.objects.select_for_update().get(pk=scenario.pk)
    if held.closed_at is None:
        held.closed_at = at
        held.save(update_fields=["closed_at"])
        trail.record(action="scenario.close", target=held, by=by, at=at)


def _refuse_closed(scenario: Scenario) -> None:
    if scenario.closed_at is not None:
        raise RefusedChange({"": _("Scenariet er lukket. Lav et nyt.")})


# --- the door to the business case ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StaffingEstimate:
    """What a run says about people and money, for a business case: a value with its sources, and where it came from.

    `effect` is what the changes alone add, below 0 what they save: the difference from `reference`, today's calls with
    seats held as in the changed centre. Where today holds them so itself, the reference is today. Low and high are None
    when nothing says how uncertain the calls are; those of all sides are of the same calls.
    """

    scenario: int
    run: int
    name: str
    made_at: datetime
    fte_today: float
    fte: float
    fte_low: float | None
    fte_high: float | None
    kroner_today: float | None
    kroner: float | None
    calls_a_year: float
    sources: tuple[str, ...]
    fte_today_low: float | None
    fte_today_high: float | None
    fte_reference: float
    fte_effect: float
    fte_effect_low: float | None
    fte_effect_high: float | None
    kroner_effect: float | None

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "made_at": self.made_at.isoformat()}


def estimate(run: ScenarioRun) -> StaffingEstimate:
    """FTE and kroner a year of a run beside today's."""
    found, scenario = found_in(run), run.scenario
    today, other = found.today.total, found.other.total
    effect, kroner = found.fte_effect, found.kroner_effect
    days = () if scenario.first_day is None else (f"{scenario.first_day:%Y-%m-%d}/{scenario.last_day:%Y-%m-%d}",)
    return StaffingEstimate(
        scenario.pk, run.number, scenario.name, run.made_at, today.fte.value, other.fte.value, other.fte.low,
        other.fte.high, today.kroner.value if today.kroner else None, other.kroner.value if other.kroner else None,
        other.calls_a_year,
        (scenario.source, *days), today.fte.low, today.fte.high, found.compared.total.fte.value, effect.value,
        effect.low, effect.high, kroner.value if kroner else None,
    )  # fmt: skip
