"""The sources of the index: articles, services, units and people, as entries.

`guide_versions` adds guides, and the package that owns earlier answers adds those (`index.put` with kind answer).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from typing import TypedDict

from django.db.models import QuerySet

from indgang.catalogue.models import DirectoryEntry, Service, Unit
from indgang.core.clock import COPENHAGEN
from indgang.core.text import shorten
from indgang.knowledge import markdown
from indgang.knowledge.models import Article, ArticleVersion, Audience
from indgang.knowledge.search.index import IndexEntry

#: characters of an article that a hit can show
_SHOWN = 1500
_HEADING = re.compile(r"^#{1,6}\s+(.*)$", re.MULTILINE)
_WHITESPACE = re.compile(r"\s+")


# --- articles --------------------------------------------------------------------------------------


def article(which: Article) -> list[IndexEntry]:
    """The entries of an article, in force and scheduled, in each language; none when it is withdrawn."""
    if which.withdrawn_at is not None:
        return []
    versions = which.versions.filter(state=ArticleVersion.State.PUBLISHED).order_by(
        "language", "published_from", "number"
    )
    return list(_versions(which, versions))


def _versions(which: Article, versions: Iterable[ArticleVersion]) -> Iterator[IndexEntry]:
    by_language: dict[str, list[ArticleVersion]] = {}
    for published in versions:
        by_language.setdefault(published.language, []).append(published)
    for each in by_language.values():
        for wording, following in zip(each, [*each[1:], None], strict=True):
            # a version that ended before the latest was created is history
            if following is None or _from(following) > max(_from(wording), *(other.changed_at for other in each)):
                yield version(which, wording, _from(following) if following else None)


def _from(version: ArticleVersion) -> datetime:
    assert version.published_from is not None  # a constraint of the table
    return version.published_from


def version(which: Article, wording: ArticleVersion, until: datetime | None) -> IndexEntry:
    """One version, shown until the next one takes its place."""
    short, body = _flat(markdown.plain(wording.short)), _flat(markdown.plain(wording.body))
    service = which.service
    headings = [*_HEADING.findall(wording.body), *_link_titles(wording)]
    if service:
        headings += [*_service_names(service, wording.language), service.keywords]
    return IndexEntry(
        kind="article",
        key=which.slug,
        language=wording.language,
        audience=which.audience,
        unit_path=which.unit.path,
        service=service,
        elsewhere=which.elsewhere,
        title=wording.title,
        text=shorten(f"{short} {body}", _SHOWN),
        fields={"A": "\n".join([wording.title, *wording.words]), "B": short, "C": "\n".join(headings), "D": body},
        shown_from=_from(wording),
        shown_until=until,
        updated_at=_from(wording),
    )


def _link_titles(version: ArticleVersion) -> list[str]:
    links = version.links if isinstance(version.links, list) else []
    return [str(link.get("title", "")) for link in links if isinstance(link, dict)]


def _flat(text: str) -> str:
    return _WHITESPACE.sub(" ", text).strip()


def articles(which: QuerySet[Article]) -> Iterator[IndexEntry]:
    """The same for many articles at once."""
    found = which.filter(withdrawn_at__isnull=True).select_related("unit", "service")
    for each in found.prefetch_related("versions").iterator(500):
        published = [version for version in each.versions.all() if version.state == ArticleVersion.State.PUBLISHED]
        yield from _versions(
            each, sorted(published, key=lambda version: (version.language, _from(version), version.number))
        )


# --- the catalogue ---------------------------------------------------------------------------------


def services(which: QuerySet[Service]) -> Iterator[IndexEntry]:
    for service in which.select_related("unit").prefetch_related("local_purposes"):
        for language in ("da", "en") if service.name_en else ("da",):
            unit = service.unit.name if service.unit else ""
            local = "\n".join(each.name for each in service.local_purposes.all())
            yield IndexEntry(
                kind="service",
                key=service.code,
                language=language,
                audience=Audience.EVERYONE,
                service=service,
                title=service.for_public(language),
                text=" · ".join([*_service_names(service, language)[1:], service.keywords]),
                fields={"A": "\n".join([*_service_names(service, language), service.keywords]), "C": unit, "D": local},
                **_period(service),
            )


def _service_names(service: Service, language: str) -> list[str]:
    """The public name of the service, and its name in the administration."""
    own = service.name_en if language == "en" and service.name_en else service.name
    return list(dict.fromkeys([service.for_public(language), own]))


def units(which: QuerySet[Unit]) -> Iterator[IndexEntry]:
    for unit in which:
        for language, name in (("da", unit.name), ("en", unit.name_en)):
            if name:
                yield IndexEntry(
                    kind="unit",
                    key=unit.code,
                    language=language,
                    audience=Audience.EVERYONE,
                    title=name,
                    text=" · ".join(each for each in (unit.phone, unit.email) if each),
                    fields={"A": name, "D": f"{unit.code} {unit.phone} {_local(unit.phone)} {unit.email}"},
                    **_period(unit),
                )


def people(which: QuerySet[DirectoryEntry]) -> Iterator[IndexEntry]:
    for person in which.select_related("unit").prefetch_related("services", "purposes"):
        linked = [each.name for each in (*person.services.all(), *person.purposes.all())]
        about = [person.title, person.unit.name, person.phone, person.email]
        numbers = f"{person.phone} {_local(person.phone)} {person.mobile} {_local(person.mobile)} {person.email}"
        yield IndexEntry(
            kind="person",
            key=str(person.pk),
            language="da",
            audience=Audience.STAFF,
            unit_path=person.unit.path,
            title=person.name,
            text=" · ".join(each for each in (*about, person.responsibilities, person.knows, *linked) if each),
            fields={
                "A": f"{person.name}\n{person.initials}",
                "B": "\n".join([person.title, person.responsibilities, person.knows, *linked]),
                "C": person.unit.name,
                "D": numbers,
            },
            **_period(person),
        )


def _local(number: str) -> str:
    """A Danish number without its country code, as people type it."""
    return number.removeprefix("+45").replace(" ", "")


class _Period(TypedDict):
    shown_from: datetime
    shown_until: datetime | None
    updated_at: datetime


def _period(dated: Service | Unit | DirectoryEntry) -> _Period:
    begins = _midnight(dated.valid_from)
    return {
        "shown_from": begins,
        "shown_until": _midnight(dated.valid_to) if dated.valid_to else None,
        "updated_at": begins,
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), COPENHAGEN)


KINDS: dict[str, Callable[[], Iterator[IndexEntry]]] = {
    "article": lambda: articles(Article.objects.all()), "service": lambda: services(Service.objects.all()),
    "unit": lambda: units(Unit.objects.all()), "person": lambda: people(DirectoryEntry.objects.all()),
}  # fmt: skip
