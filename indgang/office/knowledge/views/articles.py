"""Articles: the list, one article with its facts, files and versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock, text
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.knowledge import articles, attachments, reviews, versions
from indgang.knowledge.models import Article, ArticleVersion, Language, is_overdue
from indgang.office.knowledge import access, lists
from indgang.office.knowledge.forms import (
    ArticleFactsForm,
    ArticleFilter,
    AttachmentForm,
    NewArticleForm,
    WithdrawalForm,
)
from indgang.office.knowledge.pages import differing_fields
from indgang.ui.pages import render_part_or_page
from indgang.ui.refusals import refusals_as_messages, refusals_on_form

PER_PAGE = 50


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def article_list(request: HttpRequest) -> HttpResponse:
    """Articles that match the filters; the list updates while the person types."""
    person = person_of(request)
    described = lists.described(access.articles_seen(person), clock.now(), clock.today())
    form = ArticleFilter(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    found = lists.filtered(described, data, person).order_by("title", "slug")
    context = {
        "form": form,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "counts": lists.counts(described),
        "may_add": access.units_edited(person).exists(),
    }
    return render_part_or_page(request, "office/knowledge/articles.html", context, {"found": "found"})


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE)
def article_new(request: HttpRequest) -> HttpResponseBase:
    """Create an article with facts and heading; its text is written on the next page."""
    person, at = person_of(request), clock.now()
    initial = {"owner": person, "title": request.GET.get("title", "")[:200]}
    form = NewArticleForm(request.POST or None, units=access.units_edited(person), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on_form(form, slug="title"):
            made = articles.begin(slug=text.slug(data["title"], 110), **data, by=person, at=at).article
            return redirect("office:article-draft", made.slug, Language.DANISH)
    return render(request, "office/knowledge/article_new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def article(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, access.article_for(person_of(request), slug))


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def facts(request: HttpRequest, slug: str) -> HttpResponseBase:
    person = person_of(request)
    shown = access.article_edited(person, slug)
    form = ArticleFactsForm(request.POST, units=access.units_edited(person), article=shown)
    if form.is_valid():
        with refusals_on_form(form):
            articles.describe(shown, **form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Oplysningerne er gemt."))
            return redirect("office:article", slug)
        shown.refresh_from_db()
    return _page(request, shown, status=422, facts_form=form)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def confirmation(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Confirm that the article has been reviewed and is correct."""
    with refusals_as_messages(request):
        shown = reviews.confirm(access.article_edited(person_of(request), slug), by=person_of(request), at=clock.now())
        day = f"{shown.review_on:%d.%m.%Y}"
        messages.success(request, _("Artiklen er læst igennem. Næste gang er %(day)s.") % {"day": day})
    return redirect("office:article", slug)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def withdrawal(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Withdraw the article, or with `back` put it in force again."""
    person = person_of(request)
    shown = access.article_edited(person, slug)
    if request.POST.get("back"):
        with refusals_as_messages(request):
            waiting = articles.bring_back(shown, by=person, at=clock.now())
            said = _("Sendt til godkendelse: artiklen gælder igen, når den er godkendt.")
            messages.success(request, said if waiting else _("Artiklen gælder igen."))
        return redirect("office:article", slug)
    form = WithdrawalForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            articles.withdraw(shown, because=form.cleaned_data["because"], by=person, at=clock.now())
            messages.success(request, _("Artiklen er trukket tilbage og kan ikke findes mere."))
            return redirect("office:article", slug)
    return _page(request, shown, status=422, withdrawal_form=form)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def attachment_list(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Add a file."""
    shown = access.article_edited(person_of(request), slug)
    form = AttachmentForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["content"]
        with refusals_on_form(form, name="content"):
            attachments.refuse_size(file.size or 0)  # checked before the file is read into memory
            made = attachments.add(
                shown, name=file.name or "fil", content=file.read(),
                description=form.cleaned_data["description"], by=person_of(request), at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Filen “%(name)s” er lagt op. Link til den i teksten.") % {"name": made.name})
            return redirect("office:article", slug)
    return _page(request, shown, status=422, attachment_form=form)


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def attachment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The file as a download, so that nothing in it runs in our pages."""
    person = person_of(request)
    file = access.attachment_for(person, access.article_for(person, slug), pk)
    response = HttpResponse(bytes(file.content), content_type=file.kind)
    how = "inline" if file.kind.startswith("image/") else "attachment"
    response["Content-Disposition"] = f'{how}; filename="{file.name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def attachment_removal(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    person = person_of(request)
    file = access.attachment_for(person, access.article_edited(person, slug), pk)
    with refusals_as_messages(request):
        attachments.remove(file, by=person, at=clock.now())
        messages.success(request, _("Filen er fjernet."))
    return redirect("office:article", slug)


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def version(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """One version, and its differences from the previous or any other version in its language."""
    person = person_of(request)
    shown = access.article_for(person, slug)
    this = access.version_for(person, shown, language, number)
    others = list(access.versions_seen(person, shown).filter(language=language).exclude(pk=this.pk).order_by("-number"))
    against = whole_number(request.GET.get("against", ""))
    before = next((each for each in others if each.number < number), None)
    other = before if against is None else access.version_for(person, shown, language, against)
    context = {
        "article": shown,
        "version": this,
        "other": other,
        "others": others,
        "fields": differing_fields(other, this) if other else [],
    }
    return render(request, "office/knowledge/version.html", context)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def version_recall(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponseBase:
    """Take a version that waits for approval or for its day back into editing."""
    person = person_of(request)
    waiting = access.version_for(person, access.article_edited(person, slug), language, number)
    try:
        versions.take_back(waiting, by=person, at=clock.now())
        return redirect("office:article-draft", slug, language)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("office:article", slug)


# --- The page of an article --------------------------------------------------------------------


def _page(request: HttpRequest, shown: Article, *, status: int = 200, **more: Any) -> HttpResponse:
    person, at = person_of(request), clock.now()
    all_versions = list(access.versions_seen(person, shown).order_by("language", "-number"))
    context = {
        "article": shown,
        "wordings": [_in_language(shown, all_versions, code, str(name)) for code, name in Language.choices],
        "versions": all_versions,
        "title": _title(shown, all_versions),
        "is_overdue": is_overdue(shown, clock.today()) and any(each.published_from for each in all_versions),
        "may_edit": access.may_edit(person, shown),
        "may_approve": access.may_approve(person, shown),
        "use": lists.use_of(shown, at),
        "use_days": lists.USE_DAYS,
        "reader_indexes": lists.answers_of(shown, at),
        "broken_links": articles.broken_links(shown),
        "attachments": access.attachments_seen(person, shown),
        "open_tasks": access.tasks(person).filter(article=shown, done_at=None),
        "site_address": _site_address(shown),
        "facts_form": ArticleFactsForm(units=access.units_edited(person), article=shown),
        "attachment_form": AttachmentForm(),
        "withdrawal_form": WithdrawalForm(),
        **more,
    }
    return render(request, "office/knowledge/article.html", context, status=status)


def _in_language(shown: Article, all_versions: list[ArticleVersion], code: str, name: str) -> dict[str, Any]:
    """The version in force, the waiting one and the draft in one language."""
    at, state = clock.now(), ArticleVersion.State
    own = [each for each in all_versions if each.language == code]
    published = [each for each in own if each.state == state.PUBLISHED and each.published_from]
    holding = [each for each in published if each.published_from and each.published_from <= at]
    return {
        "code": code,
        "name": name,
        "current": max(holding, key=lambda each: (each.published_from, each.number), default=None),
        "waits": [each for each in published if each.published_from and each.published_from > at],
        "open": next((each for each in own if each.state in (state.DRAFT, state.IN_REVIEW)), None),
        "proposals": [each for each in own if each.state == state.PROPOSED],
    }


def _site_address(shown: Article) -> str:
    """The public URL of the article; "" when it is not public or there is no site."""
    if not articles.readable_by(None, at=clock.now()).filter(pk=shown.pk).exists():
        return ""
    try:
        return reverse("portal:article", args=[shown.slug])
    except NoReverseMatch:
        return ""


def _title(shown: Article, all_versions: list[ArticleVersion]) -> str:
    state = ArticleVersion.State
    kept = [each for each in all_versions if each.state not in (state.PROPOSED, state.REJECTED)] or all_versions
    published = [each for each in kept if each.state == state.PUBLISHED] or kept
    return published[0].title if published and published[0].title else shown.slug
