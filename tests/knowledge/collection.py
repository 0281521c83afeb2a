"""The collection of questions with the article that answers each, and how well a search does on it."""

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
#: typing errors, words in two, abbreviations, stories, verbs and English, stories that name nothing by its name
#: (`oblique`), and questions without an answer
_BY_KIND = Path(__file__).with_name("questions_by_kind.csv")
#: written on 28 November 2026 before the articles were read, and asked once when the tuning was over
_BLIND = Path(__file__).with_name("questions_blind.csv")
#: written on 29 November 2026 from what the articles say, in everyday words, before the search had been read or asked;
#: blind when it was first measured, tuned on since
_EVERYDAY = Path(__file__).with_name("questions_everyday.csv")
#: written on 29 November 2026 as people type in search boxes, half in one to three words, with the articles read
#: without the words that staff keep for them and before the search had been read or asked; six articles about what
#: others answer came meanwhile, so to about a dozen of the thirty questions without an answer one now says who answers
_THIRD_BLIND = Path(__file__).with_name("questions_third_blind.csv")
#: a hit counts when it is among so many
DEPTH = 5
_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, and the slug of the article that answers; "" when none does, `a|b` when two answer as well.

    Those that are held out are not looked at while the search is tuned.
    """

    text: str
    article: str
    held_out: bool
    language: str = "da"
    kind: str = "plain"

    @property
    def articles(self) -> tuple[str, ...]:
        """The slugs of the articles that answer."""
        return tuple(self.article.split("|")) if self.article else ()

    @property
    def is_for_staff(self) -> bool:
        """Only somebody who is signed in can find the answer."""
        return any(_written()[slug].about.get("audience") == Audience.STAFF for slug in self.articles)

    @property
    def others_answer(self) -> bool:
        """The article says who answers instead of us, and so is the search to say."""
        return any(_written()[slug].elsewhere for slug in self.articles)


@dataclass(frozen=True, slots=True)
class Score:
    """`first` and `recall` are the shares of questions whose article is first and among the first five, `mrr` the mean
    of 1/rank."""

    first: float
    recall: float
    mrr: float
    missed: tuple[tuple[Question, int], ...]


@cache
def questions() -> tuple[Question, ...]:
    """The first collection, in the order of the file; half of it is held out by chance, the same half every time."""
    return tuple(
        Question(row["question"], row["article"], crc32(row["question"].encode()) % 2 == 1) for row in _rows(_QUESTIONS)
    )


@cache
def questions_by_kind() -> tuple[Question, ...]:
    """What people type wrong, shorten or tell at length; half was held out before anything was tuned."""
    return tuple(
        Question(row["question"], row["article"], row["half"] == "held", row["language"], row["kind"])
        for row in _rows(_BY_KIND)
        if row["article"]
    )


@cache
def without_answer() -> tuple[Question, ...]:
    """Questions that no article of the demo answers."""
    return tuple(
        Question(row["question"], "", row["half"] == "held", row["language"], row["kind"])
        for row in _rows(_BY_KIND)
        if not row["article"]
    )


@cache
def blind() -> tuple[Question, ...]:
    """Questions that nothing was ever tuned on, with an article and without: the first collection and the third.

    Whoever tuned on the everyday ones had seen a list of those that were missed of the first.
    """
    return _both(_BLIND, held_out=True) + third_blind()


@cache
def third_blind() -> tuple[Question, ...]:
    """The later collection of them, in which nobody who tuned had seen anything."""
    return _both(_THIRD_BLIND, held_out=True)


@cache
def everyday() -> tuple[Question, ...]:
    """Questions in everyday words, with an article and without; they may be tuned on."""
    return _both(_EVERYDAY, held_out=False)


def _both(path: Path, *, held_out: bool) -> tuple[Question, ...]:
    return tuple(
        Question(row["question"], row["article"], held_out, row["language"], row["kind"]) for row in _rows(path)
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure(search: Callable[[Question], list[str]], asked: Iterable[Question]) -> Score:
    """Ask every question of `search`, which gives slugs, best first."""
    ranks = [(question, _rank(search(question), question.articles)) for question in asked]
    return Score(
        first=sum(rank == 1 for _, rank in ranks) / len(ranks),
        recall=sum(0 < rank <= DEPTH for _, rank in ranks) / len(ranks),
        mrr=sum(1 / rank for _, rank in ranks if rank) / len(ranks),
        missed=tuple((question, rank) for question, rank in ranks if not 0 < rank <= DEPTH),
    )


def _rank(found: list[str], articles: tuple[str, ...]) -> int:
    """Of the best of `articles`, counted from 1; 0 when none is among the first ten."""
    return next((rank for rank, slug in enumerate(found[:_LOOKED_AT], start=1) if slug in articles), 0)


@cache
def _written() -> dict[str, article_files.ArticleRow]:
    """The demo's articles by slug, as their Danish files say them."""
    rows = [row for row in article_files.read(ARTICLES) if isinstance(row, article_files.ArticleRow)]
    return {row.slug: row for row in rows if row.language == "da"}


def entries() -> Iterator[IndexEntry]:
    """The demo's articles as the index takes them in, without articles and versions in the database.

    The services and units that they name and the words that mean the same are made where they are not there.
    """
    synonyms.seed(at=datetime(2026, 1, 1, tzinfo=UTC))
    people.directory(made := organisation.units())
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
