"""The terms between centres by the month: agreed from a month on, and never changed for a month that is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import end_days, planned_days
from indgang.catalogue.collisions import wait_for_turn
from indgang.catalogue.models import ContactCentre, not_ended
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.measures.models import SettlementStatement, SettlementTerms
from indgang.measures.settlement.prices import AgreedPrices, OwnerRule

FIELDS = ("rule", "per_call", "per_minute", "free_seconds", "wrap_up", "minimum", "cap", "vat_percent")
#: how many months back terms may begin, when they were agreed on late
MONTHS_BACK = 12
_NAMED = ("owner", "answered_by", "valid_from", "valid_to")


def in_month(month: date) -> list[AgreedPrices]:
    """All terms that hold in the month (any day of it)."""
    rows = SettlementTerms.objects.valid_on(month).select_related("owner", "answered_by")
    return [prices_of(row) for row in rows]


def prices_of(row: SettlementTerms) -> AgreedPrices:
    """The terms as the engine reads them."""
    return AgreedPrices(
        owner=row.owner.code,
        answered_by=row.answered_by.code if row.answered_by else "",
        rule=OwnerRule(row.rule),
        per_call=row.per_call,
        per_minute=row.per_minute,
        free_seconds=row.free_seconds,
        wrap_up=row.wrap_up,
        minimum=row.minimum,
        cap=row.cap,
        vat_percent=row.vat_percent,
    )


def wait() -> None:
    """Wait until nobody else changes terms or closes a month. All owners share one lock, because terms by the first
    queue also decide what other owners pay, and because the numbers of statements have no gap."""
    wait_for_turn("settlement")


def first_open_month(owner: ContactCentre, at: datetime, *, rule: str = OwnerRule.ENTRY) -> date:
    """The first month in which terms of this owner may begin, change or end: after those that are closed for it.

    Terms by the first queue also decide what others pay. So with them (by the new `rule`, or in a closed month of
    anybody) the closed months of all owners count.
    """
    earliest = day_of(at).replace(day=1)
    for _month in range(MONTHS_BACK):
        earliest = (earliest - timedelta(days=1)).replace(day=1)
    month = OuterRef("month")
    by_first_queue = SettlementTerms.objects.filter(
        not_ended(month), owner=owner, rule=OwnerRule.FIRST_QUEUE, valid_from__lte=month
    )
    closed = SettlementStatement.objects.order_by("-month")
    if rule != OwnerRule.FIRST_QUEUE:
        closed = closed.filter(Q(owner=owner) | Q(Exists(by_first_queue)))
    last = closed.values_list("month", flat=True).first()
    return max(earliest, following(last)) if last else earliest


def between(owner: ContactCentre, answered_by: ContactCentre | None, month: date) -> SettlementTerms | None:
    """The terms that hold in the month for calls that this centre (None: any without terms of its own) answers."""
    rows = SettlementTerms.objects.valid_on(month).filter(owner=owner, answered_by=answered_by)
    found: SettlementTerms | None = rows.first()
    return found


def following(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


@transaction.atomic
def agree(
    owner: ContactCentre,
    answered_by: ContactCentre | None,
    fields: Mapping[str, Any],
    *,
    month: date,
    is_new: bool = False,
    by: Person,
    at: datetime,
) -> SettlementTerms:
    """Let these terms (all of `FIELDS`) hold from the first day of `month` until what is agreed for later.

    Raises RefusedChange, by field, for a month that is closed, for terms that cannot be, and with `is_new` (by
    `answered_by`) when there are terms in that month already.
    """
    wait()
    _refuse_month(owner, month, at, rule=fields["rule"])
    if wrong := dict(_wrong(owner, answered_by, fields)):
        raise RefusedChange(wrong)
    holds = between(owner, answered_by, month)
    if holds and is_new:
        raise RefusedChange({"answered_by": _("De to har allerede vilkår i den måned.")})
    rows = SettlementTerms.objects.filter(owner=owner, answered_by=answered_by, valid_from__gt=month)
    later = rows.order_by("valid_from").first()
    before = trail.values_of(holds, FIELDS) if holds else {}
    made = _cut(holds, month) or SettlementTerms(
        owner=owner, answered_by=answered_by, valid_from=month, valid_to=later.valid_from if later else None
    )
    for name in FIELDS:
        setattr(made, name, fields[name])
    made.save()
    made.refresh_from_db()
    trail.record(
        action="settlement_terms.agree", target=made, by=by, at=at, before=before,
        after=trail.values_of(made, (*FIELDS, *_NAMED)),
    )  # fmt: skip
    return made


@transaction.atomic
def end(terms: SettlementTerms, *, month: date, by: Person, at: datetime) -> None:
    """Let the terms no longer hold from the first day of `month`; those that would not have begun by then are deleted.

    Raises RefusedChange for a month that is closed, and for one after the last.
    """
    wait()
    row = SettlementTerms.objects.select_for_update(of=("self",)).select_related("owner").get(pk=terms.pk)
    _refuse_month(row.owner, month, at)
    if row.valid_to is not None and row.valid_to < month:
        raise RefusedChange({"month": _("Den slutter allerede %(day)s.") % {"day": f"{row.valid_to:%d.%m.%Y}"}})
    before = trail.values_of(row, (*FIELDS, *_NAMED))
    ended = before | {"valid_to": month.isoformat()} if month > row.valid_from else {}
    trail.record(action="settlement_terms.end", target=row, by=by, at=at, before=before, after=ended)
    end_days.apply(row, month)


def _cut(holds: SettlementTerms | None, month: date) -> SettlementTerms | None:
    """The row that begins in `month`: the one that does already, or a new one for the rest of it."""
    if holds is None or holds.valid_from == month:
        return holds
    rest = SettlementTerms(
        owner=holds.owner, answered_by=holds.answered_by, valid_from=month, valid_to=holds.valid_to
    )  # fmt: skip
    holds.valid_to = month
    holds.save(update_fields=["valid_to"])
    return rest


def _refuse_month(owner: ContactCentre, month: date, at: datetime, *, rule: str = OwnerRule.ENTRY) -> None:
    if month.day != 1:
        raise RefusedChange({"month": _("Vilkår gælder i hele måneder. Vælg den første i en måned.")})
    first = first_open_month(owner, at, rule=rule)
    if month < first:
        text = _("Måneden er opgjort eller for gammel. Vælg %(month)s eller senere.")
        raise RefusedChange({"month": text % {"month": f"{first:%d.%m.%Y}"}})
    planned_days.refuse_day(max(month, day_of(at)), at, field="month")


def _wrong(
    owner: ContactCentre, answered_by: ContactCentre | None, fields: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    if owner == answered_by:
        yield "answered_by", _("Et center betaler ikke for de opkald, det selv besvarer.")
    negative = [name for name in FIELDS if isinstance(fields[name], Decimal | int) and fields[name] < 0]
    yield from ((name, _("Skriv et tal, der ikke er under 0.")) for name in negative)
    minimum, cap = fields["minimum"], fields["cap"]
    if minimum is not None and answered_by is None:
        yield "minimum", _("Et mindstebeløb aftales med ét center. Vælg, hvem der svarer.")
    elif minimum is not None and cap is not None and cap < minimum:
        yield "cap", _("Loftet er lavere end mindstebeløbet.")
    if (fields["vat_percent"] or 0) > 100:
        yield "vat_percent", _("Momsen kan højst være 100 procent.")
