"""What readers of a page did on the website, in sums without anybody: votes, and where visits went that came with an
answer. The website counts no other visits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Func, Q, Sum, TextField, Value

from indgang.core.clock import day_of
from indgang.feedback.models import Response
from indgang.knowledge.models import Helpfulness
from indgang.measures.definitions import is_too_few
from indgang.measures.period import Period

#: the pages from which people turn to us, by their names in the addresses of the site
_TO_US = frozenset(("contact", "forms", "form"))
#: the name of the page at a path of the site, and the slug in its address (`ui.site_pages.page_at`)
PageAt = Callable[[str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PageBehaviour:
    """Votes for and against a page, and visits that went on from it to the contact page or a form. None: too few, of
    the votes on either side."""

    helped: int | None
    did_not_help: int | None
    went_on: int | None


def of_pages(slugs: Collection[str], period: Period, page_at: PageAt) -> dict[str, PageBehaviour]:
    """By slug. Two queries."""
    if not slugs:
        return {}
    first, last = day_of(period.start), day_of(period.end)
    votes = Helpfulness.objects.filter(version__article__slug__in=slugs, day__gte=first, day__lt=last).order_by()
    sums = votes.values_list("version__article__slug").annotate(yes=Sum("yes"), no=Sum("no"))
    by_slug, went_on = {slug: (yes, no) for slug, yes, no in sums}, _went_on(slugs, period, page_at)
    return {slug: _told(*by_slug.get(slug, (0, 0)), went_on[slug]) for slug in slugs}


def _told(helped: int, did_not_help: int, went_on: int) -> PageBehaviour:
    visits = None if is_too_few(went_on) else went_on
    if is_too_few(helped) or is_too_few(did_not_help):
        return PageBehaviour(None, None, visits)
    return PageBehaviour(helped, did_not_help, visits)


def _went_on(slugs: Collection[str], period: Period, page_at: PageAt) -> Counter[str]:
    """Of the visits that came with an answer, by slug, those that came to the contact page or a form after the page."""
    answers = Response.objects.filter(answered_at__gte=period.start, answered_at__lt=period.end).exclude(visited=[])
    paths = Func(F("visited"), Value(" "), function="array_to_string", output_field=TextField())
    has_any = Q()
    for slug in slugs:
        has_any |= Q(paths__contains=slug)
    visits = answers.annotate(paths=paths).filter(has_any).order_by().values_list("visited").annotate(Count("pk"))
    found: Counter[str] = Counter()
    for visited, number in visits.iterator():
        for slug in _left(visited, page_at) & set(slugs):
            found[slug] += number
    return found


def _left(visited: Sequence[str], page_at: PageAt) -> set[str]:
    """The articles of a visit after which it came to the contact page or a form."""
    pages = [page_at(path) for path in visited]
    to_us = max((place for place, (name, _slug) in enumerate(pages) if name in _TO_US), default=0)
    return {slug for name, slug in pages[:to_us] if name == "article"}
