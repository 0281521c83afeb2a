"""The demo's knowledge: every file can be used, and everybody who signs in finds something to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.demo import knowledge_base
from indgang.knowledge import articles, reviews
from indgang.knowledge.models import Article, ArticleVersion, Guide, News, Search, is_overdue
from indgang.knowledge.search import log
from indgang.office.knowledge import access as office

pytestmark = pytest.mark.slow("makes all knowledge of the demo")


@pytest.mark.django_db
def test_the_demo_has_knowledge_with_history_and_work_in_progress() -> None:
    call_command("seed", verbosity=0)
    now = clock.now()
    wera, ida = (Person.objects.get(username=name) for name in ("wera", "ida"))
    public = articles.readable_by(None, at=now)
    assert public.count() >= 60
    assert Guide.objects.count() >= 6
    assert articles.readable_by(wera, at=now).count() > public.count()
    for version in ArticleVersion.objects.in_force(now):
        assert version.body.endswith(knowledge_base.LAST_LINES[version.language])
    assert not [(each.slug, broken) for each in public for broken in articles.broken_links(each)]
    assert office.to_approve(wera).count() == 1
    assert office.tasks(ida).filter(done_at=None).count() >= 4
    overdue = list(reviews.due(now.date()))
    assert 2 <= len(overdue) <= 6
    assert all(is_overdue(each, now.date()) for each in overdue)
    assert News.objects.count() == 2
    assert Article.objects.filter(owner__isnull=True).count() < 10
    assert log.gaps(start=now - timedelta(days=15), end=now).without_hits
    assert ArticleVersion.objects.filter(number=2, state="published").count() >= 8

    before = ArticleVersion.objects.count(), Search.objects.count(), Article.objects.count()
    call_command("seed", verbosity=0)
    assert before == (ArticleVersion.objects.count(), Search.objects.count(), Article.objects.count())
