"""One article: the short answer first, then the next step, then the full answer; and the vote on whether it helped."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from indgang.accounts.gate import public
from indgang.core import clock
from indgang.feedback.models import SurveyKind
from indgang.knowledge import attachments, markdown
from indgang.knowledge.models import Article, ArticleVersion
from indgang.portal import access, opinions, votes
from indgang.portal.lines import lines_for
from indgang.portal.opinions import ARTICLE, AskedPage
from indgang.portal.pages import address, language, missing, page, protected, show
from indgang.portal.views.subjects import self_service

RELATED = 5
#: the fewest headings for a table of contents
CONTENTS_FROM = 3
_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_SHOWN_HERE = {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"}
_TAG = re.compile(r"<[^>]+>")


@page(live=True)
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """The article; 410 with replacements for a withdrawn one."""
    at, spoken = clock.now(), language()
    try:
        found = access.article(slug, at)
    except Http404:
        return _gone(request, slug)
    version = access.version(found, spoken, at)
    context = shown(request, found, version) | {
        "lines": lines_for(found.service, spoken, at=at),
        "opinion": opinions.below(request, _asked(found, version)),
        "thanked": request.GET.get("mening") == "tak",
    }
    return show(request, "portal/article.html", context)


def _asked(found: Article, version: ArticleVersion) -> AskedPage:
    named = f"{version.language}-{version.number}"
    return AskedPage(SurveyKind.ARTICLE, ARTICLE, found.slug, named, found.unit, found.service)


def shown(request: HttpRequest, found: Article, version: ArticleVersion) -> dict[str, Any]:
    """The content that the page and the box of an article share."""
    body, contents = _with_contents(rendered(request, found, version.body))
    return {
        "article": found,
        "version": version,
        "short": rendered(request, found, version.short),
        "body": body,
        "contents": contents if len(contents) >= CONTENTS_FROM else [],
        "doors": self_service([version]),
        "links": [link for link in version.links if link.get("kind") != "self_service"],
        "attachments": attachments.shown_with(version),
        "service_name": access.name_of(found.service, language()) if found.service else "",
        "related": _related(found),
        "token": votes.token(version),
        "said": request.GET.get("hjalp", "") if request.GET.get("hjalp") in ("ja", "nej") else "",
        "description": markdown.plain(version.short)[:160],
    }


def rendered(request: HttpRequest, found: Article, text: str) -> SafeString:
    """Article text as HTML; its links to other articles are in the language of the page."""
    public_slugs = set(markdown.articles_in(text))
    readable = access.public_slugs(public_slugs, clock.now()) if public_slugs else set()
    return markdown.render(
        text,
        link_to_article=lambda slug: address(request, "article", slug) if slug in readable else "",
        link_to_attachment=lambda name: address(request, "attachment", found.slug, name),
    )


@csrf_exempt  # without cookie and session a forged request can only add a vote; see votes
@public
@require_POST
def helped(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Record the vote and return to the page with thanks. A vote that does not count is thanked for too."""
    at, said = clock.now(), request.POST.get("helped", "")
    try:
        version = access.version(access.article(slug, at), language(), at)
    except Http404:
        return missing(request)
    ours = votes.is_ours(request) and votes.version_of(request.POST.get("token", "")) == version.pk
    if said in ("ja", "nej") and ours and votes.counts(request, version.pk):
        votes.count(version, helped=said == "ja", at=at)
    answer = redirect(f"{address(request, 'article', slug)}?hjalp={'ja' if said == 'ja' else 'nej'}#hjalp")
    answer.status_code = 303
    return protected(answer)


@public
@require_safe
def attachment(request: HttpRequest, slug: str, name: str) -> HttpResponseBase:
    """A file of an article. It never runs in our pages: only pictures and PDFs are shown, other files are downloads."""
    at = clock.now()
    try:
        found = access.file(access.article(slug, at), name, at)
    except Http404:
        found = None
    if found is None:
        return missing(request)
    response = HttpResponse(bytes(found.content), content_type=found.kind)
    how = "inline" if found.kind in _SHOWN_HERE else "attachment"
    response.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["ETag"] = f'"{found.digest}"'
    return response


def _related(found: Article) -> list[ArticleVersion]:
    if found.service is None:
        return []
    same = access.answers(language(), clock.now(), article__service=found.service)
    return [each for each in same if each.article_id != found.pk][:RELATED]


def _with_contents(html: SafeString) -> tuple[SafeString, list[tuple[str, str]]]:
    """The text with an id on each main heading, and (id, words) of each."""
    contents: list[tuple[str, str]] = []

    def mark(match: re.Match[str]) -> str:
        words = _TAG.sub("", match[1])
        identity = f"{slugify(words) or 'afsnit'}-{len(contents) + 1}"
        contents.append((identity, words))
        return f'<h2 id="{identity}">{match[1]}</h2>'

    marked = _HEADING.sub(mark, html)
    return mark_safe(marked), [(each, mark_safe(words)) for each, words in contents]  # noqa: S308  # escaped by markdown


def _gone(request: HttpRequest, slug: str) -> HttpResponse:
    at, spoken = clock.now(), language()
    last = access.withdrawn(slug, spoken, at)
    if last is None:
        raise Http404(escape(slug))
    related = access.successors(last, spoken, at)
    context = {"version": last, "article": last.article, "related": related}
    return show(request, "portal/gone.html", context, status=410)
