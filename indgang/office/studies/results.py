"""The pages of what a study found: findings, outcomes of tasks, recommendations, decisions and effects."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.feedback.studies import results
from indgang.feedback.studies.models import Study, StudyFinding, StudyRecommendation, TestTask
from indgang.office.access import part_of
from indgang.office.studies import access
from indgang.office.studies.access import STAFF
from indgang.office.studies.forms import (
    RecommendationEffectForm,
    RecommendationVerdictForm,
    StudyFindingForm,
    StudyRecommendationForm,
    TestOutcomeForm,
    TestTaskForm,
)
from indgang.office.studies.views import done_or_refused, saved_or_form


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def finding_new(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.study_to_lead(person_of(request), pk)
    return _finding(request, shown, StudyFinding(study=shown))


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def finding(request: HttpRequest, pk: int, finding: int) -> HttpResponse:
    shown = access.study_to_lead(person_of(request), pk)
    return _finding(request, shown, part_of(shown.findings.select_related("study"), finding))


def _finding(request: HttpRequest, shown: Study, row: StudyFinding) -> HttpResponse:
    form = StudyFindingForm(request.POST or None, finding=row)
    heading = _("Ret resultatet") if row.pk else _("Nyt resultat")
    return saved_or_form(request, shown, form, heading, partial(results.save_finding, row))


@require_POST
@requires(*STAFF)
def finding_removal(request: HttpRequest, pk: int, finding: int) -> HttpResponse:
    shown = access.study_to_lead(person_of(request), pk)
    row = part_of(shown.findings.select_related("study"), finding)
    return done_or_refused(request, pk, row, results.remove_finding)


@require_POST
@requires(*STAFF)
def tasks(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.study_to_lead(person_of(request), pk)
    form = TestTaskForm(request.POST)
    return saved_or_form(request, shown, form, _("Ny opgave"), partial(results.add_task, shown))


@require_POST
@requires(*STAFF)
def task_removal(request: HttpRequest, pk: int, task: int) -> HttpResponse:
    return done_or_refused(request, pk, _task(request, pk, task), results.remove_task)


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def outcome(request: HttpRequest, pk: int, task: int) -> HttpResponse:
    row = _task(request, pk, task)
    form = TestOutcomeForm(request.POST or None, study=row.study)
    heading = _("Resultat af opgaven: %(task)s") % {"task": row.text}
    return saved_or_form(request, row.study, form, heading, partial(results.note_outcome, row))


def _task(request: HttpRequest, pk: int, task: int) -> TestTask:
    shown = access.study_to_lead(person_of(request), pk)
    return part_of(shown.tasks.select_related("study"), task)


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def recommendation_new(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.study_to_lead(person_of(request), pk)
    return _recommendation(request, shown, StudyRecommendation(study=shown))


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def recommendation(request: HttpRequest, pk: int, recommendation: int) -> HttpResponse:
    shown = access.study_to_lead(person_of(request), pk)
    return _recommendation(request, shown, _row(shown, recommendation))


def _recommendation(request: HttpRequest, shown: Study, row: StudyRecommendation) -> HttpResponse:
    form = StudyRecommendationForm(request.POST or None, recommendation=row)
    heading = _("Ret anbefalingen") if row.pk else _("Ny anbefaling")
    return saved_or_form(request, shown, form, heading, partial(results.save_recommendation, row))


@require_POST
@requires(*STAFF)
def recommendation_removal(request: HttpRequest, pk: int, recommendation: int) -> HttpResponse:
    row = _row(access.study_to_lead(person_of(request), pk), recommendation)
    return done_or_refused(request, pk, row, results.remove_recommendation)


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def verdict(request: HttpRequest, pk: int, recommendation: int) -> HttpResponse:
    """What is decided about a recommendation."""
    shown = access.study_to_lead(person_of(request), pk)
    row = _row(shown, recommendation)
    form = RecommendationVerdictForm(request.POST or None, recommendation=row)
    heading = _("Beslutning om: %(what)s") % {"what": row}
    return saved_or_form(request, shown, form, heading, partial(results.decide, row))


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def effect(request: HttpRequest, pk: int, recommendation: int) -> HttpResponse:
    """What came of a recommendation."""
    shown = access.study_to_lead(person_of(request), pk)
    row = _row(shown, recommendation)
    form = RecommendationEffectForm(request.POST or None, recommendation=row)
    heading = _("Effekt af: %(what)s") % {"what": row}
    return saved_or_form(request, shown, form, heading, partial(results.follow_up, row))


def _row(shown: Study, pk: int) -> StudyRecommendation:
    return part_of(shown.recommendations.select_related("study"), pk)
