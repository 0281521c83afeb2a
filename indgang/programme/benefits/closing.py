"""A month of a benefit is closed: its figures are frozen, and the owner says in words why they are as they are."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.events import cursor
from indgang.measures.period import Period
from indgang.measures.rollups import counting
from indgang.programme.benefits import contracts, course
from indgang.programme.benefits.course import MonthOfBenefit
from indgang.programme.benefits.models import BenefitContract, BenefitMonth, BenefitVersion
from indgang.programme.benefits.terms import MeasureWay, next_month


@transaction.atomic
def close(contract: BenefitContract, month: date, *, reason: str, by: Person, at: datetime) -> BenefitMonth:
    """Freeze the month (its first day) as it is measured now, with the owner's reason.

    Raises RefusedChange for a month that is not over or not counted yet, one that is closed, and everybody but the
    owner.
    """
    locked = contracts.open_contract(contract)
    version = _signed(locked)
    if version.owner_id != by.pk:
        raise RefusedChange({"": _("Kun den ansvarlige kan lukke en måned.")})
    _check_month(locked, version, month, day_of(at))
    found = course.month_of(version, month)
    made = _frozen(locked, version, found, reason, by, at)
    after = {"month": month.isoformat(), "value": made.value}
    trail.record(by=by, at=at, action="benefitcontract.close_month", target=locked, after=after, why=reason)
    return made


def _signed(contract: BenefitContract) -> BenefitVersion:
    rows = contract.versions.filter(signature__isnull=False).select_related("contract__unit", "centre", "signature")
    version: BenefitVersion | None = rows.order_by("-number").first()
    if version is None:
        raise RefusedChange({"": _("Kontrakten er ikke underskrevet. Underskriv den først.")})
    return version


def _check_month(contract: BenefitContract, version: BenefitVersion, month: date, today: date) -> None:
    if month.day != 1 or month < version.phasing[0].month:
        raise RefusedChange({"": _("Måneden ligger før kontraktens første.")})
    if next_month(month) > today:
        raise RefusedChange({"": _("Måneden er ikke slut.")})
    if contract.months.filter(month=month).exists():
        raise RefusedChange({"": _("Måneden er allerede lukket.")})
    # from here on nobody counts until the transaction ends, so the figures are of one moment
    is_behind = cursor.is_busy(counting.READER) or not counting.has_counted_until(Period.day(next_month(month)).start)
    if version.measure is MeasureWay.FIGURE and is_behind:
        raise RefusedChange({"": _("Månedens henvendelser er ikke talt færdig endnu. Prøv igen om lidt.")})


def _frozen(
    contract: BenefitContract, version: BenefitVersion, found: MonthOfBenefit, reason: str, by: Person, at: datetime
) -> BenefitMonth:
    measured, now = found.facts.measured, found.now
    made: BenefitMonth = BenefitMonth.objects.create(
        contract=contract, version=version, month=found.facts.month,
        value=measured.value if measured else None, low=measured.low if measured else None,
        high=measured.high if measured else None, base=measured.base if measured else 0,
        weeks=measured.weeks if measured else 0, no_data=found.facts.why or "", factor=found.facts.factor,
        change=found.facts.change, value_now=now.value if now else None, services_gone=list(found.gone),
        services_new=list(found.new), reason=reason, closed_by=by, closed_at=at,
    )  # fmt: skip
    return made
