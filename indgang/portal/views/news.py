"""News, and the feeds of news and changed articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.knowledge import markdown
from indgang.portal import access
from indgang.portal.access import Piece
from indgang.portal.pages import address, language, page, show

ENTRIES = 30


@page()
def news(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/news.html", {"news": access.news(language(), clock.now())})


@page()
def news_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece of news with its date, also after it has expired."""
    at, spoken = clock.now(), language()
    piece = access.one_news(pk, spoken, at)
    slugs = access.public_slugs(markdown.articles_in(piece.text), at)
    text = markdown.render(
        piece.text, link_to_article=lambda slug: address(request, "article", slug) if slug in slugs else ""
    )
    context = {"piece": piece, "text": text, "old": piece.news.shown_until <= at}
    return show(request, "portal/news_item.html", context)


@page(seconds=300)
def feed(request: HttpRequest, code: str = "") -> HttpResponse:
    """An Atom feed of news and changed articles, for everything or for one subject, newest first."""
    at, spoken = clock.now(), language()
    service = access.service(code, at) if code else None
    entries = [*_news_entries(request, spoken, at, service), *_answer_entries(request, spoken, at, service)]
    entries.sort(key=lambda each: each.at, reverse=True)
    here = request.build_absolute_uri()
    subject = access.name_of(service, spoken) if service else _("Nyt fra kommunen")
    feed = Atom1Feed(
        title=subject,
        link=request.build_absolute_uri(address(request, *(("subject", code) if code else ("front",)))),
        description="",
        language=spoken,
        feed_url=here,
        feed_guid=here,
        author_name=access.site(spoken).name,
    )
    for entry in entries[:ENTRIES]:
        # the feed declares the summary as HTML, so the text must be escaped
        summary = linebreaksbr(escape(entry.text))
        # a new version of an article remains the same entry, so the entry's id is the article's address
        feed.add_item(entry.title, entry.link, summary, updateddate=entry.at, unique_id=entry.link)
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@dataclass(frozen=True, slots=True)
class NewsEntry:
    title: str
    link: str
    text: str
    at: datetime


def _news_entries(request: HttpRequest, spoken: str, at: datetime, service: Service | None) -> list[NewsEntry]:
    pieces: list[Piece] = access.news(spoken, at, [service.pk] if service else None)
    return [
        NewsEntry(
            piece.title,
            request.build_absolute_uri(address(request, "news-item", piece.news.pk)),
            markdown.plain(piece.text),
            piece.news.shown_from,
        )
        for piece in pieces
    ]


def _answer_entries(request: HttpRequest, spoken: str, at: datetime, service: Service | None) -> list[NewsEntry]:
    return [
        NewsEntry(
            version.title,
            request.build_absolute_uri(address(request, "article", version.article.slug)),
            markdown.plain(version.short),
            version.published_from or at,
        )
        for version in access.newest(spoken, at, ENTRIES, service)
    ]
