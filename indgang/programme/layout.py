"""A case in the layout of the documents: permanent changes, implementation, and the effect in all, in 1,000 kr."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from indgang.programme import words
from indgang.programme.cases.case import BusinessCase, CaseLine
from indgang.programme.cases.evaluation import ONCE, CaseTable


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A row of the table. `style` is heading, line or total; `of` is the line's code or the total's name."""

    style: str
    name: str
    area: str = ""
    owner: str = ""
    amounts: tuple[int, ...] = ()
    of: str = ""


def heading(case: BusinessCase, price_year: int | None = None) -> str:
    """What the amounts are: `1.000 kr., 2021 p/l`."""
    return _("1.000 kr., %(year)s p/l") % {"year": price_year or case.price_year}


def rows(table: CaseTable) -> Iterator[CaseRow]:
    permanent = [each for each in table.lines if each[0].kind not in ONCE]
    once = [each for each in table.lines if each[0].kind in ONCE]
    yield CaseRow("heading", _("Varige ændringer"))
    yield from _lines(permanent)
    yield _total("permanent", _("Varig ændring i alt"), table.permanent)
    yield CaseRow("heading", _("Implementering og investering"))
    yield from _lines(once)
    yield _total("once", _("Implementering og investering i alt"), table.once)
    yield _total("net", _("Samlet virkning på økonomien"), table.net)
    yield _total("cumulative", _("Samlet virkning indtil nu"), table.cumulative)


def _lines(lines: Sequence[tuple[CaseLine, tuple[float, ...]]]) -> Iterator[CaseRow]:
    for line, amounts in lines:
        yield CaseRow("line", line.name, words.area_word(line.area), line.owner, _whole(amounts), line.code)


def _total(of: str, name: str, amounts: tuple[float, ...]) -> CaseRow:
    return CaseRow("total", name, amounts=_whole(amounts), of=of)


def _whole(amounts: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(round(each) for each in amounts)


def payback_lines(case: BusinessCase, table: CaseTable) -> Iterator[tuple[str, str]]:
    """Name and value of what stands below the table."""
    yield _("Tilbagebetalingstid efter service"), words.payback_words(table.payback_service)
    total = words.payback_words(table.payback)
    if table.paid_back_in is not None:
        total = _("%(years)s, i %(year)s") % {"years": total, "year": table.paid_back_in}
    yield _("Tilbagebetalingstid efter totaløkonomi"), total
    if case.stated_payback is not None:
        yield _("Tilbagebetalingstid i dokumentet"), words.payback_words(case.stated_payback)
