"""What centres owe each other: the months that are not closed, the closed statements, and their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.core.spreadsheet import NumberCell
from indgang.entry.models import Queue
from indgang.measures.models import SettlementStatement
from indgang.measures.settlement import prices, statements
from indgang.measures.settlement.prices import SettledAs, SettlementLine, SettlementSum
from indgang.office.access import has
from indgang.office.settlement import access
from indgang.ui import downloads

#: lines and statements on one page
PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class OwedRow:
    """What one centre owes another for a month so far. `answered_by` is a name."""

    owner: ContactCentre
    month: date
    answered_by: str
    amount: SettlementSum
    opens: bool


@require_GET
@requires(access.SEE)
def overview(request: HttpRequest) -> HttpResponse:
    """This month and the one before, as far as they are not closed; the statements; and the terms."""
    person = person_of(request)
    page = Paginator(access.statements_of(person), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(access.terms_of(person))
    context = {
        "owed": _owed(person, rows_of_owners={row.owner for row in rows}), "page": page,
        "statements": access.seen_by(person).with_sums(page), "terms": rows,
        "may_decide": {centre.pk for centre in access.centres_to_decide(person)}, "today": clock.today(),
    }  # fmt: skip
    return render(request, "office/settlement/overview.html", context)


@require_http_methods(["GET", "POST"])
@requires(access.SEE)
def month(request: HttpRequest, code: str, year: int, number: int) -> HttpResponseBase:
    """What a centre owes for a month by the events; a POST closes the month or corrects it."""
    person, at = person_of(request), clock.now()
    first = _month(year, number)
    if request.method == "POST":
        return _close(request, person, access.owner(person, code, access.DECIDE), first)
    owner = access.owner(person, code)
    lines = statements.owed_lines(owner, first, at=at)
    closed = list(SettlementStatement.objects.filter(owner=owner, month=first).order_by("number"))
    changed = prices.difference(lines, statements.stated_lines(owner, first)) if closed else []
    context = {
        "owner": owner, "month": first, "sums": _named(prices.by_centre(lines)), "total": prices.total(lines),
        "closed": closed, "changed": prices.total(changed) if changed else None,
        "is_over": statements.may_close(first, at), "may_decide": has(person, access.DECIDE, owner),
    }  # fmt: skip
    return render(request, "office/settlement/month.html", context)


@require_GET
@requires(access.SEE)
def statement(request: HttpRequest, number: int) -> HttpResponse:
    """A closed statement. With `?count=again` its month is counted again from the events and compared."""
    person = person_of(request)
    shown = access.statement(person, number)
    seen = access.seen_by(person)
    rows, is_owners = seen.lines_of(shown), shown.owner.code in seen.codes
    counted = is_owners and request.GET.get("count") == "again"
    page, sums = Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), statements.sums_by_centre(rows)
    words = _Words.now()
    context = {
        "statement": shown, "sums": _named(sums), "total": sum(sums.values(), SettlementSum()), "page": page,
        "lines": [words.of(statements.line_of(row)) for row in page], "counted": counted, "is_owners": is_owners,
        "corrections": seen.with_sums(access.statements_of(person).filter(corrects=shown).order_by("number")),
        "differing": len(statements.deviations(shown.owner, shown.month, at=clock.now())) if counted else 0,
    }  # fmt: skip
    return render(request, "office/settlement/statement.html", context)


@require_GET
@requires(access.SEE)
def file(request: HttpRequest, number: int) -> HttpResponseBase:
    """The lines of the statement for a spreadsheet. Their amounts add up to its total."""
    person = person_of(request)
    shown = access.statement(person, number)
    lines = list(statements.lines_of(access.seen_by(person).lines_of(shown)))
    name = f"afregning-{shown.number}-{shown.owner.code}-{shown.month:%Y-%m}.csv"
    return downloads.table(_columns(), _file_rows(shown, lines, _Words.now()), name)


def _close(request: HttpRequest, person: Person, owner: ContactCentre, first: date) -> HttpResponseBase:
    try:
        made = statements.close(owner, first, by=person, at=clock.now())
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("office:settlement-month", owner.code, first.year, first.month)
    messages.success(request, _("Opgørelse nr. %(number)s er oprettet.") % {"number": made.number})
    return redirect("office:settlement-statement", made.number)


def _month(year: int, number: int) -> date:
    """Raises Http404 for what is no month, and for one that has not begun."""
    try:
        first = date(year, number, 1)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    if year < 2000 or first > clock.today():
        raise Http404
    return first


def _owed(person: Person, *, rows_of_owners: set[ContactCentre]) -> list[OwedRow]:
    """The rows of this month, and of the month before where it is not closed."""
    at, this = clock.now(), clock.today().replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    closed = set(SettlementStatement.objects.filter(month=before).values_list("owner__code", flat=True))
    seen, names = access.seen_by(person), _centre_names()
    by_code = {owner.code: owner for owner in rows_of_owners}
    found: list[OwedRow] = []
    for shown in (before, this):
        asked = [owner for owner in rows_of_owners if shown == this or owner.code not in closed]
        for code, lines in statements.owed_by_all(asked, shown, at=at).items():
            sums = prices.by_centre(seen.of(code, lines))
            found += [
                OwedRow(by_code[code], shown, names.get(by, by), amount, code in seen.codes)
                for by, amount in sums.items()
            ]
    return found


def _centre_names() -> dict[str, str]:
    return dict(ContactCentre.objects.values_list("code", "name"))


def _named(sums: dict[str, SettlementSum]) -> list[tuple[str, SettlementSum]]:
    names = _centre_names()
    return [(names.get(code, code), amount) for code, amount in sums.items()]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words for the codes of lines. They are read before a file is sent: by then the reader's language is gone."""

    kinds: dict[SettledAs, str]
    queues: dict[str, str]
    centres: dict[str, str]

    @classmethod
    def now(cls) -> _Words:
        kinds = {
            SettledAs.CALL: _("Opkald"), SettledAs.MINIMUM: _("Op til mindstebeløbet"), SettledAs.CAP: _("Over loftet"),
            SettledAs.VAT: _("Moms"),
        }  # fmt: skip
        return cls(kinds, dict(Queue.objects.values_list("code", "name")), _centre_names())

    def of(self, line: SettlementLine) -> dict[str, Any]:
        return {
            "line": line, "kind": self.kinds[line.kind], "queue": self.queues.get(line.queue, line.queue),
            "answered_by": self.centres.get(line.answered_by, line.answered_by),
        }  # fmt: skip


def _columns() -> list[str]:
    return [
        _("Opgørelse"), _("Måned"), _("Betales af"), _("Besvaret af"), _("Slags"), _("Henvendelse"), _("Besvaret"),
        _("Kø"), _("Opkald"), _("Gratis opkald"), _("Samtale (sekunder)"), _("Efterbehandling (sekunder)"),
        _("Minutter"), _("Beløb (kr.)"),
    ]  # fmt: skip


def _file_rows(shown: SettlementStatement, lines: Iterable[SettlementLine], words: _Words) -> Iterator[list[str]]:
    for line in lines:
        named = words.of(line)
        at = line.answered_at.astimezone(COPENHAGEN) if line.answered_at else None
        yield [
            NumberCell.of(shown.number), f"{shown.month:%Y-%m}", shown.owner.name, named["answered_by"], named["kind"],
            line.enquiry, f"{at:%d-%m-%Y %H:%M:%S}" if at else "", named["queue"], NumberCell.of(line.calls),
            NumberCell.of(line.free_calls), NumberCell.of(line.talk_seconds), NumberCell.of(line.wrap_up_seconds),
            NumberCell.of(line.minutes), NumberCell.of(line.amount),
        ]  # fmt: skip
