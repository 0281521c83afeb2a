"""What readers say about pages: by page, and by version of a page, on the index of 0 to 100."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet

from indgang.catalogue.models import Unit
from indgang.feedback import results
from indgang.feedback.index import Index, Ratings, index, shown
from indgang.feedback.models import Comment, Response, SurveyQuestion

Indicator = SurveyQuestion.Indicator


@dataclass(frozen=True, slots=True)
class VersionAnswered:
    """A version of a page: the answers, and the index by indicator (None: hidden, because too few have answered)."""

    version: str
    answers: int
    first: datetime
    last: datetime
    indexes: list[tuple[str, Index | None]]


def of_units(units: Iterable[Unit], *, since: datetime) -> Any:
    """The pages that these units own and that somebody has answered about, the most answered first.

    Rows of page_kind, page_ref, answers and last.
    """
    rows = Response.objects.exclude(page_kind="").filter(unit__in=units, answered_at__gte=since)
    grouped = rows.order_by().values("page_kind", "page_ref")
    return grouped.annotate(answers=Count("pk"), last=Max("answered_at")).order_by("-answers", "page_kind", "page_ref")


def of_page(kind: str, ref: str, *, since: datetime, units: Iterable[Unit] | None = None) -> QuerySet[Response]:
    """The answers about one page; `units` are those whose answers may be seen (None: all)."""
    rows = Response.objects.filter(page_kind=kind, page_ref=ref, answered_at__gte=since)
    return rows if units is None else rows.filter(unit__in=units)


def by_indicator(answers: QuerySet[Response]) -> list[tuple[str, Index | None]]:
    """(indicator, index) over all these answers."""
    found = _ratings(answers, "page_kind")
    return [(label, _unless_few(index(sum(groups.values(), Ratings())))) for label, groups in found.items()]


def by_version(answers: QuerySet[Response]) -> list[VersionAnswered]:
    """The versions of the page, the newest first. What is small is hidden, and so is what would give it away."""
    counted = answers.order_by().values("page_version").annotate(
        answers=Count("pk"), first=Min("answered_at"), last=Max("answered_at")
    )  # fmt: skip
    indexes = {label: shown(groups) for label, groups in _ratings(answers, "page_version").items()}
    rows = sorted(counted, key=lambda row: row["first"], reverse=True)
    return [
        VersionAnswered(
            row["page_version"], row["answers"], row["first"], row["last"],
            [(label, groups.get(row["page_version"])) for label, groups in indexes.items()],
        )
        for row in rows
    ]  # fmt: skip


def comments(answers: QuerySet[Response], most: int) -> list[Comment]:
    """The latest comments, masked as they were stored."""
    found = Comment.objects.filter(~Q(text=""), response__in=answers).select_related("response")
    return list(found.order_by("-at")[:most])


def came_from(answers: QuerySet[Response], most: int) -> list[tuple[str, int]]:
    """The page before this one on the visits that came with an answer, with how many; those of few are left out."""
    counts: dict[str, int] = defaultdict(int)
    for visited in answers.exclude(visited=[]).values_list("visited", flat=True)[:2000]:
        if len(visited) > 1:
            counts[visited[-2]] += 1
    enough = [(path, count) for path, count in counts.items() if not index(Ratings(count)).is_hidden]
    return sorted(enough, key=lambda pair: -pair[1])[:most]


def _ratings(answers: QuerySet[Response], group: str) -> dict[str, dict[str, Ratings]]:
    """The sums by the words of the indicator, then by the field `group` of the responses."""
    found: dict[str, dict[str, Ratings]] = {}
    for key, sums in results.ratings_of(answers, F(f"response__{group}")).items():
        for indicator, ratings in sums.items():
            found.setdefault(indicator, {})[key] = ratings
    return {str(Indicator(each).label): found[each] for each in sorted(found)}


def _unless_few(found: Index) -> Index | None:
    return None if found.is_hidden else found
