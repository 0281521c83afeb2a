"""Brings the search index up to date with its sources: after an upgrade, and when the catalogue has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from indgang.catalogue.models import DirectoryEntry, Service, Unit
from indgang.knowledge import guide_versions
from indgang.knowledge.models import Article, Guide, GuideVersion, SearchDocument
from indgang.knowledge.search import following, index, sources

#: documents that are written in the transaction of a change, in about a second; more are left to the worker
MOST_AT_ONCE = 1000
#: the worker's job (indgang.config.jobs)
TASK = "config.refresh_search"


def reindex() -> int:
    """Rebuild all entries except earlier answers, and count the words again. Returns the number of documents.

    Popularity is kept. Takes about two seconds per thousand articles.
    """
    with transaction.atomic():
        for kind in (*sources.KINDS, "guide"):
            refresh_kind(kind)
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


def refresh_kind(kind: str) -> None:
    """Rebuild the entries of a kind of `sources.KINDS`, or of guides."""
    if kind == "guide":
        index.replace_all("guide", _guides(Guide.objects.all()))
    else:
        following.refresh_kind(kind)


def follow(rows: Sequence[models.Model]) -> None:
    """Take changed rows of the catalogue into the index, with whatever names them. Belongs in the transaction of the
    change. Of more than `MOST_AT_ONCE` documents the worker takes care as soon as the change is there."""
    keys = {kind: found for kind, found in _concerned(rows).items() if found}
    if sum(len(found) for found in keys.values()) > MOST_AT_ONCE:
        kinds: list[Any] = sorted(keys)
        app.configure_task(TASK, queue="routines").defer(kinds=kinds)
        return
    for kind, found in keys.items():
        index.replace_many(kind, found, _ENTRIES[kind](found))


# --- What a change concerns ------------------------------------------------------------------------


def _concerned(rows: Sequence[models.Model]) -> dict[str, set[str]]:
    """The keys of the documents that these rows concern, by kind: their own, and those of whatever names them."""
    units = [row for row in rows if isinstance(row, Unit)]
    services = [row for row in rows if isinstance(row, Service)]
    entries = [row for row in rows if isinstance(row, DirectoryEntry)]
    moved = _moved(units) if units else {}
    of_services = Q(service__in=services)
    return {
        "unit": {unit.code for unit in units},
        "service": {service.code for service in services} | _named(Service.objects.filter(unit__in=units), "code"),
        "person": {str(entry.pk) for entry in entries}
        | _named(DirectoryEntry.objects.filter(Q(unit__in=units) | Q(services__in=services)), "pk")
        | moved.get("person", set()),
        "article": _named(Article.objects.filter(of_services), "slug") | moved.get("article", set()),
        "guide": _named(Guide.objects.filter(of_services), "slug") | moved.get("guide", set()),
    }


def _named(which: models.QuerySet[Any], key: str) -> set[str]:
    return {str(value) for value in which.values_list(key, flat=True)}


def _moved(units: Collection[Unit]) -> dict[str, set[str]]:
    """The keys of the documents whose unit lies elsewhere now, because it is one of these or below one of them."""
    paths = {unit.path for unit in units}
    below = [pk for pk, path in Unit.objects.values_list("pk", "path") if not paths.isdisjoint(_prefixes(path))]
    present = {
        "person": dict(DirectoryEntry.objects.filter(unit__in=below).values_list("pk", "unit__path")),
        "article": dict(Article.objects.filter(unit__in=below).values_list("slug", "unit__path")),
        "guide": dict(Guide.objects.filter(unit__in=below).values_list("slug", "unit__path")),
    }
    return {kind: _elsewhere(kind, {str(key): path for key, path in found.items()}) for kind, found in present.items()}


def _elsewhere(kind: str, present: Mapping[str, str]) -> set[str]:
    indexed = SearchDocument.objects.filter(kind=kind, key__in=present).values_list("key", "unit_path")
    return {key for key, path in indexed if path != present[key]}


def _prefixes(path: str) -> set[str]:
    """The paths of a unit and of all above it.

    >>> sorted(_prefixes("kk/tmf/"))
    ['kk/', 'kk/tmf/']
    """
    return {path[: place + 1] for place, each in enumerate(path) if each == "/"}


# --- Entries ---------------------------------------------------------------------------------------


def _guides(which: models.QuerySet[Guide]) -> Iterator[index.IndexEntry]:
    published = GuideVersion.objects.filter(
        published_at__isnull=False, guide__withdrawn_at__isnull=True, guide__in=which
    )
    newest = published.order_by("guide_id", "language", "-number").distinct("guide_id", "language")
    for version in newest.select_related("guide__unit", "guide__service"):
        assert version.published_at is not None
        yield guide_versions.search_entry(version, at=version.published_at)


_ENTRIES: Mapping[str, Callable[[Collection[str]], Iterator[index.IndexEntry]]] = {
    "unit": lambda keys: sources.units(Unit.objects.filter(code__in=keys)),
    "service": lambda keys: sources.services(Service.objects.filter(code__in=keys)),
    "person": lambda keys: sources.people(DirectoryEntry.objects.filter(pk__in=keys)),
    "article": lambda keys: sources.articles(Article.objects.filter(slug__in=keys)),
    "guide": lambda keys: _guides(Guide.objects.filter(slug__in=keys)),
}
