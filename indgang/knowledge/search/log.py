"""The log of searches, without the person, which shows the answers that are missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Lower

from indgang.catalogue.models import Service, Unit
from indgang.core.masking import without_personal_numbers
from indgang.knowledge.models import Search
from indgang.knowledge.search import spelling

_LONGEST = 200
_GAPS = 100


@dataclass(frozen=True, slots=True)
class Gap:
    """A query without an answer: how often, and when last."""

    asked: str
    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Gaps:
    """`without_hits` are queries without an answer; `not_opened` are queries whose hits nobody opened. Most frequent
    first."""

    without_hits: list[Gap]
    not_opened: list[Gap]
    searches: int


def note(
    query: str, *, place: str, language: str, found: object, service: Service | None = None, at: datetime
) -> Search:
    """Record a search: time to the minute, at most 200 characters, and numbers and addresses that identify a person
    masked.

    `found` is the `Found` of the search, or the number of hits.
    """
    hits = found if isinstance(found, int) else len(getattr(found, "hits", ()))
    total = max(hits, int(getattr(found, "total", 0)))
    return Search.objects.create(
        at=at.replace(second=0, microsecond=0),
        place=place,
        language=language,
        asked=masked(query),
        hits=total,
        # no answer of ours is missing where another authority answers
        weak=bool(getattr(found, "weak", False)) and not getattr(found, "elsewhere", ""),
        service=service,
    )


def masked(query: str) -> str:
    """The query in one line without CPR numbers, telephone numbers and mail addresses, cut at 200 characters."""
    line = spelling.clean(query[: 4 * _LONGEST])
    return without_personal_numbers(line)[:_LONGEST]


def chosen(search_pk: int, *, kind: str, key: str) -> None:
    """Record which hit was opened; the last one counts. A search that does not exist (any more) is ignored."""
    Search.objects.filter(pk=search_pk).update(chosen=f"{kind}:{key}"[:140])


def gaps(*, start: datetime, end: datetime, unit: Unit | None = None) -> Gaps:
    """The queries in [start, end) without an answer, at most 100 of each kind.

    `unit` restricts them to searches made while a service of that unit, or of a unit below it, was in hand.
    """
    made = Search.objects.filter(at__gte=start, at__lt=end)
    if unit is not None:
        made = made.filter(service__unit__path__startswith=unit.path)
    return Gaps(
        without_hits=_counted(made.filter(Q(hits=0) | Q(weak=True))),
        not_opened=_counted(made.filter(hits__gt=0, weak=False), Count("id", filter=~Q(chosen=""))),
        searches=made.count(),
    )


def _counted(made: QuerySet[Search], opened: Count | None = None) -> list[Gap]:
    """The queries by their text, ignoring case; with `opened`, only queries whose hits nobody ever opened."""
    rows = made.exclude(asked="").annotate(line=Lower("asked")).values("line")
    rows = rows.annotate(times=Count("id"), last=Max("at"))
    if opened is not None:
        rows = rows.annotate(opened=opened).filter(opened=0)
    return [Gap(row["line"], row["times"], row["last"]) for row in rows.order_by("-times", "line")[:_GAPS]]
