"""The inbox: approvals, proposals, tasks and reviews."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core import clock, text
from indgang.core.refusals import RefusedChange
from indgang.knowledge import articles, reviews, tasks, versions
from indgang.knowledge.models import ArticleVersion, Language, Task
from indgang.office.knowledge import access
from indgang.office.knowledge.forms import ApprovalForm, OutcomeForm, RejectionForm, StartArticleForm, TaskPlaceForm
from indgang.office.knowledge.pages import differing_fields
from indgang.ui.pages import render_part_or_page
from indgang.ui.refusals import refusals_on_form

PER_PAGE = 40


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def inbox(request: HttpRequest) -> HttpResponse:
    """One list at a time (`show`), with the sizes of all."""
    person = person_of(request)
    heaps, guides = _heaps(person), list(access.guides_to_approve(person))
    shown = request.GET.get("show", "")
    if shown not in heaps:
        shown = next((name for name, rows in heaps.items() if rows.exists()), "approvals" if guides else "tasks")
    rows = heaps[shown]
    if shown == "tasks" and request.GET.get("done"):
        rows = access.tasks(person).filter(done_at__isnull=False).order_by("-done_at")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "shown": shown,
        "sizes": {name: each.count() + len(guides) * (name == "approvals") for name, each in heaps.items()},
        "page": page,
        "done": bool(request.GET.get("done")),
        "titles": _titles(shown, page.object_list),
        "guides": guides if shown == "approvals" else [],
        "scopes": [f"person-{person.pk}"],
    }
    return render_part_or_page(request, "office/knowledge/inbox.html", context, {"inbox": "inbox"})


def _heaps(person: Person) -> dict[str, Any]:
    mine = access.articles_seen(person).filter(unit__in=access.units_edited(person)).values("pk")
    return {
        "tasks": access.tasks(person).filter(done_at=None).exclude(kind=Task.Kind.PROPOSAL).order_by("-raised_at"),
        "approvals": access.to_approve(person),
        "proposals": access.proposals(person),
        "reviews": reviews.due(clock.today()).filter(pk__in=mine),
    }


def _titles(shown: str, rows: Any) -> dict[int, str]:
    """Titles of the articles in a list, by id."""
    if shown == "tasks":
        about = [task.article for task in rows if task.article]
    else:
        about = list(rows) if shown == "reviews" else []
    said = articles.versions_for(about, language=Language.DANISH, at=clock.now())
    return {pk: version.title for pk, version in said.items()}


# --- Approving ---------------------------------------------------------------------------------


@require_GET
@requires(P.APPROVE_KNOWLEDGE)
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    """A version that waits for approval, with its changes."""
    return _approval_page(request, access.version_to_approve(person_of(request), pk))


@require_POST
@requires(P.APPROVE_KNOWLEDGE)
def approval_yes(request: HttpRequest, pk: int) -> HttpResponseBase:
    waiting = access.version_to_approve(person_of(request), pk)
    form = ApprovalForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with refusals_on_form(form):
            out = versions.approve(
                waiting, publish_from=data["publish_from"], note=data["note"], by=person_of(request), at=clock.now()
            )
            messages.success(request, _("Godkendt og udgivet: “%(title)s”.") % {"title": out.title})
            return redirect("office:knowledge-inbox")
    return _approval_page(request, waiting, status=422, approval_form=form)


@require_POST
@requires(P.APPROVE_KNOWLEDGE)
def approval_no(request: HttpRequest, pk: int) -> HttpResponseBase:
    waiting = access.version_to_approve(person_of(request), pk)
    form = RejectionForm(request.POST, auto_id="rejection_%s")
    if form.is_valid():
        with refusals_on_form(form):
            versions.reject(waiting, note=form.cleaned_data["note"], by=person_of(request), at=clock.now())
            messages.success(request, _("Sendt tilbage til den, der har skrevet, med din begrundelse."))
            return redirect("office:knowledge-inbox")
    return _approval_page(request, waiting, status=422, rejection_form=form)


def _approval_page(request: HttpRequest, waiting: ArticleVersion, *, status: int = 200, **more: Any) -> HttpResponse:
    base = versions.base_of(waiting)
    context = {
        "version": waiting,
        "article": waiting.article,
        "base": base,
        "fields": differing_fields(base, waiting),
        "size": versions.change_size(waiting),
        "may_approve": versions.may_approve(waiting, person_of(request), on=clock.today()),
        "approval_form": ApprovalForm(initial={"publish_from": waiting.published_from}),
        "rejection_form": RejectionForm(auto_id="rejection_%s"),
        **more,
    }
    return render(request, "office/knowledge/approval.html", context, status=status)


# --- Proposals ---------------------------------------------------------------------------------


@require_GET
@requires(P.EDIT_KNOWLEDGE)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    return _proposal_page(request, access.proposal_for(person_of(request), pk), RejectionForm())


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def proposal_taken(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Turn the proposal into the draft and continue editing."""
    proposed = access.proposal_for(person_of(request), pk)
    try:
        versions.take_up(proposed, by=person_of(request), at=clock.now())
        return redirect("office:article-draft", proposed.article.slug, proposed.language)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("office:proposal", pk)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def proposal_declined(request: HttpRequest, pk: int) -> HttpResponseBase:
    proposed = access.proposal_for(person_of(request), pk)
    form = RejectionForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            versions.reject(proposed, note=form.cleaned_data["note"], by=person_of(request), at=clock.now())
            messages.success(request, _("Forslaget er afvist med din begrundelse."))
            return redirect("office:knowledge-inbox")
    return _proposal_page(request, proposed, form, status=422)


