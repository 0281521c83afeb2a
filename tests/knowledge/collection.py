"""The collection of questions with the article that answers each, and the scores of a search on it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from zlib import crc32

from indgang.catalogue.models import Service, Unit
from indgang.demo import offering, organisation, people, synonyms
from indgang.knowledge import article_files
from indgang.knowledge.models import Article, ArticleVersion, Audience
from indgang.knowledge.search import sources
from indgang.knowledge.search.index import IndexEntry

ARTICLES = Path(__file__).resolve().parents[2] / "indgang" / "demo" / "knowledge" / "articles"
_QUESTIONS = Path(__file__).with_name("questions.csv")
#: Misspellings, split compounds, abbreviations, stories, verbs, English, stories without a keyword (`oblique`), and
#: questions without an answer.
_BY_KIND = Path(__file__).with_name("questions_by_kind.csv")
#: Written on 28 November 2026 without knowledge of the articles, and run once after the tuning.
_BLIND = Path(__file__).with_name("questions_blind.csv")
#: Written on 29 November 2026 in everyday words, from the articles, without knowledge of the search. Blind at the first
#: measurement; the search has been tuned on them since.
_EVERYDAY = Path(__file__).with_name("questions_everyday.csv")
#: Written on 29 November 2026 as people type in search boxes, half of them in one to three words. The authors knew the
#: articles but not their keywords, and had not used the search. Six articles about the tasks of others came later, so
#: about a dozen of the thirty questions without an answer now have one that names who answers.
_THIRD_BLIND = Path(__file__).with_name("questions_third_blind.csv")
#: the number of hits among which the article must be
DEPTH = 5
_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the slug of the article that answers it: "" if none does, `a|b` if two do.

    Nobody looks at held-out questions while tuning the search.
    """

    text: str
    article: str
    held_out: bool
    language: str = "da"
    kind: str = "plain"

    @property
    def articles(self) -> tuple[str, ...]:
        """The slugs of the articles that answer the question."""
        return tuple(self.article.split("|")) if self.article else ()

    @property
    def is_for_staff(self) -> bool:
        """Whether only signed-in staff can find the answer."""
        return any(_written()[slug].about.get("audience") == Audience.STAFF for slug in self.articles)

    @property
    def others_answer(self) -> bool:
        """Whether the article names another authority that answers, which the search must then show."""
        return any(_written()[slug].elsewhere for slug in self.articles)


@dataclass(frozen=True, slots=True)
class Score:
    """The scores of a search.

    `first` and `recall` are the shares of questions whose article comes first and among the first five; `mrr` is the
    mean reciprocal rank. `missed` holds each missed question with its rank, 0 if not found.
    """

    first: float
    recall: float
    mrr: float
    missed: tuple[tuple[Question, int], ...]


@cache
def questions() -> tuple[Question, ...]:
    """Returns the first collection, in the order of the file. A hash of the text selects the half that is held out."""
    return tuple(
        Question(row["question"], row["article"], crc32(row["question"].encode()) % 2 == 1) for row in _rows(_QUESTIONS)
    )


@cache
def questions_by_kind() -> tuple[Question, ...]:
    """Returns misspelt, shortened and long questions with an answer. Half were held out before any tuning."""
    return tuple(
        Question(row["question"], row["article"], row["half"] == "held", row["language"], row["kind"])
        for row in _rows(_BY_KIND)
        if row["article"]
    )


@cache
def without_answer() -> tuple[Question, ...]:
    """Returns the questions that no article of the demo answers."""
    return tuple(
        Question(row["question"], "", row["half"] == "held", row["language"], row["kind"])
        for row in _rows(_BY_KIND)
        if not row["article"]
    )


@cache
def blind() -> tuple[Question, ...]:
    """Returns the questions never used for tuning, with and without an answer: the first and third blind collections.

    A list of missed questions of the first one was seen before the tuning on the everyday questions.
    """
    return _both(_BLIND, held_out=True) + third_blind()


@cache
def third_blind() -> tuple[Question, ...]:
    """Returns the third blind collection, of which nobody who tuned the search has seen anything."""
    return _both(_THIRD_BLIND, held_out=True)


@cache
def everyday() -> tuple[Question, ...]:
    """Returns questions in everyday words, with and without an answer. They may be used for tuning."""
    return _both(_EVERYDAY, held_out=False)


def _both(path: Path, *, held_out: bool) -> tuple[Question, ...]:
    return tuple(
        Question(row["question"], row["article"], held_out, row["language"], row["kind"]) for row in _rows(path)
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure(search: Callable[[Question], list[str]], asked: Iterable[Question]) -> Score:
    """Run every question through `search`, which returns slugs with the best first, and score the results."""
    ranks = [(question, _rank(search(question), question.articles)) for question in asked]
    return Score(
        first=sum(rank == 1 for _, rank in ranks) / len(ranks),
        recall=sum(0 < rank <= DEPTH for _, rank in ranks) / len(ranks),
        mrr=sum(1 / rank for _, rank in ranks if rank) / len(ranks),
        missed=tuple((question, rank) for question, rank in ranks if not 0 < rank <= DEPTH),
    )


def _rank(found: list[str], articles: tuple[str, ...]) -> int:
    """Returns the rank of the best of `articles`, from 1, or 0 if none is among the first ten."""
    return next((rank for rank, slug in enumerate(found[:_LOOKED_AT], start=1) if slug in articles), 0)


@cache
def _written() -> dict[str, article_files.ArticleRow]:
    """Returns the demo's Danish articles by slug, as their files define them."""
    rows = [row for row in article_files.read(ARTICLES) if isinstance(row, article_files.ArticleRow)]
    return {row.slug: row for row in rows if row.language == "da"}


def entries() -> Iterator[IndexEntry]:
    """Yields the demo's articles as index entries, without storing articles and versions.

    Creates the services, units and synonyms that they need and that do not exist.
    """
    synonyms.seed(at=datetime(2026, 1, 1, tzinfo=UTC))
    people.directory(made := organisation.units(), at=datetime(2026, 1, 1, tzinfo=UTC))
    offering.services(made)
    by_code = {service.code: service for service in Service.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.all()}
    rows = sorted(article_files.read(ARTICLES), key=lambda row: getattr(row, "language", ""))
    danish: dict[str, Article] = {}
    for row in rows:
        assert isinstance(row, article_files.ArticleRow), row
        article = danish.get(row.slug) or Article(
            slug=row.slug,
            service=by_code.get(row.about.get("service", "")),
            unit=units[row.about["unit"]],
            audience=row.about.get("audience") or Audience.EVERYONE,
            elsewhere=bool(row.elsewhere),
        )
        danish[row.slug] = article
        yield sources.version(article, _version(row), None)


def _version(row: article_files.ArticleRow) -> ArticleVersion:
    day = row.published or date(2026, 1, 1)
    return ArticleVersion(
        language=row.language, title=row.title, short=row.short, body=row.body, words=list(row.words),
        links=[dict(link) for link in row.links], published_from=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )  # fmt: skip
