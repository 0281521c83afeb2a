"""Registered questions, searches and pages as plain rows for `gaps`, without anybody who asked.

What people did on the website is joined with their questions only in sums: searches, and which pages were opened from
them, are kept without the person, and no visit is followed to a call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from indgang.analysis.counting.scaling import place
from indgang.analysis.gap_words import WordReader
from indgang.analysis.gaps.deciding import STATUS_PURPOSE, GapQuestion, KnownPages, SitePage
from indgang.analysis.gaps.ranking import RankedGaps, SiteSearch, Uptake, rank
from indgang.core import clock
from indgang.core.schedule import working_days
from indgang.enquiries.models import ArticleUse, Character, Outcome, Question
from indgang.knowledge.models import ArticleVersion, Audience, Language, Search
from indgang.measures.period import Period

#: questions and searches that are ranked at once
MOST = 100_000
_AT_ONCE = {Outcome.RESOLVED.value, Outcome.DIRECTED.value}
_ARTICLE = "article:"
#: what is read of a question, beside its day (`registered_at`), and of a search
COLUMNS = (
    "enquiry", "registered_at", "service__code", "purpose__code", "character", "should_be_digital", "outcome",
    "in_knowledge", "note", "enquiry__caller_name", "enquiry__party__name",
)  # fmt: skip
SEARCH_COLUMNS = ("asked", "place", "hits", "weak", "chosen")


#: slugs by enquiry and the code of a service, "" for any
_Pages = dict[tuple[Any, str], set[str]]


class TooManyRows(ValueError):
    """More questions or searches than are ranked at once."""


@dataclass(frozen=True, slots=True)
class FoundGaps:
    """The ranked gaps, the pages, and how each stem was written."""

    ranked: RankedGaps
    pages: KnownPages
    written: dict[str, str]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The questions that are looked at, and the working days that count."""

    asked: QuerySet[Question]
    days: Sequence[date]


def looked_at(period: Period, scope: Q, *, today: date) -> LookedAt:
    """The questions in a period that `scope` lets through. Every working day from that of the first question counts,
    also without a question; today only when it is alone."""
    registered = Question.objects.filter(scope, registered_at__gte=period.start, registered_at__lt=period.end)
    return LookedAt(*_counted(registered, period, today))


def ranked(looked: LookedAt, period: Period, *, at: datetime, uptake: Uptake) -> FoundGaps:
    """The gaps of the questions, with the searches of the period. Raises TooManyRows. It takes seconds: pages ask
    `kept_gaps.find`."""
    known, words = read_pages(at)
    questions = _questions(looked.asked, looked.days, words)
    found = rank(
        questions, _searches(period, words), known, days=len(looked.days), uptake=uptake, looked_at=looked.asked.count()
    )
    return FoundGaps(found, known, words.written, looked.days[0], looked.days[-1])


def _counted(asked: QuerySet[Question], period: Period, today: date) -> tuple[QuerySet[Question], Sequence[date]]:
    """The working days that count, and the questions until the end of them: today has no end yet."""
    first = asked.order_by("registered_at").values_list("registered_at", flat=True).first()
    begins = clock.day_of(first) if first else clock.day_of(period.start)
    ends = min(clock.day_of(period.end) - timedelta(days=1), today - timedelta(days=1))
    if begins > ends:
        return asked, [begins]
    until = Period.days(ends, ends).end
    return asked.filter(registered_at__lt=until), working_days(begins, ends) or [begins]


def chosen(asked: QuerySet[Question]) -> QuerySet[Question]:
    """Those that the website could perhaps have answered; the others need a person."""
    uses = ArticleUse.objects.filter(enquiry=OuterRef("enquiry"))
    wanted = Q(should_be_digital=True) | Q(in_knowledge=False) | Q(outcome=Outcome.DIRECTED) | Exists(uses)
    general = Q(character=Character.GENERAL) | Q(should_be_digital=True)
    return asked.filter(Q(purpose__code=STATUS_PURPOSE) | (general & wanted))


