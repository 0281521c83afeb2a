"""Ranked gaps, kept until anything changes that they are computed from.

A ranking reads as many as 100,000 questions with their notes; what it comes to is kept by what was asked for. A digest
of everything that it reads, which the database computes, says whether it still holds: a note that somebody writes, a
name that is scrubbed and a page that is published each give another one. What is kept is what the pages show: no note,
no caller, and no word that fewer than five texts share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from indgang.accounts.models import Person
from indgang.analysis import gap_rows
from indgang.analysis.counting.scaling import YearEstimate
from indgang.analysis.gap_models import KeptGaps
from indgang.analysis.gap_rows import FoundGaps, LookedAt
from indgang.analysis.gaps.deciding import GapKind, GapReason, KnownPages, SitePage
from indgang.analysis.gaps.ranking import AnswerGap, RankedGaps, SavedEnquiries, SearchEvidence, Uptake
from indgang.catalogue.models import DirectoryEntry
from indgang.core.clock import day_of
from indgang.enquiries.models import ArticleUse, Question
from indgang.measures.period import Period

#: another one lets every kept ranking be computed again: the rules that decide or rank have changed
_FORMAT = 1
#: rankings that are kept, and for how long nobody may have made them anew
_MOST_KEPT, _KEPT = 200, timedelta(days=30)
#: the days that pages begin with
_USUAL_DAYS = 90
#: counts of a gap by their names, the largest first
_PAIRS = ("reasons", "services", "purposes")
#: the same for the same rows in whatever order
_DIGEST = "SELECT count(*), coalesce(sum(hashtextextended(held::text, 0)::numeric), 0) FROM ({rows}) AS held"


def find(period: Period, scope: Q, *, today: date, at: datetime, uptake: Uptake) -> FoundGaps:
    """The gaps of the questions in a period that `scope` lets through (`gap_rows.ranked`). Raises TooManyRows."""
    looked = gap_rows.looked_at(period, scope, today=today)
    key = _digest_of_texts(map(repr, (*_statement(looked.asked), *asdict(uptake).values())))
    inputs = _digest_of_inputs(looked, period, at)
    kept = KeptGaps.objects.filter(key=key, inputs=inputs).first()
    if kept is not None:
        return _restored(kept.ranked, looked, at)
    found = gap_rows.ranked(looked, period, at=at, uptake=uptake)
    _keep(KeptGaps(key=key, inputs=inputs, ranked=_as_data(found), made_at=at))
    return found


def rank_usual(*, at: datetime) -> None:
    """Rank what the page of gaps shows first to whoever sees all questions. Other people's first look ranks theirs."""
    today = day_of(at)
    usual = Period.days(today - timedelta(days=_USUAL_DAYS - 1), today)
    with suppress(gap_rows.TooManyRows):  # the page asks for a shorter period
        find(usual, Q(), today=today, at=at, uptake=Uptake())


def _keep(row: KeptGaps) -> None:
    KeptGaps.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["key"], update_fields=["inputs", "ranked", "made_at"]
    )
    older = KeptGaps.objects.order_by("-made_at", "-pk").values("pk")[_MOST_KEPT:]
    too_many = Q(pk__in=list(older.values_list("pk", flat=True)))
    KeptGaps.objects.filter(too_many | Q(made_at__lt=row.made_at - _KEPT)).delete()


# --- whether it still holds -----------------------------------------------------------------------


def _digest_of_inputs(looked: LookedAt, period: Period, at: datetime) -> str:
    """A digest of all that a ranking reads."""
    chosen = gap_rows.chosen(looked.asked)
    enquiries = chosen.order_by().values("enquiry")
    uses = ArticleUse.objects.filter(enquiry__in=enquiries)
    rows: list[Any] = [
        looked.asked.values_list("pk"),
        chosen.values_list("pk", *gap_rows.COLUMNS),
        uses.values_list("enquiry", "version", "used_at"),
        Question.objects.filter(enquiry__in=uses.order_by().values("enquiry")).values_list("pk", "enquiry"),
        gap_rows.searches(period).values_list("pk", *gap_rows.SEARCH_COLUMNS),
        gap_rows.pages(at).values_list(
            "pk", "title", "words", "short", "body", "article__slug", "article__audience", "article__service__code",
            "article__purposes__code",
        ),
        Person.objects.values_list("name"),
        DirectoryEntry.objects.exclude(initials="").values_list("name"),
    ]  # fmt: skip
    days = [looked.days[0].isoformat(), looked.days[-1].isoformat(), str(len(looked.days))]
    return _digest_of_texts([str(_FORMAT), *days, *map(_digest_of_rows, rows)])


def _statement(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """The statement that finds these rows, with its values; an empty one where none can be found, as for a person who
    sees no centre."""
    try:
        statement, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return "", ()
    return statement, tuple(values)


def _digest_of_rows(rows: QuerySet[Any]) -> str:
    statement, values = _statement(rows.order_by())
    if not statement:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST.format(rows=statement), values)
        return " ".join(map(str, cursor.fetchone() or ()))


def _digest_of_texts(texts: Iterable[str]) -> str:
    return hashlib.blake2b("\n".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


# --- as it is kept --------------------------------------------------------------------------------


def _as_data(found: FoundGaps) -> dict[str, Any]:
    ranked = found.ranked
    stems = {stem for gap in ranked.gaps for stem in (*gap.words, *gap.often)}
    return {
        "gaps": [_gap_data(gap) for gap in ranked.gaps], "questions": ranked.questions,
        "needing_person": ranked.needing_person, "too_small": ranked.too_small, "days": ranked.days,
        "written": {stem: found.written[stem] for stem in sorted(stems) if stem in found.written},
    }  # fmt: skip


def _gap_data(gap: AnswerGap) -> dict[str, Any]:
    """With pairs where the order says which is the largest: the database does not keep that of an object."""
    pairs = {name: list(getattr(gap, name).items()) for name in _PAIRS}
    return {**asdict(gap), **pairs}


def _restored(data: Mapping[str, Any], looked: LookedAt, at: datetime) -> FoundGaps:
    gaps = tuple(_gap_of(each) for each in data["gaps"])
    numbers = {name: data[name] for name in ("questions", "needing_person", "too_small", "days")}
    pages = _pages({gap.page for gap in gaps if gap.page}, at)
    return FoundGaps(RankedGaps(gaps, **numbers), pages, data["written"], looked.days[0], looked.days[-1])


def _gap_of(data: Mapping[str, Any]) -> AnswerGap:
    year, saved = data["year"], data["saved"]
    return AnswerGap(**{
        **data, "kind": GapKind(data["kind"]), "words": tuple(data["words"]), "often": tuple(data["often"]),
        "reasons": {GapReason(why): number for why, number in data["reasons"]}, "services": dict(data["services"]),
        "purposes": dict(data["purposes"]), "searches": SearchEvidence(**data["searches"]),
        "year": YearEstimate(**year) if year else None, "saved": SavedEnquiries(**saved) if saved else None,
    })  # fmt: skip


def _pages(slugs: Collection[str], at: datetime) -> KnownPages:
    """The pages of the gaps, without their words."""
    rows = gap_rows.pages(at).filter(article__slug__in=slugs)
    found = rows.values_list("article__slug", "title", "article__service__code")
    return KnownPages.of([SitePage(slug, title, service or "") for slug, title, service in found])
