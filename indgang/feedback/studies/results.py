"""What a study found: findings, outcomes of a user test in the common public format, and recommendations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.core.masking import mask_texts
from indgang.core.refusals import RefusedChange
from indgang.feedback.studies import rights
from indgang.feedback.studies.models import (
    Study,
    StudyFinding,
    StudyRecommendation,
    TestOutcome,
    TestTask,
)
from indgang.feedback.studies.planning import unclosed, unreported

#: the three questions of each package, which findings are sorted under
TOPICS: Mapping[str, tuple[str, ...]] = {
    Study.Kind.INTERVIEW: ("needs", "experiences", "challenges"),
    Study.Kind.USER_TEST: ("understanding", "errors", "satisfaction"),
    Study.Kind.CROWDSOURCING: ("interest", "attitudes", "ideas"),
}


@transaction.atomic
def save_finding(finding: StudyFinding, values: Mapping[str, Any], *, by: Person, at: datetime) -> StudyFinding:
    """Add or change a finding until the results are presented. Raises RefusedChange, by field."""
    study = unreported(finding.study)
    if study.state == Study.State.PLANNED:
        raise RefusedChange({"": _("Start undersøgelsen, før du skriver, hvad den viser.")})
    if values["topic"] not in TOPICS[study.kind]:
        raise RefusedChange({"topic": _("Vælg et af pakkens tre spørgsmål.")})
    return changes.save(finding, {**mask_texts(values), "study": study}, by=by, at=at)


@transaction.atomic
def remove_finding(finding: StudyFinding, *, by: Person, at: datetime) -> None:
    unreported(finding.study)
    trail.record(by=by, at=at, action="studyfinding.remove", target=finding, before={"text": finding.text})
    finding.delete()


@transaction.atomic
def add_task(study: Study, values: Mapping[str, Any], *, by: Person, at: datetime) -> TestTask:
    """Raises RefusedChange for a study that is no user test."""
    locked = unreported(study)
    if locked.kind != Study.Kind.USER_TEST:
        raise RefusedChange({"": _("Kun en brugertest har opgaver.")})
    return changes.save(TestTask(), {**mask_texts(values), "study": locked}, by=by, at=at)


@transaction.atomic
def remove_task(task: TestTask, *, by: Person, at: datetime) -> None:
    """With its outcomes."""
    unreported(task.study)
    trail.record(by=by, at=at, action="testtask.remove", target=task, before={"text": task.text})
    task.delete()


@transaction.atomic
def note_outcome(task: TestTask, values: Mapping[str, Any], *, by: Person, at: datetime) -> TestOutcome:
    """How a participant carried out a task; noted again, it replaces the outcome. Raises RefusedChange, by field."""
    study = unreported(task.study)
    if study.state != Study.State.RUNNING:
        raise RefusedChange({"": _("Start testen, før du skriver resultater.")})
    if not study.participants.filter(number=values["tester"]).exists():
        raise RefusedChange({"tester": _("Vælg en af testens deltagere.")})
    row = task.outcomes.filter(tester=values["tester"]).first() or TestOutcome()
    return changes.save(row, {**values, "task": task}, by=by, at=at)


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One task in the common public format. `satisfaction` is the mean of 1 to 5; None without an outcome."""

    task: TestTask
    testers: int
    completed: int
    with_help: int
    critical_errors: int
    with_critical: int
    other_errors: int
    satisfaction: float | None
    outcomes: tuple[TestOutcome, ...]


def task_results(study: Study) -> list[TaskResult]:
    """Each task in order, with all who tried it."""
    tasks = study.tasks.prefetch_related("outcomes")
    return [_result(task, tuple(task.outcomes.all())) for task in tasks]


def _result(task: TestTask, outcomes: tuple[TestOutcome, ...]) -> TaskResult:
    satisfaction = [each.satisfaction for each in outcomes]
    return TaskResult(
        task, len(outcomes), _count(outcomes, "yes"), _count(outcomes, "with_help"),
        sum(each.critical_errors for each in outcomes), sum(each.critical_errors > 0 for each in outcomes),
        sum(each.other_errors for each in outcomes),
        sum(satisfaction) / len(satisfaction) if satisfaction else None, outcomes,
    )  # fmt: skip


def _count(outcomes: Iterable[TestOutcome], completed: str) -> int:
    return sum(each.completed == completed for each in outcomes)


@transaction.atomic
def save_recommendation(
    recommendation: StudyRecommendation, values: Mapping[str, Any], *, by: Person, at: datetime
) -> StudyRecommendation:
    """Add or change a recommendation until the results are presented. Raises RefusedChange, by field."""
    study = unreported(recommendation.study)
    if study.state == Study.State.PLANNED:
        raise RefusedChange({"": _("Start undersøgelsen, før du skriver anbefalinger.")})
    return changes.save(recommendation, {**mask_texts(values), "study": study}, by=by, at=at)


@transaction.atomic
def remove_recommendation(recommendation: StudyRecommendation, *, by: Person, at: datetime) -> None:
    unreported(recommendation.study)
    before = {"text": recommendation.text}
    trail.record(by=by, at=at, action="studyrecommendation.remove", target=recommendation, before=before)
    recommendation.delete()


@transaction.atomic
def decide(
    recommendation: StudyRecommendation, values: Mapping[str, Any], *, by: Person, at: datetime
) -> StudyRecommendation:
    """What is decided about a recommendation that has been presented. A project needs whoever decides for the unit;
    of the rest, whoever leads the study decides too (R-211). Raises RefusedChange, by field.
    """
    study = unclosed(recommendation.study)
    if study.state not in (Study.State.REPORTED, Study.State.DECIDED):
        raise RefusedChange({"": _("Fremlæg resultaterne, før der besluttes noget.")})
    may = rights.may_decide(by, study.unit)
    if not may and (recommendation.way == StudyRecommendation.Way.PROJECT or not rights.may_lead(by, study)):
        raise RefusedChange({"": _("Et projekt skal godkendes af den, der beslutter for enheden.")})
    if recommendation.done_on is not None:
        raise RefusedChange({"": _("Anbefalingen er gennemført. Beslutningen kan ikke ændres mere.")})
    if values["verdict"] == StudyRecommendation.Verdict.REJECTED and not values.get("because"):
        raise RefusedChange({"because": _("Skriv, hvorfor anbefalingen ikke skal gennemføres.")})
    return changes.save(recommendation, {**mask_texts(values), "decided_by": by, "decided_at": at}, by=by, at=at)


@transaction.atomic
def follow_up(
    recommendation: StudyRecommendation, values: Mapping[str, Any], *, by: Person, at: datetime
) -> StudyRecommendation:
    """What came of an accepted recommendation, with what was measured before and after. Raises RefusedChange, by
    field, and without either a measured effect or words about it."""
    unclosed(recommendation.study)
    if recommendation.verdict != StudyRecommendation.Verdict.ACCEPTED:
        raise RefusedChange({"": _("Kun det, der skal gennemføres, følges op.")})
    has_effect = values.get("measured_before") is not None and values.get("measured_after") is not None
    if has_effect and not values.get("measured"):
        raise RefusedChange({"measured": _("Skriv, hvad der er målt.")})
    if not has_effect and not values.get("result"):
        raise RefusedChange({"result": _("Skriv, hvad der kom ud af det, eller hvad der er målt før og efter.")})
    return changes.save(recommendation, mask_texts(values), by=by, at=at)