def _questions(asked: QuerySet[Question], days: Sequence[date], words: WordReader) -> list[GapQuestion]:
    looked = chosen(asked)
    dated = looked.annotate(day=TruncDate("registered_at", tzinfo=clock.COPENHAGEN))
    columns = ["day" if each == "registered_at" else each for each in COLUMNS]
    rows = list(dated.order_by("registered_at", "pk").values_list(*columns)[: MOST + 1])
    if len(rows) > MOST:
        raise TooManyRows
    opened, used = _article_uses(looked)
    numbers: dict[Any, int] = {}
    return [_question(row, numbers, days, words, opened, used) for row in rows]


def _question(
    row: tuple[Any, ...], numbers: dict[Any, int], days: Sequence[date], words: WordReader,
    opened: _Pages, used: _Pages,
) -> GapQuestion:  # fmt: skip
    enquiry, day, service, purpose, character, digital, outcome, in_knowledge, note, caller, party = row
    return GapQuestion(
        numbers.setdefault(enquiry, len(numbers)), place(days, day), service, purpose,
        character == Character.GENERAL, digital, outcome in _AT_ONCE, outcome == Outcome.DIRECTED, in_knowledge,
        _of_question(opened, enquiry, service), _of_question(used, enquiry, service),
        words.of(note, caller or "", party or "") if note and purpose != STATUS_PURPOSE else frozenset(),
    )  # fmt: skip


def _article_uses(looked: QuerySet[Question]) -> tuple[_Pages, _Pages]:
    """The pages that were opened and used, by enquiry and service (see `_of_question`)."""
    opened: _Pages = defaultdict(set)
    used: _Pages = defaultdict(set)
    rows = ArticleUse.objects.filter(enquiry__in=looked.order_by().values("enquiry"))
    several = _with_several(rows)
    columns = ("enquiry", "version__article__slug", "version__article__service__code", "used_at")
    for enquiry, slug, about, used_at in rows.values_list(*columns):
        of = (enquiry, about or "" if enquiry in several else "")
        opened[of].add(slug)
        if used_at is not None:
            used[of].add(slug)
    return opened, used


def _with_several(uses: QuerySet[ArticleUse]) -> set[Any]:
    """The enquiries with pages that had more than one question."""
    questions = Question.objects.filter(enquiry__in=uses.order_by().values("enquiry")).order_by().values("enquiry")
    return set(questions.annotate(number=Count("pk")).filter(number__gt=1).values_list("enquiry", flat=True))


def _of_question(pages: _Pages, enquiry: Any, service: str) -> frozenset[str]:
    """An enquiry with one question was answered from its pages; of several questions each has the pages of its
    service, and those without a service."""
    return frozenset(pages.get((enquiry, ""), ())) | frozenset(pages.get((enquiry, service), ()))


def searches(period: Period) -> QuerySet[Search]:
    """The searches of the period on the website and by staff."""
    rows = Search.objects.filter(at__gte=period.start, at__lt=period.end, language=Language.DANISH)
    return rows.exclude(place=Search.Place.COMMAND)


def _searches(period: Period, words: WordReader) -> list[SiteSearch]:
    found = list(searches(period).order_by("at", "pk").values_list(*SEARCH_COLUMNS)[: MOST + 1])
    if len(found) > MOST:
        raise TooManyRows
    return [
        SiteSearch(words.of(asked), where != Search.Place.DESK, hits > 0 and not weak, opened.removeprefix(_ARTICLE))
        for asked, where, hits, weak, opened in found
    ]


def pages(at: datetime) -> QuerySet[ArticleVersion]:
    """The Danish pages in force."""
    found: QuerySet[ArticleVersion] = ArticleVersion.objects.in_force(at).filter(language=Language.DANISH)
    return found


def read_pages(at: datetime) -> tuple[KnownPages, WordReader]:
    """The Danish pages in force, and a reader that knows the words of the public ones."""
    found, public, words = [], set[str](), WordReader()
    for version in pages(at).select_related("article__service").prefetch_related("article__purposes"):
        article = version.article
        named = words.of_page(" ".join([version.title, *version.words]))
        everything = named | words.of_page(f"{version.short} {version.body}")
        is_public = article.audience == Audience.EVERYONE
        public |= everything if is_public else frozenset()
        found.append(
            SitePage(
                article.slug, version.title, article.service.code if article.service else "",
                frozenset(each.code for each in article.purposes.all()), is_public, named, everything,
            )
        )  # fmt: skip
    words.public = frozenset(public)
    return KnownPages.of(found), words
