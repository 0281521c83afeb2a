"""The search finds the right article for questions that use other words than it does."""

from __future__ import annotations

import pytest

from indgang.knowledge.search import find, index
from tests.knowledge import collection
from tests.knowledge.search.conftest import AT

#: every eighth question, wherever the others go
_PART = slice(None, None, 8)


@pytest.mark.django_db
def test_of_a_part_of_the_questions_nearly_all_are_answered_among_the_first_five() -> None:
    index.take_in(collection.entries())

    def search(query: str) -> list[str]:
        return [hit.key for hit in find.find(query, person=None, at=AT.replace(year=2027), kinds=["article"]).hits]

    asked = collection.questions()[_PART]
    assert len(asked) >= 19
    score = collection.measure(search, asked)
    assert score.recall >= 0.9, score.missed
    assert score.mrr >= 0.75


def test_every_question_names_an_article_of_the_demo() -> None:
    slugs = {path.name.removesuffix(".md") for path in collection.ARTICLES.glob("*.md")}
    assert {question.article for question in collection.questions()} <= slugs
    assert len(collection.questions()) >= 150
