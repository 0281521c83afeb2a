"""The search finds the right article for questions in other words than the article's."""

from __future__ import annotations

import pytest

from indgang.knowledge.search import find, index
from indgang.knowledge.search.find import Found
from tests.knowledge import collection
from tests.knowledge.collection import Question
from tests.knowledge.search.conftest import AT

pytestmark = pytest.mark.slow("asks hundreds of questions")

#: every eighth question; other measurements run all of them
_PART = slice(None, None, 8)

#: one process indexes all articles, once
of_all_articles = pytest.mark.xdist_group("collection")


@pytest.fixture(scope="module")
def _indexed(module_db: None) -> None:
    index.take_in(collection.entries())


@of_all_articles
@pytest.mark.usefixtures("_indexed")
@pytest.mark.django_db
def test_of_a_part_of_the_questions_nearly_all_are_answered_among_the_first_five() -> None:
    asked = collection.questions()[_PART]
    assert len(asked) >= 19
    score = collection.measure(_search, asked)
    assert score.recall >= 0.9, score.missed
    assert score.mrr >= 0.75


@of_all_articles
@pytest.mark.usefixtures("_indexed")
@pytest.mark.django_db
def test_what_is_typed_wrong_shortened_or_told_at_length_is_answered() -> None:
    asked = [each for each in collection.questions_by_kind() if not each.held_out and each.kind != "oblique"]
    score = collection.measure(_search, asked)
    assert score.recall >= 0.97, score.missed
    assert score.first >= 0.88
    assert score.mrr >= 0.92


@of_all_articles
@pytest.mark.usefixtures("_indexed")
@pytest.mark.django_db
def test_of_long_stories_nearly_all_are_answered_by_the_first_hit() -> None:
    asked = [each for each in collection.questions_by_kind() if each.kind == "story" and not each.held_out]
    assert len(asked) >= 70
    score = collection.measure(_search, asked)
    assert score.recall >= 0.97, score.missed
    assert score.first >= 0.9


@of_all_articles
@pytest.mark.usefixtures("_indexed")
@pytest.mark.django_db
def test_of_stories_that_name_nothing_by_its_name_most_are_answered() -> None:
    asked = [each for each in collection.questions_by_kind() if each.kind == "oblique"]
    assert len(asked) >= 100
    score = collection.measure(_search, asked)
    assert score.recall >= 0.86
    assert score.first >= 0.65


@of_all_articles
@pytest.mark.usefixtures("_indexed")
@pytest.mark.django_db
def test_what_is_asked_in_everyday_words_is_answered() -> None:
    asked = [each for each in collection.everyday() if each.article and not each.is_for_staff]
    assert len(asked) >= 90
    score = collection.measure(_search, asked)
    assert score.recall >= 0.97, score.missed
    assert score.first >= 0.92
    nobody = [each for each in collection.everyday() if not each.article]
    assert sum(_found(question).weak for question in nobody) >= 0.8 * len(nobody)


@of_all_articles
@pytest.mark.usefixtures("_indexed")
@pytest.mark.django_db
def test_questions_without_an_answer_are_recognised_and_hardly_any_other() -> None:
    nobody = [question for question in collection.without_answer() if not question.held_out]
    answered = [each for each in collection.questions_by_kind() if not each.held_out and each.kind != "oblique"]
    assert sum(_found(question).weak for question in nobody) >= 0.85 * len(nobody)
    assert sum(_found(question).weak for question in answered) <= 0.03 * len(answered)


@of_all_articles
@pytest.mark.usefixtures("_indexed")
@pytest.mark.django_db
def test_a_single_word_that_staff_keep_for_an_article_is_answered() -> None:
    entries = [*collection.entries()]
    ours = [each for each in entries if (each.language, each.audience, each.elsewhere) == ("da", "everyone", False)]
    kept = [word for entry in ours for word in entry.fields["A"].split("\n")[1:] if " " not in word][_PART]
    assert len(kept) >= 100
    assert sum(find.find(word, person=None, at=AT.replace(year=2027)).weak for word in kept) <= 0.1 * len(kept)


def _found(question: Question) -> Found:
    at = AT.replace(year=2027)
    return find.find(question.text, language=question.language, person=None, at=at, kinds=["article"])


def _search(question: Question) -> list[str]:
    return [hit.key for hit in _found(question).hits]


def test_every_question_names_an_article_of_the_demo() -> None:
    slugs = {path.name.removesuffix(".md") for path in collection.ARTICLES.glob("*.md")}
    asked = [*collection.questions(), *collection.questions_by_kind()]
    assert {question.article for question in asked} <= slugs
    both = [*collection.everyday(), *collection.blind()]
    assert {slug for question in both for slug in question.articles} <= slugs
    assert len(asked) >= 300
    assert len(collection.without_answer()) >= 30
