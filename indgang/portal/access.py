"""Access to what everybody may read, as it is valid at a moment, in the reader's language."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.http import Http404

from indgang.catalogue import public_site
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core.clock import day_of
from indgang.core.text import sort_key, whole_number
from indgang.entry.models import Disturbance, EntryPoint, FormerNumber, Queue
from indgang.handover.models import Handover
from indgang.knowledge import articles, attachments, guide_versions
from indgang.knowledge import news as news_items
from indgang.knowledge.models import (
    Article,
    ArticleVersion,
    Attachment,
    Audience,
    Guide,
    GuideVersion,
    News,
    SearchDocument,
    VersionQuerySet,
)
from indgang.knowledge.search import find
from indgang.portal.page_cache import for_seconds

TEN_MINUTES = 600.0
#: the period that counts as recent for questions
LATELY = timedelta(days=28)


# --- Articles ----------------------------------------------------------------------------------


def article(slug: str, at: datetime) -> Article:
    """A public article in use. Raises Http404."""
    found = articles.readable_by(None, at=at).filter(slug=slug).select_related("unit", "service").first()
    if found is None:
        raise Http404(slug)
    return found


def version(of: Article, language: str, at: datetime) -> ArticleVersion:
    """The version in force; in Danish when there is no other. Raises Http404."""
    found = articles.version_for(of, language=language, at=at)
    if found is None:
        raise Http404(of.slug)
    return found


def file(of: Article, name: str, at: datetime) -> Attachment | None:
    """A file that a version in force links to, in any language; other uploads have not been approved."""
    shown = any(attachments.shown_with(each).filter(name=name).exists() for each in holding(at).filter(article=of))
    return Attachment.objects.filter(article=of, name=name).first() if shown else None


def withdrawn(slug: str, language: str, at: datetime) -> ArticleVersion | None:
    """The last wording of a public article that has been withdrawn."""
    said = ArticleVersion.objects.filter(
        article__slug=slug,
        article__withdrawn_at__lte=at,
        article__audience="everyone",
        state="published",
        published_from__lte=at,
    ).select_related("article__service", "article__unit")
    versions = sorted(said, key=lambda each: (each.language == language, each.language == "da", each.number))
    return versions[-1] if versions else None


def holding(at: datetime) -> VersionQuerySet:
    """Every version that the public reads: those of `articles.readable_by(None)`, in one query instead of two."""
    return ArticleVersion.objects.in_force(at).filter(article__audience=Audience.EVERYONE)


def answers(language: str, at: datetime, **which: Any) -> list[ArticleVersion]:
    """The public articles that match `which`, each in the reader's language or Danish, most used first."""
    rows = (
        holding(at)
        .filter(language__in={language, "da"})
        .filter(**which)
        .select_related("article__service")
        .defer("body")
    )
    chosen: dict[int, ArticleVersion] = {}
    for row in rows:
        if row.article_id not in chosen or row.language == language:
            chosen[row.article_id] = row
    used = _popularity([row.article.slug for row in chosen.values()])
    return sorted(chosen.values(), key=lambda row: (-used.get(row.article.slug, 0.0), sort_key(row.title)))


def _popularity(slugs: Sequence[str]) -> dict[str, float]:
    return dict(SearchDocument.objects.filter(kind="article", key__in=slugs).values_list("key", "popularity"))


# --- Subjects ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """A service for visitors: the number of its answers, and how many questions it had recently."""

    service: Service
    answers: int
    asked: int

    @property
    def code(self) -> str:
        return self.service.code

    def name(self, language: str) -> str:
        return name_of(self.service, language)


def name_of(thing: Any, language: str) -> str:
    """The name of a service, unit or queue; for services and queues the public name."""
    if isinstance(thing, Service | Queue):
        return thing.for_public(language)
    return str((language == "en" and thing.name_en) or thing.name)


def service(code: str, at: datetime) -> Service:
    """The service. Raises Http404 when it does not exist or is not in force."""
    rows = Service.objects.valid_on(day_of(at)).select_related("unit__parent")
    found: Service | None = rows.filter(code=code).first()
    if found is None:
        raise Http404(code)
    return found


