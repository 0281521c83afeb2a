"""Keeps the search index up to date: call these functions in the transaction that changes the data."""

from __future__ import annotations

from collections.abc import Collection

from indgang.knowledge.models import Article
from indgang.knowledge.search import index, sources


def refresh_article(article: Article) -> None:
    """Index the versions of the article that are in force or scheduled."""
    index.replace("article", article.slug, sources.article(article))


def refresh_articles(which: Collection[Article]) -> None:
    """Do the same for many articles at once."""
    entries = sources.articles(Article.objects.filter(pk__in=[each.pk for each in which]))
    index.replace_many("article", [each.slug for each in which], entries)


def refresh_services() -> None:
    refresh_kind("service")


def refresh_units() -> None:
    refresh_kind("unit")


def refresh_people() -> None:
    refresh_kind("person")


def refresh_kind(kind: str) -> None:
    """Rebuild one kind of `sources.KINDS`. Takes about two seconds per thousand articles."""
    index.replace_all(kind, sources.KINDS[kind]())