def _proposal_page(
    request: HttpRequest, proposed: ArticleVersion, form: RejectionForm, status: int = 200
) -> HttpResponse:
    base = versions.base_of(proposed)
    context = {
        "version": proposed,
        "article": proposed.article,
        "base": base,
        "fields": differing_fields(base, proposed),
        "open": versions.open_of(proposed.article, proposed.language),
        "rejection_form": form,
    }
    return render(request, "office/knowledge/proposal.html", context, status=status)


# --- Tasks -------------------------------------------------------------------------------------


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def task(request: HttpRequest, pk: int) -> HttpResponse:
    return _task_page(request, access.task_for(person_of(request), pk))


@require_POST
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def task_outcome(request: HttpRequest, pk: int) -> HttpResponseBase:
    shown = access.task_for(person_of(request), pk)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            tasks.done(shown, outcome=form.cleaned_data["outcome"], by=person_of(request), at=clock.now())
            messages.success(request, _("Opgaven er løst."))
            return redirect("office:knowledge-inbox")
    return _task_page(request, shown, status=422, outcome_form=form)


@require_POST
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def task_place(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Assign the task to the unit or person responsible for the subject."""
    shown = access.task_for(person_of(request), pk)
    form = _place_form(shown, request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            tasks.place(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Opgaven er givet videre."))
            return redirect("office:knowledge-inbox")
    return _task_page(request, shown, status=422, place_form=form)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def task_article(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Create the missing article, with the question in it."""
    shown = access.task_to_write(person_of(request), pk)
    form = StartArticleForm(request.POST)
    if form.is_valid():
        title = form.cleaned_data["title"]
        with refusals_on_form(form, slug="title"):
            made = articles.begin_for_task(
                shown, slug=text.slug(title, 110), title=title, by=person_of(request), at=clock.now()
            )
            return redirect("office:article-draft", made.article.slug, made.language)
    return _task_page(request, shown, status=422, start_form=form)


def _task_page(request: HttpRequest, shown: Task, *, status: int = 200, **more: Any) -> HttpResponse:
    person = person_of(request)
    title = _article_title(shown)
    context = {
        "task": shown,
        "title": title,
        "may_edit_article": shown.article is not None and access.may_edit(person, shown.article),
        "may_write": access.may_write(person, shown),
        "outcome_form": OutcomeForm(),
        "place_form": _place_form(shown),
        "start_form": StartArticleForm(initial={"title": text.shorten(shown.question, 150) if shown.question else ""}),
        **more,
    }
    return render(request, "office/knowledge/task.html", context, status=status)


def _place_form(shown: Task, data: QueryDict | None = None) -> TaskPlaceForm:
    return TaskPlaceForm(data, initial={"unit": access.unit_of(shown), "owner": shown.owner})


def _article_title(shown: Task) -> str:
    """The title of the article that a task is about."""
    if shown.article is None:
        return ""
    said = articles.version_for(shown.article, language=Language.DANISH, at=clock.now())
    return said.title if said else shown.article.slug
