"""The pages of a crowdsourcing session for its two leaders: the dashboard, live and afterwards, and the guide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.feedback.studies import costs, crowd
from indgang.feedback.studies import session as sessions
from indgang.feedback.studies.models import CrowdQuestion, Study
from indgang.office.access import part_of
from indgang.office.studies import access
from indgang.office.studies.access import STAFF
from indgang.office.studies.forms import CrowdQuestionForm
from indgang.office.studies.views import done_or_refused
from indgang.ui import downloads
from indgang.ui.pages import render_part_or_page
from indgang.ui.refusals import refusals_on_form

_PAGE = "office:crowd-session"


@require_GET
@requires(*STAFF)
def session(request: HttpRequest, pk: int) -> HttpResponse:
    return _session(request, access.session_to_lead(person_of(request), pk))


@require_GET
@requires(*STAFF)
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All answers as CSV, without anything about who gave them."""
    shown = access.session_to_lead(person_of(request), pk)
    return downloads.table(_columns(), _lines(sessions.board(shown)), f"session-{shown.pk}.csv")


@require_POST
@requires(*STAFF)
def beginning(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.session_to_lead(person_of(request), pk)
    return done_or_refused(request, pk, shown, crowd.begin, page=_PAGE)


@require_POST
@requires(*STAFF)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.session_to_lead(person_of(request), pk)
    return done_or_refused(request, pk, shown, crowd.end, page=_PAGE)


@require_POST
@requires(*STAFF)
def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """A new question in the guide, or one added on the way."""
    shown = access.session_to_lead(person_of(request), pk)
    form = CrowdQuestionForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            crowd.add_question(shown, form.cleaned_data, by=person_of(request), at=clock.now())
            return redirect(_PAGE, pk)
    return _session(request, shown, form, status=422)


@require_POST
@requires(*STAFF)
def question_removal(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    return _done(request, pk, question, crowd.remove_question)


@require_POST
@requires(*STAFF)
def question_opening(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    return _done(request, pk, question, crowd.open_question)


@require_POST
@requires(*STAFF)
def question_closing(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    return _done(request, pk, question, crowd.close_question)


def _done(request: HttpRequest, pk: int, question: int, action: Callable[..., object]) -> HttpResponse:
    shown = access.session_to_lead(person_of(request), pk)
    row: CrowdQuestion = part_of(shown.crowd_questions.select_related("study"), question)
    return done_or_refused(request, pk, row, action, page=_PAGE)


def _session(
    request: HttpRequest, shown: Study, form: CrowdQuestionForm | None = None, *, status: int = 200
) -> HttpResponse:
    board = sessions.board(shown)
    forms = [each.question.form for each in board.questions]
    seconds = costs.guide_seconds(forms.count("open"), forms.count("poll"))
    context: dict[str, Any] = {
        "study": shown, "board": board, "form": form or CrowdQuestionForm(), "guide_minutes": -(-seconds // 60),
        "planned_minutes": costs.SessionPrice().minutes, "scope": f"study-{shown.pk}",
        "is_on": shown.session_began_at is not None and shown.session_ended_at is None,
    }  # fmt: skip
    parts = {"session-board": "board"}
    return render_part_or_page(request, "office/studies/session.html", context, parts, status)


def _columns() -> list[str]:
    return [_("Spørgsmål"), _("Slags"), _("Svar"), _("For sent"), _("Stemmer"), _("Vurderinger"), _("Gennemsnit")]


def _lines(board: sessions.SessionBoard) -> Iterator[list[str]]:
    for each in board.questions:
        about = [each.question.text, str(each.question.get_form_display())]
        for option in each.options:
            yield [*about, option.text, "", str(option.votes), "", ""]
        for answer in each.texts:
            mean = "" if answer.mean is None else f"{answer.mean:.2f}".replace(".", ",")
            yield [*about, answer.text, _("ja") if answer.is_late else "", "", str(answer.ratings), mean]
