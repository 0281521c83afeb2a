"""Statements: what a centre owes for a month, closed once; later corrections; and whether the events still say so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.catalogue.models import ContactCentre
from indgang.core.money import NOTHING
from indgang.core.refusals import RefusedChange
from indgang.measures.models import SettlementStatement, StatementLine
from indgang.measures.period import Period
from indgang.measures.settlement import prices, reading, terms
from indgang.measures.settlement.prices import SettledAs, SettlementLine, SettlementSum

#: how many lines are written at once
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class LineDeviation:
    """A line that differs: as the statements of its month have it, and by the events. None is a missing line."""

    stated: SettlementLine | None
    counted: SettlementLine | None


def owed_lines(owner: ContactCentre, month: date, *, at: datetime) -> list[SettlementLine]:
    """What the centre owes for the month by the events up to `at`, whether it is closed or not."""
    agreed = terms.in_month(month)
    of_owner = [each for each in agreed if each.owner == owner.code]
    calls = reading.calls(Period.month(month), of_owner, at=at)
    return prices.month_lines(owner.code, calls, agreed)


def owed_by_all(owners: Collection[ContactCentre], month: date, *, at: datetime) -> dict[str, list[SettlementLine]]:
    """The same for several centres (codes), with one reading of the events; centres without terms are left out."""
    agreed = terms.in_month(month)
    wanted = {owner.code for owner in owners} & {each.owner for each in agreed}
    calls = reading.calls(Period.month(month), [each for each in agreed if each.owner in wanted], at=at)
    return {code: prices.month_lines(code, calls, agreed) for code in sorted(wanted)}


def may_close(month: date, at: datetime) -> bool:
    """Whether the last calls of the month are over, with their wrap-up."""
    return at >= Period.month(month).end + reading.LONGEST_CALL


@transaction.atomic
def close(owner: ContactCentre, month: date, *, by: Actor, at: datetime) -> SettlementStatement:
    """Close the month for this owner: its first statement; or, when it is closed, one with what has changed since.

    Raises RefusedChange for a month that is not over, one without terms, and one in which nothing has changed.
    """
    terms.wait()
    if not may_close(month, at):
        raise RefusedChange({"": _("Måneden kan opgøres, når der er gået 12 timer af den næste.")})
    first = _statements(owner, month).filter(corrects=None).first()
    lines = owed_lines(owner, month, at=at)
    if first is not None:
        lines = prices.difference(lines, stated_lines(owner, month))
    if first is not None and not lines:
        raise RefusedChange({"": _("Måneden er opgjort, og intet er ændret siden.")})
    if first is None and not any(each.owner == owner.code for each in terms.in_month(month)):
        raise RefusedChange({"": _("Der er ingen vilkår for den måned.")})
    statement = _write(owner, month, lines, corrects=first, by=by, at=at)
    numbers = {"number": statement.number, "centre": owner.code, "from": month.isoformat()}
    trail.record(
        action="settlement.close" if first is None else "settlement.correct", target=statement, by=by, at=at,
        after=numbers | {"calls": statement.calls, "total": str(statement.total)},
    )  # fmt: skip
    return statement


def stated_lines(owner: ContactCentre, month: date) -> list[SettlementLine]:
    """The lines of all statements of the month."""
    return list(lines_of(StatementLine.objects.filter(statement__in=_statements(owner, month))))


def deviations(owner: ContactCentre, month: date, *, at: datetime) -> list[LineDeviation]:
    """Where the statements of a month differ from what the events up to `at` say; empty when they agree."""
    stated = prices.added(stated_lines(owner, month))
    counted = prices.added(owed_lines(owner, month, at=at))
    keys = sorted({*stated, *counted}, key=str)
    pairs = ((stated.get(key), counted.get(key)) for key in keys)
    return [LineDeviation(before, now) for before, now in pairs if prices.difference(_some(now), _some(before))]


def closed_months() -> list[tuple[ContactCentre, date]]:
    """Every owner and month with a statement, in order."""
    rows = SettlementStatement.objects.filter(corrects=None).select_related("owner").order_by("month", "owner__code")
    return [(row.owner, row.month) for row in rows]


def lines_of(rows: QuerySet[StatementLine]) -> Iterator[SettlementLine]:
    """These rows as lines, in the order in which they were written; read as they are used."""
    return map(line_of, rows.order_by("id").iterator())


def sums_by_centre(rows: QuerySet[StatementLine]) -> dict[str, SettlementSum]:
    """The sums of these rows by the answering centre (code), in the order of the codes. One query."""
    return _sums(rows, "answered_by")


def sums_by_statement(rows: QuerySet[StatementLine]) -> dict[int, SettlementSum]:
    """The sums of these rows by the statement's key. One query."""
    return _sums(rows, "statement")


def _sums(rows: QuerySet[StatementLine], key: str) -> dict[Any, SettlementSum]:
    is_vat = Q(kind=SettledAs.VAT)
    sums = {name: Sum(name) for name in ("calls", "free_calls", "talk_seconds", "wrap_up_seconds", "minutes")} | {
        "net": Sum("amount", filter=~is_vat, default=NOTHING), "vat": Sum("amount", filter=is_vat, default=NOTHING),
    }  # fmt: skip
    found = rows.order_by(key).values(key).annotate(**{f"sum_{name}": each for name, each in sums.items()})
    return {row[key]: SettlementSum(**{name: row[f"sum_{name}"] for name in sums}) for row in found}


def _some(line: SettlementLine | None) -> Iterable[SettlementLine]:
    return () if line is None else (line,)


def _statements(owner: ContactCentre, month: date) -> QuerySet[SettlementStatement]:
    return SettlementStatement.objects.filter(owner=owner, month=month)


def _write(
    owner: ContactCentre,
    month: date,
    lines: Sequence[SettlementLine],
    *,
    corrects: SettlementStatement | None,
    by: Actor,
    at: datetime,
) -> SettlementStatement:
    """Write the statement under the next number. The caller has waited for its turn."""
    last = SettlementStatement.objects.aggregate(last=Max("number"))["last"] or 0
    amount = prices.total(lines)
    statement = SettlementStatement.objects.create(
        number=last + 1, owner=owner, month=month, corrects=corrects, closed_at=at, closed_by=by.audit_label,
        calls=amount.calls, net=amount.net, vat=amount.vat, total=amount.total,
    )  # fmt: skip
    StatementLine.objects.bulk_create((_row(statement, line) for line in lines), batch_size=_BATCH)
    return statement


def line_of(row: StatementLine) -> SettlementLine:
    """The row as the engine writes it."""
    return SettlementLine(
        SettledAs(row.kind), row.answered_by, str(row.enquiry or ""), row.answered_at, row.queue, row.calls,
        row.free_calls, row.talk_seconds, row.wrap_up_seconds, row.minutes, row.amount,
    )  # fmt: skip


def _row(statement: SettlementStatement, line: SettlementLine) -> StatementLine:
    return StatementLine(
        statement=statement, kind=line.kind.value, answered_by=line.answered_by,
        enquiry=UUID(line.enquiry) if line.enquiry else None, answered_at=line.answered_at, queue=line.queue,
        calls=line.calls, free_calls=line.free_calls, talk_seconds=line.talk_seconds,
        wrap_up_seconds=line.wrap_up_seconds, minutes=line.minutes, amount=line.amount,
    )  # fmt: skip
