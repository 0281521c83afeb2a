"""The pages of a study: the list, its plan, team, participants and states."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.feedback.studies import planning, progress, results, rights
from indgang.feedback.studies.costs import SPRINTS
from indgang.feedback.studies.models import Study, StudyParticipant
from indgang.feedback.studies.states import NEXT
from indgang.office.access import part_of
from indgang.office.studies import access
from indgang.office.studies.access import STAFF
from indgang.office.studies.forms import (
    StudyFilter,
    StudyForm,
    StudyMemberForm,
    StudyParticipantForm,
    StudyStateForm,
    TestTaskForm,
)
from indgang.office.studies.invitations import address_of
from indgang.ui.refusals import refusals_as_messages, refusals_on_form

#: the sprint of a study that is no journey sprint
_OTHER_SPRINTS = {Study.Kind.USER_TEST: "test_week"}


@require_GET
@requires(*STAFF)
def studies(request: HttpRequest) -> HttpResponse:
    person, form = person_of(request), StudyFilter(request.GET)
    rows = access.studies_seen(person)
    if form.is_valid():
        rows = rows.filter(**{name: value for name, value in form.cleaned_data.items() if value})
    may_plan = rights.units_to_plan(person).exists()
    return render(request, "office/studies/studies.html", {"rows": rows, "form": form, "may_plan": may_plan})


@require_http_methods(["GET", "POST"])
@requires(*rights.PLANNERS)
def new(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    service = access.services_to_study(person).filter(code=request.GET.get("service", "")).first()
    first = {"kind": request.GET.get("kind", ""), "service": service}
    form = StudyForm(request.POST or None, person=person, first=first)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = planning.plan(form.cleaned_data, by=person, at=clock.now())
            return redirect("office:study", made.pk)
    context = {"form": form, "heading": _("Ny undersøgelse"), "back": reverse("office:studies")}
    return render(request, "office/studies/form.html", context, status=422 if form.errors else 200)


@require_GET
@requires(*STAFF)
def study(request: HttpRequest, pk: int) -> HttpResponse:
    return _study(request, access.study_for(person_of(request), pk))


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    person, shown = person_of(request), access.study_to_lead(person_of(request), pk)
    form = StudyForm(request.POST or None, person=person, study=shown)
    return saved_or_form(request, shown, form, _("Ret planen"), partial(planning.change, shown))


@require_POST
@requires(*STAFF)
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """The next state."""
    shown = access.study_to_lead(person_of(request), pk)
    form = StudyStateForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            progress.move(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            return redirect("office:study", pk)
    return _study(request, shown, status=422, state_form=form)


@require_POST
@requires(*STAFF)
def team(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.study_to_lead(person_of(request), pk)
    form = StudyMemberForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            planning.add_member(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            return redirect("office:study", pk)
    return _study(request, shown, status=422, member_form=form)


@require_POST
@requires(*STAFF)
def member_removal(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    shown = access.study_to_lead(person_of(request), pk)
    row = part_of(shown.team.select_related("study", "person"), member)
    with refusals_as_messages(request):
        planning.remove_member(row, by=person_of(request), at=clock.now())
    still_seen = access.studies_seen(person_of(request)).filter(pk=pk).exists()
    return redirect("office:study", pk) if still_seen else redirect("office:studies")


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def participant_new(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.study_to_lead(person_of(request), pk)
    form = StudyParticipantForm(request.POST or None, study=shown)
    return saved_or_form(request, shown, form, _("Ny deltager"), partial(planning.add_participant, shown))


@require_http_methods(["GET", "POST"])
@requires(*STAFF)
def participant(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    shown, row = _participant(request, pk, participant)
    form = StudyParticipantForm(request.POST or None, study=shown, participant=row)
    return saved_or_form(request, shown, form, row.trail_label, partial(planning.change_participant, row))


@require_POST
@requires(*STAFF)
def participant_removal(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    """Delete a participant with what they wrote."""
    _shown, row = _participant(request, pk, participant)
    planning.remove_participant(row, by=person_of(request), at=clock.now())
    messages.success(request, _("Deltageren og det, deltageren har skrevet, er slettet."))
    return redirect("office:study", pk)


@require_POST
@requires(*STAFF)
def participant_mail(request: HttpRequest, pk: int, participant: int) -> HttpResponse:
    """Mail the personal link."""
    _shown, row = _participant(request, pk, participant)
    with refusals_as_messages(request):
        planning.mail_link(row, address_of(row), by=person_of(request), at=clock.now())
        messages.success(request, _("Linket er sendt."))
    return redirect("office:study", pk)


def _participant(request: HttpRequest, pk: int, participant: int) -> tuple[Study, StudyParticipant]:
    shown = access.study_to_lead(person_of(request), pk)
    return shown, part_of(shown.participants.select_related("study"), participant)


def saved_or_form(
    request: HttpRequest, shown: Study, form: Any, heading: str, action: Callable[..., object]
) -> HttpResponse:
    """The study, after `action(values, by=, at=)`; or the form on a page of its own, with what is wrong."""
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            values = form.values if isinstance(form, StudyParticipantForm) else form.cleaned_data
            action(values, by=person_of(request), at=clock.now())
            return redirect("office:study", shown.pk)
    context = {"form": form, "heading": heading, "back": reverse("office:study", args=[shown.pk]), "study": shown}
    return render(request, "office/studies/form.html", context, status=422 if form.errors else 200)


def done_or_refused(
    request: HttpRequest, pk: int, row: Model, action: Callable[..., object], *, page: str = "office:study"
) -> HttpResponse:
    """The page of the study, after `action(row, by=, at=)` or with why it was refused."""
    with refusals_as_messages(request):
        action(row, by=person_of(request), at=clock.now())
    return redirect(page, pk)


def _study(request: HttpRequest, shown: Study, *, status: int = 200, **more: Any) -> HttpResponse:
    person = person_of(request)
    leads = rights.may_lead(person, shown)
    people = list(shown.participants.all()) if leads else []
    is_session = shown.kind == Study.Kind.CROWDSOURCING
    context = {
        "study": shown, "leads": leads, "decides": rights.may_decide(person, shown.unit),
        "steps": shown.steps.select_related("taken_by"), "team": shown.team.select_related("person"),
        "people": [(each, address_of(each) if is_session else "") for each in people],
        "people_count": len(people) or shown.participants.count(), "is_session": is_session,
        "findings": shown.findings.all(), "tasks": results.task_results(shown),
        "recommendations": shown.recommendations.select_related("responsible", "decided_by"),
        "sprint": SPRINTS.get(shown.sprint or _OTHER_SPRINTS.get(Study.Kind(shown.kind), "")),
        "next": _next(shown), "may_write": leads and shown.state == Study.State.RUNNING,
        "may_plan": leads and shown.state in (Study.State.PLANNED, Study.State.RUNNING),
        "may_change": leads and not shown.is_over,
        "member_form": StudyMemberForm(), "task_form": TestTaskForm(), "state_form": StudyStateForm(),
    }  # fmt: skip
    return render(request, "office/studies/study.html", context | more, status=status)


def _next(shown: Study) -> list[tuple[str, str, list[str]]]:
    """The states that can follow: code, what the button says, and what is missing."""
    buttons = {
        "running": _("Start undersøgelsen"), "reported": _("Fremlæg resultaterne"),
        "decided": _("Afslut beslutningen"), "closed": _("Afslut opfølgningen"), "cancelled": _("Aflys"),
    }  # fmt: skip
    return [(to, buttons[to], progress.missing(shown, to)) for to in NEXT[shown.state]]
