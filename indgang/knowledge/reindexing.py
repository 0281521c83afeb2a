"""Rebuilds the search index when it no longer matches its sources."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from indgang.knowledge import guide_versions
from indgang.knowledge.models import GuideVersion, SearchDocument
from indgang.knowledge.search import following, index, sources


def reindex() -> int:
    """Rebuild all entries except earlier answers, and count the words again. Returns the number of documents.

    Popularity is kept. Takes about two seconds per thousand articles.
    """
    with transaction.atomic():
        for kind in sources.KINDS:
            following.refresh_kind(kind)
        index.replace_all("guide", _guides())
        index.recount()
        return SearchDocument.objects.count()


def bring_up_to_date() -> int:
    """Rebuild the index after an upgrade if its format is older. Returns the number of documents, 0 when nothing was
    done."""
    if not index.is_of_an_earlier_format():
        return 0
    with transaction.atomic():
        index.one_writer()
        return reindex() if index.is_of_an_earlier_format() else 0


def _guides() -> Iterator[index.IndexEntry]:
    published = GuideVersion.objects.filter(published_at__isnull=False, guide__withdrawn_at__isnull=True)
    newest = published.order_by("guide_id", "language", "-number").distinct("guide_id", "language")
    for version in newest.select_related("guide__unit", "guide__service"):
        assert version.published_at is not None
        yield guide_versions.search_entry(version, at=version.published_at)
