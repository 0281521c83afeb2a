"""The list of articles: their titles and states, and the filters."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, TextField
from django.db.models.functions import Coalesce

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.enquiries.models import ArticleUse
from indgang.feedback import page_results
from indgang.feedback.index import Index
from indgang.knowledge.models import Article, ArticleVersion, Helpfulness

State = ArticleVersion.State

#: number of days over which "shown" and "used" are counted
USE_DAYS = 90


def described(found: QuerySet[Article], at: datetime, today: date) -> QuerySet[Any]:
    """Articles with `title`, `is_published`, `open_state` (of the draft), `waits_from` and `is_overdue`."""
    versions = ArticleVersion.objects.filter(article=OuterRef("pk"))
    newest = versions.exclude(state__in=[State.PROPOSED, State.REJECTED]).order_by("language", "-number")
    published = versions.filter(state=State.PUBLISHED, published_from__lte=at)
    current = published.order_by("language", "-published_from", "-number")
    being_written = versions.filter(state__in=[State.DRAFT, State.IN_REVIEW]).order_by("-state")
    later = versions.filter(state=State.PUBLISHED, published_from__gt=at).order_by("published_from")
    return found.annotate(
        title=Coalesce(
            Subquery(current.values("title")[:1]), Subquery(newest.values("title")[:1]), F("slug"),
            output_field=TextField(),
        ),
        is_published=Exists(published),
        open_state=Subquery(being_written.values("state")[:1]),
        waits_from=Subquery(later.values("published_from")[:1]),
        is_overdue=Q(review_on__lte=today, withdrawn_at__isnull=True) & Exists(published),
    )  # fmt: skip


def filtered(found: QuerySet[Any], data: dict[str, Any], person: Person) -> QuerySet[Any]:
    """The described articles that match `data` of the ArticleFilter."""
    if text := data.get("text"):
        words = ArticleVersion.objects.filter(article=OuterRef("pk")).filter(
            Q(title__icontains=text) | Q(short__icontains=text) | Q(body__icontains=text) | Q(words__icontains=text)
        )
        found = found.filter(Q(slug__icontains=text) | Exists(words))
    if unit := data.get("unit"):
        found = found.filter(unit__path__startswith=unit.path)
    if service := data.get("service"):
        found = found.filter(service=service)
    if data.get("overdue"):
        found = found.filter(is_overdue=True)
    if data.get("mine"):
        found = found.filter(Q(owner=person) | Q(approver=person))
    return _in_state(found, data.get("state") or "")


def _in_state(found: QuerySet[Any], state: str) -> QuerySet[Any]:
    if state == "withdrawn":
        return found.filter(withdrawn_at__isnull=False)
    found = found.filter(withdrawn_at__isnull=True)
    if state == "published":
        return found.filter(is_published=True)
    if state == "waiting":
        return found.filter(waits_from__isnull=False)
    if state in (State.DRAFT, State.IN_REVIEW):
        open_versions = ArticleVersion.objects.filter(article=OuterRef("pk"), state=state)
        return found.filter(Exists(open_versions))
    if state == "new":
        return found.filter(is_published=False)
    return found


def counts(found: QuerySet[Any]) -> dict[str, int]:
    """How many of the described articles are in force, in draft, waiting for approval and overdue."""
    in_use = found.filter(withdrawn_at__isnull=True)
    return {
        "published": in_use.filter(is_published=True).count(),
        "draft": _in_state(found, State.DRAFT).count(),
        "in_review": _in_state(found, State.IN_REVIEW).count(),
        "overdue": in_use.filter(is_overdue=True).count(),
    }


def use_of(article: Article, at: datetime) -> dict[str, int]:
    """How often articles were `shown` and `used` in enquiries of the last `USE_DAYS`, and votes `yes` and `no`."""
    uses = ArticleUse.objects.filter(version__article=article, shown_at__gt=at - timedelta(days=USE_DAYS))
    votes = Helpfulness.objects.filter(version__article=article, day__gt=day_of(at) - timedelta(days=USE_DAYS))
    helped = votes.aggregate(yes=Coalesce(Sum("yes"), 0), no=Coalesce(Sum("no"), 0))
    return {"shown": uses.count(), "used": uses.filter(used_at__isnull=False).count(), **helped}


def answers_of(article: Article, at: datetime) -> list[tuple[str, Index | None]]:
    """What its readers answered in the last `USE_DAYS`, by indicator (`feedback.page_results`)."""
    since = at - timedelta(days=USE_DAYS)
    return page_results.by_indicator(page_results.of_page("article", article.slug, since=since))
