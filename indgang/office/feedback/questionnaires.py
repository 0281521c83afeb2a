"""Questionnaires: the list, the versions of one, its draft, and when the draft is asked by."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.feedback import questionnaires
from indgang.feedback.models import Questionnaire, QuestionnaireVersion
from indgang.feedback.presets import PRESETS
from indgang.office.feedback import access
from indgang.office.feedback.forms import QuestionnaireDraftForm, QuestionnairePublicationForm
from indgang.ui.refusals import refusals_on_form


@require_GET
@requires(access.SET)
def lists(request: HttpRequest) -> HttpResponse:
    rows = Questionnaire.objects.order_by("kind", "name")
    context = {"rows": rows, "has_all": {each.code for each in PRESETS} <= {each.code for each in rows}}
    return render(request, "office/feedback/questionnaires.html", context)


@require_POST
@requires(access.SET)
def presets(request: HttpRequest) -> HttpResponse:
    """Begin with the questionnaires that the product has. Those that exist stay as they are."""
    questionnaires.begin_with_all(by=person_of(request), at=clock.now())
    messages.success(request, _("Spørgeskemaerne er klar. Ingen bliver spurgt, før der er en regel."))
    return redirect("office:questionnaires")


@require_GET
@requires(access.SET)
def questionnaire(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, access.questionnaire(code), QuestionnairePublicationForm())


@require_http_methods(["GET", "POST"])
@requires(access.SET)
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The draft of the next version. Reading it makes none: it is made when it is saved."""
    row = access.questionnaire(code)
    latest = row.versions.order_by("-number").first() or QuestionnaireVersion(questionnaire=row)
    form = QuestionnaireDraftForm(request.POST or None, row=latest)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            questionnaires.save_draft(
                row, questions=form.questions(), by=person_of(request), at=clock.now(), **form.texts()
            )
            messages.success(request, _("Kladden er gemt. Den bruges først, når den er udgivet."))
            return redirect("office:questionnaire", code)
    context = {"form": form, "row": row, "version": latest}
    return render(request, "office/feedback/draft.html", context, status=422 if form.errors else 200)


@require_POST
@requires(access.SET)
def publication(request: HttpRequest, code: str) -> HttpResponse:
    """Ask by the draft from a day on."""
    row = access.questionnaire(code)
    form = QuestionnairePublicationForm(request.POST)
    latest = row.versions.order_by("-number").first()
    if latest is not None and form.is_valid():
        with refusals_on_form(form):
            questionnaires.publish(
                latest, valid_from=form.cleaned_data["valid_from"], by=person_of(request), at=clock.now()
            )
            messages.success(request, _("Versionen er udgivet."))
            return redirect("office:questionnaire", code)
    return _page(request, row, form)


def _page(request: HttpRequest, row: Questionnaire, form: QuestionnairePublicationForm) -> HttpResponse:
    versions = list(row.versions.prefetch_related("questions").order_by("-number"))
    context = {"row": row, "versions": versions, "form": form, "today": clock.today()}
    return render(request, "office/feedback/questionnaire.html", context, status=422 if form.errors else 200)
