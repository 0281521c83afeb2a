"""What readers of a page did on the website, in sums without anybody: votes, and where visits went that came with an
answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum
from django.urls import Resolver404, resolve

from indgang.core.clock import day_of
from indgang.feedback.models import Response
from indgang.knowledge.models import Helpfulness
from indgang.measures.definitions import is_too_few
from indgang.measures.period import Period

#: answers that are read
_MOST = 5000
_TO_US = frozenset(("contact", "forms", "form"))


@dataclass(frozen=True, slots=True)
class PageBehaviour:
    """Votes for and against a page, and visits that went on from it to the contact page or a form. None: too few, of
    the votes on either side."""

    helped: int | None
    did_not_help: int | None
    went_on: int | None


def of_page(slug: str, period: Period) -> PageBehaviour:
    first, last = day_of(period.start), day_of(period.end)
    votes = Helpfulness.objects.filter(version__article__slug=slug, day__gte=first, day__lt=last)
    sums = votes.aggregate(yes=Sum("yes"), no=Sum("no"))
    answers = Response.objects.filter(answered_at__gte=period.start, answered_at__lt=period.end).exclude(visited=[])
    visits = answers.order_by("-answered_at").values_list("visited", flat=True)[:_MOST]
    went_on = sum(_went_on(slug, visited) for visited in visits)
    helped, did_not = sums["yes"] or 0, sums["no"] or 0
    if is_too_few(helped) or is_too_few(did_not):
        helped = did_not = None
    return PageBehaviour(helped, did_not, None if is_too_few(went_on) else went_on)


def _went_on(slug: str, visited: list[str]) -> bool:
    pages = [_page(path) for path in visited]
    seen = pages.index(("article", slug)) if ("article", slug) in pages else None
    return seen is not None and any(name in _TO_US for name, _slug in pages[seen + 1 :])


def _page(path: str) -> tuple[str, str]:
    try:
        found = resolve(path)
    except Resolver404:
        return "", ""
    return (found.url_name or "", str(found.kwargs.get("slug", ""))) if found.app_name == "portal" else ("", "")
