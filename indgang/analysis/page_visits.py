"""Imported visits to a page: evidence that it was read, from the time before the site here."""

from __future__ import annotations

from collections.abc import Iterable
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
    """The visits to the addresses that end with the page's own name; of no such address, those to its title. Of the
    values that `seen` lets through. None without any."""
    visits = PastValue.objects.filter(seen, kind=HistoryImport.Kind.VISITS).select_related("source")
    slug = page.slug
    ends = (f"/{slug}", f"/{slug}/", f"/{slug}.html", f"/{slug}.htm", f"/{slug}.aspx")
    is_address = Q(subject__iexact=slug)
    for end in ends:
        is_address |= Q(subject__iendswith=end)
    values = list(visits.filter(is_address)) or list(visits.filter(subject__iexact=page.title))
    return _added(past_values.apart(values)) if values else None


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
