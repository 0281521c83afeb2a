"""Actions on knowledge from where it is read: use, mark, propose, and create from an answer."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods

from indgang.accounts.access import may
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.core import clock, text
from indgang.core.refusals import RefusedChange
from indgang.desk import access
from indgang.desk.forms import MarkForm, ProposalForm, ToArticleForm
from indgang.desk.lookup import Lookup
from indgang.desk.reading import Reading
from indgang.desk.views.knowledge import language, read, show
from indgang.enquiries import knowledge_use
from indgang.knowledge import tasks, versions
from indgang.knowledge.models import Article, ArticleVersion, Task
from indgang.ui.refusals import show_refusal


@require_http_methods(["POST", "DELETE"])
@requires(Permission.REGISTER_ENQUIRIES)
def use(request: HttpRequest, pk: UUID, slug: str) -> HttpResponse:
    """Record that the answer came from the article, or that it did not."""
    enquiry, by, at = access.enquiry_for(request, pk), person_of(request), clock.now()
    on = request.method == "POST"
    version = access.shown_version(request, enquiry, slug, request.GET.get("version", ""), language(), at)
    knowledge_use.used(enquiry, version, on=on, by=by, at=at)
    reading = Reading(version.article, version, reader=by, at=at, enquiry=enquiry)
    response = show(
        request, "desk/knowledge_article.html", {"reading": reading, "lookup": Lookup.of(request), "just": "used"}
    )
    return _told(response, "used", _for_sheet(reading, on))


@require_http_methods(["GET", "POST"])
@requires(Permission.PROPOSE_KNOWLEDGE)
def marks(request: HttpRequest) -> HttpResponse:
    """Report a missing or wrong answer; the only field is the question. The report goes to the subject's unit."""
    lookup = Lookup.of(request)
    sent = request.POST if request.method == "POST" else request.GET
    slug = sent.get("article", "")
    version = access.article(request, slug, language(), clock.now())[1] if slug else None
    context: dict[str, Any] = {"lookup": lookup, "version": version, "kind": _kind(sent.get("kind", ""))}
    if request.method == "GET":
        said = {"question": lookup.asked[: tasks.MOST_QUESTION], "kind": context["kind"]}
        form = MarkForm(initial=said, kind=context["kind"])
        return show(request, "desk/knowledge_mark.html", {**context, "form": form})
    form = MarkForm(request.POST, kind=context["kind"])
    task = _raise(form, version, lookup, request) if form.is_valid() else None
    if task is None:
        return show(request, "desk/knowledge_mark.html", {**context, "form": form}, status=422)
    response = show(request, "desk/knowledge_mark.html", {**context, "task": task})
    if lookup.enquiry is None or task.kind != Task.Kind.MISSING:
        return response
    return _told(response, "missing", {"enquiry": str(lookup.enquiry.pk), "known": "no"})


def _raise(form: MarkForm, version: ArticleVersion | None, lookup: Lookup, request: HttpRequest) -> Task | None:
    by, at = person_of(request), clock.now()
    missing = form.cleaned_data["kind"] == Task.Kind.MISSING
    try:
        return tasks.raise_task(
            kind=form.cleaned_data["kind"], question=form.cleaned_data["question"],
            article=None if missing or version is None else version.article, version=None if missing else version,
            service=None if version is not None and not missing else lookup.service,
            unit=lookup.enquiry.queue.unit if lookup.enquiry and lookup.enquiry.queue and missing else None,
            enquiry=lookup.enquiry.pk if lookup.enquiry else None, by=by, at=at,
        )  # fmt: skip
    except RefusedChange as refused:
        show_refusal(form, refused)
        return None


@require_http_methods(["GET", "POST"])
@requires(Permission.PROPOSE_KNOWLEDGE)
def proposals(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose another wording to the owner."""
    reading = read(request, slug, Lookup.of(request))
    version = reading.version
    said = {"title": version.title, "short": version.short, "body": version.body}
    form = ProposalForm(request.POST or None, initial=said)
    context: dict[str, Any] = {"reading": reading, "form": form}
    if request.method == "GET" or not form.is_valid():
        return show(request, "desk/knowledge_proposal.html", context, 200 if request.method == "GET" else 422)
    try:
        made = versions.propose(
            reading.article, language=version.language, by=reading.reader, at=reading.at, **form.cleaned_data
        )
    except RefusedChange as refused:
        show_refusal(form, refused)
        return show(request, "desk/knowledge_proposal.html", context, status=422)
    return show(request, "desk/knowledge_proposal.html", {"reading": reading, "made": made})


@require_http_methods(["GET", "POST"])
@requires(Permission.PROPOSE_KNOWLEDGE)
def articles_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Create an article from this person's own answer."""
    question, by, at = access.own_question(request, pk), person_of(request), clock.now()
    asked = question.local_purpose.name if question.local_purpose else question.purpose.name
    title = text.shorten(f"{question.service.name}: {asked}", 200)
    form = ToArticleForm(request.POST or None, initial={"title": title})
    context: dict[str, Any] = {"question": question, "form": form}
    if request.method == "GET" or not form.is_valid():
        return show(request, "desk/knowledge_from_answer.html", context, 200 if request.method == "GET" else 422)
    try:
        draft = knowledge_use.make_article(question, title=form.cleaned_data["title"], by=by, at=at)
    except RefusedChange as refused:
        show_refusal(form, refused)
        return show(request, "desk/knowledge_from_answer.html", context, status=422)
    made = {"question": question, "draft": draft, "edit_url": _edit_url(draft.article, request)}
    return show(request, "desk/knowledge_from_answer.html", made)


def _edit_url(article: Article, request: HttpRequest) -> str:
    """The address of the editor, for people who may edit."""
    if not may(person_of(request), Permission.EDIT_KNOWLEDGE, article.unit):
        return ""
    try:
        return reverse("office:article-draft", args=[article.slug, "da"])
    except NoReverseMatch:
        return ""


def _for_sheet(reading: Reading, on: bool) -> dict[str, Any]:
    """Values that the open registration takes over for its empty fields."""
    told: dict[str, Any] = {"enquiry": str(reading.enquiry.pk) if reading.enquiry else "", "known": "yes" if on else ""}
    service = reading.article.service
    if on and service is not None:
        told["service"] = {"value": str(service.pk), "name": service.name}
        told["purpose"] = f"purpose:{reading.purpose.pk}" if reading.purpose else ""
    return told


def _told(response: HttpResponse, event: str, detail: dict[str, Any]) -> HttpResponse:
    response.headers["HX-Trigger"] = json.dumps({f"knowledge:{event}": detail})
    return response


def _kind(sent: str) -> Task.Kind:
    kinds = {kind.value: kind for kind in Task.Kind if kind != Task.Kind.PROPOSAL}
    return kinds.get(sent, Task.Kind.MISSING)
