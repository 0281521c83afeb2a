"""Laws for any sequence of actions: one version is in force, one is open, and published versions never change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.accounts.models import Person
from indgang.core.refusals import RefusedChange
from indgang.knowledge import articles, versions
from indgang.knowledge.models import Article, ArticleVersion
from indgang.knowledge.search import following
from tests import sample
from tests.knowledge.conftest import TEXT, article
from tests.world import MORNING, World

ACTS = (
    "draft", "small", "large", "link", "submit", "submit_later", "approve", "reject", "take_back", "discard",
    "propose", "take_up", "withdraw", "bring_back",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(["ida", "wera", "finn"]), st.integers(0, 72)),
    min_size=4,
    max_size=22,
)


class _Undo(Exception):
    """Rolls the database back at the end of an example."""


class _Editors:
    """Performs one action after the other on one article, as the pages do."""

    def __init__(self, made: Article, people: dict[str, Person]) -> None:
        self.article, self.people, self.turn = made, people, 0

    def act(self, name: str, who: str, at: datetime) -> None:
        self.turn += 1
        by, last = self.people[who], self._latest
        acts: dict[str, Callable[[], Any]] = {
            "draft": lambda: versions.draft(self.article, language="da", by=by, at=at),
            "small": lambda: self._save(by, at, short=f"Svar {self.turn}."),
            "large": lambda: self._save(by, at, body=TEXT["body"] + f" {self.turn} og noget mere" * 5),
            "link": lambda: self._save(by, at, body=f"[se](https://a.dk/{self.turn})"),
            "submit": lambda: versions.submit(last("draft"), by=by, at=at),
            "submit_later": lambda: versions.submit(
                last("draft"), publish_from=at + timedelta(hours=30), by=by, at=at
            ),
            "approve": lambda: versions.approve(last("in_review"), by=by, at=at),
            "reject": lambda: versions.reject(last("in_review", "proposed"), note="Nej", by=by, at=at),
            "take_back": lambda: versions.take_back(last("in_review", "published"), by=by, at=at),
            "discard": lambda: versions.discard(last("draft"), by=by, at=at),
            "propose": lambda: versions.propose(
                self.article, language="da", title="Ny", short=f"Forslag {self.turn}.", body="", reason="", by=by,
                at=at,
            ),
            "take_up": lambda: versions.take_up(last("proposed"), by=by, at=at),
            "withdraw": lambda: articles.withdraw(self.article, because="Fejl", by=by, at=at),
            "bring_back": lambda: articles.bring_back(self.article, by=by, at=at),
        }  # fmt: skip
        # a refused action, or one without its version, changes nothing
        with suppress(RefusedChange, ArticleVersion.DoesNotExist), transaction.atomic():
            acts[name]()

    def _latest(self, *states: str) -> ArticleVersion:
        return self.article.versions.filter(state__in=states).select_related("article").latest("number")

    def _save(self, by: Person, at: datetime, **text: Any) -> None:
        draft = versions.draft(self.article, language="da", by=by, at=at)
        said: dict[str, Any] = TEXT | text
        versions.save(draft, **said, reason="", revision=draft.revision, by=by, at=at)


def _words() -> dict[int, tuple[Any, ...]]:
    fields = ("pk", "article", "language", "title", "short", "body", "words", "links", "published_from")
    return {row[0]: row for row in ArticleVersion.objects.filter(state="published").values_list(*fields)}


def _held(at: datetime) -> dict[int, tuple[Any, ...]]:
    return {pk: row for pk, row in _words().items() if row[-1] <= at}


@pytest.fixture
def editors(world: World, wera: Person, monkeypatch: pytest.MonkeyPatch) -> _Editors:
    monkeypatch.setattr(following, "refresh_article", lambda article: None)  # the search has its own laws
    return _Editors(article(world), {"ida": world.ida, "wera": wera, "finn": world.finn})


@given(STEPS)
@settings(max_examples=sample.examples(25), suppress_health_check=sample.SUPPRESSED)
def test_the_laws_of_versions(editors: _Editors, steps: list[tuple[str, str, int]]) -> None:
    with suppress(_Undo), transaction.atomic():
        at = MORNING
        for name, who, hours in steps:
            held = _held(at)
            at += timedelta(hours=hours)
            editors.act(name, who, at)
            _check(at, held)
        raise _Undo


def _check(at: datetime, held: dict[int, tuple[Any, ...]]) -> None:
    now = _held(at)
    assert {pk: now.get(pk) for pk in held} == held, "what has held stays as it was"
    for moment in (at, at + timedelta(hours=30), at + timedelta(days=365)):
        holding = Counter(ArticleVersion.objects.in_force(moment).values_list("article", "language"))
        assert all(count == 1 for count in holding.values()), "one in force"
    open_ones = ArticleVersion.objects.filter(state__in=["draft", "in_review"]).values_list("article", "language")
    assert all(count == 1 for count in Counter(open_ones).values()), "one being written"
    undecided = ArticleVersion.objects.filter(state="published", decided_at__isnull=True)
    assert not undecided.exists(), "every publication was decided at a moment"
    own = [
        each for each in ArticleVersion.objects.filter(state="published") if each.decided_by_id == each.created_by_id
    ]
    assert not [each for each in own if each.decided_by_id is not None], "nobody approved what they began"
