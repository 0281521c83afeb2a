"""Runs of the optimiser on a draft: ordered, followed by a process of their own, stopped with the best so far."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.refusals import RefusedChange
from indgang.staffing.shifts import wire
from indgang.staffing.shifts.problem import UnusableProblem
from indgang.staffing.shifts.runner import SolverFailed, SolverRun
from indgang.workforce.models import PlanRun, ShiftPlan
from indgang.workforce.shifts import question, rule_words
from indgang.workforce.shifts.question import PlanQuestion

#: the worker's job (indgang.config.jobs)
TASK = "config.plan_shifts"
#: the longest run, the usual one, and the usual one of a version: somebody waits for it in the morning
LONGEST, USUAL, USUAL_OF_VERSION = 600, 40, 15
#: states of a run that is not over
GOING = (PlanRun.State.WAITING, PlanRun.State.RUNNING)
#: a run that lasts twice its time and so much longer has lost its process; one that waits so long has lost its job
_LOST_AFTER, _WAITS_AT_MOST = timedelta(minutes=3), timedelta(hours=2)
#: one that is stopped while it waits is given up so long after its order: a worker that is free has begun it by then
_WAITS_STOPPED = timedelta(minutes=1)
#: of the job among others: somebody looks at the page
_SOON = 10
#: points of the course that are kept for the plot
_COURSE = 200
_log = logging.getLogger(__name__)


def usual(plan: ShiftPlan) -> int:
    """How long a run of this plan takes when nobody says anything else, in seconds."""
    return USUAL if plan.follows_id is None else USUAL_OF_VERSION


@transaction.atomic
def order(plan: ShiftPlan, *, seconds: int, by: Person, at: datetime) -> PlanRun:
    """Have the shifts of a draft planned by the worker. Raises RefusedChange."""
    locked = ShiftPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if not locked.is_draft:
        raise RefusedChange({"": _("Planen er udgivet og kan ikke ændres. Lav en kladde, der ændrer den.")})
    if not locked.needs.exists():
        raise RefusedChange({"": _("Skriv først, hvor mange der skal være på arbejde.")})
    _refuse_unusable(locked, at)
    try:
        with transaction.atomic():
            run = PlanRun.objects.create(plan=locked, seconds=seconds, asked_by=by.audit_label, asked_at=at)
    except IntegrityError as error:
        raise RefusedChange({"": _("Vagterne bliver allerede lagt.")}) from error
    trail.record(by=by, at=at, action="shift_plan.run", target=locked, after={"seconds": seconds})
    app.configure_task(TASK, queue="routines", priority=_SOON).defer(run=run.pk)
    return run


@transaction.atomic
def stop(run: PlanRun, *, by: Person, at: datetime) -> None:
    """Ask a run to end with the best plan so far; one that is over stays as it is."""
    going = PlanRun.objects.filter(pk=run.pk, state__in=GOING)
    if going.filter(is_stopping=False).update(is_stopping=True):
        trail.record(by=by, at=at, action="shift_plan.stop", target=run.plan)


def carry_out(pk: int, clock: Any) -> None:
    """Do a run: start the solver, write how far it is, and keep its plan. For a process of its own.

    `clock` gives the time. A second process for the same run does nothing.
    """
    begun = PlanRun.objects.filter(pk=pk, state=PlanRun.State.WAITING).update(
        state=PlanRun.State.RUNNING, begun_at=clock()
    )
    if not begun:
        return
    run = PlanRun.objects.select_related("plan__centre").get(pk=pk)
    try:
        asked = PlanQuestion(run.plan, clock())
        answer = _solved(run, asked)
    except (SolverFailed, UnusableProblem, OSError) as error:
        _log.exception("run %s of the shift planner failed", pk)
        _end(run, PlanRun.State.FAILED, clock(), answer={"text": str(error)})
        return
    _take(run, asked, answer, clock())


def give_up_lost(at: datetime) -> int:
    """Mark the runs whose process is gone as failed; how many."""
    going = PlanRun.objects.filter(state__in=GOING)
    lost = [run.pk for run in going if _is_lost(run, at)]
    return PlanRun.objects.filter(pk__in=lost).update(state=PlanRun.State.FAILED, ended_at=at)


def _is_lost(run: PlanRun, at: datetime) -> bool:
    if run.begun_at is None:
        return run.asked_at + (_WAITS_STOPPED if run.is_stopping else _WAITS_AT_MOST) < at
    return run.begun_at + timedelta(seconds=2 * run.seconds) + _LOST_AFTER < at


def _solved(run: PlanRun, asked: PlanQuestion) -> dict[str, Any]:
    """The last line of the solver."""
    answer: dict[str, Any] = {}
    first: date = run.plan.first
    repairs = run.plan.follows_id is not None
    changed = asked.changed_days
    with SolverRun(asked.problem, first, seconds=run.seconds, repair=repairs, changed=changed) as solver:
        for answer in solver.lines():
            if answer["kind"] == "progress" and _note(run, answer):
                solver.stop()
    return answer


def _note(run: PlanRun, line: dict[str, Any]) -> bool:
    """Write how far it is; whether somebody has asked it to stop, or has given it up."""
    is_new = not run.course or run.course[-1][1:] != [line["cost"], line["bound"]]
    if line["gap"] is not None and is_new and len(run.course) < _COURSE:
        run.course.append([line["seconds"], line["cost"], line["bound"]])
    run.share, run.cost, run.bound = line["share"], line["cost"], line["bound"]
    going = PlanRun.objects.filter(pk=run.pk, state=PlanRun.State.RUNNING)
    going.update(share=run.share, cost=run.cost, bound=run.bound, course=run.course)
    return not going.filter(is_stopping=False).exists()


def _take(run: PlanRun, asked: PlanQuestion, answer: dict[str, Any], at: datetime) -> None:
    if answer["kind"] == "conflict":
        _end(run, PlanRun.State.IMPOSSIBLE, at, answer={"person": answer["person"], "rules": answer["rules"]})
        return
    if answer["kind"] != "answer" or answer["breaches"]:
        _end(run, PlanRun.State.FAILED, at, answer={"text": str(answer.get("text") or answer.get("breaches"))})
        return
    with transaction.atomic():
        plan = ShiftPlan.objects.select_for_update(of=("self",)).filter(pk=run.plan_id).first()
        now = PlanRun.objects.select_for_update(of=("self",)).filter(pk=run.pk, state=PlanRun.State.RUNNING).first()
        if plan is None or now is None or not plan.is_draft:
            _log.warning("run %s of the shift planner answers too late, and nothing is kept of it", run.pk)
            return
        question.write(plan, asked, wire.read_plan(asked.calendar, answer["plan"]))
        run.cost, run.bound = answer["cost"]["total"], answer["bound"]
        run.course.append([answer["seconds"], run.cost, run.bound])
        run.save(update_fields=["cost", "bound", "course"])
        _end(
            run, PlanRun.State.CANCELLED if now.is_stopping else PlanRun.State.DONE, at, answer={"cost": answer["cost"]}
        )


def _end(run: PlanRun, state: PlanRun.State, at: datetime, *, answer: dict[str, Any]) -> None:
    """End the run; one that was given up meanwhile stays so."""
    going = PlanRun.objects.filter(pk=run.pk, state=PlanRun.State.RUNNING)
    going.update(state=state, ended_at=at, answer=answer, share=1.0)


def _refuse_unusable(plan: ShiftPlan, at: datetime) -> None:
    asked = PlanQuestion(plan, at)
    if not asked.contracts:
        raise RefusedChange({"": _("Ingen har en ansættelse i centret i de dage. Skriv dem først.")})
    try:
        asked.problem  # noqa: B018  # it is checked when it is made
    except UnusableProblem as error:
        raise RefusedChange({"": rule_words.of_unusable(error)}) from error
