"""Imported visits to a page: evidence that it was read, from the time before the site here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from indgang.accounts.models import Person
from indgang.analysis.gaps.deciding import SitePage
from indgang.history import past_values
from indgang.history.models import HistoryImport, PastValue
from indgang.history.rights import imports_of
from indgang.measures.definitions import is_too_few

_DAYS_A_MONTH = 365 / 12
#: of the addresses of older sites
_ENDINGS = (".html", ".htm", ".aspx")


@dataclass(frozen=True, slots=True)
class PastVisits:
    """`number` visits in periods from the first to the last day, and on average in a month of them; None: too few to be
    shown. `names` are the files."""

    number: int | None
    a_month: float | None
    first: date
    last: date
    names: tuple[str, ...]


def scope_for(person: Person) -> Q:
    """The values that the person sees: those of the whole municipality, and those of a unit with their import."""
    return Q(unit="") | Q(source__in=imports_of(person).values("pk"))


def of_page(page: SitePage, seen: Q) -> PastVisits | None:
    """Of one page, as `of_pages`. None without any."""
    return of_pages([page], seen).get(page.slug)


def of_pages(pages: Collection[SitePage], seen: Q) -> dict[str, PastVisits]:
    """By slug, the visits to the addresses that end with the page's own name; of no such address, those to its title.
    Of the values that `seen` lets through; pages without any are left out. Two queries, however many pages."""
    if not pages:
        return {}
    visits = PastValue.objects.filter(seen, kind=HistoryImport.Kind.VISITS)
    by_name, by_title = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for subject in visits.order_by().values_list("subject", flat=True).distinct():
        by_title[subject.casefold()].append(subject)
        for name in _names(subject.casefold()):
            by_name[name].append(subject)
    subjects = {
        page.slug: by_name.get(page.slug.casefold()) or by_title.get(page.title.casefold(), []) for page in pages
    }
    rows = defaultdict[str, list[PastValue]](list)
    wanted = {each for of_page in subjects.values() for each in of_page}
    for row in visits.filter(subject__in=wanted).select_related("source"):
        rows[row.subject].append(row)
    found = {slug: [row for each in of_page for row in rows[each]] for slug, of_page in subjects.items()}
    return {slug: _added(past_values.apart(values)) for slug, values in found.items() if values}


def _names(subject: str) -> set[str]:
    """The names of pages that an address can end with: `/a/trees.html` with `trees` and `trees.html`."""
    if "/" not in subject:
        return {subject}
    if subject.endswith("/"):
        return {subject[:-1].rpartition("/")[2]}
    last = subject.rpartition("/")[2]
    return {last, *(last.removesuffix(each) for each in _ENDINGS)}


def _added(values: Iterable[PastValue]) -> PastVisits:
    rows = list(values)
    number = sum(each.number or 0 for each in rows)
    days = len({day for each in rows for day in range(each.first_day.toordinal(), each.last_day.toordinal() + 1)})
    is_hidden = is_too_few(number)
    return PastVisits(
        None if is_hidden else number, None if is_hidden else number / days * _DAYS_A_MONTH,
        min(each.first_day for each in rows), max(each.last_day for each in rows),
        tuple(sorted({each.source.name for each in rows})),
    )  # fmt: skip