@for_seconds(60, changes=True)
def subjects(*, at: datetime) -> tuple[Subject, ...]:
    """Services with something to read, in Danish alphabetical order."""
    counts = _answers_by_service(at)
    guided = guide_versions.readable_by(None, at=at).values_list("service_id", flat=True)
    rows = Service.objects.valid_on(day_of(at)).filter(Q(pk__in=list(counts)) | Q(pk__in=list(guided)))
    asked = asked_lately(at=at)
    found = [Subject(row, counts.get(row.pk, 0), asked.get(row.pk, 0)) for row in rows.select_related("unit__parent")]
    return tuple(sorted(found, key=lambda each: sort_key(each.service.for_public("da"))))


def _answers_by_service(at: datetime) -> dict[int, int]:
    rows = (
        holding(at).filter(language="da", article__service__isnull=False).values_list("article__service_id", flat=True)
    )
    counts: dict[int, int] = {}
    for pk in rows:
        assert pk is not None
        counts[pk] = counts.get(pk, 0) + 1
    return counts


@for_seconds(TEN_MINUTES)
def asked_lately(*, at: datetime) -> dict[int, int]:
    """The number of recent questions by the service's id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT service_id, count(*) FROM enquiries_question WHERE registered_at >= %s GROUP BY service_id",
            [at - LATELY],
        )
        return dict(cursor.fetchall())


# --- Guides, news, messages --------------------------------------------------------------------


def guides(language: str, at: datetime, service: Service | None = None) -> list[GuideVersion]:
    """Public guides in the reader's language or Danish, by title."""
    rows: QuerySet[Guide] = guide_versions.readable_by(None, at=at)
    if service is not None:
        rows = rows.filter(service=service)
    found = guide_versions.in_force_of(rows, language, at).values()
    return sorted(found, key=lambda each: sort_key(each.title))


