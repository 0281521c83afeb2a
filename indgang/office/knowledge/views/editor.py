"""Editing: the open draft of an article in one language, its preview, and its publication."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.knowledge import markdown, policy, versions, wording
from indgang.knowledge.models import Article, ArticleVersion, Language
from indgang.office.knowledge import access
from indgang.office.knowledge.forms import WordingForm
from indgang.office.knowledge.pages import differing_fields
from indgang.ui.refusals import refusals_as_messages, show_refusal

State = ArticleVersion.State


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def draft_begin(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    """Open a draft in the language, or return the existing one."""
    if language not in Language.values:
        raise Http404
    shown = access.article_edited(person_of(request), slug)
    versions.draft(shown, language=language, by=person_of(request), at=clock.now())
    return redirect("office:article-draft", slug, language)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE)
def draft(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    """Edit the draft; a POST saves it, and with `send` publishes it or sends it for approval."""
    shown = access.article_edited(person_of(request), slug)
    if request.method == "GET":
        version = access.open_draft(shown, language)
        return _page(request, version, WordingForm(version=version))
    # the draft may have been published or discarded during typing: the typed text then goes into a new draft
    version = versions.open_of(shown, language) or _another_draft(request, shown, language)
    form = _typed(request, version)
    if not form.is_valid():
        return _page(request, version, form, status=422)
    if request.POST.get("draft") != str(version.pk):
        return _conflict(request, version, form)
    try:
        saved = versions.save(
            version, **form.wording(), reason=form.cleaned_data["reason"], revision=form.cleaned_data["revision"],
            by=person_of(request), at=clock.now(),
        )  # fmt: skip
    except EditedMeanwhile as refusal:
        return _conflict(request, refusal.theirs, form)
    except RefusedChange as refusal:
        show_refusal(form, refusal, links="link_url_0")
        return _page(request, version, form, status=422)
    if "send" in request.POST:
        return _send(request, saved, form)
    messages.success(request, _("Kladden er gemt."))
    return redirect("office:article-draft", slug, language)


@own_transactions
@require_POST
@requires(P.EDIT_KNOWLEDGE)
def preview(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """A preview of the typed text, with what its publication requires. Nothing is saved."""
    shown = access.article_edited(person_of(request), slug)
    version = access.open_draft(shown, language)
    form = _typed(request, version)
    form.is_valid()
    typed = form.wording() if form.is_valid() else None
    return render(request, "office/knowledge/editor.html#preview", _previewed(version, typed))


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def draft_removal(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    """Discard the draft; it stays among the versions as rejected."""
    version = access.open_draft(access.article_edited(person_of(request), slug), language)
    with refusals_as_messages(request):
        versions.discard(version, by=person_of(request), at=clock.now())
        messages.success(request, _("Kladden er kasseret. Den kan stadig ses under Versioner."))
    return redirect("office:article", slug)


def _another_draft(request: HttpRequest, shown: Article, language: str) -> ArticleVersion:
    if language not in Language.values:
        raise Http404
    return versions.draft(shown, language=language, by=person_of(request), at=clock.now())


def _send(request: HttpRequest, saved: ArticleVersion, form: WordingForm) -> HttpResponseBase:
    article, person = saved.article, person_of(request)
    try:
        sent = versions.submit(saved, publish_from=form.cleaned_data["publish_from"], by=person, at=clock.now())
    except RefusedChange as refusal:
        # the typed text is saved; the form continues from it
        return _page(request, saved, _with_reasons(request, saved, refusal), status=422)
    if sent.state == State.IN_REVIEW:
        messages.success(request, _("Sendt til godkendelse. Det, der gælder nu, bliver stående imens."))
    elif sent.published_from and sent.published_from > clock.now():
        day = sent.published_from.astimezone(clock.COPENHAGEN)
        messages.success(request, _("Udgivet: gælder fra %(day)s.") % {"day": f"{day:%d.%m.%Y %H.%M}"})
    else:
        messages.success(request, _("Udgivet. Det gælder nu, på hjemmesiden og ved telefonen."))
    return redirect("office:article", article.slug)


def _with_reasons(request: HttpRequest, saved: ArticleVersion, refusal: RefusedChange) -> WordingForm:
    data = request.POST.copy()
    data["revision"] = str(saved.revision)
    form = WordingForm(data, rows=_rows(request), version=saved)
    form.is_valid()
    show_refusal(form, refusal, links="link_url_0")
    return form


def _conflict(request: HttpRequest, theirs: ArticleVersion, form: WordingForm) -> HttpResponse:
    """Both texts with their differences; sending the form again overwrites the other person's text."""
    mine = ArticleVersion(article=theirs.article, language=theirs.language, **form.wording())
    data = request.POST.copy()
    data["revision"] = str(theirs.revision)
    again = WordingForm(data, rows=_rows(request), version=theirs)
    again.is_valid()
    conflict = {"theirs": theirs, "fields": differing_fields(theirs, mine)}
    return _page(request, theirs, again, status=422, conflict=conflict)


def _typed(request: HttpRequest, version: ArticleVersion) -> WordingForm:
    return WordingForm(request.POST, rows=_rows(request), version=version)


def _rows(request: HttpRequest) -> int:
    return sum(1 for name in request.POST if name.startswith("link_url_"))


def _page(
    request: HttpRequest, version: ArticleVersion, form: WordingForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    typed = form.wording() if form.is_bound and form.is_valid() else wording.of(version).fields()
    context = {
        "article": version.article,
        "version": version,
        "form": form,
        "danish": _danish(version.article) if version.language != Language.DANISH else None,
        "is_waiting": version.state == State.IN_REVIEW,
        "short_most": wording.SHORT,
        **_previewed(version, typed),
        **more,
    }
    return render(request, "office/knowledge/editor.html", context, status=status)


def _previewed(version: ArticleVersion, typed: dict[str, Any] | None) -> dict[str, Any]:
    """The preview of a text: its rendering, the size of the change, and what its publication requires."""
    if typed is None or len(typed["body"]) > markdown.MOST_CHARACTERS:
        return {"too_long": True, "article": version.article, "version": version}
    unsaved = ArticleVersion(pk=version.pk, article=version.article, language=version.language, **typed)
    size = versions.change_size(unsaved)
    return {
        "article": version.article,
        "version": version,
        "typed": unsaved,
        "short_size": len(" ".join(typed["short"].split())),
        "short_most": wording.SHORT,
        "size": ngettext("%(n)s tegn er ændret", "%(n)s tegn er ændret", size) % {"n": size},
        "is_changed": size > 0,
        "since_approval": versions.small_edits_since_approval(unsaved),
        "needs_approval": versions.needs_approval(unsaved, on=clock.today()),
        "small": policy.on(clock.today()).small_edit_characters,
        "unknown_articles": _unknown(typed),
    }


def _unknown(typed: dict[str, Any]) -> list[str]:
    """Slugs that the text links to and that do not exist."""
    linked = {*markdown.articles_in(typed["short"]), *markdown.articles_in(typed["body"])}
    return sorted(linked - set(Article.objects.filter(slug__in=linked).values_list("slug", flat=True)))


def _danish(article: Article) -> ArticleVersion | None:
    """The Danish text beside the translation: the version in force, otherwise the draft."""
    danish = article.versions.filter(language=Language.DANISH)
    published = danish.filter(state=State.PUBLISHED).order_by("-published_from", "-number").first()
    return published or danish.filter(state__in=[State.DRAFT, State.IN_REVIEW]).first()