def guide(slug: str, language: str, at: datetime) -> GuideVersion:
    """Raises Http404."""
    row = guide_versions.readable_by(None, at=at).filter(slug=slug).first()
    found = guide_versions.in_force(row, language, at) if row else None
    if found is None:
        raise Http404(slug)
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of news in one language (Danish without a translation)."""

    news: News
    title: str
    text: str
    language: str


def piece(row: News, language: str) -> Piece:
    if language == "en" and row.title_en and row.text_en:
        return Piece(row, row.title_en, row.text_en, "en")
    return Piece(row, row.title, row.text, "da")


def news(language: str, at: datetime, services: Iterable[int] | None = None) -> list[Piece]:
    """The current news, newest first; `services` limits it to theirs."""
    rows = news_items.shown(at)
    if services is not None:
        rows = rows.filter(service__in=list(services))
    return [piece(row, language) for row in rows]


def one_news(pk: int, language: str, at: datetime) -> Piece:
    """One piece of news, also an expired one for readers of an old link. Raises Http404."""
    row = News.objects.filter(pk=pk, shown_from__lte=at).select_related("service").first()
    if row is None:
        raise Http404(str(pk))
    return piece(row, language)


def disturbances(language: str, at: datetime) -> list[dict[str, Any]]:
    """The disturbance messages that callers hear now, each with its centre (None: all centres)."""
    return [
        {"text": (language == "en" and row.text_en) or row.text, "centre": row.centre, "since": row.starts_at}
        for row in Disturbance.objects.on_at(at).select_related("centre")
    ]


# --- Contact -----------------------------------------------------------------------------------


def centre(code: str, at: datetime) -> ContactCentre:
    """Raises Http404."""
    rows = ContactCentre.objects.valid_on(day_of(at)).select_related("schedule")
    found: ContactCentre | None = rows.filter(code=code).first()
    if found is None:
        raise Http404(code)
    return found


def handover(number: str, code: str) -> Handover | None:
    """The hand-over of a contact; None unless both are right. Every answer takes the same steps."""
    asked = whole_number(number)
    rows = Handover.objects.select_related("unit", "enquiry")
    found = rows.filter(number=asked).first() if asked is not None else None
    is_right = hmac.compare_digest(code.encode("utf-8", "replace"), (found.code if found else "      ").encode())
    return found if found is not None and is_right else None


def queues_to_be_rung_by(at: datetime) -> QuerySet[Queue]:
    """The queues in which a citizen can ask for a callback: those with a public name, by centre."""
    rows: QuerySet[Queue] = Queue.objects.valid_on(day_of(at)).for_calls().filter(is_safe=False).exclude(public_name="")
    return rows.select_related("centre__schedule", "schedule").order_by("centre__name", "centre", "public_name")


def entry_points(at: datetime) -> list[EntryPoint]:
    """The numbers that can be dialled, grouped by centre. An old number that leads elsewhere is still answered, but it
    is no longer shown."""
    day = day_of(at)
    rows = EntryPoint.objects.valid_on(day).select_related("centre__schedule", "centre__owner")
    former = FormerNumber.objects.valid_on(day).exclude(entry_point__number=F("number"))
    shown = rows.exclude(number__in=former.order_by().values("number"))
    return list(shown.order_by("centre__name", "number"))


@for_seconds(60, changes=True)
def most_used(language: str, count: int, *, at: datetime) -> list[ArticleVersion]:
    """The answers that most people look for.

    These are the articles used most, otherwise those of the services asked about most.
    """
    asked = sorted(asked_lately(at=at).items(), key=lambda each: -each[1])
    by_use = SearchDocument.objects.filter(kind="article", audience="everyone", popularity__gt=0)
    slugs = list(by_use.order_by("-popularity").values_list("key", flat=True)[: count * 2])
    found = answers(language, at, article__slug__in=slugs) if slugs else []
    for service_pk, _times in asked[:count]:
        if len(found) >= count:
            break
        there = {row.article_id for row in found}
        found += [row for row in answers(language, at, article__service=service_pk) if row.article_id not in there][:1]
    if not found:
        newest = articles.readable_by(None, at=at).order_by("-pk").values_list("pk", flat=True)[:count]
        found = answers(language, at, article__in=list(newest))
    return found[:count]


def public_slugs(slugs: Iterable[str], at: datetime) -> set[str]:
    """Those of the slugs that belong to public articles."""
    return set(articles.readable_by(None, at=at).filter(slug__in=list(slugs)).values_list("slug", flat=True))


def successors(last: ArticleVersion, language: str, at: datetime) -> list[ArticleVersion]:
    """Replacements for a withdrawn article: search results for its title, otherwise the articles of its service."""
    found = find.find(last.title, language=language, person=None, at=at, kinds=["article"], limit=5)
    slugs = [hit.key for hit in found.hits if hit.key != last.article.slug]
    if slugs:
        rows = {row.article.slug: row for row in answers(language, at, article__slug__in=slugs)}
        return [rows[slug] for slug in slugs if slug in rows]
    return answers(language, at, article__service=last.article.service)[:5] if last.article.service else []


def unit(code: str) -> Unit | None:
    return Unit.objects.filter(code=code).first()


def newest(language: str, at: datetime, count: int, service: Service | None = None) -> list[ArticleVersion]:
    """Articles by their last publication, newest first."""
    rows = holding(at)
    if service is not None:
        rows = rows.filter(article__service=service)
    latest = rows.order_by("-published_from").values_list("article_id", flat=True)[:count]
    found = answers(language, at, article__in=list(latest))
    return sorted(found, key=lambda row: row.published_from or at, reverse=True)


def changed(at: datetime) -> list[tuple[str, datetime | None]]:
    """Slug and last publication of every public article."""
    rows = holding(at).filter(language="da")
    return list(rows.order_by("article__slug").values_list("article__slug", "published_from"))


@dataclass(frozen=True, slots=True)
class SiteShown:
    """The site's texts on every public page, in the reader's language; `style` sets its colours."""

    name: str
    logo: str
    contact: list[str]
    style: str


def site(language: str) -> SiteShown:
    found = public_site.current()
    name = found.name_in(language) or "Indgang"
    style = "; ".join(f"--{token}: {colour}" for token, colour in public_site.tokens(found).items())
    return SiteShown(name, found.logo or name, found.contact_in(language), style)
